import type { JobId } from '../../domain/job/job.ts'
import { countAttempts, type JobTotals } from '../../domain/ledger/job-totals.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { ScopeState } from '../state/scope-state.ts'

/** A job that goes on losing data is mentioned again after so long. */
const quietMs = 15 * 60_000

/** Says that a job lost data, once per quarter of an hour and job; the counters say how much. */
export function createLossReport(
  log: Log,
  clock: Clock,
): (scope: ScopeState, before: ReadonlyMap<JobId, JobTotals>) => void {
  const saidAt = new Map<JobId, number>()
  return ({ labels, totals, jobs }, before) => {
    for (const [id, job] of totals) {
      const batches = lostBatches(job) - lostBatches(before.get(id))
      if (batches <= 0) continue
      const now = clock.monotonic()
      if (now - (saidAt.get(id) ?? Number.NEGATIVE_INFINITY) < quietMs) continue
      saidAt.set(id, now)
      const summary = jobs.get(id)?.summary
      log.warn(
        {
          ...labels,
          job_id: id,
          job_name: summary?.name,
          destination: summary?.destination,
          batches,
          records: job.recordsLost - (before.get(id)?.recordsLost ?? 0),
        },
        'batches lost',
      )
    }
    for (const [id, at] of saidAt) if (clock.monotonic() - at > 2 * quietMs) saidAt.delete(id)
  }
}

function lostBatches(totals: JobTotals | undefined): number {
  return totals === undefined ? 0 : countAttempts(totals, ({ final, success }) => final && !success)
}
