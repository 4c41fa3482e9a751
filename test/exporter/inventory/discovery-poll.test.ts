import t from 'tap'
import { createBudget } from '../../../src/access/budget.ts'
import type { Scope } from '../../../src/domain/scope.ts'
import { discover } from '../../../src/exporter/inventory/discovery-poll.ts'
import type { Selection } from '../../../src/exporter/inventory/selection.ts'
import { createSelfState } from '../../../src/exporter/state/self-state.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import type { DirectoryApi } from '../../../src/ports/cloudflare.ts'
import { aCaller, pageOf } from '../../support/callers.ts'
import { failure, quay, zone } from '../../support/exporter-core.ts'
import { logSink } from '../../support/log-sink.ts'
import { createSteppedClock, settle } from '../../support/stepped-clock.ts'

const other = { id: 'b'.repeat(32), name: 'Other' }
const zones = [zone('cdn.example'), zone('shop.example'), zone('other.example', other)]
const everything: Selection = { accounts: [], zones: [], excludeZones: [], shard: 0, totalShards: 1 }

function world(selection: Partial<Selection> = {}, edit: Partial<DirectoryApi> = {}) {
  const asked: string[] = []
  const api: DirectoryApi = {
    async listAccounts() {
      return pageOf([quay, other], 1)
    },
    async listZones({ accountId, page }) {
      asked.push(accountId ?? 'all')
      const items = zones.filter(({ account }) => accountId === undefined || account.id === accountId)
      return pageOf(items, page)
    },
    ...edit,
  }
  const clock = createSteppedClock()
  const log = logSink()
  const state = createState()
  const budget = createBudget({ clock, settings: { share: 1, rateLimitType: 'user' } })
  const { signal } = new AbortController()
  const call = aCaller({ budget, clock, stop: signal, reads: 'pollRead' })
  const self = createSelfState([])
  const emptied = new Set<Scope['kind']>()
  const chosen = () => ({ ...everything, ...selection })
  const deps = { api, call, state, self, clock, log, selection: chosen, emptied }
  const poll = async (): Promise<void> => {
    let over = false
    const done = discover(deps, signal).finally(() => {
      over = true
    })
    done.catch(() => {})
    while (!over) await clock.advance(250)
    await done
  }
  const names = () => [...state.scopes.values()].map(({ scope }: { scope: Scope }) => scope.name)
  return { poll, names, asked, log, state }
}

t.test('listings without any account or zone are believed the second time, and said', async (t) => {
  let isEmpty = false
  const { poll, names, log } = world(
    {},
    {
      listAccounts: async () => pageOf(isEmpty ? [] : [quay, other], 1),
      listZones: async () => pageOf(isEmpty ? [] : zones, 1),
    },
  )
  await poll()
  const all = names()
  t.equal(all.length, 5)
  isEmpty = true
  await poll()
  t.same(names(), all, 'nothing vanishes')
  isEmpty = false
  await poll()
  isEmpty = true
  await poll()
  t.same(names(), all, 'it was not empty twice in a row')
  await poll()
  t.same(
    names().filter((name) => name.endsWith('.example')),
    [],
  )
  await poll()
  await poll()
  t.same(names(), [])
  const warned = log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
  t.ok(warned.includes('Cloudflare lists none any more: check what the API token may see'))
})

t.test(
  'accounts and zones are asked for side by side, so that a hang of both shows after one time-out',
  async (t) => {
    const hang = () => new Promise<never>((_, reject) => hanging.push(() => reject(failure('timeout'))))
    const hanging: (() => void)[] = []
    const { poll, state } = world({}, { listAccounts: hang, listZones: hang })
    const done = poll()
    await settle()
    t.equal(hanging.length, 2)
    for (const end of hanging) end()
    await t.rejects(done, /timeout for the test/)
    t.match(state.directory.failure, { kind: 'timeout' })
  },
)

t.test('a token that lists no account but sees its zones is well', async (t) => {
  const { poll, names, log } = world({}, { listAccounts: async () => pageOf([], 1) })
  for (let round = 0; round < 3; round += 1) await poll()
  t.same(names(), ['Quay', 'Other', 'cdn.example', 'shop.example', 'other.example'])
  t.same(
    log.lines.filter(({ level }) => level === 'warn'),
    [],
  )
})

