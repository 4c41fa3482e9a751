import type { AnswerHints } from './answer-headers.ts'
import { createShapeCheck } from './answer-shape.ts'

export type Fetch = typeof globalThis.fetch

/** An HTTP answer, read to its end or to its bounds. */
export interface Answer extends Body {
  readonly status: number
  /** Media type in lower case without parameters, e.g. `text/html`; empty when there is none. */
  readonly mediaType: string
  readonly hints: AnswerHints
}

/** What was read of a body. */
export interface Body {
  readonly text: string
  /** Why it was not read to its end, as in "it is longer than 4 MB"; the text is empty then. */
  readonly excess: string | null
}

/**
 * Reads a body to its end, but no more than `maxBytes` of it, counted after decompression, and of JSON only what
 * can be parsed at a bounded cost. Throws whatever the connection throws when it breaks.
 */
export async function readBody(response: Response, maxBytes: number): Promise<Body> {
  if (response.body === null) return { text: '', excess: null }
  const type = mediaTypeOf(response.headers.get('content-type'))
  const shape = isJson(type) || mislabels.has(type) ? createShapeCheck(maxBytes) : null
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), excess: null }
    bytes += value.byteLength
    const excess = bytes > maxBytes ? `is longer than ${sizeText(maxBytes)}` : (shape?.take(value) ?? null)
    if (excess !== null) {
      await reader.cancel()
      return { text: '', excess }
    }
    text += decoder.decode(value, { stream: true })
  }
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${bytes / 1e3} kB` : `${bytes / 1e6} MB`
}

/** The media type of a `Content-Type` header, or an empty text when it is missing or not one. */
export function mediaTypeOf(contentType: string | null): string {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return /^[\w.+-]{1,40}\/[\w.+-]{1,60}$/.test(type) ? type : ''
}

/** What JSON is sent as by mistake; a page in HTML is never read as JSON. */
const mislabels: ReadonlySet<string> = new Set(['', 'text/plain', 'text/json'])

/** The media type of an answer: an object in JSON counts as JSON when it is sent as plain text or without a type. */
export function mediaTypeIn(contentType: string | null, text: string): string {
  const type = mediaTypeOf(contentType)
  return mislabels.has(type) && /^\s*\{/.test(text) ? 'application/json' : type
}

export function isJson(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json')
}
