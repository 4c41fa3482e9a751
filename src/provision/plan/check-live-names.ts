import { didYouMean, quoted } from '../../domain/positioned.ts'
import { type Problem, problemOf } from '../resource/problem.ts'
import { hasReference } from '../resource/reference.ts'
import type { ActualState, Address, DesiredPolicy, DesiredState } from '../resource/resource.ts'
import { unreadableTwin } from './unreadable.ts'

/**
 * Policies that name a webhook or a PagerDuty service that is not there, or is there twice. A webhook that cannot be read is there.
 */
export function checkLiveNames(desired: DesiredState, actual: ActualState): readonly Problem[] {
  return desired.resources.flatMap((one): readonly Problem[] => {
    if (one.kind !== 'policy') return []
    const { scope, webhooks, pagerduty } = one.resource
    const isHook = (address: Address) => address.kind === 'webhook' && address.scope.id === scope.id
    const hooks = [...desired.resources, ...actual.resources]
      .map(({ resource }): Address => resource)
      .filter(isHook)
      .map(({ name }) => name)
    const isThere = (name: string) =>
      hooks.includes(name) || unreadableTwin({ kind: 'webhook', scope, name }, actual.unreadable) !== null
    const services = (actual.pagerduty.get(scope.id) ?? []).map(({ name }) => name)
    return [
      ...webhooks.flatMap((name) => (isThere(name) ? [] : [missing(one, 'webhook', name, hooks)])),
      ...pagerduty.flatMap((name) => pagerdutyProblem(one, name, services)),
    ]
  })
}

function pagerdutyProblem(
  policy: DesiredPolicy,
  name: string,
  services: readonly string[],
): readonly Problem[] {
  // Left unread, the name can be any.
  if (hasReference(name)) return []
  const count = services.filter((service) => service === name).length
  if (count === 1) return []
  if (count === 0) return [missing(policy, 'connected PagerDuty service', name, services)]
  return [problemOf(policy, `${count} connected PagerDuty services are called ${quoted(name)}`)]
}

function missing(policy: DesiredPolicy, what: string, name: string, known: readonly string[]): Problem {
  const list = [...new Set(known)].sort().map(quoted)
  const hint = didYouMean(name, known) || (list.length > 0 ? `; there are ${list.join(', ')}` : '')
  return problemOf(policy, `the account has no ${what} called ${quoted(name)}${hint}`)
}
