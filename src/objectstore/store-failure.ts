import { placeTitle, type StorePlace } from '../domain/destination/store-place.ts'
import { ApiFailure, type ApiFailureKind } from '../errors.ts'
import { locationTitle, type ObjectLocation } from '../ports/object-reader.ts'

/*
 * Turns what an object store's client threw into one ApiFailure. Texts from outside never get into
 * the message (an Azure error quotes the address with its signature); what does is an error code of
 * plain letters, the HTTP status, and our own advice.
 */

/** What was asked of a store, as far as a failure must say it. */
export interface StoreTask {
  readonly operation: 'read challenge file' | 'list log files'
  /** E.g. `read s3://quay-logs/a.txt`. */
  readonly action: string
}

export function readTask(location: ObjectLocation): StoreTask {
  return { operation: 'read challenge file', action: `read ${locationTitle(location)}` }
}

export function listTask(place: StorePlace): StoreTask {
  return { operation: 'list log files', action: `list ${placeTitle(place)}` }
}

export interface Thrown {
  /** The client's error name or code, e.g. `AccessDenied`, `BlobNotFound`; empty when there is none. */
  readonly code: string
  readonly status: number | null
  /** For matching only: never shown. */
  readonly message: string
}

/** Reads name, code and status wherever the three clients put them. */
export function inspectThrown(error: unknown): Thrown {
  const systemCode = firstSystemCode(error, 0)
  const name = textAt(error, 'name')
  const code = systemCode ?? textAt(error, 'code') ?? textAt(error, 'Code')
  return {
    code: plainCode(code) ?? plainCode(name === 'Error' ? undefined : name) ?? '',
    status:
      numberAt(error, 'statusCode') ??
      numberAt(error, 'status') ??
      numberAt(at(error, '$metadata'), 'httpStatusCode') ??
      numberAt(at(error, 'response'), 'status') ??
      statusCode(at(error, 'code')),
    message: textAt(error, 'message') ?? '',
  }
}

const timeoutCode =
  /^(ETIMEDOUT|ESOCKETTIMEDOUT|TimeoutError|RequestTimeout|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/

/** Kinds that every store shares: no connection, no answer in time, throttling, a broken store. */
function commonKind(thrown: Thrown): keyof typeof commonAdvice | null {
  if (thrown.code === 'AbortError') return 'aborted'
  if (timeoutCode.test(thrown.code)) return 'timeout'
  // Google's client says it in the text alone.
  if (thrown.code === 'FetchError' && /network timeout/.test(thrown.message)) return 'timeout'
  // A credential file that cannot be read is no trouble of the network.
  if (/^E(NOENT|ACCES|PERM|ISDIR)$/.test(thrown.code)) return null
  if (isSystemCode(thrown.code) || thrown.code === 'REQUEST_SEND_ERROR') return 'network'
  if (thrown.status === 429) return 'rate_limited'
  if (thrown.status !== null && thrown.status >= 500) return 'unavailable'
  return null
}

/** The failure, said in our words: what was read, what went wrong, what to do. */
export function storeFailure(
  kind: ApiFailureKind,
  { operation, action }: StoreTask,
  thrown: Pick<Thrown, 'code' | 'status'>,
  advice: string,
): ApiFailure {
  const facts = [thrown.code, thrown.status === null ? '' : `status ${thrown.status}`].filter((x) => x !== '')
  const detail = facts.length === 0 ? '' : ` (${facts.join(', ')})`
  const phrase =
    kind === 'bad_response' ? unreadable[operation] : (phrases[kind] ?? 'the store refused the request')
  return new ApiFailure(kind, `cannot ${action}: ${phrase}${detail}; ${advice}`, {
    operation,
    status: thrown.status ?? undefined,
    codes: thrown.code === '' ? [] : [thrown.code],
  })
}

/** A sign of a failure that only one store has, the kind it means, and what to do. */
export type FailureSign = readonly [isThere: boolean, kind: ApiFailureKind, advice: string]

/** The failure that all stores share, else that of the first sign; `otherwise` is what to do about all others. */
export function failureOf(
  thrown: Thrown,
  task: StoreTask,
  signs: readonly FailureSign[],
  otherwise: string,
): ApiFailure {
  const common = commonKind(thrown)
  if (common !== null) return storeFailure(common, task, thrown, commonAdvice[common])
  const sign = signs.find(([isThere]) => isThere)
  return storeFailure(sign?.[1] ?? 'invalid_request', task, thrown, sign?.[2] ?? otherwise)
}

const connect = 'check that the address is right and that this machine may connect to it'
const commonAdvice = {
  aborted: 'the run was interrupted',
  rate_limited: 'try again later',
  unavailable: 'try again later',
  network: connect,
  timeout: connect,
} as const satisfies Partial<Record<ApiFailureKind, string>>

const phrases: Readonly<Partial<Record<ApiFailureKind, string>>> = {
  auth: 'no usable credentials',
  forbidden: 'access denied',
  not_found: 'no such bucket or container',
  network: 'no connection',
  timeout: 'no response in time',
  rate_limited: 'the store throttles requests',
  unavailable: 'the store is unavailable',
  aborted: 'canceled',
}

const unreadable: Readonly<Record<StoreTask['operation'], string>> = {
  'read challenge file': 'the object is not a challenge file',
  'list log files': 'the response is not a list of files',
}

function firstSystemCode(error: unknown, depth: number): string | undefined {
  if (depth > 5) return undefined
  const code = textAt(error, 'code')
  if (code !== undefined && isSystemCode(code)) return code
  return firstSystemCode(at(error, 'cause') ?? at(at(error, 'errors'), '0'), depth + 1)
}

/** Codes of the platform: of the system, its resolver, TLS, its parser of HTTP and its fetch. */
function isSystemCode(code: string): boolean {
  return /^E(AI_|[A-Z]{3,})[A-Z_]*$|^(ERR_(TLS|SSL)|HPE|UND_ERR)_|CERT|^UNABLE_TO_/.test(code)
}

function plainCode(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z][A-Za-z0-9_.]{1,59}$/.test(text) ? text : undefined
}

/** Google's client puts the HTTP status into `code`, as a number or as text. */
function statusCode(code: unknown): number | null {
  const value = typeof code === 'string' ? Number(code) : code
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value < 600 ? value : null
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function textAt(value: unknown, key: string): string | undefined {
  const found = at(value, key)
  return typeof found === 'string' ? found : undefined
}

function numberAt(value: unknown, key: string): number | null {
  const found = at(value, key)
  return typeof found === 'number' ? found : null
}
