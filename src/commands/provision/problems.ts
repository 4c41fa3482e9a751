import type { CommandIo } from '../../cli/command-io.ts'
import { plural } from '../../domain/plural.ts'
import { type ExitCode, exitCode } from '../../errors.ts'
import { hasErrors, type Problem, problemText } from '../../provision/resource/problem.ts'

/** Says what is wrong with a manifest, each in a line, and gives the exit code for it. */
export function complainOf(problems: readonly Problem[], io: Pick<CommandIo, 'stderr'>): ExitCode {
  for (const problem of problems) io.stderr(problemText(problem))
  const errors = problems.filter(({ level }) => level === 'error')
  const inManifest = errors.some(({ outside }) => outside !== true)
  const place = inManifest ? ' in the manifest' : ''
  io.stderr(`${plural(errors.length, 'error')}${place}`)
  return inManifest ? exitCode.manifest : exitCode.failure
}

/** Says what is wrong with a plan that has been shown; an exit code where it cannot be applied. */
export function complainOfPlan(problems: readonly Problem[], io: Pick<CommandIo, 'stderr'>): ExitCode | null {
  if (hasErrors(problems)) return complainOf(problems, io)
  warnOf(problems, io)
  return null
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
