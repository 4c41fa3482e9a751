import { expectation, type NodeReading } from '../domain/file-reader.ts'
import { describe, type Positioned } from '../domain/positioned.ts'
import { Secret } from '../domain/secret.ts'
import { InternalError } from '../errors.ts'
import { accepted, type Kind, type Reading, refused } from './setting-kinds.ts'

/*
 * What a row of a table of settings holds. Parsing, help, the README's table and the tests all read rows;
 * nothing about a setting is said anywhere else.
 */

export interface Setting<T> {
  /** Without its two dashes, e.g. `web.listen-address`; null when it cannot be given by flag. */
  readonly flag: string | null
  readonly short: string | null
  /** The environment variable; null when there is none. */
  readonly env: string | null
  /** The key in the file, e.g. `web.listen_address`: at most one dot, which is one level of nesting. */
  readonly fileKey: string | null
  /** Stands for the value in usage texts; null for a switch, which takes none. */
  readonly placeholder: string | null
  readonly expected: string
  readonly fallback: T
  /** The default as it would be written; empty when there is none. */
  readonly fallbackText: string
  readonly help: string
  /** Its value is never printed, not even when it is wrong. */
  readonly secret: boolean
  readonly repeatable: boolean
  /** A changed value takes effect on reload; others need a restart. */
  readonly reloadable: boolean
  readonly fromTexts: (texts: readonly string[]) => Reading<T>
  /** The value as a user would write it, `none` where there is none; a secret as `***`. */
  show(value: T): string
  /** Reads the file's node where texts are not enough. */
  readonly fromNode: ((node: Positioned) => NodeReading<T>) | null
}

export type Table = Readonly<Record<string, Setting<unknown>>>

export type Values<T extends Table> = {
  readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : never
}

/** How a setting without a value is shown. */
const none = 'none'

export const envPrefix = 'LOGPUSH_EXPORTER_'

/** The environment twin of a flag: `web.listen-address` is `LOGPUSH_EXPORTER_WEB_LISTEN_ADDRESS`. */
export function envName(flag: string): string {
  return envPrefix + flag.toUpperCase().replace(/[.-]/g, '_')
}

/** The file's key of a flag: the first dot nests, the rest become underscores (`web.config_file`). */
export function fileKeyOf(flag: string): string {
  const [section = '', ...rest] = flag.split('.')
  return [section, rest.join('_')]
    .filter((part) => part !== '')
    .join('.')
    .replace(/-/g, '_')
}

interface Row {
  readonly flag: string
  readonly short?: string
  /** The default as a user would write it; left out, the setting has none. */
  readonly default?: string
  readonly help: string
  readonly reloadable?: boolean
  /** For options that make no sense in a file or an environment: they have a flag only. */
  readonly only?: 'flag' | 'flag and environment'
}

const usual = {
  short: null,
  env: null,
  fileKey: null,
  placeholder: null,
  fallbackText: '',
  secret: false,
  repeatable: false,
  fromNode: null,
} as const

function named(row: Row) {
  return {
    ...usual,
    flag: row.flag,
    short: row.short ?? null,
    env: row.only === 'flag' ? null : envName(row.flag),
    fileKey: row.only === undefined ? fileKeyOf(row.flag) : null,
    help: row.help,
    reloadable: row.reloadable ?? false,
    fallbackText: row.default ?? '',
  }
}

function defaultOf<T>(row: Row, reading: Reading<T>): T {
  if (reading.ok) return reading.value
  throw new InternalError(`--${row.flag} does not accept its own default ${reading.found}`)
}

/** A setting with one value. A kind that knows "none" may leave the default out. */
export function setting<T>(row: Row & { readonly kind: Kind<T> }): Setting<T> {
  const { kind } = row
  const text = row.default ?? ''
  return {
    ...named(row),
    placeholder: kind.placeholder,
    expected: kind.expected,
    fallback: defaultOf(row, kind.read(text)),
    fromTexts: ([first = '']) => kind.read(first),
    show: (value) => kind.write(value) || none,
  }
}

