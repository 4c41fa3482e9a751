import type { CommandIo } from '../../cli/command-io.ts'
import { type ExitCode, exitCode } from '../../errors.ts'
import { type Problem, problemText } from '../../provision/resource/problem.ts'

/** Says what is wrong with a manifest, each in a line, and gives the exit code for it. */
export function complainOf(problems: readonly Problem[], io: Pick<CommandIo, 'stderr'>): ExitCode {
  for (const problem of problems) io.stderr(problemText(problem))
  const errors = problems.filter(({ level }) => level === 'error').length
  io.stderr(errors === 1 ? '1 error in the manifest' : `${errors} errors in the manifest`)
  return exitCode.manifest
}

export function warnOf(warnings: readonly Problem[], io: Pick<CommandIo, 'stderr'>): void {
  for (const warning of warnings) io.stderr(problemText(warning))
}

/** Problems as JSON: `{ ok, problems: [{ level, file, line, column, message }] }`. */
export function problemsJson(problems: readonly Problem[]): string {
  const list = problems.map(({ at, level, message }) => ({ level, ...at, message }))
  const ok = !problems.some(({ level }) => level === 'error')
  return JSON.stringify({ ok, problems: list }, null, 2)
}
