import t from 'tap'
import { scopeKey } from '../../src/domain/scope.ts'
import type { Selection } from '../../src/exporter/inventory/selection.ts'
import { createScopeMemory } from '../../src/exporter/state/scope-memory.ts'
import type { RecordStore } from '../../src/ports/record-store.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { failure, quay, quayAccount, zone } from '../support/exporter-core.ts'
import { logSink } from '../support/log-sink.ts'
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts'
import { begin, createApi, everything } from '../support/watch-world.ts'

t.test('finds scopes, lists their jobs and reads their health within seconds of the start', async (t) => {
  const { clock, state, gate, self, end } = begin(createApi({}))
  t.same(gate.progress(), { stopping: false, waitingFor: 'discovery' })
  await clock.advance(3_000)
  t.same(gate.progress().waitingFor, null)
  t.same(
    [...state.scopes.values()].map(({ scope, health, jobs }) => [
      scope.name,
      health.lastSuccess !== null,
      jobs.size,
    ]),
    [
      ['Quay', true, 1],
      ['quay.example', true, 1],
    ],
  )
  t.equal(self.token?.active, true)
  await clock.advance(121_000)
  t.equal(self.pollers.get('health')?.polls, 3)
  t.ok((self.pollers.get('health')?.intervalSeconds ?? 0) > 55)
  await end()
})

t.test('after a restart counts are shown before anything was polled', async (t) => {
  const store = createMemoryStore()
  const first = begin(createApi({}), { store })
  await first.clock.advance(3_000)
  await first.end()
  const api = createApi({ listAccounts: () => new Promise(() => {}) })
  const second = begin(api, { store })
  t.same(
    [...second.state.scopes.values()].map(({ jobs }) => jobs.size),
    [1, 1],
  )
  t.equal(second.state.scope(scopeKey(quayAccount))?.inventory.lastSuccess, null)
})

t.test('a zone that is no longer listed is dropped, a cut listing drops nothing', async (t) => {
  const zones = [zone('one.example'), zone('two.example')]
  const api = createApi({ zones })
  const { clock, state, end } = begin(api, { settings: { discoveryPollIntervalMs: 60_000 } })
  await clock.advance(3_000)
  t.equal(state.scopes.size, 3)
  zones.pop()
  api.rest.listAccounts = async () => {
    throw failure('unavailable')
  }
  await clock.advance(65_000)
  t.equal(state.scopes.size, 2, 'the zones were listed in full')
  api.rest.listZones = async () => {
    throw failure('timeout')
  }
  await clock.advance(65_000)
  t.equal(state.scopes.size, 2)
  t.equal(state.directory.failure?.kind, 'timeout')
  await end()
})

t.test('an account whose listing is refused is known by its zones', async (t) => {
  const api = createApi({
    listAccounts: async () => {
      throw failure('forbidden')
    },
  })
  const { clock, state, end } = begin(api)
  await clock.advance(3_000)
  t.same([...state.scopes.keys()], [scopeKey(quayAccount), scopeKey(zone('quay.example'))])
  await end()
})

t.test('a token of an account is verified at that account, and a refused one is inactive', async (t) => {
  const asked: (string | null)[] = []
  const { clock, self, end } = begin(
    createApi({
      verifyToken: async (accountId) => {
        asked.push(accountId)
        if (accountId === null) throw failure('auth')
        return { id: 't', status: 'active', expiresOn: Date.UTC(2027, 0, 1) }
      },
    }),
  )
  await clock.advance(3_000)
  t.same(asked, [null, quay.id])
  t.same(self.token, { active: true, expiresOn: Date.UTC(2027, 0, 1) })
  await end()
  const refused = begin(
    createApi({
      verifyToken: async () => {
        throw failure('auth')
      },
    }),
  )
  await refused.clock.advance(3_000)
  t.equal(refused.self.token?.active, false)
  t.equal(refused.log.lines.filter(({ level }) => level === 'error').length, 1)
  await refused.end()
})

t.test('filters by id and name, exclusions and shards decide what is watched', async (t) => {
  const zones = ['a.example', 'b.example', 'c.example', 'd.example'].map((name) => zone(name))
  const names = async (selection: Partial<Selection>): Promise<readonly string[]> => {
    const run = begin(createApi({ zones }), { settings: { selection: { ...everything, ...selection } } })
    await run.clock.advance(3_000)
    await run.end()
    return [...run.state.scopes.values()].map(({ scope }) => scope.name).sort()
  }
  t.same(await names({ zones: ['B.example', zones[2]?.id ?? ''] }), ['Quay', 'b.example', 'c.example'])
  t.same(await names({ excludeZones: ['a.example', 'd.example'] }), ['Quay', 'b.example', 'c.example'])
  t.same(await names({ accounts: ['nobody'] }), [])
  t.same(await names({ accounts: [quay.id] }), ['Quay', 'a.example', 'b.example', 'c.example', 'd.example'])
  const shards = await Promise.all([0, 1, 2].map((shard) => names({ shard, totalShards: 3 })))
  t.same(
    shards.flat().sort(),
    ['Quay', 'a.example', 'b.example', 'c.example', 'd.example'],
    'each scope is in one shard',
  )
})

