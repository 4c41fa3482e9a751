import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { didYouMean, quoted } from '../../domain/positioned.ts'
import { type Scope, scopeKey, scopeTitle } from '../../domain/scope.ts'
import type { JobsApi } from '../../ports/cloudflare.ts'
import { filterKeys } from '../resource/filter-form.ts'
import type { Problem } from '../resource/problem.ts'
import type { Desired, DesiredJob, DesiredState } from '../resource/resource.ts'
import { inParallel } from './read-actual.ts'

/*
 * Asks for the fields of the datasets, once for each scope and dataset: `fields: all` becomes the list of
 * today, and a field that does not exist is refused, because Cloudflare would quietly leave it out.
 */

export interface LookUpDeps {
  readonly jobs: Pick<JobsApi, 'datasetFields'>
  readonly call: Caller
  readonly parallel: number
}

type Fields = readonly string[] | { readonly refusal: string }

/**
 * `check`: every field that a job names; without it only `fields: all` is looked up, without which such a job
 * cannot be made at all.
 * @throws ApiFailure when Cloudflare does not answer; that it does not know a dataset is a problem of the manifest.
 */
export async function lookUpFields(
  desired: DesiredState,
  deps: LookUpDeps,
  check: boolean,
): Promise<{ readonly desired: DesiredState; readonly problems: readonly Problem[] }> {
  const isMeant = (job: DesiredJob) => job.resource.output.fieldNames === 'all' || (check && namesFields(job))
  const jobs = desired.resources.filter((one) => one.kind === 'job').filter(isMeant)
  const sets = [...new Map(jobs.map(({ resource }) => [setKey(resource), resource])).values()]
  const lists = await inParallel(sets, deps.parallel, async (resource) => {
    const { scope, dataset } = resource
    return [setKey(resource), await fieldsOf(scope, dataset, deps)] as const
  })
  const fields = new Map(lists)
  const problems: Problem[] = []
  const resources = desired.resources.map((one): Desired => {
    const list = one.kind === 'job' && isMeant(one) ? fields.get(setKey(one.resource)) : undefined
    return one.kind === 'job' && list !== undefined ? withFields(one, list, check, problems) : one
  })
  return { desired: { ...desired, resources }, problems }
}

function namesFields({ resource }: DesiredJob): boolean {
  return resource.output.fieldNames !== null || resource.filter !== null
}

function setKey({ scope, dataset }: { readonly scope: Scope; readonly dataset: string }): string {
  return `${scopeKey(scope)} ${dataset}`
}

async function fieldsOf(scope: Scope, dataset: string, { jobs, call }: LookUpDeps): Promise<Fields> {
  const fields = await attempt(() => call.read((options) => jobs.datasetFields(scope, dataset, options)))
  if (fields.ok) return fields.value.size === 0 ? { refusal: 'it has no fields' } : [...fields.value.keys()]
  const { kind, message } = fields.failure
  if (kind === 'not_found' || kind === 'invalid_request' || kind === 'forbidden') return { refusal: message }
  throw fields.failure
}

function withFields(job: DesiredJob, list: Fields, check: boolean, problems: Problem[]): DesiredJob {
  const { resource, origin } = job
  const { output, dataset, scope, name } = resource
  const error = (message: string) =>
    problems.push({ at: origin, level: 'error', message: `job ${name}: ${message}` })
  if ('refusal' in list) {
    error(`cannot list the fields of ${quoted(dataset)} in ${scopeTitle(scope)}: ${list.refusal}`)
    return job
  }
  const wanted = output.fieldNames === 'all' ? [] : (output.fieldNames ?? [])
  for (const field of check ? new Set([...wanted, ...filterKeys(resource.filter)]) : []) {
    if (list.includes(field)) continue
    error(`${dataset} has no field ${quoted(field)}${didYouMean(field, list)}`)
  }
  if (output.fieldNames !== 'all') return job
  return { ...job, resource: { ...resource, output: { ...output, fieldNames: [...list].sort() } } }
}
