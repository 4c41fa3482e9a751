import t from 'tap'
import { seeJob } from '../../../src/domain/job/job-state.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { aJob, createCore, plentifulLimits, zone } from '../../support/exporter-core.ts'

const [one, two, three] = [zone('one.example'), zone('two.example'), zone('three.example')]

/** What is asked together in one poll, of zones whose data is that many minutes behind. */
async function asked(...behind: readonly number[]) {
  const core = createCore()
  const { state, memory, clock } = core
  const zones = [one, two, three].slice(0, behind.length)
  state.setScopes(zones)
  for (const [index, scope] of zones.entries()) {
    const ledger = beginLedger(minuteOf(clock.now()) - (behind[index] ?? 0))
    await memory.saveLedger(scopeKey(scope), ledger)
    state.remembered(scopeKey(scope), [seeJob(null, summarise(aJob(`${index}`)), clock.now())], ledger)
  }
  await core.pollHealth()
  return core.queries.map(({ scopes }) => scopes.map(({ name }) => name).sort())
}

t.test('zones that are up to date are asked together', async (t) => {
  t.same(await asked(0, 1, 15), [['one.example', 'three.example', 'two.example']])
})

t.test('a zone that is further behind than ten minutes beyond the window is asked alone', async (t) => {
  // The revision window of these tests is a quarter of an hour.
  t.equal((await asked(25, 0)).length, 1)
  const apart = await asked(26, 0)
  t.equal(apart.length, 2)
  t.same(apart.flat().sort(), ['one.example', 'two.example'])
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
        Array.from({ length: rows }, (_, index) => ({
          minute: to - 2,
          jobId: '1',
          destinationType: 's3',
          status: 1000 + index,
          final: false,
          success: false,
          uploads: 1,
          records: 1,
          bytes: 1,
          compressedBytes: 1,
          uploadSeconds: 1,
          sampleInterval: 1,
          lastUpload: (to - 2) * minuteMs,
        })),
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
