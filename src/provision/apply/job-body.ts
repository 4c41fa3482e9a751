import type { JobWrite } from '../../ports/cloudflare.ts'
import { type FieldDiff, touches } from '../plan/change.ts'
import type { JsonValue } from '../resource/json-value.ts'
import { outputBody } from '../resource/output-form.ts'
import type { ActualJob, JobResource } from '../resource/resource.ts'

/** A filter as the API takes it: JSON as text; empty for none. */
export function filterText(filter: JsonValue): string {
  if (filter === null) return ''
  return typeof filter === 'string' ? filter : JSON.stringify(filter)
}

/** The body that creates a job, without its ownership challenge. `enabled` is always said: the API's default is off. */
export function createJobBody(job: JobResource): JobWrite {
  const output = outputBody(job.output, null)
  const { bytes, records, intervalSeconds } = job.upload
  return {
    name: job.name,
    dataset: job.dataset,
    ...(job.jobKind === '' ? {} : { kind: job.jobKind }),
    enabled: job.enabled,
    destinationConf: job.destinationConf,
    ...(Object.keys(output).length === 0 ? {} : { outputOptions: output }),
    ...(job.filter === null ? {} : { filter: filterText(job.filter) }),
    ...(job.filterAttackTraffic ? { filterAttackTraffic: true } : {}),
    ...(bytes === 0 ? {} : { maxUploadBytes: bytes }),
    ...(records === 0 ? {} : { maxUploadRecords: records }),
    ...(intervalSeconds === 0 ? {} : { maxUploadIntervalSeconds: intervalSeconds }),
    ...(job.transformerId === null ? {} : { transformerId: job.transformerId }),
  }
}

/**
 * The body that makes a live job as wanted: only what differs, so that a destination with a challenge needs no new
 * proof. Cloudflare tests the destination at every update all the same.
 */
export function updateJobBody(job: JobResource, actual: ActualJob, fields: readonly FieldDiff[]): JobWrite {
  const differs = (name: string) => touches({ fields }, name)
  return {
    ...(differs('name') ? { name: job.name } : {}),
    ...(differs('enabled') ? { enabled: job.enabled } : {}),
    ...(differs('destination') ? { destinationConf: job.destinationConf } : {}),
    ...(differs('output') ? { outputOptions: outputBody(job.output, actual.resource.output) } : {}),
    ...(differs('filter') ? { filter: filterText(job.filter) } : {}),
    ...(differs('filter_attack_traffic') ? { filterAttackTraffic: job.filterAttackTraffic } : {}),
    ...(differs('upload.max_bytes') ? { maxUploadBytes: job.upload.bytes } : {}),
    ...(differs('upload.max_records') ? { maxUploadRecords: job.upload.records } : {}),
    ...(differs('upload.max_interval') ? { maxUploadIntervalSeconds: job.upload.intervalSeconds } : {}),
    ...(differs('transformer_id') && job.transformerId !== null ? { transformerId: job.transformerId } : {}),
  }
}
