/*
 * Destinations' error messages: free text, from anywhere, that may carry credentials.
 * They become a small closed reason for labels, and a scrubbed text for people.
 */
import type { FailureReason } from './job.ts'

/** In order: the first that fits wins, so the specific stand before the general. */
const signs: readonly (readonly [FailureReason, RegExp])[] = [
  [
    'dns',
    /\b1105\b|no such host|getaddrinfo|\bdns\b|name resolution|could not resolve|cannot resolve|nxdomain/i,
  ],
  ['tls', /\btls\b|\bssl\b|x509|certificate|handshake/i],
  [
    'throttled',
    /\b429\b|\b503 slow ?down\b|slow ?down|too many requests|throttl|rate.?limit|quota|server busy/i,
  ],
  [
    'auth',
    /\b40[137]\b|unauthori[sz]ed|forbidden|access.?denied|permission|credential|signature|invalid.?token|\btoken\b.*(expired|invalid|disabled)|expired|authenticat|authoriz|InvalidAccessKeyId|api.?key|not allowed/i,
  ],
  ['not_found', /\b404\b|not.?found|no ?such ?(bucket|key|container|table)|does not exist|\b410\b/i],
  ['timeout', /time(d)?.?out|deadline exceeded|\b408\b|\b504\b/i],
  [
    'server_error',
    /\b5\d\d\b|internal.?(server )?error|bad gateway|unavailable|connection (refused|reset)|broken pipe|\bEOF\b/i,
  ],
  ['rejected', /\b4\d\d\b|bad request|invalid|malformed|too large|rejected|unsupported|unprocessable/i],
]

/** The class of a destination's error message; `other` when nothing is recognised. */
export function classifyFailure(message: string): FailureReason {
  return signs.find(([, pattern]) => pattern.test(message))?.[0] ?? 'other'
}

/** Longest text that scrubbing returns, in characters. */
const maxLength = 300

/**
 * A text from outside made fit to show: addresses lose everything after the host, anything that could be a
 * credential (parameters, headers, long random words) is masked, control characters go, and it is cut short.
 */
export function scrub(text: string): string {
  const masked = text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\b([a-z][a-z0-9+.-]*):\/\/([^\s"'<>]*)/gi, (_, scheme: string, rest: string) =>
      maskAddress(scheme, rest),
    )
    .replace(/\b(bearer|basic|splunk|token|apikey|api-key)(\s+|[:=]\s*)[^\s"',;<>]+/gi, '$1 ***')
    .replace(
      /([\w.-]*(?:authorization|secret|token|password|passwd|signature|credential|key|\bsig)[\w-]*"?\s*[=:]\s*"?)[^\s"'&,;<>]+(?:\s+\*\*\*)?/gi,
      '$1***',
    )
    .replace(/[?&][^\s"'<>]+/g, '?***')
    .replace(/[A-Za-z0-9+/_=-]{20,}/g, '***')
  return masked.length > maxLength ? `${masked.slice(0, maxLength - 1)}…` : masked
}

function maskAddress(scheme: string, rest: string): string {
  const host = rest.split(/[/?#]/, 1)[0] ?? ''
  const withoutUser = host.slice(host.lastIndexOf('@') + 1)
  return rest.length > host.length ? `${scheme}://${withoutUser}/***` : `${scheme}://${withoutUser}`
}
