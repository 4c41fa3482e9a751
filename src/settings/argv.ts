import { nearestName } from '../domain/nearest-name.ts'
import { quoted } from '../domain/positioned.ts'

/*
 * Arguments → what was given by which flag, and what was given without one. Accepts `--name=value`,
 * `--name value`, `-n value`, `--switch`, `--no-switch` and `--` (operands follow). Goes on after a mistake,
 * so that all are reported at once. The value after an unknown flag is never repeated: it may be a secret.
 */

export interface FlagShape {
  readonly name: string
  readonly short: string | null
  /** False for a switch. */
  readonly takesValue: boolean
}

export interface Arguments {
  /** Texts given by flag name, in order. A switch gives `true` or `false`. */
  readonly given: ReadonlyMap<string, readonly string[]>
  readonly operands: readonly string[]
  readonly problems: readonly string[]
}

export interface KnownFlags {
  readonly command: string
  readonly shapes: readonly FlagShape[]
  /** Flags that only other commands take, with the name of one that does. */
  readonly elsewhere: ReadonlyMap<string, string>
}

export function readArguments(argv: readonly string[], known: KnownFlags): Arguments {
  const given = new Map<string, string[]>()
  const operands: string[] = []
  const problems: string[] = []
  const add = (name: string, text: string) => {
    given.set(name, [...(given.get(name) ?? []), text])
  }
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? ''
    if (argument === '--') {
      operands.push(...argv.slice(index + 1))
      break
    }
    if (!argument.startsWith('-') || argument === '-') {
      operands.push(argument)
      continue
    }
    const { written, name, value, long } = splitFlag(argument)
    const next = argv[index + 1]
    const nextIsValue = next !== undefined && (!next.startsWith('-') || next === '-')
    const shape = known.shapes.find((one) => (long ? one.name === name : one.short === name))
    const negated = long && name.startsWith('no-') ? name.slice(3) : null
    if (shape?.takesValue === true) {
      if (value !== null) add(shape.name, value)
      else if (nextIsValue) {
        add(shape.name, next)
        index++
      } else problems.push(`${written}: expected a value${next === undefined ? '' : dashHint(written)}`)
    } else if (shape !== undefined) {
      add(shape.name, value ?? 'true')
    } else if (negated !== null && known.shapes.some((one) => !one.takesValue && one.name === negated)) {
      if (value === null) add(negated, 'false')
      else problems.push(`${written}: takes no value`)
    } else {
      problems.push(`${written}: ${unknownFlag(name, known)}`)
      if (value === null && nextIsValue) index++
    }
  }
  return { given, operands, problems }
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

function isSecretName(name: string): boolean {
  return /(token|secret|password|key)$/i.test(name)
}

function dashHint(written: string): string {
  return `; write ${written}=VALUE when the value starts with a dash`
}

function unknownFlag(name: string, known: KnownFlags): string {
  const owner = known.elsewhere.get(name.replace(/^no-/, ''))
  if (owner !== undefined) return `is a flag of ${quoted(owner)}, not of ${quoted(known.command)}`
  const names = known.shapes.flatMap((one) => (one.takesValue ? [one.name] : [one.name, `no-${one.name}`]))
  const near = name.length > 1 ? nearestName(name, names) : null
  const suggestion = near === null ? '' : `; did you mean --${near}?`
  const why = isSecretName(name)
    ? '; secrets are never given by flag, because everyone on the machine can read those'
    : ''
  return `unknown flag${why}${suggestion}`
}
