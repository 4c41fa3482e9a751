import type { Origin } from '../resource/resource.ts'
import { originOf } from './report.ts'
import { type Resolver, resolveText } from './resolve-text.ts'
import type { ZonesValue } from './schema.ts'
import type { Path } from './tree.ts'

/* Accounts and zones as a manifest names them, before anybody has looked which these are. */

export interface AccountName {
  readonly by: 'id' | 'name'
  readonly text: string
  /** The text with its references as they are written: what messages show. */
  readonly written: string
  readonly origin: Origin
}

export interface ManifestPlace {
  readonly account: AccountName
  /** Name or id; null is the account itself. */
  readonly zone: string | null
  /** The zone with its references as they are written: what messages show. */
  readonly written: string
  readonly origin: Origin
}

export interface ZoneSelection {
  readonly account: AccountName
  readonly include: readonly ZonePattern[] | 'all'
  readonly exclude: readonly ZonePattern[]
  readonly origin: Origin
}

/** A name, an id or a glob. */
export interface ZonePattern {
  readonly text: string
  /** With its references as they are written: what messages show. */
  readonly written: string
  readonly origin: Origin
}

export function isSelection(place: ManifestPlace | ZoneSelection): place is ZoneSelection {
  return 'include' in place
}

/** Which zones are meant, their references replaced; null after reporting each that cannot be. */
export function resolveZones(
  resolver: Resolver,
  account: AccountName,
  zones: ZonesValue,
  path: Path,
): ZoneSelection | null {
  const patterns = (texts: readonly string[], here: Path): readonly ZonePattern[] =>
    texts.flatMap((written, index): readonly ZonePattern[] => {
      const at = [...here, index]
      const text = resolveText(resolver, at, written)
      return text === null ? [] : [{ text, written, origin: originOf(resolver.report.source, at) }]
    })
  const isList = Array.isArray(zones)
  const { include = 'all', exclude = [] } = zones === 'all' || isList ? { include: zones } : zones
  const chosen = include === 'all' ? include : patterns(include, isList ? path : [...path, 'include'])
  const left = patterns(exclude, [...path, 'exclude'])
  const whole = (include === 'all' || chosen.length === include.length) && left.length === exclude.length
  const origin = originOf(resolver.report.source, path)
  return whole ? { account, include: chosen, exclude: left, origin } : null
}
