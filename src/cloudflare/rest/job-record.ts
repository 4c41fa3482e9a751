import * as z from 'zod/mini'
import type { JobRecord } from '../../domain/job/job.ts'
import type { JobWrite } from '../../ports/cloudflare.ts'
import {
  camelCased,
  flag,
  idText,
  mapped,
  optionalFlag,
  optionalInstant,
  optionalJsonSecret,
  optionalJsonText,
  optionalNumber,
  optionalRecord,
  optionalText,
  plainText,
  secretText,
} from '../fields.ts'

/** A job as `…/logpush/jobs` answers it; any field but the id may be missing. */
const wireJob = z.object({
  id: idText,
  name: optionalText,
  // Jobs older than the field have none, and mean the one dataset of their day.
  dataset: mapped(optionalText, (name) => name ?? 'http_requests'),
  kind: plainText,
  enabled: flag,
  destination_conf: secretText,
  last_complete: optionalInstant,
  last_error: optionalInstant,
  error_message: optionalJsonSecret,
  // Documented as stringified JSON.
  filter: optionalJsonText,
  filter_attack_traffic: optionalFlag,
  frequency: optionalText,
  logpull_options: optionalText,
  output_options: optionalRecord,
  max_upload_bytes: optionalNumber,
  max_upload_records: optionalNumber,
  max_upload_interval_seconds: optionalNumber,
  transformer_id: optionalNumber,
})

export const jobRecord = mapped(wireJob, (job): JobRecord => camelCased(job))

/** The body of a create or an update: what is not given is not sent, and so keeps its value. */
export function jobBody(job: JobWrite): Readonly<Record<string, unknown>> {
  const body = {
    name: job.name,
    dataset: job.dataset,
    kind: job.kind,
    enabled: job.enabled,
    destination_conf: job.destinationConf?.reveal(),
    ownership_challenge: job.ownershipChallenge?.reveal(),
    filter: job.filter,
    filter_attack_traffic: job.filterAttackTraffic,
    output_options: job.outputOptions,
    max_upload_bytes: job.maxUploadBytes,
    max_upload_records: job.maxUploadRecords,
    max_upload_interval_seconds: job.maxUploadIntervalSeconds,
    transformer_id: job.transformerId,
  }
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}
