import {
  type ActualState,
  addressKey,
  type Desired,
  type DesiredState,
  isOwned,
} from '../resource/resource.ts'
import type { Change, Create, Delete, Edit, FieldDiff, Matched, Plan } from './change.ts'
import { changeAddress } from './change.ts'
import { changeOrder, compareText } from './change-order.ts'
import { immutableJobFields, jobDiff, newJobFields } from './compare-job.ts'
import {
  newPolicyFields,
  newWebhookFields,
  policyDiff,
  type WebhookMemory,
  webhookDiff,
} from './compare-notification.ts'
import { matchObjects } from './match.ts'
import { planNotes } from './plan-notes.ts'
import type { PlanOptions } from './plan-options.ts'
import { unreadableNotes, unreadableTwin } from './unreadable.ts'

/*
 * What is wanted against what is live, as changes. Pure and total: the same two states give the same plan in
 * the same order, whatever order they came in. Only an object that bears its owner's prefix is ever deleted,
 * and nothing outside the scopes the manifest names is looked at.
 */

export function makePlan(desired: DesiredState, actual: ActualState, options: PlanOptions): Plan {
  const { created: missing, matched, extra } = matchObjects(desired.resources, actual.resources)
  const isHeld = ({ resource }: Desired) => unreadableTwin(resource, actual.unreadable) !== null
  const created = missing.filter((one) => !isHeld(one))
  const held = missing.filter(isHeld).map(({ resource }) => resource)
  const isTarget = (name: string) => options.targets.length === 0 || options.targets.includes(name)
  const edits = matched.map((pair) => edit(pair, desired, options))
  const changes: readonly Change[] = [
    ...created.map(create),
    ...edits.filter((change) => change !== null),
    ...extra.filter(({ resource }) => isOwned(resource, desired.owners)).map(remove),
  ].filter((change) => isTarget(changeAddress(change).name))
  return {
    changes: [...changes].sort(changeOrder),
    unchanged: matched.filter((pair, index) => isTarget(pair.desired.resource.name) && edits[index] === null)
      .length,
    notes: [
      ...planNotes({ desired, matched, extra, changes, options }),
      ...unreadableNotes(held, actual.unreadable, desired.owners),
    ].sort(compareText),
  }
}

/** Everything the manifest owns, as deletes: what `destroy` does. */
export function makeDestroyPlan(
  desired: DesiredState,
  actual: ActualState,
  targets: readonly string[],
): Plan {
  const changes = actual.resources
    .filter(({ resource }) => isOwned(resource, desired.owners))
    .filter(({ resource }) => targets.length === 0 || targets.includes(resource.name))
    .map(remove)
  const notes = unreadableNotes([], actual.unreadable, desired.owners)
  return { changes: changes.sort(changeOrder), unchanged: 0, notes: [...notes].sort(compareText) }
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
  if (fields.length === 0) return null
  const anew = pair.kind === 'job' && fields.some(({ path }) => immutableJobFields.includes(path))
  const owned = isOwned(pair.desired.resource, desired.owners)
  return { change: anew ? 'replace' : owned ? 'update' : 'adopt', fields, ...pair }
}

function differences(pair: Matched, options: PlanOptions): readonly FieldDiff[] {
  switch (pair.kind) {
    case 'job':
      return jobDiff(pair.desired.resource, pair.actual.resource)
    case 'webhook': {
      const memory: WebhookMemory = {
        record: options.webhookRecords.get(addressKey(pair.desired.resource)) ?? null,
        rotate: options.rotate.includes(pair.desired.resource.name),
      }
      return webhookDiff(pair.desired, pair.actual, memory)
    }
    case 'policy':
      return policyDiff(pair.desired.resource, pair.actual.resource)
  }
}
