import { type Attempted, attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { didYouMean, quoted } from '../../domain/positioned.ts'
import { accountOf, scopeTitle } from '../../domain/scope.ts'
import type { ApiFailure } from '../../errors.ts'
import type { JobsApi, Transformer } from '../../ports/cloudflare.ts'
import type { Listing } from '../../ports/listing.ts'
import { type Problem, problemOf } from '../resource/problem.ts'
import type { Desired, DesiredJob, DesiredState } from '../resource/resource.ts'

export interface TransformerDeps {
  readonly jobs: Pick<JobsApi, 'listTransformers'>
  readonly call: Caller
}

export interface TransformerLookUp {
  /** With the ids of the transformers that were found; of the others none is compared. */
  readonly desired: DesiredState
  readonly problems: readonly Problem[]
}

/** Gives the jobs that name a transformer its id. An account is asked once, and only where a job names one. */
export async function lookUpTransformers(
  desired: DesiredState,
  { jobs, call }: TransformerDeps,
): Promise<TransformerLookUp> {
  const naming = desired.resources.filter((one) => one.kind === 'job' && one.transformer !== null)
  const lists = new Map<string, Attempted<Listing<Transformer>>>()
  for (const account of new Set(naming.map(({ resource }) => accountOf(resource.scope).id))) {
    lists.set(account, await attempt(() => call.read((options) => jobs.listTransformers(account, options))))
  }
  const problems: Problem[] = []
  const resources = desired.resources.map((one): Desired => {
    const list = lists.get(accountOf(one.resource.scope).id)
    if (one.kind !== 'job' || one.transformer === null || list === undefined) return one
    const found = list.ok ? transformerOf(one, one.transformer, list.value) : unasked(one, list.failure)
    if (typeof found === 'number') return { ...one, resource: { ...one.resource, transformerId: found } }
    problems.push(found)
    return one
  })
  return { desired: { ...desired, resources }, problems }
}

function transformerOf(
  job: DesiredJob,
  name: string,
  { items, unreadable }: Listing<Transformer>,
): number | Problem {
  const { dataset, scope } = job.resource
  const named = items.filter((one) => one.name === name)
  const [only] = named
  if (only === undefined) {
    const names = [...new Set(items.map((one) => one.name))].sort()
    const hint =
      didYouMean(name, names) || (names.length === 0 ? '' : `; it has ${names.map(quoted).join(', ')}`)
    const odd = unreadable.length === 0 ? '' : `; ${unreadable.length} cannot be read`
    const account = scopeTitle({ kind: 'account', ...accountOf(scope) })
    return problemOf(job, `${account} has no transformer called ${quoted(name)}${hint}${odd}`)
  }
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(', ')
    return problemOf(
      job,
      `${named.length} transformers are called ${quoted(name)}; use transformer_id: ${ids}`,
    )
  }
  return only.dataset === null || only.dataset === dataset
    ? only.id
    : problemOf(job, `the transformer ${quoted(name)} reads ${only.dataset}, not ${dataset}`)
}

function unasked(job: DesiredJob, { message }: ApiFailure): Problem {
  const name = quoted(job.transformer ?? '')
  const text = `the transformer ${name} cannot be looked up: ${message}; use transformer_id, or try again`
  return { ...problemOf(job, text), outside: true }
}
