import t from 'tap'
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
