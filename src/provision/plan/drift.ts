import type { Manifest } from '../manifest/part.ts'
import { resolveManifest } from '../manifest/resolve-manifest.ts'
import { type Checked, checked } from '../resource/problem.ts'
import { type Address, addressKey } from '../resource/resource.ts'
import { type ChangeName, changeAddress } from './change.ts'
import { locate } from './locate.ts'
import { lookUpFields } from './look-up-fields.ts'
import { makePlan } from './plan.ts'
import { planEverything } from './plan-options.ts'
import type { PlanningDeps } from './planning.ts'
import { readActual } from './read-actual.ts'

/** How an object of a manifest stands to what is live. */
export interface Drift {
  readonly kind: Address['kind']
  readonly name: string
  /** What applying the manifest would do to it; a replaced or adopted object is updated. */
  readonly change: 'create' | 'update' | 'delete' | 'none'
}

export type DriftDeps = Pick<
  PlanningDeps,
  'directory' | 'jobs' | 'notifications' | 'call' | 'parallel' | 'references'
>

/**
 * The same plan as `plan` makes, without the checks that only matter before a write. Reads only.
 * @throws ApiFailure when Cloudflare does not answer.
 */
export async function compareManifest(
  manifest: Manifest,
  deps: DriftDeps,
): Promise<Checked<readonly Drift[]>> {
  const resolved = resolveManifest(manifest, deps.references)
  if (!resolved.ok) return resolved
  const located = await locate(resolved.value, deps)
  if (!located.ok) return located
  const { desired, problems } = await lookUpFields(located.value, deps, false)
  const { changes } = makePlan(desired, await readActual(desired, deps), planEverything)
  const changed = new Set(changes.map((change) => addressKey(changeAddress(change))))
  const drifts = [
    ...changes.map((change): Drift => ({ ...named(changeAddress(change)), change: said[change.change] })),
    ...desired.resources
      .filter(({ resource }) => !changed.has(addressKey(resource)))
      .map(({ resource }): Drift => ({ ...named(resource), change: 'none' })),
  ]
  return checked(drifts, [...resolved.warnings, ...located.warnings, ...problems])
}

const said: Readonly<Record<ChangeName, Drift['change']>> = {
  create: 'create',
  update: 'update',
  adopt: 'update',
  replace: 'update',
  delete: 'delete',
}

function named({ kind, name }: Address): Pick<Drift, 'kind' | 'name'> {
  return { kind, name }
}
