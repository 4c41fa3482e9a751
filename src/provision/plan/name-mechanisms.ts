import { isSameId } from '../../domain/notification/object-id.ts'
import type { ActualState, Desired, DesiredState } from '../resource/resource.ts'

interface Named {
  readonly id: string
  readonly name: string
}

/**
 * Wanted policies by names alone: a webhook or PagerDuty service may also be given by its id, which is all that
 * Terraform knows. Live policies are compared by names.
 */
export function nameMechanisms(desired: DesiredState, actual: ActualState): DesiredState {
  const resources = desired.resources.map((one): Desired => {
    if (one.kind !== 'policy') return one
    const { scope, webhooks, pagerduty } = one.resource
    const hooks = actual.resources.flatMap(({ kind, id, resource }) =>
      kind === 'webhook' && resource.scope.id === scope.id ? [{ id, name: resource.name }] : [],
    )
    const services = actual.pagerduty.get(scope.id) ?? []
    const resource = {
      ...one.resource,
      webhooks: webhooks.map((text) => nameOf(text, hooks)),
      pagerduty: pagerduty.map((text) => nameOf(text, services)),
    }
    return { ...one, resource }
  })
  return { ...desired, resources }
}

/** As it is written, unless it is the id of one whose name is its alone. */
function nameOf(text: string, known: readonly Named[]): string {
  const name = known.some((one) => one.name === text)
    ? undefined
    : known.find(({ id }) => isSameId(id, text))?.name
  const isUnique = known.filter((one) => one.name === name).length === 1
  return name === undefined || name === '' || !isUnique ? text : name
}