/** A setting that may be given several times; each time may be a comma list. In a file, a list of values. */
export function listSetting<T>(row: Row & { readonly kind: Kind<T> }): Setting<readonly T[]> {
  const { kind } = row
  const text = row.default ?? ''
  const read = (texts: readonly string[]): Reading<readonly T[]> => {
    const values: T[] = []
    for (const part of texts) {
      const reading = kind.read(part)
      if (!reading.ok) return reading
      values.push(reading.value)
    }
    return values.length === 0 && text !== '' ? { ok: false, found: 'an empty list' } : accepted(values)
  }
  return {
    ...named(row),
    placeholder: kind.placeholder,
    expected: kind.expected,
    fallback: defaultOf(row, read(text === '' ? [] : [text])),
    repeatable: true,
    fromTexts: read,
    show: (values) => values.map((value) => kind.write(value)).join(', ') || none,
  }
}

/** A switch: `--name` and `--no-name` as flags, `true` or `false` elsewhere; off by default. */
export function switchSetting(row: Omit<Row, 'default'>): Setting<boolean> {
  return {
    ...named(row),
    expected: 'true or false',
    fallback: false,
    fallbackText: 'false',
    fromTexts: ([text = '']) =>
      text === 'true' || text === 'false' ? accepted(text === 'true') : refused(text),
    show: String,
  }
}

/** A secret that is given by an environment variable and by nothing else. */
export function secretSetting(row: { readonly env: string; readonly help: string }): Setting<Secret | null> {
  return {
    ...usual,
    flag: null,
    env: row.env,
    expected: 'one line of visible ASCII characters without spaces',
    fallback: null,
    help: row.help,
    secret: true,
    reloadable: false,
    fromTexts: ([text = '']) => {
      const trimmed = text.trim()
      return /^[\x21-\x7e]+$/.test(trimmed)
        ? accepted(new Secret(trimmed))
        : { ok: false, found: `text of ${text.length} characters, some not allowed` }
    },
    show: (secret) => (secret === null ? none : String(secret)),
  }
}

/** A setting that only a file can hold, because it has a shape. */
export function fileSetting<T>(row: {
  readonly fileKey: string
  readonly fallback: T
  readonly expected: string
  readonly help: string
  readonly reloadable?: boolean
  readonly read: (node: Positioned) => NodeReading<T>
  readonly show: (value: T) => string
}): Setting<T> {
  return {
    ...usual,
    flag: null,
    fileKey: row.fileKey,
    expected: row.expected,
    fallback: row.fallback,
    help: row.help,
    reloadable: row.reloadable ?? false,
    fromTexts: ([text = '']) => refused(text),
    show: row.show,
    fromNode: row.read,
  }
}

/** Reads a file's node for a setting: its own way, or as the texts of a scalar or of a list of scalars. */
export function readNode<T>(setting: Setting<T>, node: Positioned): NodeReading<T> {
  if (setting.fromNode !== null) return setting.fromNode(node)
  const wrong = (item: Positioned, found = describe(item), hint?: string): NodeReading<T> => ({
    ok: false,
    problems: [{ at: item.at, message: expectation(setting.expected, found, hint) }],
  })
  const items = setting.repeatable && node.kind === 'list' ? node.items : [node]
  const texts: string[] = []
  for (const item of items) {
    if (item.kind !== 'scalar' || item.type === 'nothing') return wrong(item)
    const parts = setting.repeatable && item === node ? splitList(item.text) : [item.text]
    const reading = setting.fromTexts(parts)
    if (!reading.ok) return wrong(item, reading.found, reading.hint)
    texts.push(...parts)
  }
  const reading = setting.fromTexts(texts)
  return reading.ok ? reading : wrong(node, reading.found, reading.hint)
}

export function splitList(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim())
}
