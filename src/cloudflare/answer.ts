import type { AnswerHints } from './answer-headers.ts'

export type Fetch = typeof globalThis.fetch

/** An HTTP answer read to its end. */
export interface Answer {
  readonly status: number
  /** Media type in lower case without parameters, e.g. `text/html`; empty when there is none. */
  readonly mediaType: string
  readonly text: string
  readonly hints: AnswerHints
}

/** Thrown when an answer does not end within the limit. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong'
  readonly maxBytes: number
  constructor(maxBytes: number) {
    super(`the response is longer than ${maxBytes} bytes`)
    this.maxBytes = maxBytes
  }
}

/**
 * Reads a body to its end, but no more than `maxBytes` of it, counted after decompression.
 * Throws AnswerTooLong, or whatever the connection throws when it breaks.
 */
export async function readBody(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > maxBytes) {
      await reader.cancel()
      throw new AnswerTooLong(maxBytes)
    }
    text += decoder.decode(value, { stream: true })
  }
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
