import type { ApiFailure } from '../../errors.ts'
import type { Desired, DesiredJob, DesiredState } from '../resource/resource.ts'
import type { FieldLists } from './field-lists.ts'
import { inParallel } from './read-actual.ts'

/** A job that wants all fields, which are not known. */
export interface Unlisted {
  readonly job: DesiredJob
  /** Null: Cloudflare lists none. */
  readonly failure: ApiFailure | null
}

/** Turns `fields: all` into the fields of today. What cannot be looked up stays `all`. */
export async function lookUpFields(
  desired: DesiredState,
  lists: FieldLists,
  parallel: number,
): Promise<{ readonly desired: DesiredState; readonly unlisted: readonly Unlisted[] }> {
  const found = await inParallel(desired.resources, parallel, async (one): Promise<Desired | Unlisted> => {
    if (one.kind !== 'job' || one.resource.output.fieldNames !== 'all') return one
    const { scope, dataset } = one.resource
    const list = await lists.common(scope, dataset)
    if (!list.ok) return { job: one, failure: list.failure }
    return list.value.length === 0 ? { job: one, failure: null } : withFields(one, list.value)
  })
  return {
    desired: { ...desired, resources: found.map((one) => ('job' in one ? one.job : one)) },
    unlisted: found.flatMap((one) => ('job' in one ? [one] : [])),
  }
}

function withFields(job: DesiredJob, list: readonly string[]): DesiredJob {
  const { resource } = job
  return { ...job, resource: { ...resource, output: { ...resource.output, fieldNames: [...list].sort() } } }
}
