import { type ParsedCommandLine, parseCommandLine } from '../../src/cli.ts'
import { listAt, textAt } from './tree.ts'

/** The flags of `provision` verbs, from the contract; the program's own settings come from its table. */
const provisionFlags = new Map([
  ['validate', ['--file', '--offline', '--output']],
  [
    'plan',
    ['--file', '--out', '--output', '--detailed-exitcode', '--target', '--offline', '--force', '--parallel'],
  ],
  ['apply', ['--file', '--yes', '--target', '--force', '--parallel', '--output']],
])

const shared = /^--(cloudflare|log)\.[a-z-]+$/

/** What the program itself says against a command line; null when it would start. */
export async function argumentProblem(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  files: ReadonlyMap<string, string> = new Map(),
): Promise<string | null> {
  if (argv[0] === 'provision') return provisionProblem(argv.slice(1))
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

function provisionProblem([verb = '', ...rest]: readonly string[]): string | null {
  const known = provisionFlags.get(verb)
  if (known === undefined) return `provision ${verb}: unknown verb`
  const flags = rest.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0] ?? word)
  const [unknown] = flags.filter((flag) => !known.includes(flag) && !shared.test(flag))
  if (unknown !== undefined) return `provision ${verb}: ${unknown} is not a flag`
  const sources = flags.includes('--file') || rest.some((word) => !word.startsWith('-'))
  return sources ? null : `provision ${verb}: nothing to read`
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
