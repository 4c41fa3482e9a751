import type { JobId } from '../../domain/job/job.ts'
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import type { Ledger, Window } from '../../domain/ledger/ledger.ts'
import { shrunkRows } from '../../domain/ledger/shrunk-rows.ts'
import type { ScopeKey } from '../../domain/scope.ts'

/**
 * Counts rows that shrank after they were counted, each once however often it is read again. Gives what is new of it
 * in a window that was just entered, by job.
 */
export function createShrunkCount() {
  const known = new Map<ScopeKey, Map<string, number>>()
  return (
    key: ScopeKey,
    ledger: Ledger,
    window: Window,
    rows: readonly HealthRow[],
  ): ReadonlyMap<JobId, number> => {
    const seen = known.get(key) ?? new Map<string, number>()
    const added = new Map<JobId, number>()
    for (const { minute, jobId, series } of shrunkRows(ledger, window, rows)) {
      const id = `${minute} ${series}`
      if (seen.has(id)) continue
      seen.set(id, minute)
      added.set(jobId, (added.get(jobId) ?? 0) + 1)
    }
    for (const [id, minute] of seen) if (minute < ledger.watermark) seen.delete(id)
    if (seen.size === 0) known.delete(key)
    else known.set(key, seen)
    return added
  }
}
