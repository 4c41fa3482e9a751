import type { JobId, JobSummary } from '../../domain/job/job.ts'
import { isFailing, type JobState } from '../../domain/job/job-state.ts'

/** Something worth a line in the log: what happened to a job between two sights of it. */
export type JobChange =
  | { readonly change: 'appeared' | 'enabled' | 'disabled' | 'deleted' | 'changed'; readonly job: JobState }
  | { readonly change: 'failing' | 'disabled_by_failure'; readonly job: JobState }
  | { readonly change: 'recovered'; readonly job: JobState }

/** What changed from one listing of a scope's jobs to the next. */
export function jobChanges(
  before: ReadonlyMap<JobId, JobState>,
  after: ReadonlyMap<JobId, JobState>,
): readonly JobChange[] {
  const changes: JobChange[] = []
  for (const [id, job] of after) {
    const previous = before.get(id)
    if (previous === undefined) changes.push({ change: 'appeared', job })
    changes.push(...changesOf(previous ?? null, job))
  }
  for (const [id, job] of before) if (!after.has(id)) changes.push({ change: 'deleted', job })
  return changes
}

function changesOf(before: JobState | null, job: JobState): readonly JobChange[] {
  const changes: JobChange[] = []
  const failing = isFailing(job.summary)
  const wasFailing = before !== null && isFailing(before.summary)
  if (job.disabledByFailure !== null && (before?.disabledByFailure ?? null) === null)
    changes.push({ change: 'disabled_by_failure', job })
  else if (before?.summary.enabled && !job.summary.enabled) changes.push({ change: 'disabled', job })
  if (before !== null && !before.summary.enabled && job.summary.enabled)
    changes.push({ change: 'enabled', job })
  if (failing && !wasFailing) changes.push({ change: 'failing', job })
  if (wasFailing && !failing && job.summary.enabled) changes.push({ change: 'recovered', job })
  if (before !== null && identity(before.summary) !== identity(job.summary))
    changes.push({ change: 'changed', job })
  return changes
}

/** Whether the part of the jobs that outlives the process is the same, so that it need not be written again. */
export function sameMemory(
  before: ReadonlyMap<JobId, JobState>,
  after: ReadonlyMap<JobId, JobState>,
): boolean {
  if (before.size !== after.size) return false
  for (const [id, job] of after) {
    const previous = before.get(id)
    if (previous === undefined || memory(previous) !== memory(job)) return false
  }
  return true
}

function identity(summary: JobSummary): string {
  const { name, dataset, kind, destination, destinationType } = summary
  return JSON.stringify([name, dataset, kind, destinationType, destination])
}

function memory(job: JobState): string {
  return JSON.stringify({ ...job, summary: { ...job.summary, lastComplete: null } })
}
