import type { ArrivalMatch, ArrivalReader, ArrivalRule } from '../domain/arrival/arrival-rule.ts'
import {
  forKeys,
  list,
  mapping,
  type NodeReading,
  type Problems,
  readingOf,
  refuse,
} from '../domain/file-reader.ts'
import type { Positioned } from '../domain/positioned.ts'
import { jobMatchKeys, readMatch, showMatch } from './job-match.ts'
import {
  decimalNumber,
  duration,
  filePath,
  type Kind,
  oneOf,
  readValue,
  someText,
  webAddress,
} from './setting-kinds.ts'

/* The list under `arrival`: for which jobs the destination is read, and how. */

const matchKeys = {
  ...jobMatchKeys,
  destination_type: 'destinationType',
  bucket: 'bucket',
} as const satisfies Record<string, keyof ArrivalMatch>

const readerKinds = ['s3', 'r2', 'gcs', 'azure', 'elastic'] as const
type ReaderKind = (typeof readerKinds)[number]

/** A field of the file alone: no usage text shows what stands for its value. */
const field = (expected: string) => someText(expected, 'TEXT')
const endpoint = field('an address such as https://minio.example:9000')
const s3Fields: Readonly<Record<string, Kind<string>>> = {
  region: field('a region such as us-east-1'),
  endpoint,
  force_path_style: oneOf('true', 'false'),
  profile: field('the name of an AWS profile'),
}
const readerFields: Readonly<Record<ReaderKind, Readonly<Record<string, Kind<string>>>>> = {
  s3: s3Fields,
  r2: s3Fields,
  gcs: { endpoint, credentials_file: filePath },
  azure: { endpoint },
  elastic: {
    url: webAddress,
    index: field('the name or pattern of an index such as logs-cloudflare_logpush.*'),
    time_field: field('the name of a field'),
    query: field("a query in Lucene's syntax"),
    api_key_file: filePath,
  },
}
const requiredFields: Partial<Readonly<Record<ReaderKind, readonly string[]>>> = { elastic: ['url', 'index'] }
/** When a document was taken in, as the integrations of Elastic set it. */
const usualTimeField = 'event.ingested'

const numbers = {
  interval: duration(1_000, 86_400_000),
  tolerance: decimalNumber(0, 1),
  late_window: duration(15 * 60_000, 86_400_000),
} as const satisfies Record<string, Kind<number>>
const numberFallbacks = { interval: 60_000, tolerance: 0.98, late_window: 3_600_000 } as const

export const arrivalExpected = 'a list of mappings with match and read'

export function readArrivalRules(node: Positioned): NodeReading<readonly ArrivalRule[]> {
  const problems: Problems = []
  const rules = list(node, problems, (item) => readRule(item, problems))
  return readingOf(rules, problems)
}

function readRule(item: Positioned, problems: Problems): ArrivalRule | null {
  let match: ArrivalMatch | null = null
  let read: ArrivalReader | null = null
  const given: Record<keyof typeof numbers, number> = { ...numberFallbacks }
  const readers = {
    match: (node: Positioned) => {
      match = readMatch(node, matchKeys, problems)
    },
    read: (node: Positioned) => {
      read = readReader(node, problems)
    },
    ...forKeys(['interval', 'tolerance', 'late_window'], (key, node) => {
      given[key] = readValue(node, numbers[key], problems) ?? given[key]
    }),
  }
  mapping(item, problems, readers, ['match', 'read'])
  const { interval: intervalMs, tolerance, late_window: lateWindowMs } = given
  return match === null || read === null ? null : { match, read, intervalMs, tolerance, lateWindowMs }
}

/** `s3`, or `{ s3: { region: … } }`. */
function readReader(node: Positioned, problems: Problems): ArrivalReader | null {
  const [only, ...others] = node.kind === 'map' ? node.entries : []
  const name = node.kind === 'scalar' ? node.text : only?.key
  const kind = readerKinds.find((known) => known === name)
  if (kind === undefined || others.length > 0)
    return refuse(node, `one of ${readerKinds.join(', ')}, or a mapping with one of them`, problems)
  const fields = new Map<string, string>()
  const kinds = readerFields[kind]
  const readers = forKeys(Object.keys(kinds), (key, value) => {
    const found = kinds[key] === undefined ? null : readValue(value, kinds[key], problems)
    if (found !== null) fields.set(key, found)
  })
  const required = requiredFields[kind] ?? []
  if (only !== undefined) mapping(only.value, problems, readers, required)
  else if (required.length > 0) return refuse(node, `a mapping with ${required.join(' and ')}`, problems)
  return readerOf(kind, fields)
}

function readerOf(kind: ReaderKind, fields: ReadonlyMap<string, string>): ArrivalReader | null {
  if (kind === 'elastic') return elasticReader(fields)
  const [endpoint, region, profile, style, credentialsFile] = [
    'endpoint',
    'region',
    'profile',
    'force_path_style',
    'credentials_file',
  ].map((key) => fields.get(key))
  const address = endpoint === undefined ? {} : { endpoint }
  switch (kind) {
    case 's3':
    case 'r2':
      return {
        kind,
        ...address,
        ...(region === undefined ? {} : { region }),
        ...(profile === undefined ? {} : { profile }),
        ...(style === undefined ? {} : { forcePathStyle: style === 'true' }),
      }
    case 'gcs':
      return { kind, ...address, ...(credentialsFile === undefined ? {} : { credentialsFile }) }
    case 'azure':
      return { kind, ...address }
  }
}

function elasticReader(fields: ReadonlyMap<string, string>): ArrivalReader | null {
  const [url, index] = [fields.get('url'), fields.get('index')]
  // Without them there is a problem already.
  if (url === undefined || index === undefined) return null
  return {
    kind: 'elastic',
    place: {
      store: 'elastic',
      url,
      index,
      timeField: fields.get('time_field') ?? usualTimeField,
      query: fields.get('query') ?? null,
    },
    apiKeyFile: fields.get('api_key_file') ?? null,
  }
}

/** Rules as the file writes them, in one line. */
export function showArrivalRules(rules: readonly ArrivalRule[]): string {
  const texts = rules.map(({ match, read, intervalMs }) => {
    const where = showReader(read)
    const interval = numbers.interval.write(intervalMs)
    return `{match: ${showMatch(match, matchKeys)}, read: {${read.kind}: ${where}}, interval: ${interval}}`
  })
  return texts.join(', ') || 'none'
}

function showReader(read: ArrivalReader): string {
  if (read.kind === 'elastic') return `{url: ${read.place.url}, index: ${read.place.index}}`
  return read.endpoint === undefined ? '{}' : `{endpoint: ${read.endpoint}}`
}
