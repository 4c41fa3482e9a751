import { scopeTitle } from '../../domain/scope.ts'
import { type Problem, problemOf } from '../resource/problem.ts'
import type { ActualState, Desired, DesiredState } from '../resource/resource.ts'
import { matchObjects } from './match.ts'
import { isBarred, unchangeable } from './plan.ts'
import type { PlanOptions } from './plan-options.ts'

/**
 * What taking over cannot do: an object of another dataset or kind is never replaced, and an id that is not live
 * stands for nothing.
 */
export function checkAdoptions(
  desired: DesiredState,
  actual: ActualState,
  { targets }: Pick<PlanOptions, 'targets'>,
): readonly Problem[] {
  const { created, matched } = matchObjects(desired.resources, actual.resources)
  const isTarget = ({ resource }: Desired) => targets.length === 0 || targets.includes(resource.name)
  const barred = matched.filter((pair) => isTarget(pair.desired) && isBarred(pair, desired))
  const lost = created.filter((one) => isTarget(one) && one.adoptId !== null)
  return [
    ...barred.map((pair) => {
      const differing = unchangeable(pair).map(({ path, from }) => `${path} ${from ?? '(none)'}`)
      const { kind, name } = pair.desired.resource
      return problemOf(
        pair.desired,
        `the live ${kind} with id ${pair.actual.id} has ${differing.join(' and ')}, which cannot be changed, and adopting never replaces; delete it yourself, or call ${name} otherwise`,
      )
    }),
    ...lost.map((one) =>
      problemOf(
        one,
        `no ${one.kind} with id ${one.adoptId} in ${scopeTitle(one.resource.scope)}; correct "adopt", or remove it`,
      ),
    ),
  ]
}
