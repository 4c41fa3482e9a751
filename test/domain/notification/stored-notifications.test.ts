import t from 'tap'
import type { NotificationCount, SeenEvent } from '../../../src/domain/notification/notification-book.ts'
import {
  notificationsFromRecord,
  notificationsToRecord,
} from '../../../src/domain/notification/stored-notifications.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const alert = 'failing_logpush_job_disabled_alert'
const event: SeenEvent = {
  alertType: alert,
  accountId: 'a',
  policyId: 'p',
  correlationId: 'c',
  phase: 'start',
  jobIds: ['1'],
  fingerprint: 1,
  source: 'webhook',
  at: noon,
}
const count: NotificationCount = { accountId: 'a', alertType: alert, source: 'history', count: 3 }
const book = {
  counts: [count],
  seen: [event],
  open: [{ event, cameAt: noon }],
  readTo: new Map([['a', noon]]),
}
const record = notificationsToRecord(book)

/** Whether a record that differs from a whole one in this is read as a book. */
const isBook = (edit: object): boolean => notificationsFromRecord({ ...record, ...edit }) !== null

const noText = [7, undefined, ['x']]
const noNumber = ['7', null, undefined]

t.test('a whole record is a book, and so is an empty one', async (t) => {
  t.same(notificationsFromRecord(JSON.parse(JSON.stringify(record))), book)
  t.ok(isBook({ counts: [], seen: [], open: [], readTo: [] }))
})

t.test('a record lacks none of its lists', async (t) => {
  for (const list of ['counts', 'seen', 'open', 'readTo'])
    for (const value of [undefined, null, {}, 'x', [null], ['x']])
      t.notOk(isBook({ [list]: value }), `${list} ${JSON.stringify(value)}`)
})

t.test('a count says of what, by which way and how many', async (t) => {
  const holds = (edit: object) => isBook({ counts: [{ ...count, ...edit }] })
  for (const accountId of [...noText, null]) t.notOk(holds({ accountId }))
  for (const alertType of ['', 'unheard of', null]) t.notOk(holds({ alertType }))
  for (const source of ['', 'pigeon', null]) t.notOk(holds({ source }))
  for (const value of noNumber) t.notOk(holds({ count: value }))
  t.ok(holds({ accountId: '', count: 0 }))
})

t.test('an event may not know its account, policy, alert or phase, and knows all else', async (t) => {
  const holds = (edit: object) =>
    isBook({ seen: [{ ...event, ...edit }] }) &&
    isBook({ open: [{ event: { ...event, ...edit }, cameAt: 1 }] })
  for (const field of ['accountId', 'policyId', 'correlationId']) {
    t.ok(holds({ [field]: null }), field)
    for (const value of noText) t.notOk(holds({ [field]: value }), field)
  }
  for (const phase of ['start', 'end', null]) t.ok(holds({ phase }), `${phase}`)
  for (const phase of ['', undefined, 7]) t.notOk(holds({ phase }), `${phase}`)
  for (const field of ['fingerprint', 'at'])
    for (const value of noNumber) t.notOk(holds({ [field]: value }), field)
  for (const alertType of ['', undefined]) t.notOk(holds({ alertType }))
  for (const source of ['', undefined]) t.notOk(holds({ source }))
  for (const jobIds of ['1', undefined, null]) t.notOk(holds({ jobIds }))
  t.ok(holds({ jobIds: [] }))
})

t.test('what is still open says when it came', async (t) => {
  for (const cameAt of noNumber) t.notOk(isBook({ open: [{ event, cameAt }] }))
})

t.test('up to where a history is read is an account and a time', async (t) => {
  for (const mark of [[7, noon], ['a'], ['a', '7'], { 0: 'a', 1: noon }])
    t.notOk(isBook({ readTo: [mark] }), JSON.stringify(mark))
})
