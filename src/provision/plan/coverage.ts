import type { AccountScope, ZoneScope } from '../../domain/scope.ts'
import { isSelection } from '../manifest/place.ts'
import type { Draft } from '../manifest/resolve-manifest.ts'
import type { Coverage, Desired } from '../resource/resource.ts'
import { accountKey } from './find-accounts.ts'
import { isMeant } from './select-zones.ts'

export interface ListedAccount {
  readonly account: AccountScope
  readonly zones: readonly ZoneScope[]
}

/**
 * For each dataset that a manifest declares with `zones`: the zones of the account that have no job of it in the
 * manifest and are not excluded either. One that is excluded was thought of.
 */
export function coverageOf(
  drafts: readonly Draft[],
  resources: readonly Desired[],
  listed: ReadonlyMap<string, ListedAccount>,
): readonly Coverage[] {
  const wanted = new Set(
    resources.flatMap(({ resource }) =>
      resource.kind === 'job' ? [`${resource.scope.id} ${resource.dataset}`] : [],
    ),
  )
  const found = new Map<string, Coverage>()
  for (const draft of drafts) {
    if (draft.in !== 'place' || !isSelection(draft.place)) continue
    const { place, dataset } = draft
    const known = listed.get(accountKey(place.account))
    if (known === undefined) continue
    const key = `${known.account.id} ${dataset}`
    const zones = found.get(key)?.uncovered ?? known.zones
    const uncovered = zones.filter(
      (zone) =>
        !wanted.has(`${zone.id} ${dataset}`) && !place.exclude.some((pattern) => isMeant(pattern, zone)),
    )
    found.set(key, { account: known.account, dataset, uncovered })
  }
  return [...found.values()]
}
