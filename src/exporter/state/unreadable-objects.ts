/*
 * Objects of Cloudflare's lists that could not be read, or not in full: kept for the metric, and logged once when
 * they come up and once when they are gone for good. An answer that is odd now and then does not fill the log.
 */

import type { Unreadable } from '../../ports/listing.ts'
import type { Log } from '../../ports/runtime.ts'
import type { SelfState, UnreadableKind } from './self-state.ts'

/** A list of the API as it came. */
export interface ReadList {
  readonly kind: UnreadableKind
  /** Tells it from other lists of the kind: whose it is. */
  readonly of: string
  readonly found: readonly Unreadable[]
  /** For the log. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** Objects that a line of the log names at most. */
const maxNames = 5

/** Lists in a row that must be whole before that is believed to last. */
const wholeLists = 5
/** Objects that are remembered as told, in one list. */
const maxTold = 1_000

/** What a list had that cannot be read takes the place of what it had before. */
export function noteUnreadable(
  { kind, of, found, fields }: ReadList,
  { self, log }: { readonly self: SelfState; readonly log: Log },
): void {
  const before = self.unreadable.get(listKey(kind, of))
  const known = before?.told ?? new Set()
  const fresh = found.filter((one) => !known.has(identity(one)))
  const distinct = [...new Map(fresh.map((one) => [identity(one), one])).values()]
  if (fresh.length > 0)
    log.warn(
      { kind, ...fields, objects: fresh.length, first: distinct.slice(0, maxNames).map(described) },
      'Cloudflare answered with objects that cannot be read; the others of the list are not affected',
    )
  const whole = found.length === 0 ? (before?.whole ?? 0) + 1 : 0
  const isOver = whole === wholeLists && known.size > 0
  if (isOver) log.info({ kind, ...fields }, 'every object of the list can be read again')
  const told = isOver ? [] : [...known, ...fresh.map(identity)].slice(-maxTold)
  self.listRead(listKey(kind, of), { kind, found, told: new Set(told), whole })
}

/** The list is read no more. */
export function forgetUnreadable(kind: UnreadableKind, of: string, self: SelfState): void {
  self.listForgotten(listKey(kind, of))
}

function listKey(kind: UnreadableKind, of: string): string {
  return `${kind} ${of}`
}

function identity({ id, name, field, leftOut }: Unreadable): string {
  return JSON.stringify([id, name, field, leftOut])
}

function described({ id, name, field, leftOut }: Unreadable) {
  return { id, name, field, left_out: leftOut }
}
