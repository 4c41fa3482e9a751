import type { ExitCode } from '../errors.ts'
import { allSettings } from '../settings/exporter-settings.ts'
import type { Table, Values } from '../settings/setting.ts'
import { readSettings, type Sources } from '../settings/settings-parse.ts'
import { explain, flagShapes, readArguments } from './arguments.ts'
import type { CommandIo } from './command-io.ts'
import { processOptions } from './options.ts'

/*
 * What a command is. Each is one file with one `defineCommand`, and one line in the list of its group: the
 * line says its name and summary, so that help lists commands without loading them; the file says the rest.
 */

export interface Entry {
  readonly name: string
  /** One sentence in the imperative, for the list and the command's own help. */
  readonly summary: string
  /** Loads the command: each starts with no more than it needs. */
  readonly load: () => Promise<Command | Group>
}

interface CommandFile {
  readonly command: Command | Group
}

export function entries(
  ...rows: readonly (readonly [name: string, summary: string, load: () => Promise<CommandFile>])[]
): readonly Entry[] {
  return rows.map(([name, summary, load]) => ({
    name,
    summary,
    load: async () => (await load()).command,
  }))
}

/** Commands that share a first word, such as `provision`; the program itself is the outermost group. */
export interface Group {
  readonly kind: 'group'
  /** What its commands are called in help and messages. */
  readonly noun: 'command' | 'verb'
  readonly about: string
  readonly entries: readonly Entry[]
  /** The command that runs when none is named. */
  readonly fallback?: Entry
}

/** What a file under `commands` says of its command. */
export interface CommandSpec<T extends Table> {
  /** What follows the command's name, one usage line each; left out: `[flags]`. */
  readonly usage?: readonly string[]
  /** Its options, besides those that every command takes. */
  readonly options: T
  /** What may be given without a flag, in words, e.g. `a saved plan`; left out: nothing. */
  readonly operands?: { readonly what: string; readonly max: number }
  readonly notes?: readonly string[]
  /** What is wrong with options that are right one by one. */
  conflicts?(values: Values<T>): readonly string[]
  /** Does the work; resolves to the exit code once everything is closed. */
  run(values: Values<T>, io: CommandIo, given: Given<T>): Promise<ExitCode>
}

/** What else a command may want of its command line. */
export interface Given<T extends Table> {
  readonly operands: readonly string[]
  /** Reads the same arguments again, with environment and files as they are now. */
  readonly reread: () => Promise<Parsed<T>>
}

export type Parsed<T extends Table> =
  | { readonly ok: true; readonly values: Values<T>; readonly operands: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Where a command stands in the program. */
export interface CommandPath {
  /** How messages name it, e.g. `provision plan`. */
  readonly name: string
  /** The flags of all commands, each with the name of one that takes it; asked only about unknown flags. */
  readonly owners: () => Promise<ReadonlyMap<string, string>>
}

export interface Command<T extends Table = Table> extends CommandSpec<T> {
  readonly kind: 'command'
  /** Reads what follows the command's name, or reports everything that is wrong with it. */
  read(sources: Sources, place: CommandPath): Promise<Parsed<T>>
}

export function defineCommand<T extends Table>(spec: CommandSpec<T>): Command<T> {
  const shapes = flagShapes({ ...spec.options, ...processOptions })
  return {
    ...spec,
    kind: 'command',
    async read({ argv, env, readFile }, { name, owners }) {
      const { given, operands, errors: mistakes } = readArguments(argv, shapes)
      const unknown = mistakes.some(({ what }) => what === 'unknown')
      const known = { command: name, shapes, owners: unknown ? await owners() : new Map<string, string>() }
      const extra = operands.slice(spec.operands?.max ?? 0)
      const expected = spec.operands === undefined ? '' : `; "${name}" takes ${spec.operands.what}`
      const problems = [
        ...mistakes.map((mistake) => explain(mistake, known)),
        ...extra.map(({ text }) => `${text}: unexpected argument${expected}`),
      ]
      const settings = await readSettings(spec.options, allSettings, { given, env, readFile })
      if (!settings.ok) return { ok: false, problems: [...problems, ...settings.problems] }
      if (problems.length === 0) problems.push(...(spec.conflicts?.(settings.values) ?? []))
      if (problems.length > 0) return { ok: false, problems }
      return { ok: true, values: settings.values, operands: operands.map(({ text }) => text) }
    },
  }
}
