import t from 'tap'
import {
  liveOutputForm,
  outputBody,
  outputDefaults,
  outputForm,
  outputPath,
} from '../../../src/provision/resource/output-form.ts'

t.test('an option that is not given is what Cloudflare does', async (t) => {
  const common = {
    timestamp_format: 'unixnano',
    sample_rate: 1,
    batch_prefix: '',
    batch_suffix: '',
    record_template: '',
    record_delimiter: '',
    field_delimiter: ',',
    'CVE-2021-44228': false,
    merge_subrequests: false,
    stringify_object: false,
  }
  const json = { ...common, output_type: 'ndjson', record_prefix: '{', record_suffix: '}\n' }
  const csv = { ...common, output_type: 'csv', record_prefix: '', record_suffix: '\n' }
  t.same(liveOutputForm(null), { fieldNames: null, options: json, unknown: {} })
  t.same(outputForm(null, {}).options, json)
  t.same(outputForm(null, { output_type: 'csv' }).options, csv)
  t.equal(outputDefaults('csv').output_type, 'ndjson', 'so that csv is said')
})

t.test('an empty text, zero and null are not given; false is', async (t) => {
  t.same(
    outputForm(null, { sample_rate: 0, record_prefix: '', batch_prefix: null, field_delimiter: {} }),
    outputForm(null, {}),
  )
  t.equal(outputForm(null, { record_prefix: 'x' }).options.record_prefix, 'x')
  t.equal(outputForm(null, { stringify_object: true }).options.stringify_object, true)
})

t.test('of a live job what is newer than this program is kept, and fields are names', async (t) => {
  const { fieldNames, unknown } = liveOutputForm({
    field_names: ['a', 7, 'b'],
    output_type: 'csv',
    newer: { x: [1] },
    odd: undefined,
    none: null,
  })
  t.same(fieldNames, ['a', 'b'])
  t.same(unknown, { newer: { x: [1] } })
  t.equal(liveOutputForm({ field_names: [] }).fieldNames, null)
  t.equal(liveOutputForm({ field_names: 'all' }).fieldNames, null)
})

t.test(
  'what is sent says only what is not a default, and keeps what the manifest does not say',
  async (t) => {
    const live = liveOutputForm({ field_names: ['a'], newer: 1, other: 2, output_type: 'csv' })
    t.same(outputBody(outputForm(null, {}), null), {})
    t.same(outputBody(outputForm(null, { stringify_object: true }, { newer: 3 }), live), {
      newer: 3,
      other: 2,
      field_names: ['a'],
      stringify_object: true,
    })
    t.same(outputBody(outputForm(['b'], { output_type: 'csv' }), live).field_names, ['b'])
    t.same(outputBody(outputForm('all', {}), null), {})
    t.same(outputBody(outputForm(null, { output_type: 'csv', record_prefix: '{' }), null), {
      output_type: 'csv',
      record_prefix: '{',
    })
  },
)

t.test('an option is named as in a manifest', async (t) => {
  t.equal(outputPath('CVE-2021-44228'), 'output.cve_2021_44228')
  t.equal(outputPath('batch_prefix'), 'output.batch_prefix')
})
