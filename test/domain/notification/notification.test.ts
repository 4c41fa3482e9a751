import t from 'tap'
import {
  closeEvents,
  countOf,
  historyRead,
  recordEvent,
  type SeenEvent,
} from '../../../src/domain/notification/notification-book.ts'
import {
  type NotificationEvent,
  readHistoryRow,
  readWebhookBody,
} from '../../../src/domain/notification/notification-event.ts'
import {
  notificationsFromRecord,
  notificationsToRecord,
} from '../../../src/domain/notification/stored-notifications.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { aSeenEvent, bookOf, usualRecording as usual } from '../../support/notification-book.ts'

const alert = 'failing_logpush_job_disabled_alert'
const account = 'a'.repeat(32)
const noon = Date.parse('2026-11-24T12:00:00Z')

/** What Cloudflare documents of a payload, with what a Logpush alert may hold. */
const payload = {
  name: 'sre-logpush-disabled',
  text: 'Logpush job 410001 (http_requests) to s3://quay-logs/http?secret=canary was disabled.',
  data: { job_id: 410001, destination_conf: 's3://quay-logs/http?secret=canary' },
  ts: noon / 1000,
  account_id: account.toUpperCase(),
  policy_id: 'b'.repeat(32),
  policy_name: 'sre-logpush-disabled',
  alert_type: alert,
  alert_correlation_id: 'c'.repeat(32),
  alert_event: 'ALERT_STATE_EVENT_START',
}

const seen = (edit: Partial<SeenEvent> = {}): SeenEvent => aSeenEvent({ accountId: account, ...edit })

function eventOf(body: unknown): NotificationEvent {
  const message = readWebhookBody(body)
  if (message.kind !== 'event') throw new Error(`read as ${message.kind}`)
  return message.event
}

t.test('a payload is read, and none of its free text is kept', async (t) => {
  const event = eventOf(payload)
  t.match(event, {
    alertType: alert,
    accountId: account,
    policyId: 'b'.repeat(32),
    correlationId: 'c'.repeat(32),
    phase: 'start',
    jobIds: ['410001'],
    sent: noon,
  })
  t.notMatch(JSON.stringify(event), /canary|quay-logs/)
  t.equal(eventOf({ ...payload, alert_event: 'ALERT_STATE_EVENT_END' }).phase, 'end')
})

t.test('only what ends in _START or _END says that an alert began or ended', async (t) => {
  const phase = (alert_event: unknown) => eventOf({ ...payload, alert_event }).phase
  t.equal(phase('alert_state_event_start'), 'start')
  t.equal(phase('ALERT_STATE_EVENT_END'), 'end')
  for (const other of [
    'ALERT_STATE_EVENT_UNKNOWN',
    '',
    'START',
    'ALERT_STATE_EVENT_START_OVER',
    7,
    null,
    undefined,
  ])
    t.equal(phase(other), null, String(other))
})

t.test('every field may be missing or of the wrong kind', async (t) => {
  for (const field of Object.keys(payload)) {
    for (const value of [undefined, null, '', 7, -1, true, [], {}, [[{ a: null }]]]) {
      const message = readWebhookBody({ ...payload, [field]: value })
      t.equal(message.kind, 'event', `${field} ${JSON.stringify(value)}`)
    }
  }
  t.same(readWebhookBody({ text: 'Hello World! This is a test message.' }), { kind: 'test' })
  t.same(readWebhookBody({}), { kind: 'test' })
  t.same(readWebhookBody({ text: 'x', data: null, account_id: null }), { kind: 'test' })
  for (const foreign of [null, 1, 'text', true, [], [payload]])
    t.same(readWebhookBody(foreign), { kind: 'foreign' })
})

t.test('the alert type is one of few; without one the text decides', async (t) => {
  const typeOf = (body: object): string => eventOf({ ...payload, ...body }).alertType
  t.equal(typeOf({ alert_type: 'billing_usage_alert' }), 'billing_usage_alert')
  t.equal(typeOf({ alert_type: 'real_origin_monitoring' }), 'other')
  t.equal(typeOf({ alert_type: { $ne: 1 } }), alert, 'not a text: the text of the message names Logpush')
  t.equal(typeOf({ alert_type: undefined }), alert)
  t.equal(typeOf({ alert_type: undefined, text: 'An origin is down', name: 'x', policy_name: 'y' }), 'other')
})

