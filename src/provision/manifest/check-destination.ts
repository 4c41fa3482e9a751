import { fitsAddress } from '../../domain/destination/address.ts'
import { type DestinationKind, isDestinationKind, kindSpec } from '../../domain/destination/kinds.ts'
import type { FieldSpec } from '../../domain/destination/spec.ts'
import { hasReference } from '../resource/reference.ts'
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
  if (kind === 'url' || !isDestinationKind(kind)) return kind === 'url' ? 'url' : null
  const fields = isFields(destination[kind]) ? destination[kind] : {}
  for (const [name, spec] of Object.entries(kindSpec(kind).fields)) {
    const value = fields[name]
    if (typeof value === 'string' && !hasReference(value)) {
      checkField(report, kind, name, spec, value, [...path, kind, name])
    } else if (isFields(value)) checkNames(report, spec, value, [...path, kind, name])
  }
  checkTogether(report, kind, fields, [...path, kind])
  return kind
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Kinds whose path Cloudflare fills in the day for. */
const datedKinds: readonly DestinationKind[] = ['r2', 's3', 's3_compatible', 'gcs', 'azure']

function checkField(
  report: Report,
  kind: DestinationKind,
  name: string,
  spec: FieldSpec,
  value: string,
  path: Path,
): void {
  const mistake = fieldMistake(name, spec, value)
  if (mistake !== null) report.error(path, `expected ${mistake}, found ${found(report.source, path)}`)
  if (value.includes('{DATE}') && !(datedKinds.includes(kind) && name === 'path')) {
    report.warn(path, `{DATE} is only filled in within the path of ${datedKinds.join(', ')}`)
  }
  if (spec.shape === 'path' && /\{(?!DATE\})/.test(value)) {
    report.warn(path, 'only {DATE} is filled in, in capital letters')
  }
}

/** What a text in a field should have been; null when it is fine. */
export function fieldMistake(name: string, spec: FieldSpec, value: string): string | null {
  if (name === 'account_id' && !/^[0-9a-f]{32}$/.test(value)) return 'an account id of 32 hexadecimal digits'
  if (name === 'endpoint' && !/^[\w.-]+(?::\d+)?$/.test(value)) return 'a host name without https:// and path'
  if (name === 'sse' && value !== 'AES256') return 'AES256'
  if (spec.param !== undefined || spec.type === 'query' || fitsAddress(spec, value)) return null
  if (spec.shape === 'url') return 'an address that starts with https:// and has no ?'
  if (spec.shape === 'path') return 'a path that does not start with a slash'
  if (name === 'host') return 'a host name without https:// and path'
  return 'a name without slashes, spaces or other characters that end a part of an address'
}

function checkNames(report: Report, spec: FieldSpec, value: Fields, path: Path): void {
  for (const name of Object.keys(value)) {
    if (spec.type === 'headers' && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      report.error([...path, name], 'expected the name of an HTTP header')
    }
    if (spec.type === 'params' && name.startsWith('header_')) {
      report.error([...path, name], 'expected a query parameter; headers go under headers')
    }
  }
}

/** Fields that only make sense together. */
function checkTogether(report: Report, kind: DestinationKind, fields: Fields, path: Path): void {
  const has = (name: string) => fields[name] !== undefined
  if (kind !== 's3' && kind !== 'kinesis') return
  for (const [one, other] of [
    ['access_key_id', 'secret_access_key'],
    ['secret_access_key', 'access_key_id'],
  ] as const) {
    if (has(one) && !has(other)) report.error(path, `${one} needs ${other} beside it`)
  }
  if (kind === 'kinesis' && has('external_id') && !has('role_arn')) {
    report.error(path, 'external_id needs role_arn beside it')
  }
  if (kind === 'kinesis' && has('role_arn') === has('access_key_id')) {
    report.error(path, 'expected either role_arn, or access_key_id and secret_access_key')
  }
}
