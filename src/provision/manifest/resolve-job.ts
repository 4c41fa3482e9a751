import { type Scope, scopeTitle } from '../../domain/scope.ts'
import { Secret } from '../../domain/secret.ts'
import { isJsonRecord, isJsonValue } from '../resource/json-value.ts'
import { type OutputForm, outputForm } from '../resource/output-form.ts'
import { type Checked, checked } from '../resource/problem.ts'
import type { DesiredJob, JobResource, OwnershipSource } from '../resource/resource.ts'
import type { OutputValue } from './job-schema.ts'
import { sampleVariables, usedVariables, variablesOf } from './job-variables.ts'
import { createReport, originOf } from './report.ts'
import { resolveDestination } from './resolve-destination.ts'
import { type Resolver, resolveText } from './resolve-text.ts'
import type { JobValue } from './schema.ts'
import type { Path } from './tree.ts'
import { parseBytes, parseSeconds } from './units.ts'

/** Makes a job for a scope, or says why its texts do not fit there. */
export type BuildJob = (scope: Scope) => Checked<DesiredJob>

/**
 * A job that only lacks its scope; null after reporting why it cannot be made. One that uses variables is tried with
 * samples first, so that what is wrong everywhere is said once, and then made for each scope.
 */
export function resolveJob(resolver: Resolver, job: JobValue, path: Path): BuildJob | null {
  const sample = resolveOnce({ ...resolver, variables: sampleVariables }, job, path)
  if (sample === null) return null
  if (usedVariables(job).size === 0) return (scope) => checked(placed(sample, scope), [])
  return (scope) => {
    const report = createReport(resolver.report.source)
    const variables = variablesOf(scope, job.dataset)
    const made = resolveOnce({ ...resolver, report, variables }, job, path)
    const problems = report.problems.map((problem) => ({
      ...problem,
      message: `${problem.message} (${scopeTitle(scope)})`,
    }))
    return made === null ? { ok: false, problems } : checked(placed(made, scope), problems)
  }
}

type Unplaced = Omit<DesiredJob, 'resource'> & { readonly resource: Omit<JobResource, 'scope'> }

function placed(job: Unplaced, scope: Scope): DesiredJob {
  return { ...job, resource: { ...job.resource, scope } }
}

function resolveOnce(resolver: Resolver, job: JobValue, path: Path): Unplaced | null {
  const name = resolveText({ ...resolver, readers: null }, [...path, 'name'], job.name)
  const conf = resolveDestination(resolver, job.destination, [...path, 'destination'])
  const ownership = resolveOwnership(resolver, job.ownership?.token, [...path, 'ownership', 'token'])
  if (name === null || conf === null || ownership === null) return null
  const { upload = {} } = job
  const resource: Omit<JobResource, 'scope'> = {
    kind: 'job',
    name,
    dataset: job.dataset,
    jobKind: job.kind ?? '',
    enabled: job.enabled ?? true,
    destinationConf: conf,
    output: outputOf(job.output),
    filter: isJsonValue(job.filter) ? job.filter : null,
    filterAttackTraffic: job.filter_attack_traffic ?? false,
    upload: {
      bytes: upload.max_bytes === undefined ? 0 : (parseBytes(upload.max_bytes) ?? 0),
      records: upload.max_records ?? 0,
      intervalSeconds: upload.max_interval === undefined ? 0 : (parseSeconds(upload.max_interval) ?? 0),
    },
    transformerId: job.transformer_id ?? null,
  }
  const origin = originOf(resolver.report.source, [...path, 'name'])
  const transformer = job.transformer ?? null
  return { kind: 'job', origin, ...adoptionOf(job.adopt), ownership, transformer, resource }
}

/** `adopt` as it is written: true, or the id of what is taken over. */
export function adoptionOf(adopt: JobValue['adopt'] = false): Pick<DesiredJob, 'adopt' | 'adoptId'> {
  return typeof adopt === 'boolean' ? { adopt, adoptId: null } : { adopt: true, adoptId: String(adopt.id) }
}

function resolveOwnership(resolver: Resolver, token: string | undefined, path: Path): OwnershipSource | null {
  if (token === undefined) return { how: 'read' }
  const text = resolveText(resolver, path, token)
  return text === null ? null : { how: 'token', token: new Secret(text.trim()) }
}

function outputOf(output: OutputValue | undefined): OutputForm {
  const { fields, extra = {}, cve_2021_44228: log4j, ...options } = output ?? {}
  const known = { ...options, 'CVE-2021-44228': log4j }
  return outputForm(fields ?? null, known, isJsonRecord(extra) ? extra : {})
}
