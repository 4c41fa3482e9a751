import t from 'tap'
import { demoLogLevel, demoRateLimits, demoSettings } from '../../../src/commands/demo/demo-settings.ts'
import { allSettings, defaultsOf } from '../../../src/settings/exporter-settings.ts'
import { createLogFiles } from '../../../src/simulator/log-files.ts'
import { createSimClock } from '../../../src/simulator/world/sim-clock.ts'
import { createWorld } from '../../../src/simulator/world/world.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'

/* How the demo differs from `serve`. */

const simulator = { url: 'http://127.0.0.1:1234/client/v4', origin: 'http://127.0.0.1:1234', logFiles: null }

t.test('it polls the simulator often, keeps nothing, and begins with four hours of history', async (t) => {
  const defaults = defaultsOf(allSettings)
  t.strictSame(demoSettings(simulator, { withAlerting: false }), {
    ...defaults,
    baseUrl: simulator.url,
    statePath: ':memory:',
    healthPollIntervalMs: 5_000,
    inventoryPollIntervalMs: 5_000,
    discoveryPollIntervalMs: 30_000,
    initialLookbackMs: 4 * 3_600_000,
    arrival: [],
  })
  t.equal(
    demoSettings(simulator, { withAlerting: true }).maxLagMs,
    defaults.maxLagMs / 10,
    'as fast as its alerts',
  )
})

t.test('destinations are read where the simulator writes to them', async (t) => {
  const clock = createSimClock({ speed: 0, startAt: 0, realNow: undefined })
  const { state } = createWorld(buildWorld(1).spec(), clock, () => {})
  const store = { put: async () => {} }
  const logFiles = createLogFiles(state, { store, fromMs: 0, jobs: [], onTrouble: () => {} })
  t.match(demoSettings({ ...simulator, logFiles }, { withAlerting: false }).arrival, [
    { read: { kind: 's3', endpoint: 'http://127.0.0.1:1234/__sim/s3' } },
    { read: { kind: 'r2' } },
  ])
})

t.test('the simulated API allows ten times as much as the real one', async (t) => {
  t.strictSame(demoRateLimits, {
    rest: { requests: 12_000, windowMs: 300_000 },
    graphql: { requests: 3_000, windowMs: 300_000 },
  })
})

t.test('on a terminal and for one scrape it logs what goes wrong only, unless told otherwise', async (t) => {
  const level = (once: boolean, onTerminal: boolean, logLevel: 'debug' | null = null) =>
    demoLogLevel({ once, logLevel }, onTerminal)
  t.equal(level(false, true), 'warn')
  t.equal(level(false, false), 'info')
  t.equal(level(true, true), 'error')
  t.equal(level(true, false), 'error')
  t.equal(level(true, true, 'debug'), 'debug')
})