t.test('what the store remembers of scopes that are not selected is not shown', async (t) => {
  const store = createMemoryStore()
  const zones = ['a.example', 'b.example', 'c.example'].map((name) => zone(name))
  const first = begin(createApi({ zones }), { store })
  await first.clock.advance(3_000)
  await first.end()
  const shown = (selection: Partial<Selection>) => {
    const api = createApi({ zones, listAccounts: () => new Promise(() => {}) })
    const { state } = begin(api, { store, settings: { selection: { ...everything, ...selection } } })
    return [...state.scopes.values()].map(({ scope }) => scope.name).sort()
  }
  t.same(shown({ excludeZones: ['b.example'] }), ['Quay', 'a.example', 'c.example'])
  t.same(shown({ accounts: ['another'] }), [])
  const shards = [0, 1].map((shard) => shown({ shard, totalShards: 2 }))
  t.same(shards.flat().sort(), ['Quay', 'a.example', 'b.example', 'c.example'], 'each scope in one shard')
})

t.test('stopping ends what is under way and starts nothing more', async (t) => {
  const waiting: (() => void)[] = []
  const api = createApi({})
  api.graphql.readHealth = async ({ scopes }) => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    return { rows: new Map(scopes.map(({ id }) => [id, []])), failures: new Map(), date: null }
  }
  const { clock, state, watch, stop, running } = begin(api)
  await clock.advance(3_000)
  t.equal(waiting.length, 2, 'the account and the zone are being read')
  stop.abort()
  let over = false
  void running.then(() => {
    over = true
  })
  await clock.advance(3_000)
  t.notOk(over, 'what is under way is waited for')
  for (const answer of waiting) answer()
  await clock.advance(3_000)
  t.ok(over)
  t.ok(
    [...state.scopes.values()].every(({ health }) => health.lastSuccess !== null),
    'and its answers are not thrown away',
  )
  const before = api.calls.jobs
  watch.hurry()
  await clock.advance(120_000)
  t.equal(api.calls.jobs, before)
})

t.test('a bug in one poll ends them all, so that nothing goes on half alive', async (t) => {
  const api = createApi({})
  api.graphql.readHealth = async () => {
    throw new TypeError('a bug')
  }
  const { clock, running } = begin(api)
  const ended = t.rejects(running, /a bug/)
  await clock.advance(10_000)
  await ended
})

t.test(
  '10,000 zones, 500 with jobs: health is fresh within 1.25 times what the budget share allows at best',
  { timeout: 120_000 },
  async (t) => {
    const zones = Array.from({ length: 10_000 }, (_, index) => zone(`z${index}`))
    const withJobs = new Set(zones.filter((_, index) => index % 20 === 0).map(({ id }) => id))
    const clock = createSteppedClock(undefined, 3)
    const sent: number[] = []
    const api = createApi({
      zones,
      hasJobs: (id) => withJobs.has(id),
      onQuery: () => sent.push(clock.monotonic()),
    })
    // What an earlier run found: a first sweep over 10,000 zones takes an hour and a half of the REST budget.
    const store = await storeThatKnows(
      zones.filter(({ id }) => withJobs.has(id)),
      clock,
    )
    const { state, self, end } = begin(api, { clock, store })
    await clock.advance(15 * 60_000)
    const best = (withJobs.size / 10 / 150) * 300_000
    let oldest = 0
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(30_000)
      for (const key of withJobs) {
        const at = state.scope(`zone:${key}`)?.health.lastSuccess ?? 0
        oldest = Math.max(oldest, clock.now() - at)
      }
    }
    t.comment(
      `best ${best / 1000} s, oldest ${Math.round(oldest / 1000)} s, interval ${Math.round(self.pollers.get('health')?.intervalSeconds ?? 0)} s`,
    )
    t.ok(oldest <= 1.25 * best, `${oldest} ms old, at best ${best} ms`)
    const most = Math.max(
      ...sent.map((from) => sent.filter((at) => at >= from && at < from + 300_000).length),
    )
    t.ok(most <= 150, 'the share is kept')
    t.ok((self.pollers.get('health')?.intervalSeconds ?? 0) > 95, 'the stretched interval is on show')
    const looked = [...state.scopes.values()].filter(({ inventory }) => inventory.lastSuccess !== null).length
    t.comment(`${looked} scopes listed in 25 minutes`)
    t.ok(looked > 900, `and the sweep goes on: ${looked}`)
    await end()
  },
)

