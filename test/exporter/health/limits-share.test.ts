import t from 'tap'
import { seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import { aJob, createCore, zone } from '../../support/exporter-core.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

const zones = (count: number) => Array.from({ length: count }, (_, index) => zone(`zone${index}.example`))
const accounts = (count: number): readonly Scope[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'account',
    id: `a${index}`,
    name: `Account ${index}`,
  }))

/** An exporter of scopes with a job each; `asked` polls once after so many minutes. */
function watching(scopes: readonly Scope[], requestsPerCycle: number) {
  const core = createCore({ clock: createSteppedClock(undefined, 3), requestsPerCycle })
  core.state.setScopes(scopes)
  for (const [index, scope] of scopes.entries())
    core.state.remembered(scopeKey(scope), [seeJob(null, summarise(aJob(`${index}`)), 0)], null)
  return async (minutes = 0): Promise<readonly number[]> => {
    await core.clock.advance(minutes * minuteMs)
    await core.pollHealth()
    const asked = core.limitQueries.splice(0)
    return [asked.length, asked.flat().length]
  }
}

t.test('limits that were never read get half of the queries of a cycle', async (t) => {
  const asked = watching(zones(300), 40)
  t.same(await asked(), [20, 200])
  t.same(await asked(), [10, 100])
  t.same(await asked(), [0, 0])
})

t.test('and ten queries at least, however few a cycle has', async (t) => {
  t.same(await watching(zones(120), 2)(), [10, 100])
  t.same(await watching(zones(100), 2)(), [10, 100], 'all of them')
})

t.test(
  'limits that are read again get a tenth of the queries of a cycle, or of what health takes',
  async (t) => {
    const plentiful = watching(zones(50), 20)
    await plentiful()
    t.same(await plentiful(61), [2, 20])
    const scarce = watching(zones(50), 2)
    await scarce()
    t.same(await scarce(61), [1, 10], 'one at least')
  },
)

t.test('an account takes a query of its own', async (t) => {
  t.same(await watching(accounts(14), 2)(), [10, 10])
  t.same(await watching([...accounts(4), ...zones(70)], 2)(), [10, 64])
})