t.test('a text is searched for jobs as far as a message is long', async (t) => {
  const jobsAfter = (length: number) =>
    eventOf({ ...payload, data: null, text: `${' '.repeat(length)}job 1234` }).jobIds
  t.same(jobsAfter(9_992), ['1234'])
  t.same(jobsAfter(10_000), [])
})

t.test('jobs are found wherever they are named', async (t) => {
  const jobsOf = (body: object): readonly string[] =>
    eventOf({ ...payload, text: '', data: null, ...body }).jobIds
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ data: { job_id: 1234 } }, ['1234']],
    [{ data: { job_id: '1234' } }, ['1234']],
    [{ data: { jobId: 1234 } }, ['1234']],
    [{ data: { logpush_job_id: 1234 } }, ['1234']],
    [{ data: { job: { id: 1234, dataset: 'http_requests', max: 9 } } }, ['1234']],
    [{ data: { jobs: [{ id: 1 }, { id: 2 }, { id: 1 }] } }, ['1', '2']],
    [{ data: { job_ids: ['3', 4] } }, ['3', '4']],
    [{ data: [{ alert: { job_id: 5 } }] }, ['5']],
    [{ data: '{"job_id": 6}' }, ['6']],
    [{ data: { body: '[{"job_id": 7}]' } }, ['7']],
    [{ text: 'Logpush job 410001 was disabled' }, ['410001']],
    [{ text: 'job ID: 410001, job id 410002' }, ['410001', '410002']],
    [{ text: 'Jobs #12 and job_id=13' }, ['12', '13']],
    [{ data: { job_id: 1 }, text: 'job 2' }, ['1']],
    [{ data: { id: 8, zone_id: 9 }, text: 'disabled after 24 hours' }, []],
    [{ data: { job_id: 1.5 } }, []],
    [{ data: { job_id: -1 } }, []],
    [{ data: { job_id: 2 ** 60 } }, []],
    [{ data: { job_id: 'DROP TABLE' } }, []],
    [{ data: '{"job_id": ' }, []],
  ]
  for (const [body, jobs] of cases) t.same(jobsOf(body), jobs, JSON.stringify(body))
  const many = Array.from({ length: 5_000 }, (_, index) => index + 1)
  t.equal(jobsOf({ data: { job_ids: many } }).length, 100)
  const deep = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)
  t.same(jobsOf({ data: deep }), [])
})

t.test('times are taken in seconds, and in other usual forms', async (t) => {
  const sent = (ts: unknown): number | null => eventOf({ ...payload, ts }).sent
  for (const ts of [noon / 1000, noon, String(noon / 1000), '2026-11-24T12:00:00Z']) t.equal(sent(ts), noon)
  for (const ts of [0, -5, Number.MAX_VALUE, 'yesterday', '', {}, [noon]]) t.equal(sent(ts), null)
})

t.test('one event is counted once, whatever the ways it came by', async (t) => {
  const minute = 60_000
  const same: readonly (readonly [SeenEvent, SeenEvent])[] = [
    [seen(), seen()],
    [seen(), seen({ source: 'history' })],
    [seen(), seen({ source: 'history', at: noon + 9 * minute })],
    [seen({ policyId: null }), seen({ source: 'history' })],
    [seen(), seen({ source: 'history', policyId: 'another policy, the same job' })],
    [seen({ source: 'history' }), seen({ source: 'history', fingerprint: 2 })],
    [seen(), seen({ source: 'history', jobIds: [] })],
    [
      seen({ correlationId: 'c', phase: 'start' }),
      seen({ correlationId: 'c', phase: 'start', at: noon + 600 * minute }),
    ],
    [seen({ phase: 'start' }), seen({ source: 'history' })],
    [
      seen({ jobIds: [], source: 'history', fingerprint: 5 }),
      seen({ jobIds: [], source: 'history', fingerprint: 5 }),
    ],
  ]
  for (const [one, other] of same)
    t.equal(recordEvent(bookOf(one), other, usual), null, JSON.stringify(other))
  const different: readonly (readonly [SeenEvent, SeenEvent])[] = [
    [seen(), seen({ jobIds: ['2'] })],
    [seen(), seen({ at: noon + 11 * minute })],
    [seen(), seen({ accountId: 'd'.repeat(32) })],
    [seen(), seen({ alertType: 'other' })],
    [seen({ phase: 'start' }), seen({ phase: 'end' })],
    [seen({ correlationId: 'c' }), seen({ correlationId: 'd' })],
    [seen({ correlationId: 'c', phase: 'start' }), seen({ correlationId: 'c', phase: 'end' })],
    [seen({ jobIds: [] }), seen({ jobIds: [], policyId: 'q' })],
    [
      seen({ jobIds: [], source: 'history', fingerprint: 5 }),
      seen({ jobIds: [], source: 'history', fingerprint: 6 }),
    ],
  ]
  for (const [one, other] of different) t.ok(recordEvent(bookOf(one), other, usual), JSON.stringify(other))
  const book = bookOf(seen(), seen({ source: 'history' }), seen({ jobIds: ['2'], source: 'history' }))
  t.equal(countOf(book, { accountId: account, alertType: alert, source: 'webhook' }), 1)
  t.equal(countOf(book, { accountId: account, alertType: alert, source: 'history' }), 1)
})

