import t from 'tap'
import { type Fields, foreignJob } from '../../../src/provision/transfer/foreign-job.ts'
import { account } from '../../support/provision-values.ts'

const read = (fields: Fields) =>
  foreignJob(account, 'a', { destination_conf: 'gs://quay-logs', dataset: 'dns_logs', ...fields })

t.test(
  'without a destination there is no job; what is not written is as an API call leaves it',
  async (t) => {
    t.equal(read({ destination_conf: '' }), null)
    t.match(read({ dataset: null }), {
      id: null,
      filterText: null,
      logpullOptions: null,
      frequency: null,
      hadChallenge: false,
      resource: {
        name: 'a',
        dataset: 'http_requests',
        enabled: false,
        filter: null,
        filterAttackTraffic: false,
        upload: { bytes: 0, records: 0, intervalSeconds: 0 },
        transformerId: null,
      },
    })
    t.match(read({ id: 7, ownership_challenge: 'token' }), { id: '7', hadChallenge: true })
  },
)

t.test('numbers and switches may be texts, and empty ones stand for none', async (t) => {
  const upload = (bytes: unknown) => read({ max_upload_bytes: bytes })?.resource.upload.bytes
  t.same([5_000_000, '5000000', '', 0, null, 'many'].map(upload), [5_000_000, 5_000_000, 0, 0, 0, 0])
  const enabled = [true, 'true', false, 'false', 1].map((value) => read({ enabled: value })?.resource.enabled)
  t.same(enabled, [true, true, false, false, false])
})

t.test('a filter is a text or what the text says', async (t) => {
  const filter = { where: { key: 'ClientIP', operator: 'eq', value: '192.0.2.1' } }
  for (const written of [filter, JSON.stringify(filter)])
    t.match(read({ filter: written }), { filterText: JSON.stringify(filter), resource: { filter } })
})

t.test('options are a mapping or a list of one, without those that are not set', async (t) => {
  const output = (options: unknown) => read({ output_options: options })?.resource.output
  const set = { field_names: ['RayID'], timestamp_format: 'rfc3339' }
  t.same(output([{ ...set, sample_rate: null }]), output(set))
  for (const name of ['cve20214428', 'cve_2021_44228', 'CVE-2021-44228'])
    t.same(output({ ...set, [name]: true }), output({ ...set, 'CVE-2021-44228': true }), name)
  t.notSame(output({ ...set, 'CVE-2021-44228': true }), output(set))
  const logpull = { logpull_options: 'fields=RayID&timestamps=rfc3339' }
  for (const none of [null, [], [{ sample_rate: null }]])
    t.equal(read({ ...logpull, output_options: none })?.outputOfLogpull, true, JSON.stringify(none))
  t.equal(read({ ...logpull, output_options: set })?.outputOfLogpull, false)
})
