import type { Scope } from '../../domain/scope.ts'
import { Secret } from '../../domain/secret.ts'
import { isJsonRecord, isJsonValue, type JsonValue } from '../resource/json-value.ts'
import { type OutputForm, outputForm } from '../resource/output-form.ts'
import type { DesiredJob, JobResource, OwnershipSource } from '../resource/resource.ts'
import type { OutputValue } from './job-schema.ts'
import { originOf } from './report.ts'
import { resolveDestination } from './resolve-destination.ts'
import { type Resolver, resolveText } from './resolve-text.ts'
import type { JobValue } from './schema.ts'
import type { Path } from './tree.ts'
import { parseBytes, parseSeconds } from './units.ts'

/** A job that only lacks its scope; null after reporting why it cannot be made. */
export function resolveJob(
  resolver: Resolver,
  job: JobValue,
  path: Path,
): ((scope: Scope) => DesiredJob) | null {
  const conf = resolveDestination(resolver, job.destination, [...path, 'destination'])
  const ownership = resolveOwnership(resolver, job.ownership?.token, [...path, 'ownership', 'token'])
  if (conf === null || ownership === null) return null
  const { upload = {} } = job
  const rest: Omit<JobResource, 'scope'> = {
    kind: 'job',
    name: job.name,
    dataset: job.dataset,
    jobKind: job.kind ?? '',
    enabled: job.enabled ?? true,
    destinationConf: conf,
    output: outputOf(job.output),
    filter: filterOf(job.filter),
    filterAttackTraffic: job.filter_attack_traffic ?? false,
    upload: {
      bytes: upload.max_bytes === undefined ? 0 : (parseBytes(upload.max_bytes) ?? 0),
      records: upload.max_records ?? 0,
      intervalSeconds: upload.max_interval === undefined ? 0 : (parseSeconds(upload.max_interval) ?? 0),
    },
    transformerId: job.transformer_id ?? null,
  }
  const origin = originOf(resolver.report.source, [...path, 'name'])
  const adopt = job.adopt ?? false
  return (scope) => ({ kind: 'job', origin, adopt, ownership, resource: { ...rest, scope } })
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

function filterOf(filter: JobValue['filter']): JsonValue {
  return isJsonValue(filter) ? filter : null
}
