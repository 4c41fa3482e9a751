import { describeDestination } from '../destination/destination.ts'
import { hiddenValues } from '../destination/hidden-values.ts'
import { destinationExpiry, storePlace } from '../destination/store-place.ts'
import { scrub } from '../error-text.ts'
import { maskSecrets } from '../secret-forms.ts'
import { classifyFailure } from './failure-reason.ts'
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
    place: storePlace(record.destinationConf),
    destinationExpiry: destinationExpiry(record.destinationConf),
    lastComplete: record.lastComplete,
    lastError: record.lastError,
    failure: failureOf(record),
    maxUploadIntervalSeconds: record.maxUploadIntervalSeconds,
  }
}

function failureOf({ errorMessage, destinationConf }: JobRecord): JobSummary['failure'] {
  if (errorMessage === null) return null
  const text = errorMessage.reveal()
  const withoutSecrets = maskSecrets(text, hiddenValues(destinationConf.reveal()))
  return { reason: classifyFailure(text), message: scrub(withoutSecrets) }
}
