/* Lists, read item by item: an item that cannot be read costs itself, never its neighbours. */

import * as z from 'zod/mini'
import { isObject } from '../domain/plain-value.ts'
import type { Listing, Unreadable } from '../ports/listing.ts'
import { idText, mapped } from './fields.ts'

/** Longer names and paths are cut. */
const maxLength = 100

/**
 * A list whose items are read one by one. Of an item that does not fit its schema, fields count as missing where
 * they cannot be read; one of the `needed` fields costs the item. Null items are left out without a word, as the
 * API's own types allow them. A missing list is refused.
 */
export function itemsOf<S extends z.ZodMiniType>(
  item: S,
  needed: readonly string[],
): z.ZodMiniType<Listing<z.output<S>>> {
  return mapped(z.array(z.unknown()), (list) => readItems(list, item, needed))
}

/**
 * The same where the API's description lets a list without items be null. Where `concerns` tells which items are asked
 * for, the others are left out without being read.
 */
export function nullableItemsOf<S extends z.ZodMiniType>(
  item: S,
  needed: readonly string[],
  concerns: (raw: unknown) => boolean = () => true,
): z.ZodMiniType<Listing<z.output<S>>> {
  return mapped(z.nullable(z.array(z.unknown())), (list) =>
    readItems((list ?? []).filter(concerns), item, needed),
  )
}

function readItems<S extends z.ZodMiniType>(
  list: readonly unknown[],
  item: S,
  needed: readonly string[],
): Listing<z.output<S>> {
  const items: z.output<S>[] = []
  const unreadable: Unreadable[] = []
  for (const raw of list) {
    if (raw === null) continue
    const whole = item.safeParse(raw)
    if (whole.success) {
      items.push(whole.data)
      continue
    }
    const rest = withoutOdd(raw, whole.error, needed)
    const partly = rest === null ? null : item.safeParse(rest)
    if (partly?.success === true) items.push(partly.data)
    unreadable.push(named(raw, whole.error, partly?.success !== true))
  }
  return { items, unreadable }
}

/** The item without its fields that cannot be read; null when a needed one is among them. */
function withoutOdd(
  raw: unknown,
  error: z.core.$ZodError,
  needed: readonly string[],
): Readonly<Record<string, unknown>> | null {
  if (!isObject(raw)) return null
  const odd = new Set(error.issues.map(({ path }) => String(path[0] ?? '')))
  if (odd.has('') || needed.some((field) => odd.has(field))) return null
  return Object.fromEntries(Object.entries(raw).filter(([field]) => !odd.has(field)))
}

/** zod's own text may quote what it found, so only the path is told. */
function named(raw: unknown, error: z.core.$ZodError, leftOut: boolean): Unreadable {
  const { id, name } = isObject(raw) ? raw : {}
  const read = idText.safeParse(id)
  const path = (error.issues[0]?.path ?? []).map(String).join('.')
  return {
    id: read.success ? read.data.slice(0, maxLength) : null,
    name: typeof name === 'string' ? name.slice(0, maxLength) : (name ?? null) === null ? '' : null,
    field: path === '' ? 'the object' : path.slice(0, maxLength),
    leftOut,
  }
}
