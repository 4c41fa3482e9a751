import { describeDestination } from '../destination/destination.ts'
import { classifyFailure, scrub } from './failure-reason.ts'
import type { JobRecord, JobSummary } from './job.ts'

/** What may be kept and shown of a job as the API gives it. */
export function summarise(record: JobRecord): JobSummary {
  const { type, redacted } = describeDestination(record.destinationConf)
  return {
    id: record.id,
    name: record.name ?? '',
    dataset: record.dataset,
    kind: record.kind,
    enabled: record.enabled,
    destinationType: type,
    destination: redacted,
    lastComplete: record.lastComplete,
    lastError: record.lastError,
    failure: failureOf(record, redacted),
    maxUploadIntervalSeconds: record.maxUploadIntervalSeconds,
  }
}

function failureOf(record: JobRecord, redacted: string): JobSummary['failure'] {
  if (record.errorMessage === null) return null
  const text = record.errorMessage.reveal()
  return {
    reason: classifyFailure(text),
    message: scrub(withoutParts(text, record.destinationConf.reveal(), redacted)),
  }
}

/** Masks whatever of the destination's own text is not shown elsewhere: an error may repeat its password. */
function withoutParts(text: string, conf: string, redacted: string): string {
  const parts = conf.split(/[?&=/:@]/).filter((part) => part.length >= 5 && !redacted.includes(part))
  const all = parts.flatMap((part) => [part, decoded(part)])
  return all.reduce((masked, part) => masked.replaceAll(part, '***'), text)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