async function storeThatKnows(
  zones: readonly ReturnType<typeof zone>[],
  { now }: SteppedClock,
): Promise<RecordStore> {
  const store = createMemoryStore()
  const memory = createScopeMemory(store, { log: logSink(), now, revisionWindowMs: () => 900_000 })
  for (const one of zones)
    await memory.saveJobs(one, [
      { summary: summaryOf(one.name), failingSince: null, disabledByFailure: null, firstSeen: 0 },
    ])
  return store
}

function summaryOf(name: string) {
  return {
    id: name,
    name,
    dataset: 'http_requests',
    kind: '',
    enabled: true,
    destinationType: 's3',
    destination: 's3://logs',
    place: null,
    destinationExpiry: null,
    lastComplete: null,
    lastError: null,
    failure: null,
    maxUploadIntervalSeconds: null,
  }
}

t.test('a zone that appears while long cycles run is listed and read as soon as it is found', async (t) => {
  const zones = Array.from({ length: 1_500 }, (_, index) => zone(`z${index}`))
  const clock = createSteppedClock(undefined, 3)
  const store = await storeThatKnows(zones, clock)
  const { state, self, end } = begin(createApi({ zones }), { clock, store })
  await clock.advance(9 * 60_000)
  const added = zone('new.example')
  zones.push(added)
  await clock.advance(2 * 60_000)
  t.equal(self.pollers.get('inventory'), undefined, 'the first cycle still runs')
  const found = state.scope(scopeKey(added))
  t.equal(found?.jobs.size, 1)
  t.not(found?.health.lastSuccess ?? null, null, 'its counts, too')
  await end()
})

t.test('a 429 at the first listing of jobs blinds for seconds, not for a whole interval', async (t) => {
  const api = createApi({})
  const listJobs = api.rest.listJobs
  let refused = 0
  api.rest.listJobs = async (...args) => {
    refused += 1
    if (refused <= 2) throw failure('rate_limited')
    return listJobs(...args)
  }
  const { clock, state, end } = begin(api)
  await clock.advance(3_000)
  t.equal(state.scope(scopeKey(quayAccount))?.inventory.failure?.kind, 'rate_limited')
  await clock.advance(10_000)
  t.same(
    [...state.scopes.values()].map(({ inventory, health }) => [
      inventory.failure,
      health.lastSuccess !== null,
    ]),
    [
      [null, true],
      [null, true],
    ],
  )
  await end()
})

t.test('without a network at the start, scopes are found soon after it is there', async (t) => {
  const api = createApi({})
  const { listAccounts, listZones } = api.rest
  let isUp = false
  const gated =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (!isUp) throw failure('network')
      return call(...args)
    }
  api.rest.listAccounts = gated(listAccounts)
  api.rest.listZones = gated(listZones)
  const { clock, state, log, end } = begin(api)
  await clock.advance(20_000)
  t.equal(state.scopes.size, 0)
  isUp = true
  await clock.advance(25_000)
  t.equal(state.scopes.size, 2, 'not after ten minutes')
  t.ok([...state.scopes.values()].every(({ jobs }) => jobs.size === 1))
  t.equal(log.lines.filter(({ message }) => message === 'poll failed').length, 1)
  await end()
})

t.test('a token that calls refuse is verified at once, and again each minute until it is good', async (t) => {
  let isGood = true
  let verified = 0
  const api = createApi({
    verifyToken: async () => {
      verified += 1
      if (!isGood) throw failure('auth')
      return { id: 't', status: 'active', expiresOn: null }
    },
  })
  const { clock, self, watch, end } = begin(api)
  await clock.advance(3_000)
  t.equal(self.token?.active, true)
  for (let refusals = 0; refusals < 100; refusals += 1) watch.tokenRefused()
  await clock.advance(3_000)
  t.equal(verified, 2, 'a good token that some scope refuses is verified once a minute at most')
  await clock.advance(60_000)
  isGood = false
  watch.tokenRefused()
  await clock.advance(5_000)
  t.equal(self.token?.active, false)
  isGood = true
  await clock.advance(70_000)
  t.equal(self.token?.active, true, 'a new token shows within a minute')
  await end()
})

t.test('jobs are listed out of turn when there are new zones, and only then', async (t) => {
  const zones = [zone('one.example')]
  const api = createApi({ zones })
  const settings = { inventoryPollIntervalMs: 3_600_000, discoveryPollIntervalMs: 60_000 }
  const { clock, state, end } = begin(api, { settings })
  await clock.advance(3_000)
  t.equal(api.calls.jobs, 2, 'the account and its zone')
  await clock.advance(185_000)
  t.equal(api.calls.jobs, 2)
  t.equal(api.calls.zones, 4)
  zones.push(zone('two.example'))
  await clock.advance(65_000)
  t.equal(state.scope(scopeKey(zone('two.example')))?.jobs.size, 1)
  t.ok(api.calls.jobs > 2)
  await end()
})
