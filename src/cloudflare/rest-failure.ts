/* What Cloudflare's REST API says when it refuses: HTTP status and envelope codes → a verdict. */
import type { Secret } from '../domain/secret.ts'
import type { ApiFailureKind } from '../errors.ts'
import { redact } from './redact.ts'
import { bracket, type ErrorItem, type Verdict } from './verdict.ts'

/** Permission group that the call needs, and secrets that must not come back in a message. */
export interface RefusalContext {
  readonly grant: string | null
  readonly secrets: readonly Secret[]
}

/**
 * Codes that say more than the status. 10000 stands for a bad token (401) and for a missing permission (403);
 * 9109 for a bad token and, by its text, for a resource out of reach.
 */
const kindByCode: ReadonlyMap<number | string, ApiFailureKind> = new Map([
  [6003, 'auth'],
  [6103, 'auth'],
  [6111, 'auth'],
  [9106, 'auth'],
  [9107, 'auth'],
  [971, 'rate_limited'],
  [10429, 'rate_limited'],
  [1004, 'forbidden'],
  [1002, 'invalid_request'],
  [7003, 'not_found'],
])

/** 1004 means a missing permission, a missing entitlement or a full quota: only the text tells. */
const quotaText = /exceed|quota|\bmax(imum)?\b|limit|\bplan\b|entitle|subscri|\bfields?\b/i

/** What lists of jobs are refused with where some are of Zero Trust and the token lacks the permission for these. */
const zeroTrustText = /\breading job for product\b/i
const zeroTrustGrant = 'Zero Trust: PII Read'

/** Judges an answer in JSON that is no success. `status` may be 200: the envelope said `success: false`. */
export function judgeRest(status: number, errors: readonly ErrorItem[], context: RefusalContext): Verdict {
  const codes = errors.flatMap((error) => error.codes)
  const said = errors.map((error) => error.message).join('; ')
  const kind = kindOf(status, codes, said)
  const told = bracket(status, codes, redact(said, context.secrets))
  switch (kind) {
    case 'auth':
      if (saysNoLogpush(codes, context)) return { kind, codes, reason: noLogpush(told, context) }
      return {
        kind,
        codes,
        reason: `Cloudflare refused the API token${told}; check that it is complete, not expired and not revoked`,
      }
    case 'forbidden':
      if (zeroTrustText.test(said)) {
        const reason = `the API token may not do this${told}${toGrant(zeroTrustGrant)}, beside Logs Write`
        return { kind, codes: [...codes, 'zero_trust'], reason }
      }
      return quotaText.test(said)
        ? { kind, codes: [...codes, 'quota'], reason: `the plan or a quota does not allow this${told}` }
        : {
            kind,
            codes,
            reason: saysNoLogpush(codes, context)
              ? noLogpush(told, context)
              : `the API token may not do this${told}${toGrant(context.grant)}`,
          }
    default:
      return { kind, codes, reason: `${plainReasons[kind] ?? 'Cloudflare refused the request'}${told}` }
  }
}

const plainReasons: Readonly<Partial<Record<ApiFailureKind, string>>> = {
  rate_limited: 'the API rate limit is exhausted',
  not_found: 'not found at Cloudflare',
  timeout: 'Cloudflare timed out',
  unavailable: "Cloudflare's API is failing",
  bad_response: 'the response reports failure but no error',
}

/** Logpush answers a good token without the permission, or on a plan without Logpush, as others do a bad token. */
function saysNoLogpush(codes: readonly (number | string)[], { grant }: RefusalContext): boolean {
  return codes.includes(10000) && grant === 'Logs Write'
}

function noLogpush(told: string, { grant }: RefusalContext): string {
  return `the API token may not do this here (it needs "${grant}"), or the plan has no Logpush${told}`
}

/** What to grant, as the end of a message. */
export function toGrant(grant: string | null): string {
  return grant === null ? '' : `; it needs the permission "${grant}" here`
}

/** Judges an answer that is not JSON: somebody in between spoke. Only the media type of it is shown. */
export function judgeForeign(status: number, mediaType: string): Verdict {
  const type = mediaType === '' ? 'no content type' : mediaType
  if (status === 429)
    return { kind: 'rate_limited', reason: `the API rate limit is exhausted (429, ${type})` }
  if (status >= 500)
    return { kind: 'unavailable', reason: `Cloudflare's API is failing (${status}, ${type})` }
  const advice = 'check for a proxy in between, and check the base URL'
  return {
    kind: 'bad_response',
    reason: isRedirect(status)
      ? `the response is a redirect (${status}), which is not followed; ${advice}`
      : `the response has ${type} instead of JSON (${status}); ${advice}`,
  }
}

export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

function kindOf(status: number, codes: readonly (number | string)[], said: string): ApiFailureKind {
  // Codes are each product's own, and some mean trouble inside: the plainest statuses outrank them.
  if (status === 429 || status >= 500) return kindByStatus(status)
  if (/unable to authenticate|invalid (api|access) token/i.test(said)) return 'auth'
  if (codes.includes(9109)) return /unauthori[sz]ed to access/i.test(said) ? 'forbidden' : 'auth'
  const known = codes.map((code) => kindByCode.get(code)).find((kind) => kind !== undefined)
  if (known !== undefined) return known
  if (codes.includes(10000)) return status === 403 ? 'forbidden' : 'auth'
  if (status >= 400) return kindByStatus(status)
  return status < 300 && (codes.length > 0 || said !== '') ? 'invalid_request' : 'bad_response'
}

/** What a 4xx or 5xx means when nothing more is known. */
export function kindByStatus(status: number): ApiFailureKind {
  if (status === 429) return 'rate_limited'
  if (status >= 500) return 'unavailable'
  if (status === 401) return 'auth'
  if (status === 403) return 'forbidden'
  if (status === 404 || status === 410) return 'not_found'
  if (status === 408) return 'timeout'
  if (status === 409) return 'conflict'
  return 'invalid_request'
}
