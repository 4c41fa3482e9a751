import { someOf } from '../../domain/some-of.ts'
import type { FieldDiff } from '../plan/change.ts'
import type { JsonValue } from '../resource/json-value.ts'
import { visibleText } from '../resource/visible-text.ts'

const maxItems = 8

/** A value on one line; of a long list only `max` items. */
export function valueText(value: JsonValue, max = maxItems): string {
  if (value === null) return '(not set)'
  if (typeof value === 'string') return visibleText(/\p{Cc}/u.test(value) ? JSON.stringify(value) : value)
  if (isTexts(value)) return listText(value, max)
  return visibleText(JSON.stringify(value))
}

function listText(items: readonly string[], max = maxItems): string {
  return someOf(items.map(visibleText), max) || '(none)'
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
