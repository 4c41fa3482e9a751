import t from 'tap'
import {
  closeEvents,
  countOf,
  emptyBook,
  historyRead,
  recordEvent,
  type SeenEvent,
} from '../../../src/domain/notification/notification-book.ts'
import { bookOf, aSeenEvent as seen, usualRecording as usual } from '../../support/notification-book.ts'

const alert = 'failing_logpush_job_disabled_alert'
const noon = Date.UTC(2026, 10, 24, 12)
const sameMs = 600_000

const isNews = (one: Partial<SeenEvent>, other: Partial<SeenEvent>): boolean =>
  recordEvent(bookOf(seen(one)), seen(other), usual) !== null

t.test('two reports of one event are ten minutes apart at the most, in either direction', async (t) => {
  for (const sign of [1, -1]) {
    t.notOk(isNews({}, { at: noon + sign * sameMs }))
    t.ok(isNews({}, { at: noon + sign * (sameMs + 1) }))
  }
})

t.test('events are the same when they share one job, or when one of them names none', async (t) => {
  t.notOk(isNews({ jobIds: ['1', '2'] }, { jobIds: ['3', '2'] }))
  t.ok(isNews({ jobIds: ['1', '2'] }, { jobIds: ['3', '4'] }))
  t.notOk(isNews({ jobIds: [] }, { jobIds: ['1'] }))
  t.notOk(isNews({ jobIds: ['1'] }, { jobIds: [] }))
  t.notOk(isNews({ jobIds: ['1'], policyId: 'q' }, { jobIds: ['1'] }), 'whatever their policies')
  t.ok(isNews({ jobIds: [], policyId: 'q' }, { jobIds: ['1'] }))
})

t.test('a correlation id decides where both have one', async (t) => {
  t.notOk(isNews({ correlationId: 'c', jobIds: ['1'] }, { correlationId: 'c', jobIds: ['2'] }))
  t.ok(isNews({ correlationId: 'c' }, { correlationId: 'd' }))
  t.notOk(isNews({ correlationId: 'c' }, {}))
  t.notOk(isNews({}, { correlationId: 'c' }))
  t.ok(isNews({ correlationId: 'c' }, { jobIds: ['2'] }))
})

t.test('what one of them does not say tells nothing apart', async (t) => {
  for (const field of ['accountId', 'phase', 'policyId'] as const) {
    const said = { phase: 'start', jobIds: [] } as const
    t.notOk(isNews({ ...said, [field]: null }, said), field)
    t.notOk(isNews(said, { ...said, [field]: null }), field)
  }
  t.ok(isNews({ phase: 'end', jobIds: [] }, { phase: 'start', jobIds: [] }))
})

t.test('without jobs the texts tell apart what came by the same way', async (t) => {
  const none = { jobIds: [], fingerprint: 5 }
  t.notOk(isNews(none, none))
  t.ok(isNews(none, { ...none, fingerprint: 6 }))
  t.notOk(isNews(none, { ...none, fingerprint: 6, source: 'history' }))
})

t.test('an event is news though another of the book is like it in all but one thing', async (t) => {
  const book = bookOf(seen(), seen({ jobIds: ['2'] }))
  t.equal(recordEvent(book, seen({ jobIds: ['2'] }), usual), null, 'the second is known too')
  t.same(recordEvent(book, seen({ jobIds: ['3'] }), usual)?.seen.length, 3)
})

t.test('each account, type and way has a count of its own', async (t) => {
  const events = [
    seen(),
    seen({ jobIds: ['2'] }),
    seen({ jobIds: ['3'], accountId: 'b' }),
    seen({ jobIds: ['4'], source: 'history' }),
    seen({ alertType: 'other' }),
  ]
  const { counts } = bookOf(...events, seen({ jobIds: ['5'] }))
  t.same(
    counts.map(({ accountId, alertType, source, count }) => [accountId, alertType, source, count]),
    [
      ['a', alert, 'webhook', 3],
      ['b', alert, 'webhook', 1],
      ['a', alert, 'history', 1],
      ['a', 'other', 'webhook', 1],
    ],
  )
  const of = { accountId: 'a', alertType: alert, source: 'webhook' } as const
  t.equal(countOf({ ...emptyBook, counts }, of), 3)
  t.equal(countOf({ ...emptyBook, counts }, { ...of, accountId: 'c' }), 0)
})

t.test('an event that is only to be known is neither counted nor followed up', async (t) => {
  const known = recordEvent(emptyBook, seen(), { now: noon, count: false, followUp: false })
  t.same(known, { ...emptyBook, seen: [seen()] })
  const followed = recordEvent(emptyBook, seen(), { now: noon + 5, count: false, followUp: true })
  t.match(followed, { counts: [], open: [{ event: seen(), cameAt: noon + 5 }] })
})

t.test('the newest are remembered, and what is older than all of a full book is no news', async (t) => {
  const job = (number: number) => seen({ jobIds: [String(number)], at: noon + number })
  const many = (count: number) => bookOf(...Array.from({ length: count }, (_, index) => job(index + 1)))
  const old = seen({ jobIds: ['9999'], at: noon })
  t.ok(recordEvent(many(499), old, usual), 'of a book that has room nothing was forgotten')
  t.equal(recordEvent(many(500), old, usual), null)
  t.ok(recordEvent(many(500), { ...old, at: noon + 1 }, usual), 'as old as the oldest')
  const full = many(501)
  t.same([full.seen.length, full.seen[0]?.jobIds, full.seen.at(-1)?.jobIds], [500, ['2'], ['501']])
  t.same([full.open.length, full.open[0]?.event.jobIds], [200, ['302']])
})

t.test('what was followed up leaves the book, and all else stays', async (t) => {
  const book = bookOf(seen(), seen({ jobIds: ['2'] }))
  const [first, second] = book.open
  if (first === undefined || second === undefined) throw new Error('two are open')
  t.equal(closeEvents(book, new Set()), book)
  t.same(closeEvents(book, new Set([first])), { ...book, open: [second] })
})

t.test('each account has its own mark in the history', async (t) => {
  const book = historyRead(historyRead(historyRead(emptyBook, 'a', 1), 'b', 2), 'a', 3)
  t.same(
    [...book.readTo],
    [
      ['a', 3],
      ['b', 2],
    ],
  )
  t.equal(emptyBook.readTo.size, 0)
})
