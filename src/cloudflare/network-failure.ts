/* A request that got no answer: the platform's error codes → a verdict. */
import type { Verdict } from './verdict.ts'

const notHttp = 'the response is not HTTP'

const signs: readonly (readonly [RegExp, Verdict['kind'], string])[] = [
  [/^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'timeout', 'the connection timed out'],
  [/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/, 'network', "the API's host name does not resolve"],
  [/^ECONNREFUSED$/, 'network', 'the connection was refused'],
  [/^(ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL)$/, 'network', 'the API is unreachable from here'],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HOSTNAME_MISMATCH|^(EPROTO|INVALID_PURPOSE|INVALID_CA)$/,
    'network',
    "the TLS connection failed: check the host's certificate authorities and the clock",
  ],
  [/^Z_/, 'bad_response', 'the compressed response is damaged'],
  [/^(HPE_|UND_ERR_(HEADERS_OVERFLOW|INVALID))/, 'bad_response', notHttp],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/,
    'network',
    'the connection was closed before the response was complete',
  ],
]

/** Reads the chain of causes; texts of it are never used, since they name hosts and addresses. */
export function judgeNetwork(thrown: unknown): Verdict {
  const chain = causes(thrown)
  for (const code of chain.map(codeOf)) {
    const sign = signs.find(([pattern]) => pattern.test(code))
    if (sign !== undefined) return { kind: sign[1], reason: `${sign[2]} (${code})` }
  }
  // The parser of Node 24 (undici 7.29) gives its errors no code any more.
  if (chain.some((error) => error instanceof Error && error.name === 'HTTPParserError'))
    return { kind: 'bad_response', reason: notHttp }
  const refused = chain.map(messageOf).find((text) => /^Proxy response \(\d{3}\)/.test(text))
  if (refused !== undefined) {
    const status = refused.slice(16, 19)
    return { kind: 'network', reason: `the proxy refused the connection (${status}): check HTTPS_PROXY` }
  }
  const known = chain.map(codeOf).find((code) => code !== '')
  return { kind: 'network', reason: `the connection failed${known === undefined ? '' : ` (${known})`}` }
}

/** The error, its causes and the parts of an AggregateError (one per address tried), at most 20. */
function causes(thrown: unknown): readonly unknown[] {
  const found: unknown[] = []
  const queue = [thrown]
  while (queue.length > 0 && found.length < 20) {
    const next = queue.shift()
    if (!(next instanceof Error)) continue
    found.push(next)
    if (next instanceof AggregateError) queue.push(...next.errors)
    queue.push(next.cause)
  }
  return found
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return ''
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code) ? error.code : ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
