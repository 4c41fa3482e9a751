import t from 'tap'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import { seeJob } from '../../../src/domain/job/job-state.ts'
import type { NotificationEvent } from '../../../src/domain/notification/notification-event.ts'
import { type Scope, type ScopeKey, scopeKey } from '../../../src/domain/scope.ts'
import { createFollowUp } from '../../../src/exporter/notifications/notification-follow-up.ts'
import { createNotifications } from '../../../src/exporter/notifications/notifications.ts'
import { createCore, failure, quay, quayAccount, zone } from '../../support/exporter-core.ts'
import { aSummary, hour, minute } from '../../support/status-world.ts'

const other = { id: 'd'.repeat(32), name: 'Other' }
const [one, two, bare, theirs] = [
  zone('one.example'),
  zone('two.example'),
  zone('bare.example'),
  zone('theirs.example', other),
]

/** Scopes that are watched; `off` are switched off, and failed an hour before they were. */
function watching(scopes: readonly Scope[] = [quayAccount, one, two, bare, theirs]) {
  const { store, memory, state, clock, log } = createCore()
  const start = clock.now()
  const refreshed: ScopeKey[] = []
  state.setScopes(scopes)
  const notifications = createNotifications({ store, memory, state, server: clock, log })
  const { round } = createFollowUp({
    ...{ notifications, state, server: clock, clock, log },
    refresh: async (key) => void refreshed.push(key),
  })
  let serial = 0
  const off = (id: string, edit: Partial<JobSummary> = {}) =>
    aSummary(id, start, { enabled: false, lastError: start - hour, lastComplete: start - 9 * hour, ...edit })
  return {
    ...{ state, clock, log, refreshed, notifications, start, off },
    list: (scope: Scope, ...jobs: readonly JobSummary[]) =>
      state.jobsListed(scopeKey(scope), jobs, clock.now()),
    receive: (edit: Partial<NotificationEvent>) => {
      serial += 1
      return notifications.receive({
        alertType: 'failing_logpush_job_disabled_alert',
        accountId: null,
        policyId: null,
        correlationId: `${serial}`,
        phase: 'start',
        jobIds: [],
        sent: clock.now(),
        fingerprint: serial,
        ...edit,
      })
    },
    round: () => round(new AbortController().signal),
    open: () => notifications.book.open.length,
    disabled: () =>
      [...state.scopes.values()].flatMap(({ jobs }) =>
        [...jobs.values()].flatMap((job) => (job.disabledByFailure === null ? [] : [job.summary.id])),
      ),
  }
}

t.test(
  'scopes with the named jobs are listed first, then those of the account that may have some',
  async (t) => {
    const { list, off, receive, round, refreshed } = watching()
    list(one, off('1'))
    list(two, off('2'))
    list(theirs, off('9'))
    await receive({ accountId: quay.id, jobIds: ['2'] })
    await round()
    t.same(refreshed, [two, quayAccount, one].map(scopeKey), 'not the bare one, nor those of others')
    await round()
    t.equal(refreshed.length, 3, 'once an event')
  },
)

t.test('without an account, scopes of all of them are listed', async (t) => {
  const { list, off, receive, round, refreshed } = watching()
  list(one, off('1'))
  list(theirs, off('9'))
  await receive({})
  await round()
  t.same(refreshed, [quayAccount, one, theirs].map(scopeKey))
})

t.test('the end of an alert needs no looking into', async (t) => {
  const { list, off, receive, round, open, disabled } = watching()
  list(one, off('1'))
  await receive({ phase: 'end', jobIds: [] })
  await round()
  t.same([open(), disabled()], [0, []])
})

t.test('an event is open until each of its jobs is known, for half an hour', async (t) => {
  const { list, off, receive, round, open, clock, log, disabled } = watching()
  list(one, off('1'))
  await receive({ jobIds: ['1', '404'] })
  await round()
  t.same([open(), disabled()], [1, ['1']])
  await clock.advance(30 * minute - 1)
  await round()
  t.equal(open(), 1)
  log.clear()
  await clock.advance(1)
  await round()
  t.equal(open(), 0)
  t.match(log.taken(), [{ message: 'notification for an unknown job', job_ids: ['1', '404'] }])
})

t.test('what comes late of a job that nobody knows is not waited for', async (t) => {
  const { receive, round, open, start, log } = watching()
  await receive({ jobIds: ['404'], sent: start - 5 * minute })
  await round()
  t.equal(open(), 1, 'five minutes are not late')
  log.clear()
  await receive({ jobIds: ['405'], sent: start - 5 * minute - 1 })
  await round()
  t.equal(open(), 1)
  t.match(log.taken().at(-1), { job_ids: ['405'] })
})

t.test('a job whose scope cannot be listed is waited for, late or not, and then given up', async (t) => {
  const { list, off, receive, round, open, clock, start, state, log } = watching()
  list(one, off('1'))
  state.jobsFailed(scopeKey(one), failure('timeout'), start)
  await receive({ jobIds: ['1'], sent: start - hour })
  await round()
  t.equal(open(), 1)
  await clock.advance(30 * minute - 1)
  await round()
  t.equal(open(), 1)
  await clock.advance(1)
  log.clear()
  await round()
  t.equal(open(), 0)
  t.same(log.lines, [], 'the job is known')
})

t.test('a job that is on, or was marked before, is settled as it is', async (t) => {
  const { list, off, receive, round, open, disabled, start } = watching()
  list(one, off('1', { enabled: true }), off('2', { lastComplete: start }))
  await receive({ jobIds: ['1', '2'], sent: start - hour })
  await round()
  t.same([open(), disabled()], [0, []])
})

t.test(
  'of jobs that may be meant, all that are off since then are marked, those of others are not',
  async (t) => {
    const { list, off, receive, round, open, disabled, start } = watching()
    list(
      one,
      off('1'),
      off('2', { lastError: null }),
      off('3', { enabled: true }),
      off('4', { lastError: start - 3 * hour }),
      off('5', { lastComplete: null }),
      off('6', { lastComplete: start }),
    )
    list(theirs, off('9'))
    await receive({ accountId: quay.id })
    await round()
    t.same([open(), disabled()], [0, ['1', '5']])
  },
)

t.test('a job that is marked already is not the one that an event without a job means', async (t) => {
  const { off, receive, round, open, state, start } = watching()
  const marked = { ...seeJob(null, off('1'), start), disabledByFailure: { how: 'seen', at: start } } as const
  state.remembered(scopeKey(one), [marked], null)
  await receive({ accountId: quay.id })
  await round()
  t.equal(open(), 1)
})

t.test('what is said within five minutes is believed before the API shows it, later it is not', async (t) => {
  const { list, off, receive, disabled, start } = watching()
  list(one, off('1', { enabled: true }), off('2', { enabled: true }))
  await receive({ jobIds: ['1'], sent: start - 5 * minute })
  await receive({ jobIds: ['2'], sent: start - 5 * minute - 1 })
  t.same(disabled(), ['1'])
})

t.test('what names no job is open for five minutes, the last instant included', async (t) => {
  const { receive, round, open, clock } = watching()
  await receive({})
  await clock.advance(5 * minute)
  await round()
  t.equal(open(), 1)
  await clock.advance(1)
  await round()
  t.equal(open(), 0)
})

t.test('who waits for something to follow up is called when there is something', async (t) => {
  const { receive, notifications } = watching()
  let called = 0
  notifications.onOpen(() => {
    called += 1
  })
  await receive({ alertType: 'incident_alert' })
  t.equal(called, 0)
  await receive({ jobIds: ['1'] })
  t.equal(called, 1)
})
