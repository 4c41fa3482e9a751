/* Which scopes are asked for together. Pure. */

import { type Priority, priority } from '../../access/budget.ts'
import { accountOf, type Scope, scopeKey } from '../../domain/scope.ts'

/** The most zones that one query may name (cloudflare-api.md 2.3). An account always goes alone. */
export const maxZones = 10

/** A scope that is to be read, with what decides about its company. */
export interface Due {
  readonly scope: Scope
  readonly priority: Priority
  /** Reads everything not settled, instead of the newest minutes only. */
  readonly whole: boolean
  /** Asked alone: it spoils the answer of its neighbours. */
  readonly alone: boolean
  /** How far behind its data is, in multiples of what is normal; infinite for one that was never read. */
  readonly behind: number
  readonly pageSize: number
  readonly fields: 'all' | 'needed'
  /** The widest range of one query; narrow ones would cut the windows of their neighbours, too. */
  readonly maxDurationSeconds: number
}

export interface Batch {
  readonly scopes: readonly Scope[]
  readonly priority: Priority
  readonly whole: boolean
  readonly pageSize: number
  readonly fields: 'all' | 'needed'
}

/** Ranges from here on are wide enough for every poll of a scope that is not behind. */
const wideSeconds = 3600

/**
 * 0 for data that is as far behind as is normal, 1 up to twice as far, 2 up to four times, and so on; 0 for what was
 * never read. Those of a level go together: in a query with one that is further behind, a scope waits for what it has
 * read long ago. But where all are behind, as in a fleet that the limits allow to read each half hour only, a query
 * for each of them would never catch up.
 */
function levelOf({ behind }: Due): number {
  return behind > 1 && Number.isFinite(behind) ? Math.ceil(Math.log2(behind)) : 0
}

/** Groups what can share a query: the most urgent first, then what is furthest behind, in a stable order. */
export function batches(
  due: readonly Due[],
  rateLimitType: 'user' | 'account',
  maxScopes = maxZones,
): readonly Batch[] {
  const groups = new Map<string, Due[]>()
  const sorted = [...due].sort(
    (a, b) => a.priority - b.priority || further(a, b) || compare(scopeKey(a.scope), scopeKey(b.scope)),
  )
  for (const one of sorted) {
    const { scope, whole, pageSize, fields } = one
    const alone = scope.kind === 'account' || one.alone
    const account = rateLimitType === 'account' ? accountOf(scope).id : ''
    const range = Math.min(wideSeconds, one.maxDurationSeconds)
    // What may be unreadable spoils no answer of the others; apart from that, the urgent ones are filled up.
    const mayBeUnreadable = one.priority === priority.discovery
    const company = [mayBeUnreadable, whole, pageSize, fields, range, levelOf(one), account].join('|')
    const key = alone ? scopeKey(scope) : `zones|${company}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  const all = [...groups.values()].flatMap((group) => {
    const parts: { readonly batch: Batch; readonly first: Due }[] = []
    for (let i = 0; i < group.length; i += maxScopes) {
      const part = group.slice(i, i + maxScopes)
      const [first] = part
      if (first === undefined) continue
      const { whole, pageSize, fields } = first
      const scopes = part.map(({ scope }) => scope)
      parts.push({ batch: { scopes, priority: first.priority, whole, pageSize, fields }, first })
    }
    return parts
  })
  // Who waits longest goes first, whatever the group: else a scope that changes its group could wait for two rounds.
  return all
    .sort(({ first: a }, { first: b }) => a.priority - b.priority || further(a, b))
    .map(({ batch }) => batch)
}

function further(a: Due, b: Due): number {
  return compare(b.behind, a.behind)
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
