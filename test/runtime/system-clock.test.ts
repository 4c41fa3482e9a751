import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'
import timers from 'node:timers/promises'
import t from 'tap'
import { createSystemClock } from '../../src/runtime/system-clock.ts'

t.test('a sleep that Node cannot keep is as long as Node can keep, and none is negative', async (t) => {
  const delays: unknown[] = []
  const { setTimeout } = timers
  Object.assign(timers, { setTimeout: async (ms: unknown) => void delays.push(ms) })
  syncBuiltinESMExports()
  t.teardown(() => {
    Object.assign(timers, { setTimeout })
    syncBuiltinESMExports()
  })
  const clock = createSystemClock()
  const { signal } = new AbortController()
  for (const ms of [-1, 0, 1_500, 2_147_483_647, 2_147_483_648, Number.POSITIVE_INFINITY])
    await clock.sleep(ms, signal)
  t.strictSame(delays, [0, 0, 1_500, 2_147_483_647, 2_147_483_647, 2_147_483_647])
})

t.test('its time is that of the machine', async (t) => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 10, 24) })
  t.teardown(() => mock.timers.reset())
  t.equal(createSystemClock().now(), Date.UTC(2026, 10, 24))
})
