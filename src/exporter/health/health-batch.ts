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
  /** Asked alone: it would hold up its neighbours, or spoil their answer. */
  readonly alone: boolean
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

/** Groups what can share a query, the most urgent first, in a stable order. */
export function batches(
  due: readonly Due[],
  rateLimitType: 'user' | 'account',
  maxScopes = maxZones,
): readonly Batch[] {
  const groups = new Map<string, Due[]>()
  const sorted = [...due].sort(
    (a, b) => a.priority - b.priority || compare(scopeKey(a.scope), scopeKey(b.scope)),
  )
  for (const one of sorted) {
    const { scope, whole, pageSize, fields } = one
    const alone = scope.kind === 'account' || one.alone
    const account = rateLimitType === 'account' ? accountOf(scope).id : ''
    const range = Math.min(wideSeconds, one.maxDurationSeconds)
    // What may be unreadable spoils no answer of the others; apart from that, the urgent ones are filled up.
    const mayBeUnreadable = one.priority === priority.discovery
    const company = [mayBeUnreadable, whole, pageSize, fields, range, account].join('|')
    const key = alone ? scopeKey(scope) : `zones|${company}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()].flatMap((group) => {
    const parts: Batch[] = []
    for (let i = 0; i < group.length; i += maxScopes) {
      const part = group.slice(i, i + maxScopes)
      const [first] = part
      if (first === undefined) continue
      const { whole, pageSize, fields } = first
      parts.push({
        scopes: part.map(({ scope }) => scope),
        priority: first.priority,
        whole,
        pageSize,
        fields,
      })
    }
    return parts
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
