/*
 * Takes known secrets out of a text that may quote them in another form than they are kept: word by word, decoded,
 * or encoded.
 */
import { beginning } from './error-text.ts'

const mask = '***'

/** How much of a text is searched, in characters: more than is shown of it, since masking makes it shorter. */
const maxSearched = 8_000

/** Shorter forms are masked as whole words only, or every text would be full of holes. */
const minInside = 6

/** Words of a value that are no part of the secret. */
const noSecret = /^(?:.|true|false|yes|no|on|off|none|null|basic|bearer|splunk|token|apikey|api-key|digest)$/i

/** The beginning of the text without the secrets, in whatever form it quotes them. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap(formsOf))
  const searched = beginning(text, maxSearched)
  if (forms.size === 0) return searched
  const patterns = [...forms].sort((a, b) => b.length - a.length).map(patternOf)
  return searched.replace(new RegExp(patterns.join('|'), 'gi'), mask)
}

function patternOf(form: string): string {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  return form.length >= minInside ? literal : `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])`
}

/** A secret as a whole, decoded, each of its words, and all of these encoded again. */
function formsOf(secret: string): readonly string[] {
  const decoded = percentDecoded(secret)
  const wholes = [secret, decoded, percentDecoded(decoded), decoded.replaceAll('+', ' ')]
  const words = wholes.flatMap((whole) => whole.split(/\s+/))
  const inside = [...words, ...words.flatMap(base64Decoded)].flatMap((word) => [word, ...piecesOf(word)])
  const plain = [...new Set([...wholes, ...inside])].filter((form) => form !== '' && !noSecret.test(form))
  return plain.flatMap((form) => [form, ...encodedForms(form)])
}

/** The password of `user:password`, and pieces between other separators that are no short words. */
function piecesOf(word: string): readonly string[] {
  const password = word.slice(word.indexOf(':') + 1)
  return [password, ...word.split(/[?&=/:@]/).filter((piece) => piece.length >= minInside - 1)]
}

function encodedForms(form: string): readonly string[] {
  const once = encodeURIComponent(form.replace(/\p{Surrogate}/gu, '\uFFFD'))
  const base64 = toBase64(form)
  const bare = base64.replace(/=+$/, '')
  return [once, encodeURIComponent(once), base64, bare, bare.replaceAll('+', '-').replaceAll('/', '_')]
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function toBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}

/** What a word says in base64, if that is text. */
function base64Decoded(word: string): readonly string[] {
  const bare = word.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  if (bare.length < 4 || !/^[A-Za-z0-9+/]+$/.test(bare) || bare.length % 4 === 1) return []
  const text = atob(bare)
  return /^[\x20-\x7e]+$/.test(text) ? [text] : []
}
