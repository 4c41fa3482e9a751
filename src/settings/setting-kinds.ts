import { type Problems, refuse } from '../domain/file-reader.ts'
import { type Positioned, quoted } from '../domain/positioned.ts'

/*
 * The kinds of value that a setting can have: how a text becomes a value and a value a text, and how the kind
 * is described to someone who wrote something else. Strict: what is not exactly of the kind is refused, never guessed.
 */

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly found: string; readonly hint?: string }

export interface Kind<T> {
  /** Completes "expected …". */
  readonly expected: string
  /** Stands for the value in usage texts, e.g. `DURATION`. */
  readonly placeholder: string
  readonly read: (text: string) => Reading<T>
  /** The value as a user would write it; reading it gives the same value. */
  write(value: T): string
}

/** A reading that failed on this text; the hint is a further sentence without its full stop. */
export function refused(text: string, hint?: string): { ok: false; found: string; hint?: string } {
  const found = text === '' ? 'nothing' : quoted(text)
  return hint === undefined ? { ok: false, found } : { ok: false, found, hint }
}

export function accepted<T>(value: T): Reading<T> {
  return { ok: true, value }
}

export function readValue<T>(node: Positioned, kind: Kind<T>, problems: Problems): T | null {
  const reading = node.kind === 'scalar' && node.type !== 'nothing' ? kind.read(node.text) : null
  return reading?.ok === true ? reading.value : refuse(node, kind.expected, problems, reading?.hint)
}

/** A kind whose values are texts: `read` gives one, or null where it is none. */
function textKind<T extends string>(
  expected: string,
  placeholder: string,
  read: (text: string) => T | null,
): Kind<T> {
  return {
    expected,
    placeholder,
    read: (text) => {
      const value = read(text)
      return value === null ? refused(text) : accepted(value)
    },
    write: (value) => value,
  }
}

export function someText(expected: string, placeholder: string): Kind<string> {
  return textKind(expected, placeholder, (text) => (text.trim() === '' ? null : text))
}

export const filePath = someText('a path', 'PATH')

/** A kind that knows one word besides, which stands for `meaning`. */
export function orWord<T, const M>(kind: Kind<T>, word: string, meaning: M): Kind<T | M> {
  const isMeaning = (value: T | M): value is M => value === meaning
  return {
    ...kind,
    read: (text) => (text === word ? accepted(meaning) : kind.read(text)),
    write: (value) => (isMeaning(value) ? word : kind.write(value)),
  }
}

/** A kind whose empty text means "none". */
export function orNone<T>(kind: Kind<T>): Kind<T | null> {
  return orWord(kind, '', null)
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  const find = (text: string) => values.find((known) => known === text) ?? null
  return textKind(`one of ${values.join(', ')}`, values.join('|'), find)
}

function numberKind(expected: string, digits: RegExp, fits: (value: number) => boolean): Kind<number> {
  return {
    expected,
    placeholder: 'NUMBER',
    read: (text) => (digits.test(text) && fits(Number(text)) ? accepted(Number(text)) : refused(text)),
    write: String,
  }
}

/** A whole number written in digits only. */
export function wholeNumberKind(min: number, max: number): Kind<number> {
  const expected = `a whole number from ${min} to ${max}`
  return numberKind(expected, /^\d{1,15}$/, (value) => value >= min && value <= max)
}

/** A decimal number greater than `above` and not greater than `max`. */
export function decimalNumber(above: number, max: number): Kind<number> {
  const expected = `a number above ${above} and not above ${max}`
  return numberKind(expected, /^\d{1,9}(\.\d{1,9})?$/, (value) => value > above && value <= max)
}

/** Units of durations with their milliseconds, the largest first. */
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** Milliseconds of a text such as `90s` or `1h30m` (units d, h, m, s, ms, each once, largest first), or null. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0
  const match = /^(?:(\d{1,6})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,12})s)?(?:(\d{1,15})ms)?$/.exec(text)
  if (match === null || text === '') return null
  return units.reduce((sum, [, ms], index) => sum + Number(match[index + 1] ?? 0) * ms, 0)
}

/** Milliseconds as people write them: `90000` is `1m30s`, `0` is `0`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0'
  let rest = ms
  let text = ''
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text
}

export function duration(minMs: number, maxMs: number): Kind<number> {
  const range = `from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`
  return {
    expected: `a duration such as 90s or 1h30m, ${range}`,
    placeholder: 'DURATION',
    read: (text) => {
      const ms = parseDuration(text)
      if (ms !== null && ms >= minMs && ms <= maxMs) return accepted(ms)
      return /^\d+$/.test(text) && text !== '0'
        ? refused(text, `did you mean ${quoted(`${text}s`)}?`)
        : refused(text)
    },
    write: formatDuration,
  }
}

/** A duration, or `0` for "disabled", which is read as null. */
export function durationOrOff(minMs: number, maxMs: number): Kind<number | null> {
  const kind = duration(minMs, maxMs)
  return { ...orWord(kind, '0', null), expected: `${kind.expected}, or 0 to disable` }
}

/** Where a server listens. An empty host means every address of the machine; port 0 means "pick one". */
export interface AddressSetting {
  readonly host: string
  readonly port: number
}

/** An address as flags and logs write it: `:10199`, `127.0.0.1:0`, `[::1]:10199`. */
export function formatListenAddress(address: AddressSetting): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}

export const listenAddress: Kind<AddressSetting> = {
  expected: 'host:port, :port or [IPv6]:port with a port from 0 to 65535',
  placeholder: 'HOST:PORT',
  read: (text) => {
    const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([A-Za-z0-9._-]*)):(\d{1,5})$/.exec(text)
    if (match === null) {
      return /^\d{1,5}$/.test(text) ? refused(text, `did you mean ":${text}"?`) : refused(text)
    }
    const port = Number(match[3])
    return port <= 65_535 ? accepted({ host: match[1] ?? match[2] ?? '', port }) : refused(text)
  },
  write: formatListenAddress,
}

/** An address on the web, without a slash at its end. */
export const webAddress = textKind(
  'an http or https address without credentials, query or fragment',
  'URL',
  plainUrl,
)

/** The root of Cloudflare's API or of something that speaks like it, without a slash at its end. */
export const apiBaseAddress = textKind('an http or https address that ends in /client/v4', 'URL', (text) => {
  const url = plainUrl(text)
  return url?.endsWith('/client/v4') === true ? url : null
})

function plainUrl(text: string): string | null {
  if (!/^https?:\/\/[^\s]+$/.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** A path of our own server, other than the root; characters that routing would read as patterns are refused. */
export const urlPath = textKind(
  'a path such as /metrics, of letters, digits, dots, dashes, underscores and single slashes',
  'PATH',
  (text) => (/^(?:\/[A-Za-z0-9._~-]+)+$/.test(text) ? text : null),
)
