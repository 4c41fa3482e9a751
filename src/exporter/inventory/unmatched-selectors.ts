/* Filters that match nothing visible: most likely misspelt, and what was meant is then not watched without a word. */

import { nearestName } from '../../domain/nearest-name.ts'
import { type Account, accountOf, type Scope } from '../../domain/scope.ts'
import type { Log } from '../../ports/runtime.ts'
import type { SelfState, UnmatchedSelector } from '../state/self-state.ts'
import { isNamed, namedIds, names, type Selection } from './selection.ts'

/** Everything that the token sees; null for what could not be listed, of which nothing is known. */
export interface Visible {
  readonly accounts: readonly Account[] | null
  readonly zones: readonly Scope[] | null
}

/**
 * Filters that match nothing visible. Zones are looked for in the accounts that are watched. An account's id is
 * taken on trust: it can be watched without being listed.
 */
export function unmatchedSelectors(selection: Selection, visible: Visible): readonly UnmatchedSelector[] {
  const { accounts, zones } = visible
  const missing = (
    setting: UnmatchedSelector['setting'],
    list: readonly string[],
    things: readonly Account[] | null,
  ): readonly UnmatchedSelector[] => {
    if (things === null) return []
    return list
      .filter((entry) => !things.some((thing) => isNamed(entry, thing)))
      .map((entry) => ({
        setting,
        entry,
        near: nearestName(
          entry,
          things.map(({ name }) => name),
        ),
      }))
  }
  const owners = accounts === null ? null : [...accounts, ...(zones ?? []).map(accountOf)]
  const watched = zones?.filter(
    (zone) => selection.accounts.length === 0 || names(selection.accounts, accountOf(zone)),
  )
  const byName = selection.accounts.filter((entry) => namedIds([entry]).length === 0)
  return [
    ...missing('accounts', byName, owners),
    ...missing('zones', selection.zones, watched ?? null),
    ...missing('exclude_zones', selection.excludeZones, watched ?? null),
  ]
}

/** Flags as users write them. */
export const selectorFlags: Readonly<Record<UnmatchedSelector['setting'], string>> = {
  accounts: '--cloudflare.accounts',
  zones: '--cloudflare.zones',
  exclude_zones: '--cloudflare.exclude-zones',
}

/** Keeps what is unmatched for the metric, and logs each such filter once. */
export function noteUnmatched(
  found: readonly UnmatchedSelector[],
  { self, log }: { readonly self: SelfState; readonly log: Log },
): void {
  const before = self.unmatched ?? []
  const among = (list: readonly UnmatchedSelector[], { setting, entry }: UnmatchedSelector) =>
    list.some((one) => one.setting === setting && one.entry === entry)
  for (const one of found.filter((each) => !among(before, each))) {
    const hint = one.near === null ? {} : { did_you_mean: one.near }
    log.warn(
      { setting: selectorFlags[one.setting], entry: one.entry, ...hint },
      'a filter matches nothing that the API token sees',
    )
  }
  for (const { setting, entry } of before.filter((each) => !among(found, each)))
    log.info({ setting: selectorFlags[setting], entry }, 'a filter matches again')
  self.selectorsUnmatched(found)
}
