import type { ArrivalMatch, ArrivalReader, ArrivalRule } from '../domain/arrival/arrival-rule.ts'
import { describe, type Entry, type FileProblem, type Positioned, unknownKey } from '../domain/positioned.ts'
import { readMatch, showMatch } from './job-match.ts'
import { expectation, type NodeReading } from './setting.ts'
import { decimalNumber, duration, filePath, type Kind, oneOf, someText } from './setting-kinds.ts'

/* The list under `arrival`: for which jobs the destination is read, and how. */

const matchKeys = {
  job_id: 'jobId',
  job_name: 'jobName',
  dataset: 'dataset',
  zone: 'zone',
  account: 'account',
  destination_type: 'destinationType',
  bucket: 'bucket',
} as const satisfies Record<string, keyof ArrivalMatch>

const readerKinds = ['s3', 'r2', 'gcs', 'azure'] as const
type ReaderKind = (typeof readerKinds)[number]

const endpoint = someText('an address such as https://minio.example:9000', 'URL')
const s3Fields: Readonly<Record<string, Kind<string>>> = {
  region: someText('a region such as us-east-1', 'REGION'),
  endpoint,
  force_path_style: oneOf('true', 'false'),
  profile: someText('the name of an AWS profile', 'NAME'),
}
const readerFields: Readonly<Record<ReaderKind, Readonly<Record<string, Kind<string>>>>> = {
  s3: s3Fields,
  r2: s3Fields,
  gcs: { endpoint, credentials_file: filePath },
  azure: { endpoint },
}

const numbers = {
  interval: duration(1_000, 86_400_000),
  tolerance: decimalNumber(0, 1),
  late_window: duration(15 * 60_000, 86_400_000),
} as const satisfies Record<string, Kind<number>>
const numberFallbacks = { interval: 60_000, tolerance: 0.98, late_window: 3_600_000 } as const

const ruleKeys = ['match', 'read', ...Object.keys(numbers)]

export const arrivalExpected = 'a list of mappings with match and read'

/** Reads the list, with all its errors. */
export function readArrivalRules(node: Positioned): NodeReading<readonly ArrivalRule[]> {
  const problems: FileProblem[] = []
  if (node.kind !== 'list') problems.push({ at: node.at, message: expectation('a list', describe(node)) })
  const rules = node.kind === 'list' ? node.items.map((item) => readRule(item, problems)) : []
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: rules.filter((rule) => rule !== null) }
}

function readRule(item: Positioned, problems: FileProblem[]): ArrivalRule | null {
  if (item.kind !== 'map') {
    problems.push({ at: item.at, message: expectation('a mapping with match and read', describe(item)) })
    return null
  }
  const entries = new Map(item.entries.map((entry) => [entry.key, entry]))
  for (const { key, keyAt } of item.entries)
    if (!ruleKeys.includes(key)) problems.push({ at: keyAt, message: unknownKey(key, ruleKeys) })
  const [matchNode, readNode] = ['match', 'read'].map((key) => {
    const entry = entries.get(key)
    if (entry === undefined) problems.push({ at: item.at, message: `"${key}" is missing` })
    return entry?.value
  })
  const match = matchNode === undefined ? null : readMatch(matchNode, matchKeys, problems)
  const read = readNode === undefined ? null : readReader(readNode, problems)
  const number = (key: keyof typeof numbers): number =>
    scalarOf(entries.get(key), numbers[key], problems) ?? numberFallbacks[key]
  const [intervalMs, tolerance, lateWindowMs] = [
    number('interval'),
    number('tolerance'),
    number('late_window'),
  ]
  return match === null || read === null ? null : { match, read, intervalMs, tolerance, lateWindowMs }
}

/** `s3`, or `{ s3: { region: … } }`. */
function readReader(node: Positioned, problems: FileProblem[]): ArrivalReader | null {
  const expected = `one of ${readerKinds.join(', ')}, or a mapping with one of them`
  const [only, ...others] = node.kind === 'map' ? node.entries : []
  const name = node.kind === 'scalar' ? node.text : only?.key
  const kind = readerKinds.find((known) => known === name)
  if (kind === undefined || others.length > 0) {
    problems.push({ at: node.at, message: expectation(expected, describe(node)) })
    return null
  }
  return readerOf(kind, only === undefined ? new Map() : readFields(kind, only.value, problems))
}

function readFields(
  kind: ReaderKind,
  node: Positioned,
  problems: FileProblem[],
): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  const kinds = readerFields[kind]
  if (node.kind === 'scalar' && node.type === 'nothing') return fields
  if (node.kind !== 'map') {
    problems.push({ at: node.at, message: expectation('a mapping', describe(node)) })
    return fields
  }
  for (const entry of node.entries) {
    const field = kinds[entry.key]
    if (field === undefined) {
      problems.push({ at: entry.keyAt, message: unknownKey(entry.key, Object.keys(kinds)) })
      continue
    }
    const value = scalarOf(entry, field, problems)
    if (value !== null) fields.set(entry.key, value)
  }
  return fields
}

function readerOf(kind: ReaderKind, fields: ReadonlyMap<string, string>): ArrivalReader {
  const given = <K extends string>(property: K, key: string): { readonly [P in K]?: string } => {
    const value = fields.get(key)
    const made: { [P in K]?: string } = {}
    if (value !== undefined) made[property] = value
    return made
  }
  const address = given('endpoint', 'endpoint')
  switch (kind) {
    case 's3':
    case 'r2': {
      const style = fields.get('force_path_style')
      return {
        kind,
        ...address,
        ...given('region', 'region'),
        ...given('profile', 'profile'),
        ...(style === undefined ? {} : { forcePathStyle: style === 'true' }),
      }
    }
    case 'gcs':
      return { kind, ...address, ...given('credentialsFile', 'credentials_file') }
    case 'azure':
      return { kind, ...address }
  }
}

function scalarOf<T>(entry: Entry | undefined, kind: Kind<T>, problems: FileProblem[]): T | null {
  if (entry === undefined) return null
  const { value } = entry
  const reading = value.kind === 'scalar' && value.type !== 'nothing' ? kind.read(value.text) : null
  if (reading?.ok === true) return reading.value
  problems.push({ at: value.at, message: expectation(kind.expected, describe(value), reading?.hint) })
  return null
}

/** Rules as the file writes them, in one line. */
export function showArrivalRules(rules: readonly ArrivalRule[]): string {
  const texts = rules.map(({ match, read, intervalMs }) => {
    const where = 'endpoint' in read && read.endpoint !== undefined ? `{endpoint: ${read.endpoint}}` : '{}'
    const interval = numbers.interval.write(intervalMs)
    return `{match: ${showMatch(match, matchKeys)}, read: {${read.kind}: ${where}}, interval: ${interval}}`
  })
  return texts.join(', ') || 'none'
}
