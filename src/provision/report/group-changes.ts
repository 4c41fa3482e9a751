import { scopeTitle, type ZoneScope } from '../../domain/scope.ts'
import { type Change, changeAddress, type FieldDiff } from '../plan/change.ts'
import { grouped } from '../plan/findings.ts'
import { isJsonValue, type JsonValue } from '../resource/json-value.ts'

/** Changes that do the same to several objects, or a single one. */
export interface ChangeGroup {
  /** The first of them stands for all. */
  readonly change: Change
  readonly all: readonly Change[]
  /** What changes. In a group, what differs by zone reads `${zone}`. */
  readonly fields: readonly FieldDiff[]
}

/** Fewer are shown one by one. */
const least = 3

/**
 * Changes for reading: equal ones together, in the order in which the first of them stands. What deletes an object
 * is never put together with others, for each loses something of its own.
 */
export function groupChanges(changes: readonly Change[]): readonly ChangeGroup[] {
  const groups = grouped([...changes.entries()], ([index, change]) => {
    const loses = change.change === 'delete' || change.change === 'replace'
    return loses ? String(index) : JSON.stringify([change.change, change.kind, general(change)])
  })
  return groups.flatMap((entries): readonly ChangeGroup[] => {
    const all = entries.map(([, change]) => change)
    const [first] = all
    if (first !== undefined && all.length >= least) return [{ change: first, all, fields: general(first) }]
    return all.map((change) => ({ change, all: [change], fields: change.fields }))
  })
}

/** What changes, with the zone's own name and id as a manifest would write them. */
function general(change: Change): readonly FieldDiff[] {
  const { scope } = changeAddress(change)
  if (scope.kind === 'account') return change.fields
  return change.fields.map(({ path, from, to }) => ({
    path,
    from: withoutZone(from, scope),
    to: withoutZone(to, scope),
  }))
}

function withoutZone(value: JsonValue, { id, name }: ZoneScope): JsonValue {
  const general = (text: string): string => {
    const named = name === '' ? text : text.replaceAll(name, `\${zone}`)
    return id === '' ? named : named.replaceAll(id, `\${zone_id}`)
  }
  const replaced: unknown = JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'string' ? general(item) : item,
  )
  return isJsonValue(replaced) ? replaced : value
}

/** `job sre-http in 200 zones`, or `600 jobs` where the names differ too. */
export function groupTitle({ change, all }: ChangeGroup): { readonly what: string; readonly where: string } {
  const { kind, name, scope } = changeAddress(change)
  if (all.length === 1) return { what: `${kind} ${name}`, where: scopeTitle(scope) }
  const places = new Set(all.map((one) => changeAddress(one).scope.id))
  const zones = scope.kind === 'zone' ? 'zones' : 'scopes'
  const where = places.size === 1 ? scopeTitle(scope) : `${places.size} ${zones}`
  const plural = kind === 'policy' ? 'policies' : `${kind}s`
  const isOne = all.every((one) => changeAddress(one).name === name)
  return { what: isOne ? `${kind} ${name}` : `${all.length} ${plural}`, where }
}

/** The objects of a group by name and place: the place alone where all have one name. */
export function groupMembers({ change, all }: ChangeGroup): readonly string[] {
  const { name } = changeAddress(change)
  const isOne = all.every((one) => changeAddress(one).name === name)
  return all.map((one) => {
    const address = changeAddress(one)
    const place = address.scope.name === '' ? address.scope.id : address.scope.name
    return isOne ? place : `${address.name} (${place})`
  })
}
