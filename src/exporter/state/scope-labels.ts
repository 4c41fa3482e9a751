import { accountOf, type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import type { ScopeState } from './scope-state.ts'

/**
 * The account and zone label of each scope. Names are what people know, but two accounts may have the same,
 * and a zone name may exist in two accounts or twice in one while it moves: then the id is added.
 */
export function labelScopes(scopes: Iterable<Scope>): ReadonlyMap<ScopeKey, ScopeState['labels']> {
  const all = [...scopes]
  const accounts = uniqueNames(all.map(accountOf))
  const zones = new Map<string, ReadonlyMap<string, string>>()
  for (const [accountId, own] of groupByAccount(all)) {
    zones.set(accountId, uniqueNames(own.filter(({ kind }) => kind === 'zone')))
  }
  return new Map(
    all.map((scope) => {
      const account = accountOf(scope)
      const zone = scope.kind === 'zone' ? (zones.get(account.id)?.get(scope.id) ?? scope.name) : ''
      return [scopeKey(scope), { account: accounts.get(account.id) ?? account.name, zone }]
    }),
  )
}

/** Name by id; what is empty becomes the id, what is shared gets the id behind it. */
function uniqueNames(
  named: readonly { readonly id: string; readonly name: string }[],
): ReadonlyMap<string, string> {
  const ids = new Map<string, Set<string>>()
  for (const { id, name } of named) ids.set(name, (ids.get(name) ?? new Set()).add(id))
  return new Map(
    named.map(({ id, name }) => {
      if (name === '') return [id, id]
      return [id, (ids.get(name)?.size ?? 0) > 1 ? `${name} (${id})` : name]
    }),
  )
}

function groupByAccount(scopes: readonly Scope[]): ReadonlyMap<string, Scope[]> {
  const groups = new Map<string, Scope[]>()
  for (const scope of scopes) {
    const { id } = accountOf(scope)
    const group = groups.get(id)
    if (group === undefined) groups.set(id, [scope])
    else group.push(scope)
  }
  return groups
}
