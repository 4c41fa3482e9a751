import { describeDestination } from '../domain/destination.ts'
import { decodeText } from '../domain/destination-text.ts'
import type { Secret } from '../domain/secret.ts'

/**
 * Cloudflare's own text about a destination, with every part of the destination that may not be seen
 * masked, however it is encoded; on one line, at most 300 characters.
 */
export function withoutConf(text: string, conf: Secret): string {
  const visible = describeDestination(conf).redacted
  const whole = conf.reveal()
  const pieces = whole.split(/[?&=/@+ ]|%20/).flatMap((piece) => [piece, decodeText(piece) ?? piece])
  const hidden = [whole, ...pieces]
    .filter((piece) => piece.length >= 4 && !visible.includes(piece))
    .sort((a, b) => b.length - a.length)
  const masked = hidden.reduce((rest, piece) => rest.replaceAll(piece, '***'), text)
  return masked
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
}
