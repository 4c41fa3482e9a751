import { scrub } from '../domain/error-text.ts'
import { Secret } from '../domain/secret.ts'
import { ApiFailure, codeOf, InternalError, UserError } from '../errors.ts'

/*
 * What of a log line's fields is fit to be written. Secrets never should get here, being wrapped where they
 * are read; this is the second line of defence: fields named like secrets are masked at any depth, errors
 * lose everything but what our own code wrote into them.
 */

/** Ends of field names, in lower case without dashes and underscores, whose value is never written. */
const secretEndings = [
  'token',
  'secret',
  'password',
  'passwd',
  'authorization',
  'cookie',
  'credential',
  'credentials',
  'destinationconf',
  'ownershipchallenge',
  'cfwebhookauth',
  'apikey',
  'accesskey',
  'accesskeyid',
  'privatekey',
  'routingkey',
  'signature',
]

const maxDepth = 6
const maxEntries = 100

/** A copy of the fields without secrets, of bounded depth and length. */
export function safeFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, safeField(key, value, 0)]))
}

function safeField(key: string, value: unknown, depth: number): unknown {
  return isSecretName(key) && value !== null && typeof value !== 'boolean' && value !== undefined
    ? '***'
    : safeValue(value, depth)
}

function isSecretName(key: string): boolean {
  const plain = key.toLowerCase().replace(/[-_]/g, '')
  return secretEndings.some((ending) => plain.endsWith(ending))
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return safeText(value)
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value
  if (value instanceof Error) return safeError(value)
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (depth >= maxDepth) return '…'
  if (Array.isArray(value)) return value.slice(0, maxEntries).map((item) => safeValue(item, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  // Of an object of a foreign class (a request, a client) nobody knows what it holds.
  if (prototype !== Object.prototype && prototype !== null) return `[${value.constructor.name}]`
  const entries = Object.entries(value).slice(0, maxEntries)
  return Object.fromEntries(entries.map(([key, item]) => [key, safeField(key, item, depth + 1)]))
}

/** A text without bearer tokens and without values of parameters named like secrets. Linear in its length. */
export function safeText(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 ***')
    .replace(/([?&])([^=&\s]{1,200})=[^&\s"']+/g, (all, mark: string, name: string) =>
      secretParameter.test(name) ? `${mark}${name}=***` : all,
    )
    .replace(/(:\/\/)[^/\s@]+@/g, '$1***@')
}

const secretParameter = /token|secret|key|password|signature|sig|authorization/i

/** An error as the log shows it. Messages of our own errors are clean by contract; others are scrubbed. */
export function safeError(error: Error): Record<string, unknown> {
  if (error instanceof ApiFailure) {
    const { name: type, kind, operation, status, codes, retryAfterMs, message } = error
    return { type, kind, operation, status, codes, retryAfterMs, message, cause: briefCause(error) }
  }
  if (error instanceof UserError) return { type: error.name, message: error.message }
  const own = error instanceof InternalError || 'syscall' in error
  const message = own ? safeText(error.message) : scrub(error.message)
  return { type: error.name, code: codeOf(error), message, stack: frames(error), cause: briefCause(error) }
}

/** Of a cause only its kind is told: clients put whole requests into their messages. */
function briefCause(error: Error): string | undefined {
  const { cause } = error
  if (!(cause instanceof Error)) return undefined
  const code = codeOf(cause)
  return code === undefined ? cause.name : `${cause.name} ${code}`
}

/** The stack without the message that it repeats. */
function frames(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => line.trim())
    .join('\n')
}
