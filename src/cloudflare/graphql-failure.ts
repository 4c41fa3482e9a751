/*
 * What Cloudflare's GraphQL API says in `errors`, whatever the HTTP status: 200 is common. The texts are those
 * of its documentation ("Error responses", as of August 2026) and those seen in use. Texts go first, since the code
 * `quota` comes with refusals that are a plan's and never pass, and pausing for them would slow every other scope.
 */
import type { ApiFailureKind } from '../errors.ts'
import { allowedQuery } from './query-limits.ts'
import { redact } from './redact.ts'
import { judgeRest, kindByStatus, type RefusalContext, toGrant } from './rest-failure.ts'
import { bracket, type ErrorItem, type Verdict } from './verdict.ts'

const kindByCode: ReadonlyMap<string | number, ApiFailureKind> = new Map([
  ['budget', 'rate_limited'],
  ['quota', 'invalid_request'],
  ['authz', 'forbidden'],
  ['authn', 'auth'],
])

/** Something is not on the account's or zone's plan: no permission helps. */
const planText = /does not have access to the (path|field)|not available for your plan|upgrade to/i

/** What says more than a code. */
const kindByClearText: readonly (readonly [RegExp, ApiFailureKind])[] = [
  [
    /older than|wider than|range is too large|number of fields|limit must be|too many nodes, zones and accounts/i,
    'invalid_request',
  ],
  [planText, 'forbidden'],
  [
    /budget depleted|quota exceeded|excessive resources|rate limit|limit reached|too many requests/i,
    'rate_limited',
  ],
]

const kindByText: readonly (readonly [RegExp, ApiFailureKind])[] = [
  [/unknown (field|arg)|error parsing|cannot query field|syntax error/i, 'invalid_request'],
  [/not authorized|does not have access|no access|permission/i, 'forbidden'],
  [/unauthori[sz]ed|authenticat|invalid.*token/i, 'auth'],
  [/unable to execute|too many queries in progress|internal|unavailable|time(d )?out/i, 'unavailable'],
]

/** Longer texts are judged by their beginning. */
const maxTextLength = 2000

/** The most pressing first, when an answer carries several. */
const severity: readonly ApiFailureKind[] = [
  'auth',
  'rate_limited',
  'forbidden',
  'invalid_request',
  'unavailable',
  'partial',
]

/** `hasData`: the answer holds some data as well, so that an error of no known class is a part missing. */
export function judgeGraphql(
  status: number,
  errors: readonly ErrorItem[],
  hasData: boolean,
  context: RefusalContext,
): Verdict {
  // A gateway before GraphQL answers in the REST envelope, with numbers for codes.
  const fromGateway = errors.length === 0 || errors.some(({ codes }) => typeof codes[0] === 'number')
  if (status !== 200 && fromGateway) return judgeRest(status, errors, context)
  const judged = errors.map((error) => ({ error, kind: kindOf(error, status, hasData) }))
  const worst =
    severity.find((kind) => judged.some((one) => one.kind === kind)) ?? judged[0]?.kind ?? 'unavailable'
  const telling = judged.filter((one) => one.kind === worst).map((one) => one.error)
  const said = telling.map((error) => error.message).join('; ')
  const codes = [...new Set(telling.flatMap((error) => error.codes))]
  const told = bracket(status === 200 ? null : status, codes, redact(said, context.secrets))
  switch (worst) {
    case 'rate_limited': {
      const minutes = /try again after (\d+) minutes?/i.exec(said)?.[1]
      return {
        kind: worst,
        codes,
        reason: `the GraphQL rate limit is exhausted${told}`,
        ...(minutes === undefined ? {} : { retryAfterMs: Number(minutes) * 60_000 }),
      }
    }
    case 'forbidden': {
      const ids = scopeIds(said)
      const allowed = allowedQuery(said)
      if (planText.test(said)) {
        const reason = `the plan does not include this health data${told}`
        return { kind: worst, codes: [...codes, 'plan', ...ids], reason, allowed }
      }
      const where = ids.length === 0 ? '' : ` for ${ids.join(', ')}`
      return {
        kind: worst,
        codes: [...codes, ...ids],
        reason: `the API token may not read health data${where}${told}${toGrant(context.grant)}`,
      }
    }
    case 'auth':
      return { kind: worst, codes, reason: `Cloudflare refused the API token${told}` }
    case 'invalid_request':
      return {
        kind: worst,
        codes: [...codes, ...scopeIds(said)],
        reason: `Cloudflare refused the query${told}`,
        allowed: allowedQuery(said),
      }
    case 'partial':
      return { kind: worst, codes, reason: `part of the response is missing${told}` }
    default:
      return { kind: worst, codes, reason: `the GraphQL API is failing${told}` }
  }
}

function kindOf(error: ErrorItem, status: number, hasData: boolean): ApiFailureKind {
  if (status === 429) return 'rate_limited'
  const text = error.message.slice(0, maxTextLength)
  const clear = kindByClearText.find(([pattern]) => pattern.test(text))?.[1]
  if (clear !== undefined) return clear
  const byCode = error.codes.map((code) => kindByCode.get(code)).find((kind) => kind !== undefined)
  if (byCode !== undefined) return byCode
  const byText = kindByText.find(([pattern]) => pattern.test(text))?.[1]
  if (byText !== undefined) return byText
  if (status >= 400) return kindByStatus(status)
  return hasData ? 'partial' : 'unavailable'
}

/** Account and zone ids that a text names. */
function scopeIds(text: string): readonly string[] {
  return [...new Set(text.match(/\b[0-9a-f]{32}\b/g) ?? [])]
}
