import { PassThrough } from 'node:stream'
import type { CommandIo } from '../../src/cli/command-io.ts'
import { type ParsedCommandLine, parseCommandLine } from '../../src/cli/command-line.ts'
import { run } from '../../src/commands/provision/provision.ts'
import { listAt, textAt } from './tree.ts'

/** What the program itself says against a command line; null when it would start. */
export async function argumentProblem(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  files: ReadonlyMap<string, string> = new Map(),
): Promise<string | null> {
  if (argv[0] === 'provision') return provisionProblem(argv.slice(1), env)
  const parsed: ParsedCommandLine = await parseCommandLine({
    argv,
    env,
    readFile: (path) => {
      const text = files.get(path)
      return text === undefined ? { ok: false, reason: 'no such file' } : { ok: true, text }
    },
  })
  return parsed.ok ? null : parsed.problems.join('; ')
}

/** A verb of `provision` acts as soon as it is parsed, so its flags are held against its own help text. */
async function provisionProblem(
  [verb = '', ...rest]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  const help = await provisionHelp(verb, env)
  if (help === null) return `provision ${verb}: unknown verb`
  const flags = rest.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? word)
  const [unknown] = flags.filter((flag) => !new RegExp(`(^|[\\s,])${flag}(?![\\w-])`, 'm').test(help))
  if (unknown !== undefined) return `provision ${verb}: ${unknown} is not a flag`
  const sources = flags.includes('--file') || rest.some((word) => !word.startsWith('-'))
  return sources ? null : `provision ${verb}: nothing to read`
}

async function provisionHelp(verb: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  const lines: string[] = []
  const io: CommandIo = {
    stdout: (line) => lines.push(line),
    stderr: (line) => lines.push(line),
    stdoutStream: new PassThrough(),
    stderrStream: new PassThrough(),
    terminal: { stdin: false, stdout: false, stderr: false },
    ask: async () => null,
    env,
    readFile: () => ({ ok: false, reason: 'no such file' }),
    signal: new AbortController().signal,
    onReload: () => () => undefined,
    reparse: async () => ({ ok: false, problems: [], help: '' }),
  }
  try {
    await run({ kind: 'provision', argv: [verb, '--help'] }, io)
    return lines.join('\n')
  } catch {
    return null
  }
}

/** A container's arguments as the kubelet would hand them over, with `$(NAME)` taken from its environment. */
export function containerCommand(container: unknown): {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
} {
  const env: Record<string, string> = {}
  for (const variable of listAt(container, 'env')) {
    const fromField = textAt(variable, 'valueFrom', 'fieldRef', 'fieldPath')
    // The only field that is used: the ordinal of a StatefulSet's pod.
    env[textAt(variable, 'name')] = fromField.endsWith("['apps.kubernetes.io/pod-index']")
      ? '1'
      : textAt(variable, 'value')
  }
  const argv = listAt(container, 'args').map((argument) =>
    String(argument).replace(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole),
  )
  return { argv, env }
}
