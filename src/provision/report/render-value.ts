import type { FieldDiff } from '../plan/change.ts'
import type { JsonValue } from '../resource/json-value.ts'
import { visibleText } from '../resource/visible-text.ts'

const maxItems = 8

/** A value on one line; long lists are counted. */
export function valueText(value: JsonValue): string {
  if (value === null) return '(not set)'
  if (typeof value === 'string') return visibleText(/\p{Cc}/u.test(value) ? JSON.stringify(value) : value)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return listText(value)
  return visibleText(JSON.stringify(value))
}

function listText(items: readonly string[]): string {
  const shown = items.slice(0, maxItems).map(visibleText).join(', ')
  return items.length > maxItems ? `${shown} and ${items.length - maxItems} more` : shown || '(none)'
}

/** For two lists, what was added and taken away; null when the values are not lists. */
export function listChange({ from, to }: FieldDiff): { added: string; removed: string } | null {
  if (!isTexts(from) || !isTexts(to)) return null
  const added = to.filter((item) => !from.includes(item))
  const removed = from.filter((item) => !to.includes(item))
  if (added.length + removed.length === 0) return null
  return { added: listText(added), removed: listText(removed) }
}

function isTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
