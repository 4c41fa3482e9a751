import type { ScopeReport } from './report-shape.ts'

/** Names shown together before the rest is only counted. */
const maxNames = 5

export function nameOf({ id, name }: Pick<ScopeReport, 'id' | 'name'>): string {
  return name === '' ? id : name
}

/** Whom a line is about, as its end; empty for all. */
export function forNames(names: readonly string[]): string {
  if (names.length === 0) return ''
  const more = names.length > maxNames ? ` and ${names.length - maxNames} more` : ''
  return `: ${names.slice(0, maxNames).join(', ')}${more}`
}
