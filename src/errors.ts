/**
 * The three families of failure. Everything thrown on purpose in this program is one of them:
 * the user asked for something impossible, the outside failed, or we have a bug.
 */

/** Process exit codes; scripts rely on them, so a value is never reused for something else. */
export const exitCode = {
  done: 0,
  failure: 1,
  planHasChanges: 2,
  guardObjected: 3,
  usage: 64,
  manifest: 65,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** A user error. The message says what, where, and what to do next; no stack is printed. */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly exitCode: ExitCode
  constructor(message: string, code: ExitCode = exitCode.usage, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = code
  }
}

/**
 * What can go wrong with a call to the outside, as one closed list:
 * - `auth`: the token is bad, expired or malformed
 * - `forbidden`: the token is good but may not do this (permission, entitlement or quota)
 * - `not_found`, `conflict`, `invalid_request`: the API refused what was asked
 * - `rate_limited`: a budget is used up; `retryAfterMs` says how long to wait when known
 * - `network`: no connection (DNS, refused, reset, TLS)
 * - `timeout`: no complete answer in time
 * - `unavailable`: the API said it is broken (5xx)
 * - `bad_response`: an answer that cannot be read (HTML, cut JSON, wrong shape)
 * - `partial`: an answer that holds only part of what was asked
 * - `aborted`: we gave up ourselves (shutdown)
 */
export type ApiFailureKind =
  | 'auth'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'invalid_request'
  | 'rate_limited'
  | 'network'
  | 'timeout'
  | 'unavailable'
  | 'bad_response'
  | 'partial'
  | 'aborted'

export interface ApiFailureDetails {
  /** What was being done, e.g. `list jobs`. A fixed text, never data. */
  readonly operation: string
  /** HTTP status, when there was an answer. */
  readonly status?: number | undefined
  /** Cloudflare's error codes, e.g. `[1004]`, or GraphQL `extensions.code`. */
  readonly codes?: readonly (number | string)[] | undefined
  /** How long the API asked us to wait, uncapped, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** The same question would get the same answer, whatever the kind says. */
  readonly settled?: boolean | undefined
  /** What a refused query may ask instead, as far as the API named it. */
  readonly allowed?: AllowedQuery | undefined
  readonly cause?: unknown
}

/** Limits of a health query; those that are not known are not there. */
export interface AllowedQuery {
  readonly maxDurationSeconds?: number
  readonly notOlderThanSeconds?: number
  readonly maxPageSize?: number
  /** No field that counting does without: there were too many, or one that may not be read. */
  readonly neededFieldsOnly?: true
  /** Fewer accounts or zones at once. */
  readonly fewerScopes?: true
}

/** The outside failed. The message is already free of secrets: whoever translates a failure scrubs it. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly kind: ApiFailureKind
  readonly operation: string
  readonly status: number | undefined
  readonly codes: readonly (number | string)[]
  readonly retryAfterMs: number | undefined
  readonly settled: boolean
  readonly allowed: AllowedQuery
  constructor(kind: ApiFailureKind, message: string, details: ApiFailureDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = kind
    this.operation = details.operation
    this.status = details.status
    this.codes = details.codes ?? []
    this.retryAfterMs = details.retryAfterMs
    this.settled = details.settled ?? false
    this.allowed = details.allowed ?? {}
  }
}

/** Whether the same read may succeed if it is simply sent again soon. Writes ask their own question. */
export function isTransient(kind: ApiFailureKind): boolean {
  switch (kind) {
    case 'network':
    case 'timeout':
    case 'unavailable':
    case 'bad_response':
    case 'partial':
      return true
    case 'rate_limited':
    case 'auth':
    case 'forbidden':
    case 'not_found':
    case 'conflict':
    case 'invalid_request':
    case 'aborted':
      return false
    default:
      return unreachable(kind)
  }
}

/** Our bug. Printed with its stack and a request to report it. */
export class InternalError extends Error {
  override readonly name = 'InternalError'
}

/** The code of an error of Node or of a package, e.g. `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Why a file operation failed, in words, e.g. `no such file`. */
export function fileReason(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'no such file'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a directory'
    case 'ENOTDIR':
      return 'a part of the path is not a directory'
    default:
      return error instanceof Error ? error.message : 'unknown reason'
  }
}

/** The end of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new InternalError(`unexpected value ${JSON.stringify(value)}`)
}
