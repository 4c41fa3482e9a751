import { fitsAddress } from '../../domain/destination/address.ts'
import {
  type DestinationKind,
  destinationKindNames,
  isDestinationKind,
  kindSpec,
} from '../../domain/destination/kinds.ts'
import { kindOfAddress } from '../../domain/destination/redaction.ts'
import type { FieldSpec } from '../../domain/destination/spec.ts'
import { splitConf } from '../../domain/destination/text.ts'
import { isObject } from '../../domain/plain-value.ts'
import { hasReference } from '../resource/reference.ts'
import { sampled } from './job-variables.ts'
import { found, type Report } from './report.ts'
import type { Path } from './tree.ts'

type Fields = Readonly<Record<string, unknown>>

/** The one kind a destination names, or null after saying why there is not one. */
export function checkDestination(
  report: Report,
  destination: Fields,
  path: Path,
): DestinationKind | 'url' | null {
  const kinds = Object.keys(destination).filter((kind) => destination[kind] !== undefined)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) {
    const what = kind === undefined ? 'none' : kinds.join(' and ')
    report.error(path, `expected one kind of destination, found ${what}`)
    return null
  }
  if (kind === 'url') {
    checkWhole(report, destination.url, [...path, kind])
    return kindOfText(destination.url)
  }
  if (!isDestinationKind(kind)) return null
  const fields = isObject(destination[kind]) ? destination[kind] : {}
  for (const [name, spec] of Object.entries(kindSpec(kind).fields)) {
    const value = fields[name]
    if (typeof value === 'string' && !hasReference(value)) {
      checkField(report, spec, sampled(value), [...path, kind, name])
    } else if (isObject(value)) checkNames(report, spec, value, [...path, kind, name])
  }
  const wrong = kindSpec(kind).together?.((name) => fields[name] !== undefined) ?? []
  for (const text of wrong) report.error([...path, kind], text)
  return kind
}

function checkWhole(report: Report, text: unknown, path: Path): void {
  if (typeof text !== 'string' || !/\s/.test(text.replace(/\$\{[^}]*\}/g, ''))) return
  report.error(
    path,
    'expected a text without blanks, found one; a folded block (>) has one at each end of a line',
  )
}

/** A whole text is of a kind as well; where a reference is all there is, that is not known. */
function kindOfText(text: unknown): DestinationKind | 'url' {
  const parts = typeof text === 'string' ? splitConf(text) : null
  return (parts && kindOfAddress(parts.scheme, parts.address)) ?? 'url'
}

/** Kinds whose path Cloudflare fills in the day for. */
const datedKinds = destinationKindNames.filter((kind) =>
  Object.values(kindSpec(kind).fields).some(({ dated }) => dated),
)

function checkField(report: Report, spec: FieldSpec, value: string, path: Path): void {
  const expected = expectedText(spec, value)
  if (expected !== null) report.error(path, `expected ${expected}, found ${found(report.source, path)}`)
  if (value.includes('{DATE}') && spec.dated !== true) {
    report.warn(path, `{DATE} is only replaced in the path of ${datedKinds.join(', ')}`)
  }
  if (spec.shape === 'path' && /\{(?!DATE\})/.test(value)) {
    report.warn(path, 'only {DATE}, in capital letters, is replaced')
  }
}

/** What a text in a field should have been; null when it is fine. */
export function expectedText(spec: FieldSpec, value: string): string | null {
  const { expects, shape } = spec
  if (expects !== undefined) return expects(value)
  if (spec.param !== undefined || spec.type === 'query' || fitsAddress(spec, value)) return null
  if (shape === 'url') return 'an address that starts with https:// and has no query (?)'
  if (shape === 'path') return 'a path that does not start with a slash'
  if (shape === 'host') return 'a host name without https:// and path'
  return 'a name without slashes, spaces or other characters that end a part of an address'
}

function checkNames(report: Report, spec: FieldSpec, value: Fields, path: Path): void {
  for (const name of Object.keys(value)) {
    if (spec.type === 'headers' && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      report.error([...path, name], 'expected the name of an HTTP header')
    }
    if (spec.type === 'params' && name.startsWith('header_')) {
      report.error([...path, name], 'expected a query parameter; put headers under headers')
    }
  }
}
