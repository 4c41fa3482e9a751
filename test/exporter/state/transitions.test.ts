import t from 'tap'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import type { HealthRow } from '../../../src/domain/ledger/health-row.ts'
import { noCounts, noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { aJob, failure, plentifulLimits, quayAccount, zone } from '../../support/exporter-core.ts'

const now = Date.UTC(2026, 10, 24, 3)
const [one, two] = [zone('one.example'), zone('two.example')]
const [key, other] = [scopeKey(one), scopeKey(two)]
const summaries = (...ids: readonly string[]) => ids.map((id) => summarise(aJob(id)))

/** Two zones; the first has two jobs. */
function world() {
  const state = createState()
  state.setScopes([one, two])
  state.jobsListed(key, summaries('1', '2'), now)
  let changes = 0
  state.onChange(() => {
    changes += 1
  })
  return { state, changes: () => changes }
}
const counted = (...ids: readonly string[]) => ({
  ...beginLedger(10),
  totals: new Map(ids.map((id) => [id, noTotals])),
})

t.test('what is listed of accounts and zones is said with its time, and why not', async (t) => {
  const { state, changes } = world()
  t.same(state.directory, { lastSuccess: null, failure: null })
  state.directoryListed(now)
  t.same(state.directory, { lastSuccess: now, failure: null })
  state.directoryFailed(failure('timeout'), now + 1)
  state.directoryFailed(failure('auth'), now + 2)
  t.match(state.directory, { lastSuccess: now, failure: { kind: 'auth', since: now + 1 } })
  t.equal(changes(), 3)
})

t.test('a failure keeps what was known, a success ends it', async (t) => {
  const { state } = world()
  state.healthRead(key, counted('1'), now)
  state.jobsFailed(key, failure('timeout'), now + 1)
  state.healthFailed(key, failure('partial'), now + 2)
  t.match(state.scope(key), {
    inventory: { lastSuccess: now, failure: { kind: 'timeout', since: now + 1 } },
    health: { lastSuccess: now, failure: { kind: 'partial', since: now + 2 } },
  })
  t.same([state.scope(key)?.jobs.size, state.scope(key)?.totals.size], [2, 1])
  t.match(state.scope(other)?.health, { failure: null }, 'the other zone is well')
  state.healthRead(key, counted('1'), now + 3)
  t.match(state.scope(key)?.health, { lastSuccess: now + 3, failure: null })
})

t.test('limits are those last told, or none', async (t) => {
  const { state } = world()
  state.limitsRead(key, plentifulLimits)
  t.equal(state.scope(key)?.limits, plentifulLimits)
  state.limitsRead(key, null)
  t.equal(state.scope(key)?.limits, null)
})

t.test('rows that shrank add up by job; none of them is no change', async (t) => {
  const { state, changes } = world()
  state.rowsShrank(key, new Map([['1', 2]]))
  state.rowsShrank(
    key,
    new Map([
      ['1', 3],
      ['2', 1],
    ]),
  )
  const before = changes()
  state.rowsShrank(key, new Map())
  t.equal(changes(), before)
  t.same(
    [...(state.scope(key)?.revisedDown ?? [])],
    [
      ['1', 5],
      ['2', 1],
    ],
  )
})

t.test('failed attempts are kept of jobs that are counted, the newest of each', async (t) => {
  const { state } = world()
  const row = (jobId: string, status: number, lastUpload: number): HealthRow => ({
    ...noCounts,
    minute: 10,
    jobId,
    destinationType: 's3',
    status,
    final: true,
    success: false,
    sampleInterval: 1,
    lastUpload,
  })
  state.healthRead(key, counted('1'), now)
  state.attemptsRead(key, [row('1', 403, 5), row('9', 500, 5)])
  state.attemptsRead(key, [row('1', 503, 7), row('1', 404, 6)])
  t.same([...(state.scope(key)?.failedAttempts ?? [])], [['1', { status: 503, at: 7 }]])
})

t.test('jobs that may be listed although they could not be read stay as they were', async (t) => {
  const { state } = world()
  t.same(
    state
      .jobsListed(key, summaries('3'), now, (id) => id === '1')
      .map(({ change, job }) => [change, job.summary.id]),
    [
      ['appeared', '3'],
      ['deleted', '2'],
    ],
  )
  t.same([...(state.scope(key)?.jobs.keys() ?? [])].sort(), ['1', '3'])
  const changed = summarise(aJob('1', { name: 'renamed' }))
  state.jobsListed(key, [changed], now, () => true)
  t.equal(state.scope(key)?.jobs.get('1')?.summary.name, 'renamed', 'what was read counts')
})

t.test('edits go with their job', async (t) => {
  const { state } = world()
  const edit = { at: now, action: 'changed', by: 'user u1' } as const
  state.auditRead(
    key,
    new Map([
      ['1', [edit]],
      ['2', [edit]],
    ]),
  )
  state.jobsListed(key, summaries('2'), now)
  t.same([...(state.scope(key)?.edits.keys() ?? [])], ['2'])
})

t.test(
  'a notification finds its job in whichever scope it is, and its end takes back the mark',
  async (t) => {
    const { state } = world()
    state.jobsListed(other, summaries('7'), now)
    t.equal(state.jobDisabled('7', now), other)
    t.match(state.scope(other)?.jobs.get('7')?.disabledByFailure, { how: 'notified', at: now })
    t.equal(state.scope(key)?.jobs.get('1')?.disabledByFailure, null)
    t.equal(state.jobAlertEnded('7'), other)
    t.equal(state.scope(other)?.jobs.get('7')?.disabledByFailure, null)
    t.equal(state.jobAlertEnded('8'), null)
  },
)

t.test('counts of a zone whose jobs cannot be listed are its own, not those of its account', async (t) => {
  const state = createState()
  const account = scopeKey(quayAccount)
  state.setScopes([quayAccount, one])
  state.healthRead(account, counted('7', '8'), now)
  state.healthRead(key, counted('7'), now)
  const shown = () => [...(state.scope(account)?.totals.keys() ?? [])]
  t.same(shown(), ['8'])
  state.healthRead(account, counted('7', '8'), now)
  t.same(shown(), ['8'])
  t.equal(state.scope(key)?.totals.size, 1)
})

t.test('jobs that the store remembers of a zone are its own at once', async (t) => {
  const { state } = world()
  const remembered = [...(state.scope(key)?.jobs.values() ?? [])]
  const later = createState()
  later.setScopes([quayAccount, one])
  later.remembered(scopeKey(quayAccount), remembered, null)
  t.equal(later.scope(scopeKey(quayAccount))?.jobs.size, 2)
  later.remembered(key, remembered.slice(0, 1), counted('1'))
  t.same([...(later.scope(scopeKey(quayAccount))?.jobs.keys() ?? [])], ['2'])
  t.match(later.scope(key), { readTo: 10, health: { lastSuccess: null } })
  later.remembered('zone:nobody', remembered, null)
  t.equal(later.scopes.size, 2)
})
