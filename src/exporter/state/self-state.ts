/* The exporter's own figures: what it asked of the APIs, and how its polls went. */
import type { EpochMs } from '../../domain/time.ts'
import type { ApiFailureKind } from '../../errors.ts'
import type { ApiExchange } from '../../ports/cloudflare.ts'
import type { Unreadable } from '../../ports/listing.ts'

/** Upper bounds of the request duration histogram, in seconds. */
export const durationBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const

export interface RequestStats {
  readonly api: ApiExchange['api']
  readonly operation: string
  readonly code: string
  count: number
  sumSeconds: number
  /** Per bound of `durationBuckets`, how many took no longer. */
  readonly buckets: number[]
}

export interface PollerStats {
  readonly poller: string
  polls: number
  readonly failures: Map<ApiFailureKind, number>
  durationSeconds: number | null
  /** From the start of the last cycle but one to the start of the last. */
  intervalSeconds: number | null
  lastSuccess: EpochMs | null
}

export interface PollResult {
  /** False when the cycle as a whole failed; a scope's failure does not make it so. */
  readonly ok: boolean
  readonly durationMs: number
  /** From the start of the cycle before; null for the first. */
  readonly intervalMs: number | null
  readonly at: EpochMs
}

/** An entry of a filter that matches no account or zone that the API token sees. */
export interface UnmatchedSelector {
  readonly setting: 'accounts' | 'zones' | 'exclude_zones'
  readonly entry: string
  /** The visible name it was most likely meant to be; null when none is near. */
  readonly near: string | null
}

/** Kinds of objects that are listed, and rows of health data. */
export type UnreadableKind =
  | 'job'
  | 'zone'
  | 'account'
  | 'policy'
  | 'webhook'
  | 'notification'
  | 'audit_entry'
  | 'row'

/** What lists of a kind had that could not be read, or not in full. */
export interface UnreadableObjects {
  readonly kind: UnreadableKind
  readonly found: readonly Unreadable[]
  /** Those that the log has named. */
  readonly told?: ReadonlySet<string>
  /** How many lists in a row had none. */
  readonly whole?: number
}

export interface SelfState {
  readonly requests: ReadonlyMap<string, RequestStats>
  readonly pollers: ReadonlyMap<string, PollerStats>
  readonly windowsSplit: number
  /** Null until the token has been verified. */
  readonly token: { readonly active: boolean; readonly expiresOn: EpochMs | null } | null
  readonly reload: { readonly successful: boolean; readonly at: EpochMs } | null
  /** Null until accounts or zones have been listed. */
  readonly unmatched: readonly UnmatchedSelector[] | null
  /** By list: what it had that could not be read. */
  readonly unreadable: ReadonlyMap<string, UnreadableObjects>
  exchanged(exchange: ApiExchange): void
  polled(poller: string, result: PollResult): void
  /** One failure inside a poll: of a scope, or of the poll as a whole. */
  pollFailed(poller: string, kind: ApiFailureKind): void
  windowSplit(): void
  tokenVerified(active: boolean, expiresOn: EpochMs | null): void
  reloaded(successful: boolean, at: EpochMs): void
  selectorsUnmatched(found: readonly UnmatchedSelector[]): void
  listRead(list: string, objects: UnreadableObjects): void
  listForgotten(list: string): void
}

export function createSelfState(pollers: readonly string[]): SelfState {
  const requests = new Map<string, RequestStats>()
  const unreadable = new Map<string, UnreadableObjects>()
  const stats = new Map(pollers.map((poller) => [poller, newPoller(poller)]))
  const poller = (name: string): PollerStats => {
    const known = stats.get(name) ?? newPoller(name)
    stats.set(name, known)
    return known
  }
  const self: { -readonly [Name in keyof SelfState]: SelfState[Name] } = {
    requests,
    unreadable,
    pollers: stats,
    windowsSplit: 0,
    token: null,
    reload: null,
    unmatched: null,
    exchanged(exchange) {
      const key = `${exchange.api}|${exchange.operation}|${exchange.code}`
      const known = requests.get(key) ?? newRequests(exchange)
      requests.set(key, known)
      const seconds = exchange.durationMs / 1000
      known.count += 1
      known.sumSeconds += seconds
      durationBuckets.forEach((bound, index) => {
        if (seconds <= bound) known.buckets[index] = (known.buckets[index] ?? 0) + 1
      })
    },
    polled(name, { ok, durationMs, intervalMs, at }) {
      const own = poller(name)
      own.polls += 1
      own.durationSeconds = durationMs / 1000
      own.intervalSeconds = intervalMs === null ? own.intervalSeconds : intervalMs / 1000
      if (ok) own.lastSuccess = at
    },
    pollFailed(name, kind) {
      const { failures } = poller(name)
      failures.set(kind, (failures.get(kind) ?? 0) + 1)
    },
    windowSplit() {
      self.windowsSplit += 1
    },
    tokenVerified(active, expiresOn) {
      self.token = { active, expiresOn }
    },
    reloaded(successful, at) {
      self.reload = { successful, at }
    },
    selectorsUnmatched(found) {
      self.unmatched = found
    },
    listRead(list, objects) {
      unreadable.set(list, objects)
    },
    listForgotten(list) {
      unreadable.delete(list)
    },
  }
  return self
}

function newPoller(poller: string): PollerStats {
  return {
    poller,
    polls: 0,
    failures: new Map(),
    durationSeconds: null,
    intervalSeconds: null,
    lastSuccess: null,
  }
}

function newRequests({ api, operation, code }: ApiExchange): RequestStats {
  return { api, operation, code, count: 0, sumSeconds: 0, buckets: durationBuckets.map(() => 0) }
}
