/*
 * Why a push failed, as a small closed set fit for a label. The status that upload health has decides where its
 * meaning is known; else the error's text does, without what it quotes of the destination: the name of a parameter
 * such as `header_Authorization` says nothing of the failure.
 */
import { scrub } from '../error-text.ts'
import type { FailureReason } from './job.ts'

/** Statuses that can only mean one thing. Of Cloudflare's own (1101 to 1108, 1201) only 1105 is documented. */
const clearStatuses: ReadonlyMap<number, FailureReason> = new Map([
  [401, 'auth'],
  [403, 'auth'],
  [404, 'not_found'],
  [407, 'auth'],
  [408, 'timeout'],
  [410, 'not_found'],
  [429, 'throttled'],
  [504, 'timeout'],
  [1105, 'dns'],
])

/** The class of a status alone; null where it says nothing, as 200 and most of Cloudflare's own do. */
function statusReason(status: number): FailureReason | null {
  const clear = clearStatuses.get(status)
  if (clear !== undefined) return clear
  if (status >= 500 && status <= 599) return 'server_error'
  return status >= 400 && status <= 499 ? 'rejected' : null
}

/**
 * Whether the text may know better than the status: stores answer 400 to an expired token and 503 to whom they
 * throttle.
 */
function isVague(status: number): boolean {
  return status === 400 || status === 503
}

/** The class of an error, given the status of the same failure in upload health; null where there is none. */
export function reasonOfFailure(said: FailureReason, status: number | null): FailureReason {
  const known = status === null ? null : statusReason(status)
  if (known === null || status === null) return said
  return isVague(status) && said !== 'other' && said !== 'rejected' && said !== 'server_error' ? said : known
}

/** In order: the first that fits wins, so the specific stand before the general. */
const signs: readonly (readonly [FailureReason, RegExp])[] = [
  ['dns', /no such host|getaddrinfo|\bdns\b|name resolution|could not resolve|cannot resolve|nxdomain/i],
  ['tls', /\btls\b|\bssl\b|x509|certificate|handshake/i],
  ['throttled', /slow ?down|too many requests|throttl|rate.?limit|quota|server ?busy/i],
  [
    'auth',
    /unauthori[sz]ed|not authori[sz]ed|forbidden|access.?denied|permission|credential|signature|invalid.?token|\btoken\b.{0,80}(expired|invalid|disabled|required|revoked)|(?<!deadline )expired|authenticat|authori[sz]ation.{0,20}(fail|denied|invalid|missing|required)|(invalid|missing|failed|bad) authori[sz]ation|InvalidAccessKeyId|(invalid|missing|bad|wrong|unknown|incorrect|no|expired).{0,12}api.?key|api.?key.{0,20}(invalid|missing|wrong|unknown|incorrect|required|revoked|not )|not allowed/i,
  ],
  ['not_found', /not.?found|no ?such ?(bucket|key|container|table)|does not exist/i],
  ['timeout', /time(d)?.?out|deadline (exceeded|expired)/i],
  [
    'server_error',
    /internal.?(server )?error|bad gateway|unavailable|connection (refused|reset)|broken pipe|\bEOF\b/i,
  ],
  ['rejected', /bad request|invalid|malformed|too large|rejected|unsupported|unprocessable/i],
]

/** The class of an error's text; `other` when nothing is recognised. */
export function classifyFailure(text: string): FailureReason {
  const said = withoutQuotes(scrub(text))
  const status = statusIn(said)
  const clear = status === null ? null : statusReason(status)
  const words = signs.find(([, pattern]) => pattern.test(said))?.[0] ?? 'other'
  if (clear === null) return words
  // What fails before there is an answer has no status, so a number beside it is something else.
  if (words === 'dns' || words === 'tls' || words === 'throttled') return words
  return reasonOfFailure(words, status)
}

/** Without addresses, parameters and masked values, which quote the destination and do not tell what is wrong. */
function withoutQuotes(text: string): string {
  return text
    .replace(/\b[a-z][a-z0-9+.-]{0,31}:\/\/[^\s"'<>]*/gi, ' ')
    .replace(/[\w.-]{0,80}["']?\s{0,3}[=:]\s{0,3}["']?\*\*\*/g, ' ')
    .replace(/[?&]\*\*\*|\bheader_[\w-]+/g, ' ')
}

/** The first number that stands where statuses do: not a port, a size or a time. */
function statusIn(text: string): number | null {
  const found =
    /(?:(?:^|\b(?:status|code|error|http(?:\/\d(?:\.\d)?)?|response|returned|got)\b)["'\s:=(]{1,4}|:\s{1,3}|\(\s{0,3})(\d{3,4})\b(?![.:]\d|\s?(?:ms|s|bytes|records|lines|[km]b)\b)/i.exec(
      ` ${text}`,
    )
  return found === null ? null : Number(found[1])
}
