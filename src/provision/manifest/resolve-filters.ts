import { type PolicyFilters, policyFilters } from '../resource/policy-filters.ts'
import type { AccountName, ManifestPlace } from './place.ts'
import { originOf } from './report.ts'
import { type ReferenceReaders, type Resolver, resolveText } from './resolve-text.ts'
import type { PolicyValue } from './schema.ts'
import type { Path } from './tree.ts'

/** The id of a zone that an object names; null where it was not found. */
export type ZoneIdOf = (place: ManifestPlace) => string | null

/** Filters of a policy that only lack the ids of their zones. */
export interface Filters {
  readonly zones: readonly ManifestPlace[]
  /** Null: the manifest says nothing of filters. */
  readonly build: (zoneIdOf: ZoneIdOf) => PolicyFilters | null
}

/** The filter whose values are zones. The API wants their ids, people know their names. */
const zonesFilter = 'zones'

export interface FilterResolvers {
  readonly resolver: Resolver
  /** Zones are found before anything is compared: their names are read even where other references are not. */
  readonly readers: ReferenceReaders
}

/** Null after reporting a reference that cannot be replaced. */
export function resolveFilters(
  { resolver, readers }: FilterResolvers,
  account: AccountName,
  given: PolicyValue['filters'],
  path: Path,
): Filters | null {
  if (given === undefined) return { zones: [], build: () => null }
  let complete = true
  const texts = (name: string, values: readonly (string | boolean)[]): readonly string[] =>
    values.flatMap((value, index) => {
      const reading = name === zonesFilter ? { ...resolver, readers } : resolver
      const text = resolveText(reading, [...path, name, index], String(value))
      if (text === null) complete = false
      return text ?? []
    })
  const { [zonesFilter]: zoneTexts = [], ...others } = given
  const zones = texts(zonesFilter, zoneTexts).map((zone, index): ManifestPlace => {
    const here = [...path, zonesFilter, index]
    return {
      account,
      zone,
      written: String(zoneTexts[index]),
      origin: originOf(resolver.report.source, here),
    }
  })
  const rest = Object.entries(others).map(([name, values]) => [name, texts(name, values)] as const)
  if (!complete) return null
  return {
    zones,
    build: (zoneIdOf) =>
      policyFilters({
        ...Object.fromEntries(rest),
        [zonesFilter]: zones.flatMap((zone) => zoneIdOf(zone) ?? []),
      }),
  }
}
