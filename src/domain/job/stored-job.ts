/* The remembered part of jobs as plain values, for the store. Carries no secret: a summary has none. */
import { placeFromRecord } from '../destination/store-place.ts'
import { isObject } from '../plain-value.ts'
import type { Scope } from '../scope.ts'
import { failureReasons, type JobSummary } from './job.ts'
import type { DisabledByFailure, JobState } from './job-state.ts'

interface RememberedScope {
  readonly scope: Scope
  readonly jobs: readonly JobState[]
}

/** Reads a stored scope back; null when it is not one, which means that the store is damaged. */
export function scopeFromRecord(record: unknown): RememberedScope | null {
  if (!isObject(record)) return null
  const { kind, id, name, accountId, accountName, jobs } = record
  if ((kind !== 'account' && kind !== 'zone') || typeof id !== 'string' || typeof name !== 'string')
    return null
  if (typeof accountId !== 'string' || typeof accountName !== 'string' || !Array.isArray(jobs)) return null
  const states: JobState[] = []
  for (const job of jobs) {
    const state = readState(job)
    if (state === null) return null
    states.push(state)
  }
  const account = { id: accountId, name: accountName }
  return { scope: kind === 'zone' ? { kind, id, name, account } : { kind, id, name }, jobs: states }
}

function readState(value: unknown): JobState | null {
  if (!isObject(value)) return null
  const summary = readSummary(value.summary)
  const { failingSince, firstSeen } = value
  if (summary === null || !isInstantOrNull(failingSince) || typeof firstSeen !== 'number') return null
  return { summary, failingSince, firstSeen, disabledByFailure: readDisabled(value.disabledByFailure) }
}

function readDisabled(value: unknown): DisabledByFailure | null {
  if (!isObject(value) || typeof value.at !== 'number') return null
  return value.how === 'notified' || value.how === 'seen' ? { how: value.how, at: value.at } : null
}

function readSummary(value: unknown): JobSummary | null {
  if (!isObject(value)) return null
  const { id, name, dataset, kind, enabled, destinationType, destination } = value
  const { lastComplete, lastError, maxUploadIntervalSeconds } = value
  if (typeof id !== 'string' || typeof name !== 'string' || typeof dataset !== 'string') return null
  if (typeof kind !== 'string' || typeof enabled !== 'boolean') return null
  if (typeof destinationType !== 'string' || typeof destination !== 'string') return null
  if (!isInstantOrNull(lastComplete) || !isInstantOrNull(lastError)) return null
  if (!isInstantOrNull(maxUploadIntervalSeconds)) return null
  return {
    id,
    name,
    dataset,
    kind,
    enabled,
    destinationType,
    destination,
    place: placeFromRecord(value.place),
    destinationExpiry: typeof value.destinationExpiry === 'number' ? value.destinationExpiry : null,
    lastComplete,
    lastError,
    failure: readFailure(value.failure),
    maxUploadIntervalSeconds,
  }
}

function readFailure(value: unknown): JobSummary['failure'] {
  if (!isObject(value) || typeof value.message !== 'string') return null
  const reason = failureReasons.find((known) => known === value.reason) ?? 'other'
  return { reason, message: value.message }
}

function isInstantOrNull(value: unknown): value is number | null {
  return value === null || (typeof value === 'number' && Number.isFinite(value))
}
