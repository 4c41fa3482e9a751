import { attempt } from '../../access/attempt.ts'
import { quoted } from '../../domain/positioned.ts'
import type { AccountScope, ZoneScope } from '../../domain/scope.ts'
import { isSelection, type ManifestPlace, type ZoneSelection } from '../manifest/place.ts'
import { errorAt, type Problem } from '../resource/problem.ts'
import type { ListedAccount } from './coverage.ts'
import { accountKey, type LocateDeps } from './find-accounts.ts'
import { nearNamed } from './findings.ts'
import { selectZones } from './select-zones.ts'

type Place = ManifestPlace | ZoneSelection

export interface KnownAccounts {
  readonly accounts: ReadonlyMap<string, AccountScope>
  /** Whether the names of a place's zones are needed, so that an id is not enough. */
  readonly isNamed: (place: Place) => boolean
}

export interface FoundZones {
  readonly found: ReadonlyMap<Place, readonly ZoneScope[]>
  /** Accounts whose zones were all listed, by key. */
  readonly listed: ReadonlyMap<string, ListedAccount>
}

/**
 * The zones of every place that names any. The zones of an account are listed once, and only as far as they are
 * needed; a few are asked for one by one.
 * @throws ApiFailure when Cloudflare does not answer.
 */
export async function findZones(
  places: readonly Place[],
  { accounts, isNamed }: KnownAccounts,
  deps: LocateDeps,
  problems: Problem[],
): Promise<FoundZones> {
  const listed = new Map<string, ListedAccount>()
  const found = new Map<Place, readonly ZoneScope[]>()
  for (const [key, account] of accounts) {
    const here = places.filter((place) => accountKey(place.account) === key)
    const owner = { id: account.id, name: account.name }
    const byName: (ManifestPlace & { readonly zone: string })[] = []
    const selections: ZoneSelection[] = []
    for (const place of here) {
      if (isSelection(place)) selections.push(place)
      else if (place.zone !== null && isZoneId(place.zone) && !isNamed(place)) {
        found.set(place, [{ kind: 'zone', id: place.zone, name: '', account: owner }])
      } else if (place.zone !== null) byName.push({ ...place, zone: place.zone })
    }
    const wanted = [...new Set(byName.map(({ zone }) => zone))]
    const whole = selections.length > 0 || wanted.some(isZoneId)
    const zones = whole ? await listedZones(account.id, deps) : await zonesOf(account.id, wanted, deps)
    // An account given by id is named by its zones.
    const name = account.name === '' ? (zones[0]?.account.name ?? '') : account.name
    if (selections.length > 0) listed.set(key, { account: { ...account, name }, zones })
    for (const selection of selections) {
      const selected = selectZones(selection, zones)
      problems.push(...selected.problems)
      found.set(selection, selected.zones)
    }
    const unknown: ManifestPlace[] = []
    for (const place of here) {
      if (isSelection(place) || place.zone === null || found.has(place)) continue
      const zone = zones.find(({ id, name }) => name === place.zone || id === place.zone)
      if (zone !== undefined) found.set(place, [zone])
      else unknown.push(place)
    }
    const isPart = !whole && unknown.length > 0 && wanted.length <= fewZones
    // For naming what was meant; without the list there is still an error to report.
    const all = isPart ? await attempt(() => listedZones(account.id, deps)) : null
    for (const place of unknown) problems.push(notFound(place, all?.ok ? all.value : zones))
  }
  return { found, listed }
}

function isZoneId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text)
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

async function listedZones(
  accountId: string,
  { directory, call, onPlanning }: LocateDeps,
): Promise<readonly ZoneScope[]> {
  let done = 0
  const { items } = await call.all(async (page, options) => {
    const answer = await directory.listZones({ page, accountId }, options)
    done += answer.items.length
    if (answer.fill === 'full') onPlanning?.({ reading: 'zones', done, total: null })
    return answer
  })
  return items
}

function notFound({ written, origin }: ManifestPlace, seen: readonly ZoneScope[]): Problem {
  const hint = nearNamed(written, seen)
  return errorAt(origin, `the API token sees no zone called ${quoted(written)}${hint}`)
}
