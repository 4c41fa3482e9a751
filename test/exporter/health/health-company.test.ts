import t from 'tap'
import { seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { aJob, type CoreOptions, createCore, plentifulLimits, zone } from '../../support/exporter-core.ts'
import { aHealthRow } from '../../support/health-row.ts'

const [one, two, three] = [zone('one.example'), zone('two.example'), zone('three.example')]

/** What is asked together in one poll, of zones whose data is that many minutes behind. */
async function asked(...behind: readonly number[]) {
  const { queries } = await polled(behind)
  return queries.map(({ scopes }) => scopes.map(({ name }) => name).sort())
}

async function polled(behind: readonly number[], options: CoreOptions = {}) {
  const core = createCore({ limits: () => plentifulLimits, ...options })
  const { state, memory, clock } = core
  const zones = [one, two, three].slice(0, behind.length)
  state.setScopes(zones)
  for (const [index, scope] of zones.entries()) {
    const ledger = beginLedger(minuteOf(clock.now()) - (behind[index] ?? 0))
    await memory.saveLedger(scopeKey(scope), ledger)
    state.remembered(scopeKey(scope), [seeJob(null, summarise(aJob(`${index}`)), clock.now())], ledger)
  }
  await core.pollHealth()
  return core
}

t.test('zones that are up to date are asked together', async (t) => {
  t.same(await asked(0, 1, 15), [['one.example', 'three.example', 'two.example']])
})

t.test('a zone that is further behind than ten minutes beyond the window is asked apart', async (t) => {
  // The revision window of these tests is a quarter of an hour.
  t.equal((await asked(25, 0)).length, 1)
  const apart = await asked(26, 0)
  t.equal(apart.length, 2)
  t.same(apart.flat().sort(), ['one.example', 'two.example'])
})

t.test(
  'zones that are equally far behind are asked together, those that are much further apart',
  async (t) => {
    t.same(await asked(30, 40, 50), [['one.example', 'three.example', 'two.example']])
    t.same((await asked(30, 50, 51)).sort(), [['one.example', 'two.example'], ['three.example']])
  },
)

t.test(
  'where a cycle has more batches than requests, each reads one window, and the next in the next',
  async (t) => {
    const alone = { pageSizes: [10_000, 9_000] }
    const limits: CoreOptions['limits'] = ({ name }) => ({
      ...plentifulLimits,
      maxPageSize: alone.pageSizes[name === one.name ? 0 : 1] ?? 0,
    })
    // Three hours behind, read by the hour.
    const windows = async (requestsPerCycle: number) => {
      const core = await polled([180, 180], { limits, requestsPerCycle })
      const first = core.queries.map(({ to, from }) => to - from)
      await core.pollHealth()
      const second = core.queries.slice(first.length).map(({ to, from }) => to - from)
      return [first, second]
    }
    t.same(await windows(1), [
      [60, 60],
      [60, 60],
    ])
    const [first, second] = await windows(2)
    t.same(first, [60, 60, 60, 60, 60, 60, 1, 1], 'else all that is missing')
    t.equal(second?.length, 2)
  },
)

t.test('what may be asked for minutes only is read up to now all the same, an hour in a cycle', async (t) => {
  const limits = () => ({ ...plentifulLimits, maxDurationSeconds: 300 })
  const read = async (behind: number) => {
    const { queries, clock } = await polled([behind], { limits, requestsPerCycle: 0.5 })
    return [queries.length, minuteOf(clock.now()) + 1 - (queries.at(-1)?.to ?? 0)]
  }
  t.same(await read(16), [4, 0])
  t.same(await read(58), [12, 0])
  t.same(await read(200), [12, 141])
})

t.test('a window of two hours for late rows is read in whole in each cycle of a crowd', async (t) => {
  const settings = { revisionWindowMs: 120 * minuteMs }
  const { queries } = await polled([121], { limits: () => plentifulLimits, requestsPerCycle: 0.5, settings })
  t.same(
    queries.map(({ to, from }) => to - from),
    [60, 60, 2],
  )
})

t.test('without accounts and zones nothing is asked', async (t) => {
  const core = createCore({ jobs: () => [aJob('1')] })
  await core.pollHealth()
  t.same([core.queries, core.limitQueries], [[], []])
})

t.test('scopes that were just found are read at once, but those without jobs, or read before', async (t) => {
  const core = createCore({ jobs: (key) => (key === scopeKey(two) ? [] : [aJob('1')]) })
  core.state.setScopes([one, two, three])
  const signal = new AbortController().signal
  await core.pollInventory()
  await core.healthPoll.readNew([scopeKey(one), scopeKey(two), 'zone:nobody'], signal)
  const names = () => core.queries.flatMap(({ scopes }) => scopes.map(({ name }) => name))
  t.same(names(), ['one.example'])
  await core.healthPoll.readNew([scopeKey(one), scopeKey(three)], signal)
  t.same(names(), ['one.example', 'three.example'])
})

t.test('a scope that is being read is not read a second time meanwhile', async (t) => {
  const core = createCore({ jobs: () => [aJob('1')] })
  core.state.setScopes([one])
  await core.pollInventory()
  const signal = new AbortController().signal
  await Promise.all([
    core.healthPoll.readNew([scopeKey(one)], signal),
    core.healthPoll.readNew([scopeKey(one)], signal),
  ])
  t.equal(core.queries.length, 1)
  await core.clock.advance(minuteMs)
  await core.pollHealth()
  t.equal(core.queries.length, 2, 'and afterwards it is')
})

t.test('after two hundred rows or more the next poll reads the newest minutes only', async (t) => {
  for (const { rows, span } of [
    { rows: 199, span: 17 },
    { rows: 200, span: 3 },
  ]) {
    const core = createCore({
      jobs: () => [aJob('1')],
      limits: () => plentifulLimits,
      rows: (_, { to }) =>
        Array.from({ length: rows }, (_, index) =>
          aHealthRow({ minute: to - 2, jobId: '1', status: 1000 + index, final: false, success: false }),
        ),
    })
    core.state.setScopes([one])
    await core.pollInventory()
    await core.pollHealth()
    await core.clock.advance(minuteMs)
    await core.pollHealth()
    const last = core.queries.at(-1)
    t.equal(last === undefined ? null : last.to - last.from, span, `${rows} rows`)
  }
})
