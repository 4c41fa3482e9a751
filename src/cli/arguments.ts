import { parseArgs } from 'node:util'
import { nearestName } from '../domain/nearest-name.ts'
import { quoted } from '../domain/positioned.ts'
import type { Table } from '../settings/setting.ts'

/*
 * Arguments → what was given by which flag, and what was given without one. Accepts `--name=value`,
 * `--name value`, `-n value`, `--switch`, `--no-switch` and `--` (operands follow). An error does not end the
 * reading, so that all are reported at once.
 */

export interface FlagShape {
  readonly name: string
  readonly short: string | null
  readonly takesValue: boolean
}

/** A word that is no flag, and where it stands among the arguments. */
export interface Word {
  readonly text: string
  readonly index: number
}

export interface ArgumentError {
  readonly what: 'unknown' | 'value missing' | 'value before the next flag missing' | 'takes no value'
  /** The flag with its dashes, without a value. */
  readonly written: string
  /** What follows an unknown flag, and may be its value: a secret, perhaps, so no message repeats it. */
  readonly follower: Word | null
}

export interface Arguments {
  /** Texts given by flag name, in order. A switch gives `true` or `false`. */
  readonly given: ReadonlyMap<string, readonly string[]>
  readonly operands: readonly Word[]
  readonly errors: readonly ArgumentError[]
}

export function flagShapes(table: Table): readonly FlagShape[] {
  return Object.values(table).flatMap(({ flag, short, placeholder }) =>
    flag === null ? [] : [{ name: flag, short, takesValue: placeholder !== null }],
  )
}

export function readArguments(argv: readonly string[], shapes: readonly FlagShape[]): Arguments {
  // No options are declared to it: a word that follows a flag stays a word, and what it is is decided here.
  // Of `-name` it sees the first letter: several letters after one dash are one flag here, not one flag each.
  const args = argv.map((text) => (/^-[^-]/.test(text) ? text.slice(0, 2) : text))
  const { tokens } = parseArgs({ args, strict: false, tokens: true })
  const words = new Set(tokens.flatMap(({ kind, index }) => (kind === 'positional' ? [index] : [])))
  const given = new Map<string, string[]>()
  const mistakes: ArgumentError[] = []
  const taken = new Set<number>()
  const add = (name: string, text: string) => given.set(name, [...(given.get(name) ?? []), text])

  for (const { kind, index } of tokens) {
    if (kind !== 'option') continue
    const { written, name, value, long } = splitFlag(argv[index] ?? '')
    const next = value === null && words.has(index + 1) ? (argv[index + 1] ?? null) : null
    const wrong = (what: ArgumentError['what'], follower: Word | null = null) =>
      mistakes.push({ what, written, follower })
    const shape = shapes.find((one) => (long ? one.name === name : one.short === name))
    const negated = long && name.startsWith('no-') ? name.slice(3) : null
    if (shape?.takesValue === true) {
      const text = value ?? next
      if (text !== null) add(shape.name, text)
      else wrong(argv[index + 1] === undefined ? 'value missing' : 'value before the next flag missing')
      if (next !== null) taken.add(index + 1)
    } else if (shape !== undefined) {
      add(shape.name, value ?? 'true')
    } else if (negated !== null && shapes.some((one) => !one.takesValue && one.name === negated)) {
      if (value === null) add(negated, 'false')
      else wrong('takes no value')
    } else {
      wrong('unknown', next === null ? null : { text: next, index: index + 1 })
      if (next !== null) taken.add(index + 1)
    }
  }
  const operands = [...words].flatMap((index) =>
    taken.has(index) ? [] : [{ text: argv[index] ?? '', index }],
  )
  return { given, operands, errors: mistakes }
}

function splitFlag(argument: string) {
  const equals = argument.indexOf('=')
  const written = equals < 0 ? argument : argument.slice(0, equals)
  return {
    written,
    name: written.replace(/^--?/, ''),
    value: equals < 0 ? null : argument.slice(equals + 1),
    long: argument.startsWith('--'),
  }
}

export interface KnownFlags {
  readonly command: string
  readonly shapes: readonly FlagShape[]
  /** Flags of all commands, each with the name of one that takes it. */
  readonly owners: ReadonlyMap<string, string>
}

export function explain({ what, written }: ArgumentError, known: KnownFlags): string {
  const why = {
    unknown: () => unknownFlag(written.replace(/^--?/, ''), known),
    'value missing': () => 'expected a value',
    'value before the next flag missing': () =>
      `expected a value; write ${written}=VALUE if the value starts with a dash`,
    'takes no value': () => 'takes no value',
  }
  return `${written}: ${why[what]()}`
}

function unknownFlag(name: string, { command, shapes, owners }: KnownFlags): string {
  const bare = name.replace(/^no-/, '')
  const owner = shapes.some((own) => own.name === bare) ? undefined : owners.get(bare)
  if (owner !== undefined) return `is a flag of ${quoted(owner)}, not of ${quoted(command)}`
  const names = shapes.flatMap((one) => (one.takesValue ? [one.name] : [one.name, `no-${one.name}`]))
  const near = name.length > 1 ? nearestName(name, names) : null
  const suggestion = near === null ? '' : `; did you mean --${near}?`
  const why = /(token|secret|password|key)$/i.test(name)
    ? '; secrets are never passed as flags, because everyone on the machine can read those'
    : ''
  return `unknown flag${why}${suggestion}`
}
