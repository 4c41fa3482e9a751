import t from 'tap'
import {
  maxJobs,
  type NotificationEvent,
  readHistoryRow,
  readWebhookBody,
} from '../../../src/domain/notification/notification-event.ts'
import { Secret } from '../../../src/domain/secret.ts'

const alert = 'failing_logpush_job_disabled_alert'

function eventOf(body: unknown): NotificationEvent {
  const message = readWebhookBody(body)
  if (message.kind !== 'event') throw new Error(`read as ${message.kind}`)
  return message.event
}
const jobsOf = (data: unknown): readonly string[] => eventOf({ alert_type: 'x', data }).jobIds

/** A value so many objects deep. */
const deep = (depth: number, value: unknown): unknown =>
  Array.from({ length: depth }).reduce((inner) => ({ a: inner }), value)

t.test('each field that tells of something that happened makes a body an event', async (t) => {
  const fields = [
    'alert_type',
    'alert_event',
    'alert_correlation_id',
    'policy_id',
    'account_id',
    'data',
    'ts',
  ]
  for (const field of fields) t.equal(readWebhookBody({ [field]: 'x' }).kind, 'event', field)
  for (const field of ['text', 'name', 'policy_name', 'anything'])
    t.equal(readWebhookBody({ [field]: 'x' }).kind, 'test', field)
})

t.test('without a type, the text, the name or the name of the policy may say Logpush', async (t) => {
  for (const field of ['text', 'name', 'policy_name']) {
    t.equal(eventOf({ ts: 1, [field]: 'My LogPush alert' }).alertType, alert, field)
    t.equal(eventOf({ ts: 1, alert_type: '', [field]: 'logpush' }).alertType, alert, field)
    t.same(eventOf({ ts: 1, [field]: 'job 12' }).jobIds, ['12'], field)
  }
  t.equal(eventOf({ ts: 1, text: ['logpush'] }).alertType, 'other')
  for (const type of [
    'billing_usage_alert',
    'incident_alert',
    'maintenance_event_notification',
    'other',
    alert,
  ])
    t.equal(eventOf({ alert_type: type }).alertType, type)
})

t.test('ids are taken in the form that Cloudflare gives them', async (t) => {
  const account = (account_id: unknown) => eventOf({ ts: 1, account_id }).accountId
  t.equal(account('A'.repeat(32)), 'a'.repeat(32))
  for (const odd of ['a'.repeat(31), 'a'.repeat(33), 'g'.repeat(32), 7]) t.equal(account(odd), null)
  const ids = (id: unknown) => eventOf({ ts: 1, policy_id: id, alert_correlation_id: id })
  t.match(ids('a.b:c-1'), { policyId: 'a.b:c-1', correlationId: 'a.b:c-1' })
  for (const odd of ['', 'a b', 'x'.repeat(101), 7, null])
    t.match(ids(odd), { policyId: null, correlationId: null })
})

t.test('seconds and milliseconds are told apart by their size', async (t) => {
  const sent = (ts: unknown) => eventOf({ data: {}, ts }).sent
  t.equal(sent(1e11 - 1), (1e11 - 1) * 1000)
  t.equal(sent(1e11), 1e11)
  t.equal(sent(1e14 - 1), 1e14 - 1)
  t.equal(sent(1e14), null)
  t.equal(sent(1), 1000)
  t.equal(sent('1.0005'), 1000, 'whole milliseconds')
  t.equal(sent(Number.NaN), null)
})

t.test('what is nested is searched six levels deep', async (t) => {
  t.same(jobsOf(deep(5, { job_id: 7 })), ['7'])
  t.same(jobsOf(deep(6, { job_id: 7 })), [])
  t.same(jobsOf([[[[[{ job_id: 7 }]]]]]), ['7'])
  t.same(jobsOf([[[[[[{ job_id: 7 }]]]]]]), [])
  t.same(jobsOf(deep(4, '{"job_id": 7}')), ['7'], 'a text is a level of its own')
  t.same(jobsOf(deep(5, '{"job_id": 7}')), [])
})

t.test('of a long list or object the first thousand are searched', async (t) => {
  const zeros = (count: number): readonly unknown[] => Array.from({ length: count }, () => 0)
  t.same(jobsOf([...zeros(999), { job_id: 7 }]), ['7'])
  t.same(jobsOf([...zeros(1_000), { job_id: 7 }]), [])
  const keys = (count: number) => Object.fromEntries(zeros(count).map((_, index) => [`k${index}`, 0]))
  t.same(jobsOf({ ...keys(999), job_id: 7 }), ['7'])
  t.same(jobsOf({ ...keys(1_000), job_id: 7 }), [])
})

t.test('an event names a hundred jobs at the most, however it names them', async (t) => {
  const ids = Array.from({ length: 101 }, (_, index) => index + 1)
  t.equal(maxJobs, 100)
  t.same(jobsOf({ job_ids: ids }), ids.slice(0, 100).map(String))
  const text = ids.map((id) => `job ${id}`).join(', ')
  t.same(eventOf({ ts: 1, text }).jobIds, ids.slice(0, 100).map(String))
})

t.test('a number is a job only where it is called one', async (t) => {
  for (const data of [5, [5], '[5]', '5', { job: { config: { id: 5 } } }, { zone: { id: 5 } }, { id: 5 }])
    t.same(jobsOf(data), [], JSON.stringify(data))
  for (const data of [{ job: 5 }, { jobs: [5] }, { jobs: [[5]] }, { job: { id: '5' } }, { JOB_ID: 5 }])
    t.same(jobsOf(data), ['5'], JSON.stringify(data))
  t.same(jobsOf({ job_id: '0' }), [])
  t.same(jobsOf({ job_id: Number.MAX_SAFE_INTEGER }), [String(Number.MAX_SAFE_INTEGER)])
})

t.test('a fingerprint stays the same in every version, since it is stored', async (t) => {
  const history = (text: string) =>
    readHistoryRow('a', { policyId: null, alertType: alert, sent: 1, alertBody: new Secret(text) })
      .fingerprint
  t.same(['', 'a', 'foobar'].map(history), [0x811c9dc5, 0xe40c292c, 0xbf9cf968])
  const webhook = (body: object) => eventOf({ ts: 1, ...body }).fingerprint
  t.equal(webhook({ text: 'foobar' }), 0xbf9cf968)
  t.equal(webhook({ text: 'a', name: 'b', policy_name: 'c' }), history('a\nb\nc'))
})
