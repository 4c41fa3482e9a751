import t from 'tap'
import { scopeKey } from '../../src/domain/scope.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { pageOf } from '../support/callers.ts'
import { quay, zone } from '../support/exporter-core.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'
import { begin, createApi } from '../support/watch-world.ts'

const [one, two] = [zone('one.example'), zone('two.example')]
const settings = { inventoryPollIntervalMs: 3_600_000 }

/** A store from a process that knew the first zone. */
async function knownStore() {
  const store = createMemoryStore()
  const { clock, end } = begin(createApi({ zones: [one] }), { store })
  await clock.advance(3_000)
  await end()
  return store
}

t.test('a zone that came up during a restart is listed as soon as it is found', async (t) => {
  const clock = createSteppedClock()
  const api = createApi({
    zones: [one, two],
    listAccounts: async (_, { signal }) => {
      await clock.sleep(10_000, signal)
      return pageOf([quay], 1)
    },
  })
  const { state, end } = begin(api, { clock, store: await knownStore(), settings })
  await clock.advance(9_000)
  t.equal(api.calls.jobs, 2, 'the account and the zone of before are listed meanwhile')
  t.equal(state.scope(scopeKey(two)), undefined)
  await clock.advance(10_000)
  t.equal(state.scope(scopeKey(two))?.jobs.size, 1)
  await end()
})

t.test('a restart that finds nothing new lists jobs once', async (t) => {
  const api = createApi({ zones: [one] })
  const { clock, end } = begin(api, { store: await knownStore(), settings })
  await clock.advance(30_000)
  t.equal(api.calls.jobs, 2)
  await end()
})

t.test('what the store knows is polled before accounts and zones have been found', async (t) => {
  const api = createApi({ zones: [one], listAccounts: () => new Promise(() => {}) })
  const { clock, state, gate, stop, watch } = begin(api, { store: await knownStore(), settings })
  await clock.advance(3_000)
  t.not(state.scope(scopeKey(one))?.inventory.lastSuccess ?? null, null)
  t.not(state.scope(scopeKey(one))?.health.lastSuccess ?? null, null)
  t.equal(gate.progress().waitingFor, 'discovery')
  watch.hurry()
  stop.abort()
})

t.test('the token is verified once an hour while it is good, and a hurry is for all polls', async (t) => {
  let verified = 0
  const api = createApi({
    zones: [one],
    verifyToken: async () => {
      verified += 1
      return { id: 't', status: 'active', expiresOn: null }
    },
  })
  const { clock, watch, end } = begin(api, { settings: { ...settings, discoveryPollIntervalMs: 3_600_000 } })
  await clock.advance(3_000)
  t.same([verified, api.calls.zones, api.calls.jobs], [1, 1, 2])
  await clock.advance(3_500_000)
  t.equal(verified, 1)
  watch.hurry()
  await clock.advance(3_000)
  t.same([verified, api.calls.zones, api.calls.jobs], [2, 2, 4])
  await clock.advance(3_610_000)
  t.equal(verified, 3)
  await end()
})
