import { hiddenValues } from '../../domain/destination/hidden-values.ts'
import { isOwned } from '../resource/owner.ts'
import {
  type ActualState,
  addressKey,
  type Desired,
  type DesiredState,
  type JobResource,
} from '../resource/resource.ts'
import type { Change, Create, Delete, Edit, FieldDiff, Matched, Plan } from './change.ts'
import { changeAddress, secretAfter, secretBefore, touches } from './change.ts'
import { changeOrder, compareText } from './change-order.ts'
import { immutableJobFields, jobDiff, newJobFields } from './compare-job.ts'
import {
  newPolicyFields,
  newWebhookFields,
  policyDiff,
  type WebhookMemory,
  webhookDiff,
} from './compare-notification.ts'
import { goneNotes, isSurelyOwned, leftOverNotes, sortForDestroy, sortUndeclared } from './left-over.ts'
import { matchObjects } from './match.ts'
import { planNotes } from './plan-notes.ts'
import { type PlanOptions, selects } from './plan-options.ts'
import { unreadableNotes, unreadableTwin } from './unreadable.ts'

/*
 * What is wanted against what is live, as changes. Pure and total: the same two states give the same plan in
 * the same order, whatever order they came in. Only an object that the manifest owns or names is ever deleted, what
 * is taken over is never replaced, and nothing outside the scopes the manifest names is looked at.
 */

export function makePlan(desired: DesiredState, actual: ActualState, options: PlanOptions): Plan {
  const { created: missing, matched, extra } = matchObjects(desired.resources, actual.resources)
  const isHeld = ({ resource }: Desired) => unreadableTwin(resource, actual.unreadable) !== null
  const created = missing.filter((one) => !isHeld(one))
  const held = missing.filter(isHeld).map(({ resource }) => resource)
  const isTarget = (name: string) => options.targets.length === 0 || selects(options.targets, name)
  const edits = matched.map((pair) => edit(pair, desired, options))
  const { deleted, leftOver: undeclared } = sortUndeclared(extra, desired)
  // One with the address of a declared object is another object, and has a note of its own.
  const declared = new Set(desired.resources.map(({ resource }) => addressKey(resource)))
  const leftOver = undeclared.filter(({ actual: { resource } }) => !declared.has(addressKey(resource)))
  const changes: readonly Change[] = [
    ...created.map(create),
    ...edits.filter((change) => change !== null),
    ...deleted.map(remove),
  ].filter((change) => isTarget(changeAddress(change).name))
  return {
    changes: [...changes].sort(changeOrder),
    unchanged: matched.filter(
      (pair, index) =>
        isTarget(pair.desired.resource.name) && edits[index] === null && !isBarred(pair, desired),
    ).length,
    leftOver: leftOver.map(({ actual: one }) => one),
    notes: [
      ...planNotes({ desired, matched, extra, changes, options }),
      ...leftOverNotes(leftOver),
      ...goneNotes(desired.removed, actual.resources),
      ...unreadableNotes(held, actual.unreadable, desired.owners),
    ].sort(compareText),
  }
}

/** Everything the manifest declares and owns, and what it removes or prunes, as deletes: what `destroy` does. */
export function makeDestroyPlan(
  desired: DesiredState,
  actual: ActualState,
  targets: readonly string[],
): Plan {
  const { deleted, leftOver } = sortForDestroy(actual.resources, desired)
  const changes = deleted
    .filter(({ resource }) => targets.length === 0 || selects(targets, resource.name))
    .map(remove)
  const notes = [...unreadableNotes([], actual.unreadable, desired.owners), ...leftOverNotes(leftOver)]
  return {
    changes: changes.sort(changeOrder),
    unchanged: 0,
    leftOver: leftOver.map(({ actual: one }) => one),
    notes: notes.sort(compareText),
  }
}

function create(desired: Desired): Create {
  switch (desired.kind) {
    case 'job':
      return { change: 'create', kind: 'job', desired, fields: newJobFields(desired.resource) }
    case 'webhook': {
      const fields = newWebhookFields(desired.resource, desired.secret)
      return { change: 'create', kind: 'webhook', desired, fields }
    }
    case 'policy':
      return { change: 'create', kind: 'policy', desired, fields: newPolicyFields(desired.resource) }
  }
}

function remove(actual: Delete['actual']): Delete {
  switch (actual.kind) {
    case 'job':
      return { change: 'delete', kind: 'job', actual, fields: [] }
    case 'webhook':
      return { change: 'delete', kind: 'webhook', actual, fields: [] }
    case 'policy':
      return { change: 'delete', kind: 'policy', actual, fields: [] }
  }
}

function edit(pair: Matched, desired: DesiredState, options: PlanOptions): Edit | null {
  const fields = differences(pair, options)
  if (fields.length === 0 || isBarred(pair, desired)) return null
  const owned = isOwned(pair.actual.resource, desired.owners)
  return { change: unchangeable(pair).length > 0 ? 'replace' : owned ? 'update' : 'adopt', fields, ...pair }
}

/** Where a live job differs in what cannot be changed. */
export function unchangeable(pair: Matched): readonly FieldDiff[] {
  return pair.kind === 'job'
    ? jobDiff(pair.desired.resource, pair.actual.resource).filter(({ path }) =>
        immutableJobFields.includes(path),
      )
    : []
}

/** Whether the live object would have to be replaced, and may not be: it is another's, or taken over. */
export function isBarred(pair: Matched, desired: DesiredState): boolean {
  const mayReplace = !pair.desired.adopt && isSurelyOwned(pair.actual.resource, desired)
  return !mayReplace && unchangeable(pair).length > 0
}

function differences(pair: Matched, options: PlanOptions): readonly FieldDiff[] {
  switch (pair.kind) {
    case 'job':
      return rotated(pair.desired.resource, jobDiff(pair.desired.resource, pair.actual.resource), options)
    case 'webhook': {
      const memory: WebhookMemory = {
        record: options.webhookRecords.get(addressKey(pair.desired.resource)) ?? null,
        rotate: selects(options.rotate, pair.desired.resource.name),
      }
      return webhookDiff(pair.desired, pair.actual, memory)
    }
    case 'policy':
      return policyDiff(pair.desired.resource, pair.actual.resource)
  }
}

/** With the destination of a job to rotate among the differences, whether or not its secrets differ as far as is known. */
function rotated(
  job: JobResource,
  fields: readonly FieldDiff[],
  { rotate }: PlanOptions,
): readonly FieldDiff[] {
  const hasSecrets = hiddenValues(job.destinationConf.reveal()).length > 0
  if (touches({ fields }, 'destination') || !selects(rotate, job.name) || !hasSecrets) return fields
  return [...fields, { path: 'destination', from: secretBefore, to: secretAfter }]
}
