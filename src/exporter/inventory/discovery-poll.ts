/*
 * Finds the accounts and zones that the token may see. A listing counts only when all its pages came: a cut one
 * would make scopes, and their series, vanish. Accounts that cannot be listed are taken from their zones, or from
 * the ids that the user gave.
 */

import { type Attempted, attempt } from '../../access/attempt.ts'
import { priority } from '../../access/budget.ts'
import type { Caller } from '../../access/caller.ts'
import { settleAll } from '../../access/settle-all.ts'
import type { Account, Scope } from '../../domain/scope.ts'
import type { DirectoryApi } from '../../ports/cloudflare.ts'
import type { Listing } from '../../ports/listing.ts'
import type { PollDeps } from '../state/poll-deps.ts'
import { noteUnreadable } from '../state/unreadable-objects.ts'
import { collectAccounts } from './account-scopes.ts'
import { isSelected, namedIds, type Selection } from './selection.ts'
import { noteUnmatched, unmatchedSelectors } from './unmatched-selectors.ts'

export interface DiscoveryDeps extends PollDeps {
  readonly api: DirectoryApi
  readonly selection: () => Selection
  /** Kinds of which the last listing had none although some were known; kept between listings. */
  readonly emptied: Set<Scope['kind']>
}

export const discoveryPoller = 'discovery'

/** One listing of everything. Throws ApiFailure when neither accounts nor zones could be had. */
export async function discover(deps: DiscoveryDeps, signal: AbortSignal): Promise<void> {
  const selection = deps.selection()
  // Side by side: where both hang, that shows after one time-out instead of two.
  const listedAccounts = attempt(() => listAccounts(deps, signal))
  const listedZones = attempt(() => listZones(deps, selection, signal))
  await settleAll([listedAccounts, listedZones])
  const accounts = readable('account', await listedAccounts, deps)
  const zones = readable('zone', await listedZones, deps)
  if (!accounts.ok && !zones.ok && namedIds([...selection.accounts, ...selection.zones]).length === 0) {
    deps.state.directoryFailed(zones.failure, deps.clock.now())
    throw zones.failure
  }
  for (const part of [accounts, zones]) if (!part.ok) deps.self.pollFailed(discoveryPoller, part.failure.kind)
  const known = [...deps.state.scopes.values()].map(({ scope }) => scope)
  const noZones = zones.ok && isDoubtful('zone', zones.value.length, deps)
  const zoneScopes = zones.ok && !noZones ? zones.value : withNamedZones(known, selection)
  const knownAccounts = known.filter((scope) => scope.kind === 'account')
  const sources = { known: knownAccounts, zones: zoneScopes, selected: selection.accounts }
  const found = collectAccounts({ ...sources, listed: accounts })
  // A token may list no accounts and see their zones: then it is the zones that name them.
  const accountScopes = accounts.ok && isDoubtful('account', found.length, deps) ? knownAccounts : found
  deps.state.setScopes([...accountScopes, ...zoneScopes].filter((scope) => isSelected(scope, selection)))
  const visible = { accounts: accounts.ok ? accounts.value : null, zones: zones.ok ? zones.value : null }
  noteUnmatched(unmatchedSelectors(selection, visible), deps)
  if (accounts.ok && zones.ok) {
    deps.state.directoryListed(deps.clock.now())
    return
  }
  const error = accounts.ok ? (zones.ok ? null : zones.failure) : accounts.failure
  if (error !== null) {
    if (deps.state.directory.failure?.kind !== error.kind)
      deps.log.warn(
        { kind: error.kind, err: error },
        'cannot list all accounts and zones; watching the known ones',
      )
    deps.state.directoryFailed(error, deps.clock.now())
  }
}

/** A listing without any, where some are known, is believed the second time: all their series would vanish. */
function isDoubtful(kind: Scope['kind'], listed: number, { state, emptied, log }: DiscoveryDeps): boolean {
  const known = [...state.scopes.values()].filter(({ scope }) => scope.kind === kind).length
  if (listed > 0 || known === 0) {
    emptied.delete(kind)
    return false
  }
  const isFirst = !emptied.has(kind)
  emptied.add(kind)
  log.warn(
    { kind, known },
    isFirst
      ? 'Cloudflare lists none where there were some; keeping the known ones unless it does so again'
      : 'Cloudflare lists none any more: check what the API token may see',
  )
  return isFirst
}

/** What could be read of a listing; the rest is noted. */
function readable<T>(
  kind: 'account' | 'zone',
  listed: Attempted<Listing<T>>,
  deps: DiscoveryDeps,
): Attempted<readonly T[]> {
  if (!listed.ok) return listed
  noteUnreadable({ kind, of: 'all', found: listed.value.unreadable, fields: {} }, deps)
  return { ok: true, value: listed.value.items }
}

/** Where zones cannot be listed: those known from before, and those whose ids the user gave. */
function withNamedZones(known: readonly Scope[], selection: Selection): readonly Scope[] {
  const zones = known.filter(({ kind }) => kind === 'zone')
  const missing = namedIds(selection.zones).filter((id) => zones.every((zone) => zone.id !== id))
  return [
    ...zones,
    ...missing.map((id) => ({ kind: 'zone', id, name: id, account: { id: '', name: '' } }) as const),
  ]
}

/** Pages come one after another: each would wait behind the whole queue, and thousands of zones take days. */
function listing(deps: DiscoveryDeps, signal: AbortSignal): Caller {
  return deps.call.with({ api: 'rest', priority: priority.failing, signal })
}

function listAccounts(deps: DiscoveryDeps, signal: AbortSignal): Promise<Listing<Account>> {
  return listing(deps, signal).all((page, options) => deps.api.listAccounts(page, options))
}

async function listZones(
  deps: DiscoveryDeps,
  selection: Selection,
  signal: AbortSignal,
): Promise<Listing<Scope>> {
  const call = listing(deps, signal)
  const accountIds = namedIds(selection.accounts)
  // Only ids can be asked for by the API; a filter by name is applied to the whole listing.
  if (accountIds.length === 0 || accountIds.length < selection.accounts.length)
    return call.all((page, options) => deps.api.listZones({ page }, options))
  const lists: Listing<Scope>[] = []
  for (const accountId of accountIds)
    lists.push(await call.all((page, options) => deps.api.listZones({ page, accountId }, options)))
  return {
    items: lists.flatMap(({ items }) => items),
    unreadable: lists.flatMap(({ unreadable }) => unreadable),
  }
}
