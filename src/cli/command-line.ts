import { nearestName } from '../domain/nearest-name.ts'
import { quoted } from '../domain/positioned.ts'
import { conflicts, missingToken } from '../settings/exporter-rules.ts'
import {
  type ApiCommandSettings,
  allSettings,
  type LogSettings,
  type Settings,
} from '../settings/exporter-settings.ts'
import type { Table } from '../settings/setting.ts'
import type { ListenAddress } from '../settings/setting-kinds.ts'
import {
  flagShapes,
  isGiven,
  type OptionSpec,
  parseOptions,
  type Sources,
} from '../settings/settings-parse.ts'
import {
  about,
  type CommandName,
  checkOptions,
  commandNames,
  commandTexts,
  demoOptions,
  flagsElsewhere,
  isCommandName,
  serveOptions,
  simulateOptions,
} from './command-options.ts'
import { commandHelp, overviewHelp } from './help-text.ts'

/*
 * Arguments, environment and settings file → one Command, or all that is wrong with them. Touches nothing
 * but the file reader passed in.
 */

/** One command of the command line, ready to run. */
export type Command =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'config-check'; readonly settings: Settings }
  | { readonly kind: 'serve'; readonly settings: Settings }
  | {
      readonly kind: 'demo'
      readonly once: boolean
      readonly withAlerting: boolean
      readonly listen: readonly ListenAddress[]
      readonly seed: number
      readonly speed: number
      readonly log: LogSettings
    }
  | { readonly kind: 'check'; readonly output: 'text' | 'json'; readonly settings: ApiCommandSettings }
  /** Everything after the word `provision`, which reads it with the same machinery. */
  | { readonly kind: 'provision'; readonly argv: readonly string[] }
  | {
      readonly kind: 'simulate'
      readonly listen: readonly ListenAddress[]
      readonly world: string
      readonly objectStore: string | null
      readonly seed: number
      readonly speed: number
      readonly log: LogSettings
    }

export type CommandOf<K extends Command['kind']> = Extract<Command, { kind: K }>

export type ParsedCommandLine =
  | { readonly ok: true; readonly command: Command }
  /** `help` is what to type to learn more. */
  | { readonly ok: false; readonly problems: readonly string[]; readonly help: string }

/** Reads the command line. Everything that is wrong with it is reported at once. */
export async function parseCommandLine(sources: Sources): Promise<ParsedCommandLine> {
  const { word, rest } = splitCommand(sources.argv)
  if (word === 'help') return parseHelp(rest)
  if (word !== null && !isCommandName(word)) return unknownCommand(word)
  const name = word ?? 'serve'
  if (name === 'provision') return { ok: true, command: { kind: 'provision', argv: rest } }

  const { table } = commandTexts[name]
  if (isGiven('help', rest, table)) return helpOf(word)
  if (isGiven('version', rest, table)) return { ok: true, command: { kind: 'version' } }
  return parseCommand(name, { ...sources, argv: rest })
}

/** The command is the first argument that is neither a flag nor what may be a flag's value. */
function splitCommand(argv: readonly string[]): { word: string | null; rest: readonly string[] } {
  const shapes = Object.values(commandTexts).flatMap(({ table }) => flagShapes(table))
  const named = (written: string | null, takesValue: boolean) =>
    shapes.some(
      (one) =>
        one.takesValue === takesValue &&
        [`--${one.name}`, `--no-${one.name}`, `-${one.short}`].includes(written ?? ''),
    )
  let previous: string | null = null
  for (const [index, argument] of argv.entries()) {
    if (argument === '--') break
    const mayBeValue = previous !== null && !previous.includes('=') && !named(previous, false)
    if (argument.startsWith('-')) previous = argument
    // After an unknown flag, only a word that is a command is taken for one: anything else may be a secret.
    else if (mayBeValue && (named(previous, true) || !isCommandName(argument))) previous = null
    else return { word: argument, rest: argv.toSpliced(index, 1) }
  }
  return { word: null, rest: argv }
}

function parseHelp(rest: readonly string[]): ParsedCommandLine {
  const { word } = splitCommand(rest)
  if (word === 'provision') return { ok: true, command: { kind: 'provision', argv: ['--help'] } }
  return word === null || isCommandName(word) ? helpOf(word) : unknownCommand(word)
}

function helpOf(word: CommandName | null): ParsedCommandLine {
  const text =
    word === null
      ? overviewHelp(about, Object.values(commandTexts), commandTexts.serve)
      : commandHelp(commandTexts[word])
  return { ok: true, command: { kind: 'help', text } }
}

function unknownCommand(word: string): ParsedCommandLine {
  const near = nearestName(word, commandNames)
  const suggestion =
    near === null ? `; commands are ${commandNames.join(', ')}` : `; did you mean ${quoted(near)}?`
  return wrong([`${quoted(word)}: unknown command${suggestion}`], null)
}

function wrong(problems: readonly string[], command: CommandName | null): ParsedCommandLine {
  return { ok: false, problems, help: `logpush-exporter ${command === null ? '' : `${command} `}--help` }
}

function specOf<T extends Table>(command: CommandName, table: T): OptionSpec<T> {
  return { command, table, alsoKnown: allSettings, elsewhere: flagsElsewhere(table), operands: null }
}

async function parseCommand(
  name: Exclude<CommandName, 'provision'>,
  sources: Sources,
): Promise<ParsedCommandLine> {
  switch (name) {
    case 'serve': {
      const parsed = await parseOptions(specOf(name, serveOptions), sources)
      if (!parsed.ok) return wrong(parsed.problems, name)
      const { checkOnly, help: _help, version: _version, ...settings } = parsed.values
      const problems = [...conflicts(settings), ...(checkOnly ? [] : missingToken(settings))]
      if (problems.length > 0) return wrong(problems, name)
      return { ok: true, command: { kind: checkOnly ? 'config-check' : 'serve', settings } }
    }
    case 'demo': {
      const parsed = await parseOptions(specOf(name, demoOptions), sources)
      if (!parsed.ok) return wrong(parsed.problems, name)
      const { once, withAlerting, listen, seed, speed, logLevel, logFormat } = parsed.values
      const log = { logLevel, logFormat }
      return { ok: true, command: { kind: name, once, withAlerting, listen, seed, speed, log } }
    }
    case 'check': {
      const parsed = await parseOptions(specOf(name, checkOptions), sources)
      if (!parsed.ok) return wrong(parsed.problems, name)
      const { output, help: _help, version: _version, ...settings } = parsed.values
      const problems = missingToken(settings)
      if (problems.length > 0) return wrong(problems, name)
      return { ok: true, command: { kind: name, output, settings } }
    }
    case 'simulate': {
      const parsed = await parseOptions(specOf(name, simulateOptions), sources)
      if (!parsed.ok) return wrong(parsed.problems, name)
      const { listen, world, objectStore, seed, speed, logLevel, logFormat } = parsed.values
      const log = { logLevel, logFormat }
      return { ok: true, command: { kind: name, listen, world, objectStore, seed, speed, log } }
    }
  }
}
