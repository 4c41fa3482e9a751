import type { CommandIo } from '../../cli/command-io.ts'
import { flagsElsewhere } from '../../cli/command-options.ts'
import { commandHelp } from '../../cli/help-text.ts'
import { type ExitCode, exitCode } from '../../errors.ts'
import { readArguments } from '../../settings/argv.ts'
import { allSettings } from '../../settings/exporter-settings.ts'
import type { Table, Values } from '../../settings/setting.ts'
import { flagShapes, parseOptions, usageError } from '../../settings/settings-parse.ts'

/** One verb of `provision`: its help, and what it does with the arguments after its name. */
export interface Verb {
  run(argv: readonly string[], io: CommandIo): Promise<ExitCode>
}

export interface VerbSpec<T extends Table> {
  /** As it is typed, e.g. `plan` or `ownership request`. */
  readonly name: string
  /** One sentence. */
  readonly summary: string
  /** What follows `provision` in the usage line, e.g. `plan -f FILE [flags]`. */
  readonly usage: readonly string[]
  readonly table: T
  /** Paragraphs after the flags. */
  readonly notes: readonly string[]
  /** What may be given without a flag, in words, e.g. `a saved plan`; null: nothing. */
  readonly operands: { readonly what: string; readonly max: number } | null
  run(values: Values<T>, operands: readonly string[], io: CommandIo): Promise<ExitCode>
}

/** Makes a verb of its options and its work; `--help` and mistakes in the options are dealt with here. */
export function defineVerb<T extends Table>(spec: VerbSpec<T>): Verb {
  const command = `provision ${spec.name}`
  return {
    async run(argv, io) {
      const shapes = flagShapes(spec.table)
      const { given } = readArguments(argv, { command, shapes, elsewhere: new Map() })
      if (given.has('help')) {
        io.stdout(commandHelp({ ...spec, usage: spec.usage.map((line) => `provision ${line}`) }))
        return exitCode.done
      }
      const parsed = await parseOptions(
        {
          command,
          table: spec.table,
          alsoKnown: allSettings,
          elsewhere: flagsElsewhere(spec.table),
          operands: spec.operands,
        },
        { argv, env: io.env, readFile: io.readFile },
      )
      if (!parsed.ok) throw usageError(parsed.problems, `logpush-exporter ${command} --help`)
      return spec.run(parsed.values, parsed.operands, io)
    },
  }
}