t.test('accounts that only zones name are told from those that are listed or given by id', async (t) => {
  let listed: 'none' | 'refused' | 'failing' | 'quay' = 'refused'
  const { poll, state } = world(
    { accounts: ['*', other.id] },
    {
      listAccounts: async () => {
        if (listed === 'refused') throw failure('forbidden')
        if (listed === 'failing') throw failure('unavailable')
        return pageOf(listed === 'quay' ? [quay] : [], 1)
      },
    },
  )
  const unlisted = async (how: typeof listed) => {
    listed = how
    await poll()
    return [...state.scopes.values()].flatMap(({ scope }) =>
      scope.kind === 'account' && scope.unlisted === true ? [scope.name] : [],
    )
  }
  t.same(await unlisted('refused'), ['Quay'])
  t.same(await unlisted('failing'), ['Quay'], 'as before')
  t.same(await unlisted('quay'), [])
  t.same(await unlisted('failing'), [], 'as before')
  t.same(await unlisted('none'), ['Quay'])
})

t.test('with account ids chosen, only the zones of these accounts are asked for', async (t) => {
  const { poll, names, asked } = world({ accounts: [quay.id.toUpperCase()] })
  await poll()
  t.same(asked, [quay.id])
  t.same(names(), ['Quay', 'cdn.example', 'shop.example'])
  const both = world({ accounts: [quay.id, other.id] })
  await both.poll()
  t.same(both.asked, [quay.id, other.id])
})

t.test('an account chosen by name needs the whole listing, since the API knows only ids', async (t) => {
  for (const accounts of [[], ['Quay'], ['Quay', other.id]]) {
    const { poll, asked } = world({ accounts })
    await poll()
    t.same(asked, ['all'], accounts.join())
  }
})

t.test('a listing that lacks a page is a failure, and what came of it is not taken for all', async (t) => {
  const { poll, names, state } = world(
    {},
    { listZones: async ({ page }) => ({ ...pageOf(zones, page, 3), lastPage: 3 }) },
  )
  await poll()
  t.match(state.directory.failure, { kind: 'bad_response' })
  t.same(names(), ['Quay', 'Other'])
})

t.test('a listing that repeats its first page ends there', async (t) => {
  let pages = 0
  const { poll, names } = world(
    {},
    {
      async listZones() {
        pages += 1
        return { items: zones, unreadable: [], fill: 'full', lastPage: 1_000_000_000 }
      },
    },
  )
  await poll()
  t.equal(pages, 2)
  t.same(names(), ['Quay', 'Other', ...zones.map(({ name }) => name)])
})

t.test('that something cannot be listed is said once, and again only when the reason changes', async (t) => {
  let kind: 'forbidden' | 'bad_response' | null = 'forbidden'
  const { poll, log, names } = world(
    {},
    {
      async listAccounts() {
        if (kind !== null) throw failure(kind)
        return pageOf([quay], 1)
      },
    },
  )
  const warnings = () =>
    log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => Reflect.get(fields, 'kind'))
  await poll()
  await poll()
  t.same(warnings(), ['forbidden'])
  t.same(names(), ['Quay', 'Other', ...zones.map(({ name }) => name)], 'accounts are known by their zones')
  kind = 'bad_response'
  await poll()
  t.same(warnings(), ['forbidden', 'bad_response'])
  kind = null
  await poll()
  kind = 'bad_response'
  await poll()
  t.same(warnings(), ['forbidden', 'bad_response', 'bad_response'], 'after it was well it is news')
})

t.test('where zones cannot be listed, those from before and those given by id are watched', async (t) => {
  const known: Scope = { kind: 'zone', id: 'c'.repeat(32), name: 'known.example', account: quay }
  const given = 'd'.repeat(32)
  let isBroken = false
  const { poll, state } = world(
    { zones: [known.id, given] },
    {
      async listZones({ page }) {
        if (isBroken) throw failure('unavailable')
        return pageOf([known], page)
      },
    },
  )
  const watched = () =>
    [...state.scopes.values()].flatMap(({ scope }) => (scope.kind === 'zone' ? [scope] : []))
  await poll()
  t.same(watched(), [known])
  isBroken = true
  await poll()
  const added = { kind: 'zone', id: given, name: given, account: { id: '', name: '' } }
  t.same(watched(), [known, added], 'each once')
  await poll()
  t.same(watched(), [known, added])
})
