/*
 * Finds the accounts and zones that the token may see. A listing counts only when all its pages came: a cut one
 * would make scopes, and their series, vanish. Accounts that can't be listed are taken from their zones, or from
 * the ids that the user gave.
 */

import type { ApiAccess } from '../../access/api-access.ts'
import { priority } from '../../access/budget.ts'
import { type Account, accountOf, type Scope } from '../../domain/scope.ts'
import { ApiFailure } from '../../errors.ts'
import type { DirectoryApi, Page } from '../../ports/cloudflare.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { SelfState } from '../state/self-state.ts'
import type { ExporterState } from '../state/state.ts'
import { isSelected, namedIds, type Selection } from './selection.ts'

export interface DiscoveryDeps {
  readonly api: DirectoryApi
  readonly access: ApiAccess
  readonly state: ExporterState
  readonly self: SelfState
  readonly clock: Clock
  readonly log: Log
  readonly selection: () => Selection
}

export const discoveryPoller = 'discovery'

/** One listing of everything. Throws ApiFailure when neither accounts nor zones could be had. */
export async function discover(deps: DiscoveryDeps, signal: AbortSignal): Promise<void> {
  const selection = deps.selection()
  const accounts = await attempt(() => listAccounts(deps, signal))
  const zones = await attempt(() => listZones(deps, selection, signal))
  if (!accounts.ok && !zones.ok && namedIds([...selection.accounts, ...selection.zones]).length === 0) {
    deps.state.directoryFailed(zones.error, deps.clock.now())
    throw zones.error
  }
  for (const part of [accounts, zones]) if (!part.ok) deps.self.pollFailed(discoveryPoller, part.error.kind)
  const known = [...deps.state.scopes.values()].map(({ scope }) => scope)
  const zoneScopes = zones.ok ? zones.items : withNamedZones(known, selection)
  const accountScopes = collectAccounts(
    accounts.ok ? accounts.items : known.filter(({ kind }) => kind === 'account'),
    [...zoneScopes.map(accountOf), ...namedIds(selection.accounts).map((id) => ({ id, name: id }))],
  )
  deps.state.setScopes([...accountScopes, ...zoneScopes].filter((scope) => isSelected(scope, selection)))
  if (accounts.ok && zones.ok) {
    deps.state.directoryListed(deps.clock.now())
    return
  }
  const error = accounts.ok ? (zones.ok ? null : zones.error) : accounts.error
  if (error !== null) {
    if (deps.state.directory.failure?.kind !== error.kind)
      deps.log.warn(
        { kind: error.kind, err: error },
        'accounts or zones can not be listed in full; what is known is watched',
      )
    deps.state.directoryFailed(error, deps.clock.now())
  }
}

/** Where zones can't be listed: those known from before, and those whose ids the user gave. */
function withNamedZones(known: readonly Scope[], selection: Selection): readonly Scope[] {
  const zones = known.filter(({ kind }) => kind === 'zone')
  const missing = namedIds(selection.zones).filter((id) => zones.every((zone) => zone.id !== id))
  return [
    ...zones,
    ...missing.map((id) => ({ kind: 'zone', id, name: id, account: { id: '', name: '' } }) as const),
  ]
}

type Attempt<T> =
  | { readonly ok: true; readonly items: readonly T[] }
  | { readonly ok: false; readonly error: ApiFailure }

async function attempt<T>(list: () => Promise<readonly T[]>): Promise<Attempt<T>> {
  try {
    return { ok: true, items: await list() }
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.kind === 'aborted') throw error
    return { ok: false, error }
  }
}

function listAccounts(deps: DiscoveryDeps, signal: AbortSignal): Promise<readonly Account[]> {
  return allPages(deps, signal, (page) => deps.api.listAccounts(page, { signal }))
}

async function listZones(
  deps: DiscoveryDeps,
  selection: Selection,
  signal: AbortSignal,
): Promise<readonly Scope[]> {
  const accountIds = namedIds(selection.accounts)
  // Only ids can be asked for by the API; a filter by name is applied to the whole listing.
  if (accountIds.length === 0 || accountIds.length < selection.accounts.length)
    return allPages(deps, signal, (page) => deps.api.listZones({ page }, { signal }))
  const lists: Scope[] = []
  for (const accountId of accountIds)
    lists.push(
      ...(await allPages(deps, signal, (page) => deps.api.listZones({ page, accountId }, { signal }))),
    )
  return lists
}

async function allPages<T>(
  deps: DiscoveryDeps,
  signal: AbortSignal,
  read: (page: number) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = []
  // Pages come one after another: each would wait behind the whole queue, and thousands of zones take days.
  const request = { api: 'rest', priority: priority.failing, accountId: '', signal } as const
  for (let page: number | null = 1; page !== null; ) {
    const asked: number = page
    const answer = await deps.access.read(request, () => read(asked))
    items.push(...answer.items)
    if (answer.next !== null && answer.next <= asked)
      throw new ApiFailure('bad_response', 'the listing does not advance', { operation: 'list pages' })
    page = answer.next
  }
  return items
}

/** Accounts by id; the first one with a real name wins. */
function collectAccounts(listed: readonly Account[], others: readonly Account[]): readonly Scope[] {
  const byId = new Map<string, Account>()
  for (const account of [...listed, ...others]) {
    if (account.id === '') continue
    const known = byId.get(account.id)
    if (known === undefined || known.name === '' || known.name === known.id) byId.set(account.id, account)
  }
  return [...byId.values()].map(({ id, name }) => ({ kind: 'account', id, name }))
}
