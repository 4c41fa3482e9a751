import { someOf } from '../../domain/some-of.ts'
import type { ScopeReport } from './report-shape.ts'

/** Names shown together before the rest is only counted. */
const maxNames = 5

export function nameOf({ id, name }: Pick<ScopeReport, 'id' | 'name'>): string {
  return name === '' ? id : name
}

/** Whom a line is about, as its end; empty for all. */
export function forNames(names: readonly string[]): string {
  return names.length === 0 ? '' : `: ${someOf(names, maxNames)}`
}