t.test('events of no known account are counted by themselves, and what never came is none', async (t) => {
  const book = bookOf(seen({ accountId: null }))
  const count = (accountId: string) => countOf(book, { accountId, alertType: alert, source: 'webhook' })
  t.same([count(''), count(account)], [1, 0])
})

t.test('what is remembered is bounded, and what may have been forgotten is no news', async (t) => {
  const events = Array.from({ length: 700 }, (_, index) =>
    seen({ jobIds: [String(index + 1)], at: noon + index }),
  )
  const book = bookOf(...events)
  t.equal(book.seen.length, 500)
  t.equal(book.open.length, 200)
  t.equal(countOf(book, { accountId: account, alertType: alert, source: 'webhook' }), 700)
  t.equal(recordEvent(book, seen({ jobIds: ['1'], at: noon }), usual), null, 'a replay of the first')
  const [first] = book.open
  t.equal(closeEvents(book, new Set(first === undefined ? [] : [first])).open.length, 199)
})

t.test('a stored book comes back as it was, and a damaged one is told from it', async (t) => {
  const book = historyRead(bookOf(seen(), seen({ jobIds: ['2'], phase: 'end' })), account, noon)
  const stored: unknown = JSON.parse(JSON.stringify(notificationsToRecord(book)))
  t.same(notificationsFromRecord(stored), book)
  const record = notificationsToRecord(book)
  const broken = [
    null,
    [],
    {},
    { ...record, counts: [{ accountId: account, alertType: alert, source: 'pigeon', count: 1 }] },
    { ...record, counts: [{ accountId: account, alertType: alert, source: 'webhook', count: '1' }] },
    { ...record, seen: [{ ...seen(), alertType: 'unheard of' }] },
    { ...record, seen: [{ ...seen(), phase: 'middle' }] },
    { ...record, open: [{ event: seen() }] },
    { ...record, readTo: [[account, 'noon']] },
    { ...record, readTo: [account] },
  ]
  for (const damaged of broken) t.equal(notificationsFromRecord(damaged), null, JSON.stringify(damaged))
  const odd = notificationsFromRecord({ ...record, seen: [{ ...seen(), jobIds: ['5', 6, null] }] })
  t.same(odd?.seen[0]?.jobIds, ['5'], 'an id that is no text costs itself alone')
})

t.test('a row of the history is an event of its account', async (t) => {
  const row = {
    policyId: 'p',
    alertType: alert,
    sent: noon,
    alertBody: new Secret('Logpush job 5 to s3://canary was disabled'),
  }
  const event = readHistoryRow(account, row)
  t.match(event, { accountId: account, alertType: alert, jobIds: ['5'], sent: noon, phase: null })
  t.notMatch(JSON.stringify(event), /canary/)
  t.same(readHistoryRow(account, { ...row, alertBody: new Secret('{"data":{"job_id":6}}') }).jobIds, ['6'])
  t.equal(readHistoryRow(account, { ...row, alertType: 'brand_new' }).alertType, 'other')
})
