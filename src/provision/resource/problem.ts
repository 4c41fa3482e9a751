import type { Desired, Origin } from './resource.ts'

/** Something wrong, or doubtful, in a manifest. The message never holds a secret. */
export interface Problem {
  readonly at: Origin
  /** A warning never stops anything. */
  readonly level: 'error' | 'warning'
  readonly message: string
  /** What stands in the way is no fault of the manifest's: Cloudflare did not give what is needed. */
  readonly outside?: true
}

export function errorAt(at: Origin, message: string): Problem {
  return { at, level: 'error', message }
}

export function problemOf(
  { origin, resource: { kind, name } }: Pick<Desired, 'origin' | 'resource'>,
  message: string,
  level: Problem['level'] = 'error',
): Problem {
  return { at: origin, level, message: `${kind} ${name}: ${message}` }
}

/** `file:line:column: message`, as editors and terminals link it. */
export function problemText({ at, level, message }: Problem): string {
  return `${at.file}:${at.line}:${at.column}: ${level === 'warning' ? 'warning: ' : ''}${message}`
}

/** In the order of the files and their lines, each error once. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  return [...problems]
    .sort(
      (a, b) =>
        (a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : 0) ||
        a.at.line - b.at.line ||
        a.at.column - b.at.column,
    )
    .filter((problem) => {
      const text = problemText(problem)
      return !seen.has(text) && seen.add(text)
    })
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ level }) => level === 'error')
}

/** The values are only there when no problem is an error. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** `value` when nothing in `problems` is an error. */
export function checked<T>(value: T, problems: readonly Problem[]): Checked<T> {
  const sorted = sortProblems(problems)
  return hasErrors(sorted) ? { ok: false, problems: sorted } : { ok: true, value, warnings: sorted }
}
