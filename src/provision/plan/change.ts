import type { JsonValue } from '../resource/json-value.ts'
import {
  type Actual,
  type ActualJob,
  type ActualPolicy,
  type ActualWebhook,
  type Address,
  addressKey,
  type Desired,
  type DesiredJob,
  type DesiredPolicy,
  type DesiredWebhook,
} from '../resource/resource.ts'

/*
 * A plan as data: what would be done, in which order, and to which fields. It can be printed, saved,
 * compared and refused; what it says of a field is already free of secrets.
 */

/** One field that differs, both sides fit to be seen. A field that is not set is null. */
export interface FieldDiff {
  /** As in a manifest, e.g. `upload.max_bytes`. */
  readonly path: string
  readonly from: JsonValue
  readonly to: JsonValue
}

/** Stands for both sides of a secret that is not the same. */
export const secretBefore = '(secret)'
export const secretAfter = '(secret changed)'

/** Something wanted and the live object of the same address. */
export type Matched =
  | { readonly kind: 'job'; readonly desired: DesiredJob; readonly actual: ActualJob }
  | { readonly kind: 'webhook'; readonly desired: DesiredWebhook; readonly actual: ActualWebhook }
  | { readonly kind: 'policy'; readonly desired: DesiredPolicy; readonly actual: ActualPolicy }

/** Each kind with one of its sides alone. */
type Side<T extends Matched, S extends keyof Matched> = T extends Matched ? Pick<T, 'kind' | S> : never

export type Create = { readonly change: 'create'; readonly fields: readonly FieldDiff[] } & Side<
  Matched,
  'desired'
>

/**
 * - `update`: the object is the manifest's own
 * - `adopt`: an update of an object that does not bear the owner's prefix
 * - `replace`: a field differs that cannot be changed, so the object is deleted and made again
 */
export type Edit = {
  readonly change: 'update' | 'adopt' | 'replace'
  readonly fields: readonly FieldDiff[]
} & Matched

export type Delete = { readonly change: 'delete'; readonly fields: readonly FieldDiff[] } & Side<
  Matched,
  'actual'
>

export type Change = Create | Edit | Delete
export type ChangeName = Change['change']

export const changeNames: readonly ChangeName[] = ['create', 'update', 'replace', 'adopt', 'delete']

export interface Plan {
  /** In the order in which they are done: webhooks, jobs, policies; deletes last, the other way round. */
  readonly changes: readonly Change[]
  readonly unchanged: number
  /** What is owned and stays, although nothing declares it. */
  readonly leftOver: readonly Actual[]
  /** What the reader should know although nothing is done about it. */
  readonly notes: readonly string[]
}

/** Whether a field, or a part of it, is among the differences. */
export function touches({ fields }: Pick<Change, 'fields'>, field: string): boolean {
  return fields.some(({ path }) => path === field || path.startsWith(`${field}.`))
}

/** Whether a change of a job sends its destination. */
export function sendsDestination(change: Change): boolean {
  return change.change === 'create' || change.change === 'replace' || touches(change, 'destination')
}

export function changedObject(change: Change): Desired | Actual {
  return change.change === 'delete' ? change.actual : change.desired
}

export function changeAddress(change: Change): Address {
  return changedObject(change).resource
}

/** Identifies a change within its plan; two live objects of one name are told apart by their id. */
export function changeKey(change: Change): string {
  const key = addressKey(changeAddress(change))
  return change.change === 'delete' ? `${key} ${change.actual.id}` : key
}

export function countChanges(plan: Plan): Readonly<Record<ChangeName, number>> {
  const counts = { create: 0, update: 0, replace: 0, adopt: 0, delete: 0 }
  for (const { change } of plan.changes) counts[change] += 1
  return counts
}
