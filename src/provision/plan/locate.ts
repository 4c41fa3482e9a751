import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { didYouMean, quoted } from '../../domain/positioned.ts'
import { type Scope, scopeKey, scopeTitle } from '../../domain/scope.ts'
import type { DirectoryApi } from '../../ports/cloudflare.ts'
import type { AccountName, ManifestPlace, ResolvedManifest } from '../manifest/resolve-manifest.ts'
import { type Checked, checked, type Problem } from '../resource/problem.ts'
import { addressKey, type Desired, type DesiredState, type Origin } from '../resource/resource.ts'

/*
 * Finds the accounts and zones a manifest names. What is given by id needs no call.
 */

type AccountScope = Extract<Scope, { kind: 'account' }>
type ZoneScope = Extract<Scope, { kind: 'zone' }>

export interface LocateDeps {
  readonly directory: DirectoryApi
  readonly call: Caller
}

/** @throws ApiFailure when Cloudflare does not answer. */
export async function locate(manifest: ResolvedManifest, deps: LocateDeps): Promise<Checked<DesiredState>> {
  const problems: Problem[] = []
  const { places } = manifest
  const accounts = await findAccounts(accountsOf(manifest, places), deps, problems)
  const zones = await findZones(places, accounts, deps, problems)
  const scopeOf = (place: ManifestPlace): Scope | undefined =>
    place.zone === null ? accounts.get(accountKey(place.account)) : zones.get(zoneKey(place))

  const resources = manifest.drafts.flatMap((draft): Desired[] => {
    if (draft.in === 'account') {
      const scope = accounts.get(accountKey(draft.account))
      return scope === undefined ? [] : [draft.build(scope)]
    }
    const scope = scopeOf(draft.place)
    return scope === undefined ? [] : [draft.build(scope)]
  })
  problems.push(...duplicates(resources))
  const scopes = places.map(scopeOf).filter((scope) => scope !== undefined)
  const notifying = manifest.notificationAccounts.map((name) => accounts.get(accountKey(name)))
  return checked(
    {
      scopes: unique(scopes, scopeKey),
      notificationAccounts: unique(
        notifying.filter((scope) => scope !== undefined),
        scopeKey,
      ),
      owners: manifest.owners.flatMap(({ account, prefix }) => {
        const scope = accounts.get(accountKey(account))
        return scope === undefined ? [] : [{ accountId: scope.id, prefix }]
      }),
      resources,
    },
    problems,
  )
}

function accountKey({ by, text }: AccountName): string {
  return `${by} ${text}`
}

function zoneKey(place: ManifestPlace): string {
  return `${accountKey(place.account)} ${place.zone}`
}

function unique<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()]
}

function accountsOf(manifest: ResolvedManifest, places: readonly ManifestPlace[]): readonly AccountName[] {
  const all = [
    ...places.map(({ account }) => account),
    ...manifest.notificationAccounts,
    ...manifest.owners.map(({ account }) => account),
  ]
  return unique(all, accountKey)
}

async function findAccounts(
  names: readonly AccountName[],
  { directory, call }: LocateDeps,
  problems: Problem[],
): Promise<ReadonlyMap<string, AccountScope>> {
  const found = new Map<string, AccountScope>()
  for (const name of names) {
    if (name.by === 'id') found.set(accountKey(name), { kind: 'account', id: name.text, name: '' })
  }
  const missing = names.filter((name) => !found.has(accountKey(name)))
  if (missing.length === 0) return found
  const listed = await call.all((page, options) => directory.listAccounts(page, options))
  const all = listed.items.map((account): AccountScope => ({ kind: 'account', ...account }))
  for (const name of missing) {
    const matches = all.filter((account) => account.name === name.text)
    const [match] = matches
    if (match === undefined) problems.push(notFound('account', name, all))
    else if (matches.length === 1) found.set(accountKey(name), match)
    else {
      const message = `${matches.length} accounts are called ${quoted(name.written)}; use the id`
      problems.push({ at: name.origin, level: 'error', message })
    }
  }
  return found
}

async function findZones(
  places: readonly ManifestPlace[],
  accounts: ReadonlyMap<string, AccountScope>,
  deps: LocateDeps,
  problems: Problem[],
): Promise<ReadonlyMap<string, ZoneScope>> {
  const found = new Map<string, ZoneScope>()
  const wanted = unique(
    places.filter(({ zone }) => zone !== null),
    zoneKey,
  )
  for (const [key, account] of accounts) {
    const here = wanted.filter((place) => accountKey(place.account) === key)
    const owner = { id: account.id, name: account.name }
    for (const place of here) {
      const id = place.zone ?? ''
      if (/^[0-9a-f]{32}$/.test(id)) found.set(zoneKey(place), { kind: 'zone', id, name: '', account: owner })
    }
    const byName = here.filter((place) => !found.has(zoneKey(place)))
    const zones = await zonesOf(
      account.id,
      byName.map(({ zone }) => zone ?? ''),
      deps,
    )
    const unknown: ManifestPlace[] = []
    for (const place of byName) {
      const zone = zones.find(({ name }) => name === place.zone)
      if (zone !== undefined) found.set(zoneKey(place), zone)
      else unknown.push(place)
    }
    const near = unknown.length > 0 && byName.length <= fewZones ? await allZones(account.id, deps) : zones
    for (const place of unknown) problems.push(notFound('zone', place, near))
  }
  return found
}

/** Up to this many zones are asked for one by one; more are looked for in the account's list, 50 a page. */
const fewZones = 3

async function zonesOf(
  accountId: string,
  names: readonly string[],
  { directory, call }: LocateDeps,
): Promise<readonly ZoneScope[]> {
  const zones: ZoneScope[] = []
  const missing = () => names.filter((name) => !zones.some((zone) => zone.name === name))
  if (names.length > fewZones) {
    let isWhole = true
    const listing = call.pages((page, options) => directory.listZones({ page, accountId }, options), {
      idOf: ({ id }) => id,
      maxPages: names.length,
      onMore: () => {
        isWhole = false
      },
    })
    for await (const page of listing) {
      zones.push(...page)
      if (missing().length === 0) return zones
    }
    if (isWhole) return zones
  }
  for (const name of missing()) {
    const answer = await call.read((options) => directory.listZones({ page: 1, accountId, name }, options))
    zones.push(...answer.items)
  }
  return zones
}

/** `seen`: what the token sees of this kind. */
/** For naming what was meant; without the list there is still an error to report. */
async function allZones(accountId: string, { directory, call }: LocateDeps): Promise<readonly ZoneScope[]> {
  const listed = await attempt(() =>
    call.all((page, options) => directory.listZones({ page, accountId }, options)),
  )
  return listed.ok ? listed.value.items : []
}

function notFound(
  kind: string,
  { written, origin }: Pick<AccountName, 'written' | 'origin'>,
  seen: readonly { readonly name: string }[],
): Problem {
  const hint = didYouMean(
    written,
    seen.map(({ name }) => name),
  )
  const message = `the API token sees no ${kind} called ${quoted(written)}${hint}`
  return { at: origin, level: 'error', message }
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
    return [{ at: origin, level: 'error', message }]
  })
}
