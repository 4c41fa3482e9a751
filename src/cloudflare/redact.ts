import { scrub } from '../domain/job/failure-reason.ts'
import type { Secret } from '../domain/secret.ts'

/** Shorter pieces would hit ordinary words. */
const minPiece = 6

/**
 * A text of Cloudflare's made fit for a message. Secrets that the call itself sent are taken out by their own
 * letters first, since Cloudflare may quote them in any form; the general scrubbing follows.
 */
export function redact(text: string, secrets: readonly Secret[]): string {
  const pieces = secrets.flatMap(piecesOf).sort((a, b) => b.length - a.length)
  const masked = pieces.reduce((rest, piece) => rest.replaceAll(piece, '***'), text)
  return scrub(masked).replace(/\s+/g, ' ').trim()
}

/** A secret as a whole and, if it is an address, the values of its query: raw, decoded and word by word. */
function piecesOf(secret: Secret): string[] {
  const text = secret.reveal()
  const query = text.includes('?') ? text.slice(text.indexOf('?') + 1) : ''
  const values = query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1))
  const decoded = values.map(decode)
  return [text, ...values, ...decoded, ...decoded.flatMap((value) => value.split(/\s+/))].filter(
    (piece) => piece.length >= minPiece,
  )
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
