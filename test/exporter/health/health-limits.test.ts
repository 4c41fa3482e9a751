import t from 'tap'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import {
  aJob,
  type CoreOptions,
  createCore,
  failure,
  plentifulLimits,
  zone,
} from '../../support/exporter-core.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

const [one, two] = [zone('one.example'), zone('two.example')]

/** An exporter of one zone; `asked` polls once after so many minutes and tells how often limits were asked for. */
async function watching(options: CoreOptions = {}) {
  const core = createCore({ jobs: () => [aJob('1')], ...options })
  core.state.setScopes([one])
  await core.pollInventory()
  const asked = async (minutes: number): Promise<number> => {
    await core.clock.advance(minutes * minuteMs)
    const before = core.limitQueries.length
    await core.pollHealth()
    return core.limitQueries.length - before
  }
  return { core, asked }
}

t.test('limits are read at the first poll and again each hour', async (t) => {
  const { core, asked } = await watching({ limits: () => ({ ...plentifulLimits, maxPageSize: 777 }) })
  t.equal(await asked(0), 1)
  t.equal(core.state.scope(scopeKey(one))?.limits?.maxPageSize, 777)
  t.equal(await asked(59), 0)
  t.equal(await asked(1), 1)
  t.equal(await asked(59), 0)
})

t.test(
  'limits that may not be read are asked for after ten minutes, after a passing failure at the next poll: twice after a blip',
  async (t) => {
    for (const [kind, pauses] of [
      ['forbidden', [1, 0, 1, 0]],
      ['unavailable', [2, 2, 2, 2]],
      ['timeout', [1, 1, 1, 1]],
    ] as const) {
      const { asked } = await watching({
        refuseLimits: () => {
          throw failure(kind)
        },
      })
      t.same([await asked(0), await asked(9), await asked(1), await asked(9)], pauses, kind)
    }
  },
)

t.test('a scope that left and comes back is asked for its limits anew', async (t) => {
  const { core, asked } = await watching()
  t.same([await asked(0), await asked(1)], [1, 0])
  const watch = async (...scopes: readonly Scope[]): Promise<number> => {
    core.state.setScopes(scopes)
    await core.pollInventory()
    return asked(1)
  }
  t.equal(await watch(two), 1, 'another one is new')
  t.equal(await watch(one, two), 1)
  t.same(core.limitQueries.at(-1), [one])
})

t.test('a scope without such data says so', async (t) => {
  const { core, asked } = await watching({ limits: () => ({ ...plentifulLimits, enabled: false }) })
  await asked(0)
  t.match(core.state.scope(scopeKey(one))?.health.failure, {
    kind: 'forbidden',
    message: /Cloudflare has no Logpush health data for this scope/,
  })
})

t.test('limits of many scopes are read a part at a time, and their health is read meanwhile', async (t) => {
  const many = Array.from({ length: 200 }, (_, index) => zone(`many${index}.example`))
  const clock = createSteppedClock(undefined, 3)
  const core = createCore({ clock, jobs: () => [aJob('1')], requestsPerCycle: 10 })
  core.state.setScopes(many)
  for (let cycle = 0; cycle < 5; cycle += 1) await core.pollInventory()
  const asked: number[] = []
  const scopes = new Set<string>()
  for (let cycle = 0; cycle < 4; cycle += 1) {
    await core.pollHealth()
    asked.push(core.limitQueries.length)
    for (const { id } of core.limitQueries.splice(0).flat()) scopes.add(id)
    t.ok(many.every((one) => core.state.scope(scopeKey(one))?.health.lastSuccess !== null))
  }
  t.same([asked, scopes.size], [[10, 10, 0, 0], 200], 'ten queries a cycle, until each was read once')
  await core.clock.advance(61 * minuteMs)
  scopes.clear()
  for (let cycle = 0; cycle < 10; cycle += 1) {
    await core.pollHealth()
    t.ok(core.limitQueries.length <= 2, 'a tenth of what health takes')
    for (const { id } of core.limitQueries.splice(0).flat()) scopes.add(id)
  }
  t.equal(scopes.size, 200, 'each in its turn')
})

t.test('neither limits nor health of a new scope wait behind a long cycle', async (t) => {
  const many = Array.from({ length: 2_000 }, (_, index) => zone(`many${index}.example`))
  const core = createCore({ clock: createSteppedClock(undefined, 3), jobs: () => [aJob('1')] })
  core.state.setScopes(many)
  await core.pollInventory()
  const { signal } = new AbortController()
  const cycle = core.healthPoll.cycle(signal)
  await core.clock.advance(90_000)
  core.state.setScopes([...many, one])
  core.state.jobsListed(scopeKey(one), [summarise(aJob('1'))], core.clock.now())
  const read = core.healthPoll.readNew([scopeKey(one)], signal)
  await core.clock.advance(5_000)
  t.not(core.state.scope(scopeKey(one))?.health.lastSuccess ?? null, null)
  t.ok(core.queries.length < many.length / 10, 'the cycle still runs')
  await core.clock.advance(600_000)
  await Promise.all([cycle, read])
})
