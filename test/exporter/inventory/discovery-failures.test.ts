import t from 'tap'
import type { Scope, ZoneScope } from '../../../src/domain/scope.ts'
import { discover } from '../../../src/exporter/inventory/discovery-poll.ts'
import type { Selection } from '../../../src/exporter/inventory/selection.ts'
import { createSelfState } from '../../../src/exporter/state/self-state.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import type { Page, Unreadable } from '../../../src/ports/listing.ts'
import { aCaller, pageOf } from '../../support/callers.ts'
import { failure, quay, quayAccount, zone } from '../../support/exporter-core.ts'
import { logSink } from '../../support/log-sink.ts'
import { everything } from '../../support/watch-world.ts'

const cdn = zone('cdn.example')
const given = 'd'.repeat(32)

/** Listings that the test changes: an account and a zone, unless it says otherwise. */
function world(selection: Partial<Selection> = {}) {
  const state = createState()
  const self = createSelfState([])
  const log = logSink()
  let at = 0
  const api = {
    listAccounts: async (): Promise<Page<typeof quay>> => pageOf([quay], 1),
    listZones: async (): Promise<Page<ZoneScope>> => pageOf([cdn], 1),
  }
  const deps = {
    ...{
      state,
      self,
      log,
      emptied: new Set<Scope['kind']>(),
      selection: () => ({ ...everything, ...selection }),
    },
    api: { listAccounts: () => api.listAccounts(), listZones: () => api.listZones() },
    call: aCaller({ reads: 'pollRead' }),
    clock: { now: () => at, monotonic: () => at, sleep: async () => {} },
  }
  return {
    ...{ state, self, log, api },
    poll: () => {
      at += 1
      return discover(deps, new AbortController().signal)
    },
    names: () => [...state.scopes.values()].map(({ scope }) => scope.name),
  }
}
const refuse = (kind: 'forbidden' | 'bad_response') => async (): Promise<never> => {
  throw failure(kind)
}

t.test('what could be listed in full is said with its time', async (t) => {
  const { poll, state, names, log } = world()
  await poll()
  t.same(names(), ['Quay', 'cdn.example'])
  t.same(state.directory, { lastSuccess: 1, failure: null })
  t.same(log.lines, [])
})

t.test('each listing that fails is counted, and the other counts all the same', async (t) => {
  for (const broken of ['listAccounts', 'listZones'] as const) {
    const { poll, api, state, self, names, log } = world()
    await poll()
    api[broken] = refuse('forbidden')
    await poll()
    t.same(names(), ['Quay', 'cdn.example'])
    t.match(state.directory, { lastSuccess: 1, failure: { kind: 'forbidden', since: 2 } }, broken)
    t.equal(self.pollers.get('discovery')?.failures.get('forbidden'), 1)
    t.match(log.taken(), [{ level: 'warn', kind: 'forbidden' }])
  }
})

t.test('where neither can be listed, the poll has failed, unless the user gave ids', async (t) => {
  const nothing = world()
  nothing.api.listAccounts = refuse('bad_response')
  nothing.api.listZones = refuse('forbidden')
  await t.rejects(nothing.poll(), /forbidden/)
  t.match(nothing.state.directory, { lastSuccess: null, failure: { kind: 'forbidden', since: 1 } })
  for (const selection of [{ accounts: [given] }, { zones: [given] }]) {
    const named = world(selection)
    named.api.listAccounts = refuse('bad_response')
    named.api.listZones = refuse('forbidden')
    await named.poll()
    t.same(named.names(), [given])
    t.same(
      [...(named.self.pollers.get('discovery')?.failures ?? [])],
      [
        ['bad_response', 1],
        ['forbidden', 1],
      ],
    )
    t.match(named.state.directory.failure, { kind: 'bad_response' })
  }
})

t.test('a listing without any is doubted where there were some, and says how many', async (t) => {
  const { poll, api, names, log } = world()
  await poll()
  api.listZones = async () => pageOf([], 1)
  await poll()
  t.same(names(), ['Quay', 'cdn.example'])
  t.match(log.taken(), [{ level: 'warn', kind: 'zone', known: 1, message: /keeping the known ones/ }])
  await poll()
  t.same(names(), ['Quay'])
  t.match(log.taken(), [
    { level: 'warn', kind: 'zone', known: 1, message: /check what the API token may see/ },
  ])
  await poll()
  t.same(log.taken(), [], 'none where there were none is no news')
  api.listZones = async () => pageOf([cdn], 1)
  await poll()
  api.listZones = async () => pageOf([], 1)
  await poll()
  t.same(names(), ['Quay', 'cdn.example'], 'doubted anew')
})

t.test('a token that never saw any account or zone is believed at once', async (t) => {
  const { poll, api, names, log, state } = world()
  api.listAccounts = async () => pageOf([], 1)
  api.listZones = async () => pageOf([], 1)
  await poll()
  t.same([names(), log.lines], [[], []])
  t.equal(state.directory.failure, null)
})

t.test('what a listing has that cannot be read is noted by its kind', async (t) => {
  const { poll, api, self } = world()
  const odd: readonly Unreadable[] = [{ id: 'x', name: null, field: 'name', leftOut: true }]
  api.listAccounts = async () => ({ ...pageOf([quay], 1), unreadable: odd })
  await poll()
  t.same(
    [...self.unreadable].map(([key, { found }]) => [key, found.length]),
    [
      ['account all', 1],
      ['zone all', 0],
    ],
  )
  api.listAccounts = refuse('forbidden')
  await poll()
  t.equal(self.unreadable.get('account all')?.found.length, 1, 'a failure says nothing of it')
})

t.test('filters that match nothing are told of what could be listed', async (t) => {
  const { poll, api, self } = world({ accounts: ['Qay', 'Quay'], zones: ['nowhere.example'] })
  const unmatched = () => self.unmatched?.map(({ entry }) => entry)
  await poll()
  t.same(unmatched(), ['Qay', 'nowhere.example'])
  api.listZones = refuse('forbidden')
  await poll()
  t.same(unmatched(), ['Qay'])
  api.listAccounts = refuse('forbidden')
  api.listZones = async () => pageOf([cdn], 1)
  await poll()
  t.same(unmatched(), ['nowhere.example'])
})

t.test('only what is selected is watched', async (t) => {
  const { poll, names } = world({ excludeZones: ['cdn.*'] })
  await poll()
  t.same(names(), [quayAccount.name])
})
