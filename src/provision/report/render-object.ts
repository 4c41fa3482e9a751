import type { Change, FieldDiff } from '../plan/change.ts'
import { changeAddress, changedObject } from '../plan/change.ts'
import { newJobFields } from '../plan/compare-job.ts'
import { newPolicyFields, newWebhookFields } from '../plan/compare-notification.ts'
import { lossesOf } from '../plan/losses.ts'
import { matchObjects } from '../plan/match.ts'
import type { JsonValue } from '../resource/json-value.ts'
import {
  type Actual,
  type ActualState,
  addressTitle,
  type Desired,
  type DesiredState,
} from '../resource/resource.ts'
import { visibleText } from '../resource/visible-text.ts'
import { type Colors, changeSigns } from './render-text.ts'
import { valueText } from './render-value.ts'

export interface PlannedObjects {
  readonly changes: readonly Change[]
  readonly desired: DesiredState
  readonly actual: ActualState
}

/**
 * Objects of these names in full: every field as it will be, what changes with both sides, nothing cut and nothing
 * grouped; of an object that goes, what it is now.
 */
export function objectLines(
  { changes, desired, actual }: PlannedObjects,
  names: readonly string[],
  colors: Colors,
): readonly string[] {
  const changed = new Set<Desired | Actual>(changes.map(changedObject))
  const { matched } = matchObjects(desired.resources, actual.resources)
  const isWanted = (name: string) => names.includes(name)
  const unchanged = matched.filter(
    (pair) => !changed.has(pair.desired) && isWanted(pair.desired.resource.name),
  )
  return [
    ...changes
      .filter((change) => isWanted(changeAddress(change).name))
      .flatMap((change) => [...changeLines(change, colors), '']),
    ...unchanged.flatMap((pair) => [
      ...headLines('=', 'unchanged', pair.desired, pair.actual.id),
      ...fieldsOf(pair.desired).map(({ path, to }) => line(path, whole(to))),
      '',
    ]),
  ]
}

function changeLines(change: Change, colors: Colors): readonly string[] {
  const object = changedObject(change)
  const id = change.change === 'create' ? null : change.actual.id
  const head = headLines(changeSigns[change.change][0], change.change, object, id)
  const kept = (unlike: ReadonlySet<string> = new Set()) =>
    fieldsOf(object).flatMap(({ path, to }) => (unlike.has(path) ? [] : [line(path, whole(to))]))
  if (change.change === 'create') return [...head, ...kept()]
  if (change.change === 'delete') {
    const lost = lossesOf(change).filter(([name]) => name.includes(' '))
    return [...head, ...kept(), ...lost.map(([name, text]) => line(name, colors.red(visibleText(text))))]
  }
  return [
    ...head,
    ...kept(new Set(change.fields.map(({ path }) => path))),
    ...change.fields.map(({ path, from, to }) =>
      line(path, `${colors.red(whole(from))} → ${colors.green(whole(to))}`),
    ),
  ]
}

function headLines(
  sign: string,
  what: string,
  { resource }: Desired | Actual,
  id: string | null,
): readonly string[] {
  return [visibleText(`${sign} ${what} ${addressTitle(resource)}${id === null ? '' : ` id ${id}`}`)]
}

function fieldsOf(object: Desired | Actual): readonly FieldDiff[] {
  switch (object.kind) {
    case 'job':
      return newJobFields(object.resource)
    case 'webhook':
      return newWebhookFields(object.resource, 'secret' in object ? object.secret : null)
    case 'policy':
      return newPolicyFields(object.resource)
  }
}

function line(path: string, text: string): string {
  return `    ${visibleText(path)}: ${text}`
}

/** A value with nothing left out; lists of texts as in a manifest. */
function whole(value: JsonValue): string {
  return valueText(value, Number.POSITIVE_INFINITY)
}
