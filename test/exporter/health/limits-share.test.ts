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

/** An exporter of scopes with a job each; `asked` polls once after so many minutes, from then on of those that are given. */
function watching(
  scopes: readonly Scope[],
  requestsPerCycle: number,
  rateLimitType: 'user' | 'account' = 'user',
) {
  const clock = createSteppedClock(undefined, 3)
  const core = createCore({ clock, requestsPerCycle, settings: { rateLimitType } })
  const watch = (watched: readonly Scope[]): void => {
    core.state.setScopes(watched)
    for (const [index, scope] of watched.entries())
      core.state.remembered(scopeKey(scope), [seeJob(null, summarise(aJob(`${index}`)), 0)], null)
  }
  watch(scopes)
  return async (minutes = 0, watched: readonly Scope[] | null = null): Promise<readonly number[]> => {
    await core.clock.advance(minutes * minuteMs)
    if (watched !== null) watch(watched)
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

t.test('zones of many accounts take no more queries, and those that wait longest come first', async (t) => {
  const scattered = Array.from({ length: 24 }, (_, index) =>
    zone(`zone${index}.example`, { id: `a${index}`, name: `Account ${index}` }),
  )
  const asked = watching(scattered, 20, 'account')
  t.same(
    [await asked(), await asked(), await asked(), await asked()],
    [
      [10, 10],
      [10, 10],
      [4, 4],
      [0, 0],
    ],
  )
  const again = []
  for (let cycle = 0; cycle < 13; cycle += 1) again.push(await asked(cycle === 0 ? 61 : 0))
  t.same(again, [...Array.from({ length: 12 }, () => [2, 2]), [0, 0]])
})

t.test('what is due within half an hour fills up a query that goes out anyway', async (t) => {
  const [early, late, last] = [zones(4), zones(8), zones(13)]
  const asked = watching(early, 20)
  t.same(await asked(), [1, 4])
  t.same(await asked(20, late), [1, 4])
  t.same(await asked(20, last), [1, 9], 'five new ones, and those of 40 minutes ago')
  t.same(await asked(39), [0, 0])
  t.same(await asked(1), [1, 10], 'four are due, and six of the nine join them')
  t.same(await asked(20), [1, 3], 'the rest')
})
