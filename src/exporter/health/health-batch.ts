/* Which scopes are asked for together. Pure. */

import type { Priority } from '../../access/budget.ts'
import { accountOf, type Scope, scopeKey } from '../../domain/scope.ts'

/** The most zones that one query may name (cloudflare-api.md 2.3). An account always goes alone. */
export const maxZones = 10

/** A scope that is to be read, with what decides about its company. */
export interface Due {
  readonly scope: Scope
  readonly priority: Priority
  /** Reads everything not settled, instead of the newest minutes only. */
  readonly whole: boolean
  /** Far behind: catching up takes many queries, which must not hold up scopes that are not. */
  readonly behind: boolean
  readonly pageSize: number
}

export interface Batch {
  readonly scopes: readonly Scope[]
  readonly priority: Priority
  readonly whole: boolean
  readonly pageSize: number
}

/** Groups what can share a query, the most urgent first, in a stable order. */
export function batches(due: readonly Due[], rateLimitType: 'user' | 'account'): readonly Batch[] {
  const groups = new Map<string, Due[]>()
  const sorted = [...due].sort(
    (a, b) => a.priority - b.priority || compare(scopeKey(a.scope), scopeKey(b.scope)),
  )
  for (const one of sorted) {
    const alone = one.scope.kind === 'account' || one.behind
    const account = rateLimitType === 'account' ? accountOf(one.scope).id : ''
    const key = alone ? scopeKey(one.scope) : `zones|${one.priority}|${one.whole}|${one.pageSize}|${account}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()].flatMap((group) => {
    const parts: Batch[] = []
    for (let i = 0; i < group.length; i += maxZones) {
      const part = group.slice(i, i + maxZones)
      const [first] = part
      if (first === undefined) continue
      const { priority, whole, pageSize } = first
      parts.push({ scopes: part.map(({ scope }) => scope), priority, whole, pageSize })
    }
    return parts
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
