import type { Scope } from '../../domain/scope.ts'
import type { Manifest } from '../manifest/part.ts'
import { type Checked, checked } from '../resource/problem.ts'
import { type Address, addressKey, type Coverage, type Desired } from '../resource/resource.ts'
import { type ChangeName, changeAddress } from './change.ts'
import { createFieldLists, type FieldListDeps } from './field-lists.ts'
import { matchObjects } from './match.ts'
import { isBarred, makePlan } from './plan.ts'
import { planEverything } from './plan-options.ts'
import { type SurveyDeps, survey } from './survey.ts'
import { unreadableTwin } from './unreadable.ts'

/** How an object of a manifest stands to what is live. */
export interface Drift {
  readonly kind: Address['kind']
  readonly scope: Scope
  readonly name: string
  /** What applying the manifest would do to it; a replaced or adopted object is updated. */
  readonly change: 'create' | 'update' | 'delete' | 'none'
}

export interface Comparison {
  readonly objects: readonly Drift[]
  readonly coverage: readonly Coverage[]
}

/**
 * The same plan as `plan` makes, without the checks that only matter before a write. Reads only.
 * @throws ApiFailure when Cloudflare does not answer.
 */
export async function compareManifest(
  manifest: Manifest,
  deps: SurveyDeps & FieldListDeps,
): Promise<Checked<Comparison>> {
  const surveyed = await survey(manifest, deps, 'everything', createFieldLists(deps))
  if (!surveyed.ok) return surveyed
  const { desired, actual, unlisted, problems } = surveyed.value
  const { changes } = makePlan(desired, actual, planEverything)
  // What may not be replaced differs all the same.
  const barred = new Set(
    matchObjects(desired.resources, actual.resources).matched.flatMap((pair) =>
      isBarred(pair, desired) ? [pair.desired] : [],
    ),
  )
  const changed = new Set(changes.map((change) => addressKey(changeAddress(change))))
  // Of what cannot be read nobody knows whether it drifts.
  const isKnown = ({ resource }: Desired) =>
    actual.resources.some((live) => addressKey(live.resource) === addressKey(resource)) ||
    unreadableTwin(resource, actual.unreadable) === null
  // Neither does anybody know it of fields that could not be looked up.
  const lost = unlisted.find(({ failure }) => failure !== null)
  if (lost?.failure) throw lost.failure
  const objects = [
    ...changes.map((change): Drift => ({ ...named(changeAddress(change)), change: said[change.change] })),
    ...desired.resources
      .filter((one) => !changed.has(addressKey(one.resource)) && isKnown(one))
      .map((one): Drift => ({ ...named(one.resource), change: barred.has(one) ? 'update' : 'none' })),
  ]
  return checked({ objects, coverage: desired.coverage ?? [] }, problems)
}

const said: Readonly<Record<ChangeName, Drift['change']>> = {
  create: 'create',
  update: 'update',
  adopt: 'update',
  replace: 'update',
  delete: 'delete',
}

function named({ kind, scope, name }: Address): Address {
  return { kind, scope, name }
}
