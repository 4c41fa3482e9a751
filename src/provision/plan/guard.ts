import { describeDestination } from '../../domain/destination/destination.ts'
import { destinationPlace } from '../../domain/destination/limits.ts'
import { scopeKey, scopeTitle } from '../../domain/scope.ts'
import { isOwned, type Owner } from '../resource/owner.ts'
import { type Actual, type Address, addressTitle } from '../resource/resource.ts'
import { type Change, changeAddress, type Edit, type Plan } from './change.ts'
import { grouped } from './findings.ts'

/*
 * Checks a plan before anything is done and refuses what is more likely an accident than intended:
 * - `foreign`: an object that does not bear its owner's prefix would be changed, and the manifest does not say
 *   that it takes it over
 * - `deletes`: more than 30 % of the objects there are, and at least 3, would be deleted or replaced; or all of a
 *   kind in a scope would be deleted
 * - `destination`: the logs of a job would go somewhere else
 * Every objection can be overridden by name. Pure; it never stops what only creates.
 */

export type GuardName = 'foreign' | 'deletes' | 'destination'

export const guardNames: readonly GuardName[] = ['foreign', 'deletes', 'destination']

export interface Objection {
  readonly guard: GuardName
  /** What would happen, with the figures, and how to go ahead all the same. */
  readonly message: string
}

const maxDeletesShare = 0.3
const minDeletes = 3

export interface GuardOptions {
  readonly owners: readonly Owner[]
  readonly live: readonly Actual[]
  readonly force: readonly GuardName[]
  /** `destroy`: deleting is what was asked for, so its share is no surprise. */
  readonly purpose: 'apply' | 'destroy'
}

export function guardPlan(plan: Plan, { owners, live, force, purpose }: GuardOptions): readonly Objection[] {
  const objections = [
    ...foreign(plan.changes, owners),
    ...(purpose === 'destroy' ? [] : [...deletes(plan), ...emptied(plan.changes, live)]),
    ...destinations(plan.changes),
  ]
  return objections.filter(({ guard }) => !force.includes(guard))
}

function isEdit(change: Change): change is Edit {
  return change.change === 'update' || change.change === 'adopt' || change.change === 'replace'
}

function foreign(changes: readonly Change[], owners: readonly Owner[]): Objection[] {
  return changes.filter(isEdit).flatMap((change): Objection[] => {
    if (change.desired.adopt || isOwned(change.actual.resource, owners)) return []
    const message = `${addressTitle(changeAddress(change))} already exists and its name does not start with the owner's prefix; set "adopt: true" in the manifest to take it over, or use --force foreign`
    return [{ guard: 'foreign', message }]
  })
}

function deletes(plan: Plan): Objection[] {
  const gone = plan.changes.filter(({ change }) => change === 'delete' || change === 'replace')
  const there = plan.unchanged + plan.changes.filter(({ change }) => change !== 'create').length
  if (gone.length < minDeletes || gone.length <= there * maxDeletesShare) return []
  const names = gone.map((change) => changeAddress(change).name)
  const shown = names.length > 10 ? [...names.slice(0, 10), `${names.length - 10} more`] : names
  const percent = Math.round((gone.length / there) * 100)
  const message = `${gone.length} of ${there} objects (${percent} %) would be deleted or replaced: ${shown.join(', ')}; more than ${maxDeletesShare * 100} % needs --force deletes`
  return [{ guard: 'deletes', message }]
}

/** Scopes that would be left without any object of a kind. */
function emptied(changes: readonly Change[], live: readonly Actual[]): Objection[] {
  const deleted = changes.filter(({ change }) => change === 'delete')
  return grouped(deleted, (change) => placeOf(changeAddress(change))).flatMap((group): Objection[] => {
    const [first] = group
    if (first === undefined) return []
    const { kind, scope } = changeAddress(first)
    const isHere = (address: Address) => placeOf(address) === placeOf({ kind, scope, name: '' })
    const there = live.filter(({ resource }) => isHere(resource)).length
    const isRefilled = changes.some((change) => change.change === 'create' && isHere(changeAddress(change)))
    if (isRefilled || group.length < there) return []
    const message = `${scopeTitle(scope)} would be left without any ${kind}: ${group.length} of ${there} would be deleted; this needs --force deletes`
    return [{ guard: 'deletes', message }]
  })
}

function placeOf({ kind, scope }: Address): string {
  return `${kind} ${scopeKey(scope)}`
}

function destinations(changes: readonly Change[]): Objection[] {
  return changes.filter(isEdit).flatMap((change): Objection[] => {
    if (change.kind !== 'job') return []
    const from = change.actual.resource.destinationConf
    const to = change.desired.resource.destinationConf
    if (destinationPlace(from.reveal()) === destinationPlace(to.reveal())) return []
    const way = `${describeDestination(from).redacted} to ${describeDestination(to).redacted}`
    const message = `${addressTitle(changeAddress(change))} would move its logs from ${way}; this needs --force destination`
    return [{ guard: 'destination', message }]
  })
}
