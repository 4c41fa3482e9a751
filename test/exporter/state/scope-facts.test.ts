import t from 'tap'
import { seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { failed, neverPolled, succeeded } from '../../../src/exporter/state/poll-state.ts'
import {
  isOutOfReach,
  jobIds,
  jobsAreKnown,
  mayHaveJobs,
  newScopeState,
  type ScopeState,
  withEdits,
} from '../../../src/exporter/state/scope-state.ts'
import { aJob, failure, quayAccount, zone } from '../../support/exporter-core.ts'

const now = Date.UTC(2026, 10, 24, 3)
const fresh = newScopeState(zone('one.example'), { account: 'Quay', zone: 'one.example' })
const jobs = new Map([['1', seeJob(null, summarise(aJob('1')), now)]])
const totals = new Map([['2', noTotals]])
const down = (kind: 'forbidden' | 'auth' | 'timeout') => failed(neverPolled, failure(kind), now)

t.test('jobs are known once they were listed, or when the store remembers some', async (t) => {
  t.equal(jobsAreKnown(fresh), false)
  t.equal(jobsAreKnown({ ...fresh, inventory: down('timeout') }), false)
  t.equal(jobsAreKnown({ ...fresh, jobs }), true)
  t.equal(jobsAreKnown({ ...fresh, inventory: succeeded(now) }), true)
  t.same([...jobIds({ ...fresh, totals })], ['2'], 'those that health data names')
  t.same([...jobIds({ ...fresh, jobs, totals })], ['1'])
  t.same([...jobIds({ ...fresh, inventory: succeeded(now), totals })], [])
})

t.test('a scope may have jobs when it has some, or when nobody can say', async (t) => {
  t.equal(mayHaveJobs(fresh), false, 'it was not asked yet')
  t.equal(mayHaveJobs({ ...fresh, jobs }), true)
  t.equal(mayHaveJobs({ ...fresh, inventory: down('forbidden') }), true)
  t.equal(mayHaveJobs({ ...fresh, inventory: succeeded(now) }), false)
  const stale = failed(succeeded(now), failure('timeout'), now)
  t.equal(mayHaveJobs({ ...fresh, inventory: stale }), false, 'it had none when it was listed')
})

t.test('out of reach is an account that only its zones name, and of which nothing can be read', async (t) => {
  const account = newScopeState({ ...quayAccount, kind: 'account', unlisted: true }, fresh.labels)
  const isOut = (edit: Partial<ScopeState>) => isOutOfReach({ ...account, ...edit })
  t.equal(isOut({}), true, 'before it was tried')
  t.equal(isOut({ inventory: down('auth'), health: down('forbidden') }), true)
  t.equal(isOut({ inventory: down('forbidden') }), true)
  t.equal(isOut({ inventory: down('timeout') }), false)
  t.equal(isOut({ health: down('timeout') }), false)
  t.equal(isOut({ health: succeeded(now) }), false)
  t.equal(isOut({ jobs }), false)
  t.equal(isOut({ totals }), false)
  t.equal(isOut({ scope: quayAccount }), false)
  t.equal(isOut({ scope: fresh.scope }), false)
})

t.test('of each job the last five edits are kept, the newest first', async (t) => {
  const edit = (at: number) => ({ at, action: 'changed', by: 'user u1' }) as const
  const times = ({ edits }: ScopeState, id = '1') => edits.get(id)?.map(({ at }) => at)
  const first = withEdits({ ...fresh, jobs }, new Map([['1', [edit(3), edit(2)]]]))
  t.same(times(first), [3, 2])
  const second = withEdits(first, new Map([['1', [edit(7), edit(1)]]]))
  t.same(times(second), [7, 3, 2, 1])
  t.same(times(withEdits(second, new Map([['1', [edit(9), edit(8)]]]))), [9, 8, 7, 3, 2])
  t.equal(times(withEdits(first, new Map([['2', [edit(9)]]])), '2'), undefined, 'a job that nobody lists')
  t.same(times(withEdits(first, new Map([['2', [edit(9)]]]))), [3, 2])
  t.same(times(first), [3, 2], 'what was known is left as it was')
})
