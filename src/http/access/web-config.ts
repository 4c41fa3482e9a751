import {
  flag,
  forKeys,
  mapping,
  type NodeReading,
  note,
  readingOf,
  readWholeNumber,
  refuse,
  text,
} from '../../domain/file-reader.ts'
import { type FileProblem, type Positioned, quoted } from '../../domain/positioned.ts'
import { Secret } from '../../domain/secret.ts'
import type { RateLimitSettings } from './rate-limit.ts'
import { readTlsConfig, type TlsConfig } from './tls-config.ts'

/*
 * The web config file that Prometheus exporters share (exporter-toolkit). What is in the schema and not
 * offered here is refused, never ignored: each of its settings makes a server more careful.
 */

export interface WebConfig {
  readonly tls: TlsConfig | null
  /** Headers that every answer gets. */
  readonly headers: readonly (readonly [string, string])[]
  /** bcrypt hashes by user name; empty: no authentication. */
  readonly users: ReadonlyMap<string, Secret>
  readonly rateLimit: RateLimitSettings | null
}

/** Reads the whole file, with all its errors. Relative paths are taken from `folder`. */
export function readWebConfig(root: Positioned, folder: string): NodeReading<WebConfig> {
  const problems: FileProblem[] = []
  const given = mapping(root, problems, {
    tls_server_config: (node) => readTlsConfig(node, folder, problems),
    http_server_config: (node) => readHttpConfig(node, problems),
    basic_auth_users: (node) => readUsers(node, problems),
    rate_limit: (node) => readRateLimit(node, problems),
  })
  const config = {
    tls: given.tls_server_config ?? null,
    headers: given.http_server_config ?? [],
    users: given.basic_auth_users ?? new Map(),
    rateLimit: given.rate_limit ?? null,
  }
  return readingOf(config, problems)
}

/** The only headers that may be set, with the values that the schema allows (null: any). */
const headerValues: Readonly<Record<string, readonly string[] | null>> = {
  'Content-Security-Policy': null,
  'X-Frame-Options': ['deny', 'sameorigin'],
  'X-Content-Type-Options': ['nosniff'],
  'X-XSS-Protection': null,
  'Strict-Transport-Security': null,
}

function readHttpConfig(node: Positioned, problems: FileProblem[]): WebConfig['headers'] {
  const { headers } = mapping(node, problems, {
    http2: (value) => {
      if (flag(value, problems) === true)
        note(problems, value, 'http2: HTTP/2 is not supported; remove it or set it to false')
    },
    headers: (value) => readHeaders(value, problems),
  })
  return headers ?? []
}

function readHeaders(node: Positioned, problems: FileProblem[]): WebConfig['headers'] {
  const headers: [string, string][] = []
  const readers = forKeys(Object.keys(headerValues), (name, value) => {
    const allowed = headerValues[name] ?? null
    const content = text(value, problems)
    if (content === null || content === '') return
    if (/[^\t\x20-\x7e]/.test(content)) note(problems, value, `${name}: expected visible ASCII characters`)
    else if (allowed !== null && !allowed.includes(content.toLowerCase()))
      note(problems, value, `${name}: expected ${allowed.join(' or ')}, found ${quoted(content)}`)
    else headers.push([name, content])
  })
  mapping(node, problems, readers)
  return headers
}

/** Above this a single sign-in takes many seconds of this process's only thread. */
const maxCost = 16

function readUsers(node: Positioned, problems: FileProblem[]): WebConfig['users'] {
  const users = new Map<string, Secret>()
  if (node.kind !== 'map') {
    refuse(node, 'a mapping of user names to bcrypt hashes', problems)
    return users
  }
  for (const { key, keyAt, value } of node.entries) {
    const hash = value.kind === 'scalar' ? value.text : ''
    const cost = Number(/^\$2[aby]?\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash)?.[1] ?? 0)
    if (key === '' || key.includes(':')) {
      note(problems, { at: keyAt }, 'expected a user name without a colon')
    } else if (cost < 4) {
      note(problems, value, `${quoted(key)}: expected a bcrypt hash, as made by htpasswd -nBC 10`)
    } else if (cost > maxCost) {
      note(problems, value, `${quoted(key)}: expected a bcrypt cost of at most ${maxCost}, found ${cost}`)
    } else users.set(key, new Secret(hash))
  }
  return users
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

function readRateLimit(node: Positioned, problems: FileProblem[]): RateLimitSettings | null {
  const { interval: intervalMs = 0, burst = 0 } = mapping(node, problems, {
    interval: (value) => readInterval(value, problems),
    burst: (value) => readWholeNumber(value, problems),
  })
  if (intervalMs === 0 || burst === null) return null
  if (burst < 1) {
    note(problems, node, 'rate_limit: expected a burst of at least 1; 0 would reject every request')
  }
  return { intervalMs, burst }
}

/** In milliseconds; 0 turns the limit off, and so does what cannot be read. */
function readInterval(node: Positioned, problems: FileProblem[]): number {
  const content = text(node, problems)
  const match = /^(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)$/.exec(content ?? '')
  if (match !== null) return Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0)
  if (content !== null && content !== '0')
    note(problems, node, `interval: expected a duration such as 1s or 100ms, found ${quoted(content)}`)
  return 0
}
