/*
 * Texts from outside made fit to show. They come from destinations and APIs, of any length, and may quote
 * credentials in any form. A text is cut before any pattern sees it, and every pattern is linear, so that no
 * text can hold up the process.
 */

/** How much of a text is looked at, in characters. */
const maxRead = 2_000

/** Longest text that scrubbing returns, in characters. */
const maxShown = 300

const mask = '***'

/** The beginning of a text, without the word that the cut went through: it may be half of a secret. */
export function beginning(text: string, length = maxRead): string {
  if (text.length <= length) return text
  const cut = text.slice(0, length)
  return /^[\s\S]*\s/.exec(cut)?.[0] ?? mask
}

/**
 * A text from outside made fit to show: addresses lose everything after the host, anything that could be a
 * credential (parameters, headers, what follows a scheme word, long random words) is masked, control characters
 * and those that turn the direction of writing go, and it is cut short.
 */
export function scrub(text: string): string {
  const plain = beginning(text)
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/\b([a-z][a-z0-9+.-]{0,31}):\/\/([^\s"'<>]*)/gi, (_, scheme: string, rest: string) =>
      maskAddress(scheme, rest),
    )
    .replace(/([?&])[^\s"'<>]+/g, `$1${mask}`)
  const masked = maskNamed(maskSchemes(plain)).replace(/[A-Za-z0-9+/_=-]{20,}/g, (word) =>
    isErrorCode(word) ? word : mask,
  )
  return masked.length > maxShown ? `${masked.slice(0, maxShown - 1)}…` : masked
}

function maskAddress(scheme: string, rest: string): string {
  const host = rest.replace(/[/?#].*/, '')
  const withoutUser = host.slice(host.lastIndexOf('@') + 1)
  return rest.length > host.length ? `${scheme}://${withoutUser}/${mask}` : `${scheme}://${withoutUser}`
}

/** Words that say something of a credential and are none. */
const plainWords = new Set(
  `a an and are at auth authentication authorization by can cannot cloud could credential credentials denied did
  disabled does doesn't enterprise error expired failed failure for from given had has have header header: headers
  hec http https in incorrect index indexer instance invalid is it its lacks malformed may mismatch missing must no not of on or
  provided realm rejected required revoked scheme sent server should the this token token: tokens unknown
  unsupported was were when which with without wrong you your`.split(/\s+/),
)

function isPlainWord(word: string): boolean {
  return plainWords.has(word.replace(/[.!?:)\]]{1,8}$/, '').toLowerCase())
}

/** What follows a scheme word of an Authorization header is a credential, however short. */
function maskSchemes(text: string): string {
  return maskAfter(
    text,
    /\b(?:bearer|basic|splunk|token|apikey|api-key)(?:(?:\s|%20|\+){1,3}|[:=]\s{0,3})/gi,
    ([before], rest) => {
      const word = /^[^\s"',;<>&]*/.exec(rest)?.[0] ?? ''
      return /\s$/.test(before) && isPlainWord(word) ? 0 : word.length
    },
  )
}

const secretName =
  /authorization|secret|token|passw(?:or)?d|pwd|passphrase|signature|credential|key|(?:^|[^a-z])sig(?:$|[^a-z])/i

/** Error codes hold the same words as the names of secrets; what follows their colon is a sentence. */
const reasonName =
  /^(?:invalid|expired|nosuch|missing|malformed|unknown|unsupported|incorrect)|(?:mismatch|doesnotmatch|failed|failure|denied|error|invalid|expired|required|notfound|disabled|exception|refused)$/i

/** Masks the values in `name=value`, `name: value` and `"name":"value"` where the name is that of a secret. */
function maskNamed(text: string): string {
  return maskAfter(text, /["']?\s{0,3}[=:]\s{0,3}["']?/g, ([separator], rest, head) => {
    const name = /[\w.-]{0,80}$/.exec(head.slice(-80))?.[0] ?? ''
    const isSentence = /:\s/.test(separator)
    if (!secretName.test(name) || (isSentence && reasonName.test(name))) return 0
    const word =
      /^(?:(?:bearer|basic|splunk|token|apikey)(?:\s|%20|\+){1,3})?[^\s"'&,;<>]*/i.exec(rest)?.[0] ?? ''
    return isSentence && isPlainWord(word) ? 0 : word.length
  })
}

/** Masks what follows each match, for as many characters as `length` says: given the match, and what is behind and before it. */
function maskAfter(
  text: string,
  pattern: RegExp,
  length: (match: RegExpExecArray, rest: string, head: string) => number,
): string {
  let masked = ''
  let from = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index < from) continue
    const start = match.index + match[0].length
    const hidden = length(match, text.slice(start), text.slice(from, match.index))
    if (hidden === 0) continue
    masked += `${text.slice(from, start)}${mask}`
    from = start + hidden
  }
  return masked + text.slice(from)
}

const codeWords = new Set(
  `Access Account Action Already Api Application Argument Auth Authentication Authorization Authorized Bad Blob Body
  Bucket By Cannot Check Client Code Condition Conflict Connection Container Content Context Credential Credentials
  Date Deadline Denied Digest Disabled Does Encoding Encryption Endpoint Entity Error Exceeded Exception Exist Exists
  Expired Failed Failure Field Forbidden For Found Grant Header Http Id Identity Illegal In Incomplete Incorrect
  Insufficient Internal Invalid Is Key Large Length Limit Limited Location Lookup Malformed Mandatory Match Max Message
  Method Metadata Mismatch Missing Name Network No Not Object Of Operation Out Parameter Part Payload Permanent
  Permission Permissions Policy Precondition Provided Provisioned Query Quota Range Rate Read Redirect Refused Region
  Request Required Resource Reset Role Scope Security Server Service Session Signature Size Skewed Slow Down State
  Status Storage Stream Such Suspended Table Temporarily Temporary Throttled Throttling Throughput Time Timed Timeout
  Token Too Unauthorized Unavailable Unknown Unsupported Upload Uri Url User Value Version Write`.split(
    /\s+/,
  ),
)

/** Whether a long word is an error code such as `SignatureDoesNotMatch`, made of the words that these are made of. */
function isErrorCode(word: string): boolean {
  const words = word.match(/[A-Z][a-z]+/g) ?? []
  return words.join('') === word && words.every((part) => codeWords.has(part))
}
