/* Which of the visible scopes this exporter watches: the user's filters, and its share among shards. */
import { matchesGlob } from '../../domain/glob.ts'
import { type Account, accountOf, type Scope } from '../../domain/scope.ts'

export interface Selection {
  /** Ids, names or globs of names; empty means all. */
  readonly accounts: readonly string[]
  readonly zones: readonly string[]
  readonly excludeZones: readonly string[]
  readonly shard: number
  readonly totalShards: number
}

export function isSelected(scope: Scope, selection: Selection): boolean {
  const { accounts, zones, excludeZones } = selection
  if (accounts.length > 0 && !names(accounts, accountOf(scope))) return false
  if (scope.kind === 'zone') {
    if (zones.length > 0 && !names(zones, scope)) return false
    if (names(excludeZones, scope)) return false
  }
  return shardOf(scope.id, selection.totalShards) === selection.shard
}

/** The shard of an id: the same on every machine and in every version, since ledgers are kept by shard. */
export function shardOf(id: string, totalShards: number): number {
  if (totalShards <= 1) return 0
  let hash = 2166136261
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619)
  return (hash >>> 0) % totalShards
}

/** Ids that the user named outright: they can be watched even where the token may not list anything. */
export function namedIds(list: readonly string[]): readonly string[] {
  return list.filter((entry) => /^[0-9a-f]{32}$/i.test(entry)).map((entry) => entry.toLowerCase())
}

export function names(list: readonly string[], thing: Account): boolean {
  return list.some((entry) => isNamed(entry, thing))
}

/** Whether an entry of a filter stands for an account or a zone. */
export function isNamed(entry: string, { id, name }: Account): boolean {
  return entry.toLowerCase() === id || matchesGlob(entry, name)
}
