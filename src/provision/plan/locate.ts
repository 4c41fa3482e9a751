import { quoted } from '../../domain/positioned.ts'
import { type Scope, scopeKey, scopeTitle } from '../../domain/scope.ts'
import { type AccountName, isSelection, type ManifestPlace, type ZoneSelection } from '../manifest/place.ts'
import type { Draft, NameOf, ResolvedManifest } from '../manifest/resolve-manifest.ts'
import type { NamedInManifest } from '../resource/owner.ts'
import { type Checked, checked, errorAt, type Problem } from '../resource/problem.ts'
import { addressKey, type Desired, type DesiredState, type Origin } from '../resource/resource.ts'
import { coverageOf } from './coverage.ts'
import { accountKey, findAccounts, type LocateDeps } from './find-accounts.ts'
import { findZones } from './find-zones.ts'

/*
 * Finds the accounts and zones a manifest names. What is given by id needs no call, unless a name made of it is used.
 */

/** @throws ApiFailure when Cloudflare does not answer. */
export async function locate(manifest: ResolvedManifest, deps: LocateDeps): Promise<Checked<DesiredState>> {
  const problems: Problem[] = []
  const { places } = manifest
  const uses = (name: 'account' | 'zone') => (place: ManifestPlace | ZoneSelection) =>
    manifest.drafts.some((draft) => draft.in === 'place' && draft.place === place && draft.uses.has(name))
  const withNames = places.filter(uses('account')).map(({ account }) => account)
  const accounts = await findAccounts(accountsOf(manifest, places), withNames, deps, problems)
  const filtered = manifest.drafts.flatMap((draft) => (draft.in === 'account' ? draft.zones : []))
  const { found: zones, listed } = await findZones(
    [...places, ...filtered],
    { accounts, isNamed: uses('zone') },
    deps,
    problems,
  )
  const scopesOf = (place: ManifestPlace | ZoneSelection): readonly Scope[] => {
    if (isSelection(place) || place.zone !== null) return zones.get(place) ?? []
    const account = accounts.get(accountKey(place.account))
    return account === undefined ? [] : [account]
  }
  const namesOf = (as: NameOf['as']) =>
    manifest.names.flatMap(({ account, name, as: what }): NamedInManifest[] => {
      const accountId = accounts.get(accountKey(account))?.id
      return accountId === undefined || what !== as ? [] : [{ accountId, name }]
    })
  const built = manifest.drafts.flatMap((draft: Draft): readonly Checked<Desired>[] => {
    if (draft.in === 'place') return scopesOf(draft.place).map((scope) => draft.build(scope))
    const scope = accounts.get(accountKey(draft.account))
    const zoneIdOf = (place: ManifestPlace) => zones.get(place)?.[0]?.id ?? null
    return scope === undefined ? [] : [checked(draft.build(scope, zoneIdOf), [])]
  })
  problems.push(...built.flatMap((one) => (one.ok ? one.warnings : one.problems)))
  const resources = built.flatMap((one) => (one.ok ? [one.value] : []))
  problems.push(...duplicates(resources))
  const notifying = manifest.notificationAccounts.map((name) => accounts.get(accountKey(name)))
  return checked(
    {
      scopes: unique(places.flatMap(scopesOf), scopeKey),
      notificationAccounts: unique(
        notifying.filter((scope) => scope !== undefined),
        scopeKey,
      ),
      owners: manifest.owners.flatMap(({ account, prefix, prune }) => {
        const scope = accounts.get(accountKey(account))
        return scope === undefined ? [] : [{ accountId: scope.id, prefix, prune }]
      }),
      declared: namesOf('declared'),
      removed: namesOf('removed'),
      resources,
      coverage: coverageOf(manifest.drafts, resources, listed),
    },
    problems,
  )
}

function unique<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()]
}

function accountsOf(
  manifest: ResolvedManifest,
  places: readonly { readonly account: AccountName }[],
): readonly AccountName[] {
  const all = [
    ...places.map(({ account }) => account),
    ...manifest.notificationAccounts,
    ...manifest.owners.map(({ account }) => account),
  ]
  return unique(all, accountKey)
}

/** The same object wanted twice, which only shows once names and ids are known to mean the same. */
function duplicates(resources: readonly Desired[]): readonly Problem[] {
  const first = new Map<string, Origin>()
  return resources.flatMap(({ resource, origin }): Problem[] => {
    const key = addressKey(resource)
    const other = first.get(key)
    first.set(key, other ?? origin)
    if (other === undefined) return []
    const message = `there is already a ${resource.kind} called ${quoted(resource.name)} in ${scopeTitle(resource.scope)}, at ${other.file}:${other.line}`
    return [errorAt(origin, message)]
  })
}
