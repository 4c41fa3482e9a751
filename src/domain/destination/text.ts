/** A `destination_conf` cut at `://` and `?`, nothing decoded. */
export interface ConfParts {
  /** Lower case. */
  readonly scheme: string
  readonly address: string
  /** Null when there is no `?`. */
  readonly query: string | null
}

const confShape = /^([A-Za-z][A-Za-z0-9+.-]{0,31}):\/\/([^?#]*)(?:\?([^#]*))?$/

/** Null for a text that is no destination at all, or has a fragment, which none has. */
export function splitConf(conf: string): ConfParts | null {
  const match = confShape.exec(conf)
  if (match === null) return null
  const [, scheme = '', address = '', query] = match
  return { scheme: scheme.toLowerCase(), address, query: query ?? null }
}

/** The part of a text before the first mark; all of it where there is none. */
export function textBefore(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at === -1 ? text : text.slice(0, at)
}

/** Half of a surrogate pair cannot be sent; encodeURIComponent would throw on it. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD')
}

export function encodeValue(text: string): string {
  return encodeURIComponent(wellFormed(text))
}

/** Only what would end the path is encoded: `{DATE}` has to reach Cloudflare as it is. */
export function encodePath(text: string): string {
  return wellFormed(text).replace(/[%?#\s]/g, encodeURIComponent)
}

/** Null when the text is not validly encoded. */
export function decodeText(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Null unless the path is written exactly as `encodePath` writes it. */
export function decodePath(text: string): string | null {
  const decoded = decodeText(text)
  return decoded !== null && encodePath(decoded) === text ? decoded : null
}

/**
 * Query parameters, decoded. Null when they are ambiguous: named twice, badly encoded, or with a bare
 * plus sign, which may mean a space.
 */
export function parseQuery(query: string | null): ReadonlyMap<string, string> | null {
  const params = new Map<string, string>()
  if (query === null || query === '') return params
  for (const pair of query.split('&')) {
    const cut = pair.indexOf('=')
    const name = cut < 1 ? null : decodeText(pair.slice(0, cut))
    const value = decodeText(pair.slice(cut + 1))
    if (name === null || value === null || params.has(name) || pair.includes('+')) return null
    params.set(name, value)
  }
  return params
}
