import { isList, type JsonValue } from './json-value.ts'

export const filterOperators = [
  'eq',
  '!eq',
  'lt',
  'leq',
  'gt',
  'geq',
  'startsWith',
  'endsWith',
  '!startsWith',
  '!endsWith',
  'contains',
  '!contains',
  'in',
  '!in',
] as const

/** Cloudflare's limits of a filter. */
export const maxOperators = 30
export const maxFilterBytes = 1000

/** The fields a filter names; none for a filter that is not in the usual form. */
export function filterKeys(filter: JsonValue): readonly string[] {
  if (filter === null || typeof filter !== 'object') return []
  if (isList(filter)) return filter.flatMap(filterKeys)
  const { key, where, and, or } = filter
  return [
    ...(typeof key === 'string' ? [key] : []),
    ...[where, and, or].flatMap((part) => (part === undefined ? [] : filterKeys(part))),
  ]
}
