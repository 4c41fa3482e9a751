import { didYouMean } from '../../domain/positioned.ts'
import { someOf } from '../../domain/some-of.ts'
import type { ApiFailure } from '../../errors.ts'
import type { Problem } from '../resource/problem.ts'
import type { Origin } from '../resource/resource.ts'
import { compareText } from './change-order.ts'

/** What asking Cloudflare about a plan brought: what it would refuse, and what could not be asked. */
export interface Findings {
  readonly problems: readonly Problem[]
  readonly notes: readonly string[]
}

export const noFindings: Findings = { problems: [], notes: [] }

export function together(parts: readonly Findings[]): Findings {
  return {
    problems: parts.flatMap(({ problems }) => problems),
    notes: parts.flatMap(({ notes }) => notes),
  }
}

/** Objects that a note names before it only counts the rest. */
const maxNamed = 5

/** `sre-http (m.yaml:20), sre-dns (m.yaml:31) and 3 more` */
export function namedObjects(
  objects: readonly { readonly origin: Origin; readonly resource: { readonly name: string } }[],
): string {
  const named = [...objects]
    .sort((a, b) => compareText(a.origin.file, b.origin.file) || a.origin.line - b.origin.line)
    .map(({ origin, resource }) => `${resource.name} (${origin.file}:${origin.line})`)
  return someOf(named, maxNamed)
}

/** Whether Cloudflare understood and said no, for a reason that is in what was asked. */
export function isRefusal({ kind }: ApiFailure): boolean {
  return kind === 'invalid_request' || kind === 'not_found' || kind === 'conflict'
}

/** What `didYouMean` says of accounts or zones. */
export function nearNamed(written: string, seen: readonly { readonly name: string }[]): string {
  const names = seen.map(({ name }) => name)
  return didYouMean(written, names)
}

/** Values by what they have in common, in the order in which they came. */
export function grouped<T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return [...groups.values()]
}
