import type { AllowedQuery, ApiFailureKind } from '../errors.ts'

/** What a failure is, before it becomes an ApiFailure: the operation is added once, in api-failure.ts. */
export interface Verdict {
  readonly kind: ApiFailureKind
  /** What happened and what to do about it; no text from outside stands in it unredacted. */
  readonly reason: string
  readonly codes?: readonly (number | string)[]
  /** Only where the answer's text says it; the header is read elsewhere. */
  readonly retryAfterMs?: number
  /** Asking again would bring the same answer. */
  readonly settled?: boolean
  readonly allowed?: AllowedQuery
}

/** An error as Cloudflare's envelope or GraphQL's `errors` carries it, every field optional. */
export interface ErrorItem {
  readonly codes: readonly (number | string)[]
  readonly message: string
}

/** ` (403, code 1004: text)` for the end of a message, or nothing. `text` must be redacted already. */
export function bracket(status: number | null, codes: readonly (number | string)[], text: string): string {
  const code = codes.length === 0 ? '' : `code ${codes.slice(0, 3).join(', ')}`
  const head = [status === null ? '' : String(status), code].filter((part) => part !== '').join(', ')
  const all = [head, text].filter((part) => part !== '').join(': ')
  return all === '' ? '' : ` (${all})`
}
