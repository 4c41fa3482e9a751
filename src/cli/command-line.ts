import { nearestName } from '../domain/nearest-name.ts'
import { plural } from '../domain/plural.ts'
import { quoted } from '../domain/positioned.ts'
import { type ExitCode, exitCode, UserError } from '../errors.ts'
import type { Table, Values } from '../settings/setting.ts'
import type { Sources } from '../settings/settings-parse.ts'
import { type FlagShape, flagShapes, readArguments } from './arguments.ts'
import type { Command, Entry, Group } from './command.ts'
import type { CommandIo } from './command-io.ts'
import { commandHelp, groupHelp, programName } from './help-text.ts'
import { processOptions } from './options.ts'

/*
 * Arguments, environment and settings file → a command that is ready to run, a text to print, or all that is
 * wrong. Touches nothing but the file reader that is passed in.
 */

export interface Program extends Group {
  readonly version: string
}

export type CommandLine =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command'
      /** e.g. `provision plan`. */
      readonly name: string
      readonly values: Values<Table>
      readonly operands: readonly string[]
      run(io: CommandIo): Promise<ExitCode>
    }
  /** `help` is what to type to learn more. */
  | { readonly kind: 'wrong'; readonly problems: readonly string[]; readonly help: string }

/** Reads and runs a command line. @throws UserError with everything that is wrong with it. */
export async function runCommandLine(
  program: Program,
  argv: readonly string[],
  io: CommandIo,
): Promise<ExitCode> {
  const { env, readFile } = io
  const line = await readCommandLine(program, { argv, env, readFile })
  switch (line.kind) {
    case 'command':
      return line.run(io)
    case 'text':
      io.stdout(line.text)
      return exitCode.done
    case 'wrong':
      throw new UserError(
        [
          `invalid settings (${plural(line.problems.length, 'error')}):`,
          ...line.problems.map((one) => `  ${one}`),
          `See: ${line.help}`,
        ].join('\n'),
      )
  }
}

/** Reads a command line. Everything that is wrong with it is reported at once. */
export function readCommandLine(program: Program, sources: Sources): Promise<CommandLine> {
  return readGroup({ program, path: [], group: program }, sources)
}

interface Level {
  readonly program: Program
  readonly path: readonly string[]
  readonly group: Group
}

async function readGroup(level: Level, sources: Sources): Promise<CommandLine> {
  const { program, path, group } = level
  const fallback = await group.fallback?.load()
  const shapes = flagShapes({
    ...(fallback?.kind === 'command' ? fallback.options : {}),
    ...processOptions,
  })
  const { word, rest } = splitWord(sources.argv, group, shapes)
  if (word === 'help') return readGroup(level, { ...sources, argv: ['--help', ...rest] })
  if (word === null) {
    const { given } = readArguments(sources.argv, shapes)
    if (given.has('help')) return { kind: 'text', text: await groupHelp(path, group) }
    if (given.has('version')) return { kind: 'text', text: program.version }
    const names = group.entries.map(({ name }) => name).join(', ')
    if (group.fallback === undefined)
      return wrong(path, [`${path.join(' ')}: expected a ${group.noun}: ${names}`])
  }
  const entry = word === null ? group.fallback : group.entries.find(({ name }) => name === word)
  if (entry === undefined) return wrong(path, [unknownWord(word ?? '', path, group)])
  const chosen = await entry.load()
  const inner = { ...sources, argv: rest }
  return chosen.kind === 'group'
    ? readGroup({ program, path: [...path, entry.name], group: chosen }, inner)
    : readCommand(level, entry, chosen, inner)
}

async function readCommand(
  { program, path, group }: Level,
  entry: Entry,
  command: Command,
  sources: Sources,
): Promise<CommandLine> {
  const inner = [...path, entry.name]
  const name = inner.join(' ')
  const shapes = flagShapes({ ...command.options, ...processOptions })
  // Help works even when other flags are wrong.
  const { given } = readArguments(sources.argv, shapes)
  const typed = entry.name === group.fallback?.name ? `[${name}]` : name
  if (given.has('help')) return { kind: 'text', text: commandHelp(typed, entry.summary, command) }
  if (given.has('version')) return { kind: 'text', text: program.version }
  const read = () => command.read(sources, { name, owners: () => flagOwners(program) })
  const parsed = await read()
  if (!parsed.ok) return wrong(inner, parsed.problems)
  const { values, operands } = parsed
  return {
    kind: 'command',
    name,
    values,
    operands,
    run: (io) => command.run(values, io, { operands, reread: read }),
  }
}

/** The command is the first argument that is neither a flag nor what may be a flag's value. */
function splitWord(
  argv: readonly string[],
  group: Group,
  shapes: readonly FlagShape[],
): { readonly word: string | null; readonly rest: readonly string[] } {
  const { operands, errors: mistakes } = readArguments(argv, shapes)
  const isName = (text: string) => text === 'help' || group.entries.some(({ name }) => name === text)
  // After an unknown flag, only a word that is a command is taken for one: anything else may be a secret.
  const followers = mistakes.flatMap(({ follower }) =>
    follower !== null && isName(follower.text) ? [follower] : [],
  )
  const end = argv.indexOf('--')
  const [first] = [...operands, ...followers]
    .filter(({ index }) => end < 0 || index < end)
    .sort((a, b) => a.index - b.index)
  return first === undefined
    ? { word: null, rest: argv }
    : { word: first.text, rest: argv.toSpliced(first.index, 1) }
}

/** Every flag, with the first command that takes it. Loads all commands. */
async function flagOwners(group: Group, path = ''): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>()
  for (const { name, load } of group.entries) {
    const chosen = await load()
    const own =
      chosen.kind === 'group'
        ? await flagOwners(chosen, `${path}${name} `)
        : new Map(flagShapes(chosen.options).map((flag) => [flag.name, path + name]))
    for (const [flag, owner] of own) if (!owners.has(flag)) owners.set(flag, owner)
  }
  return owners
}

function unknownWord(word: string, path: readonly string[], { noun, entries }: Group): string {
  const names = entries.map(({ name }) => name)
  const near = nearestName(word, names)
  const hint = near === null ? `${noun}s are ${names.join(', ')}` : `did you mean ${quoted(near)}?`
  return `${quoted(word)}: unknown ${[noun, ...(path.length > 0 ? ['of', ...path] : [])].join(' ')}; ${hint}`
}

function wrong(path: readonly string[], problems: readonly string[]): CommandLine {
  return { kind: 'wrong', problems, help: [programName, ...path, '--help'].join(' ') }
}
