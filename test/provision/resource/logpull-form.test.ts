import t from 'tap'
import { outputOfLogpull } from '../../../src/provision/resource/logpull-form.ts'

t.test('what logpull options say, in the words of output options', async (t) => {
  t.same(outputOfLogpull('fields=RayID,,ClientIP&timestamps=rfc3339&sample=0.5&CVE-2021-44228=true'), {
    field_names: ['RayID', 'ClientIP'],
    timestamp_format: 'rfc3339',
    sample_rate: 0.5,
    'CVE-2021-44228': true,
  })
  for (const nothing of [null, '', 'fields=&timestamps=', 'CVE-2021-44228=false', 'other=1'])
    t.equal(outputOfLogpull(nothing), null, String(nothing))
})

t.test('a sample is a share: above 0, at most 1', async (t) => {
  for (const odd of ['0', '-1', '1.5', 'half', '']) t.equal(outputOfLogpull(`sample=${odd}`), null, odd)
  t.same(outputOfLogpull('sample=1'), { sample_rate: 1 })
})
