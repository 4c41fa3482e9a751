import { readCommandLine } from '../../src/cli/command-line.ts'
import { program } from '../../src/commands/program/program.ts'
import { listAt, textAt } from './tree.ts'

/** What the program itself says against a command line; null when it would start. */
export async function argumentProblem(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  files: ReadonlyMap<string, string> = new Map(),
): Promise<string | null> {
  const line = await readCommandLine(program, {
    argv,
    env,
    readFile: (path) => {
      const text = files.get(path)
      return text === undefined ? { ok: false, reason: 'no such file' } : { ok: true, text }
    },
  })
  if (line.kind === 'wrong') return line.problems.join('; ')
  if (line.kind === 'text' || !line.name.startsWith('provision ')) return null
  const { file = [], tokenFile = [] } = line.values
  const sources = [file, tokenFile].flat().length + line.operands.length
  return sources > 0 || line.name === 'provision schema' ? null : `${line.name}: nothing to read`
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
