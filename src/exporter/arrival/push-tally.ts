/* What Cloudflare delivered to the jobs that are watched, by the minute in which the upload ended. */
import type { ArrivalRule } from '../../domain/arrival/arrival-rule.ts'
import type { Amount, AmountBetween } from '../../domain/arrival/comparison.ts'
import type { JobId } from '../../domain/job/job.ts'
import { type Ledger, type MinuteCounts, openCounts } from '../../domain/ledger/ledger.ts'
import type { ScopeKey } from '../../domain/scope.ts'
import type { EpochMinute, EpochMs } from '../../domain/time.ts'
import type { ScopeState } from '../state/scope-state.ts'
import { arrivalRule } from './arrival-groups.ts'
import { createMinuteTally } from './minute-tally.ts'

export interface PushTally {
  /** Enters what a read of a scope counted; at a job's first, what the ledger already knew as well. */
  counted(scope: ScopeKey, before: Ledger, added: Iterable<MinuteCounts>): void
  /** From when on all of them are known; null while one is not. */
  since(ids: readonly JobId[]): EpochMinute | null
  /** Sums over several jobs; null where one of them is not known. */
  together(ids: readonly JobId[]): AmountBetween
  slots(ids: readonly JobId[], now: EpochMs, minutes: number): readonly (Amount | null)[]
  keep(ids: { has(id: JobId): boolean }): void
}

export function createPushTally(
  state: { scope(key: ScopeKey): ScopeState | undefined },
  rules: () => readonly ArrivalRule[],
): PushTally {
  const tally = createMinuteTally()
  const begun = new Map<JobId, EpochMinute>()

  const watched = (scope: ScopeState, id: JobId): boolean => {
    const job = scope.jobs.get(id)
    return job !== undefined && arrivalRule(rules(), job.summary, scope) !== null
  }
  const enter = ({ minute, jobId, final, success, counts }: MinuteCounts): void => {
    if (!final || !success) return
    tally.add(jobId, minute, { files: counts.uploads, bytes: counts.compressedBytes })
  }

  return {
    counted(key, before, added) {
      const scope = state.scope(key)
      if (scope === undefined || rules().length === 0) return
      const fresh = new Set<JobId>()
      for (const id of scope.jobs.keys()) {
        if (begun.has(id) || !watched(scope, id)) continue
        begun.set(id, before.watermark)
        tally.begin(id, before.watermark)
        fresh.add(id)
      }
      if (fresh.size > 0) for (const counts of openCounts(before)) if (fresh.has(counts.jobId)) enter(counts)
      for (const counts of added) if (begun.has(counts.jobId)) enter(counts)
    },
    since(ids) {
      const known = ids.flatMap((id) => tally.since(id) ?? [])
      return known.length < ids.length ? null : Math.max(...known)
    },
    together: (ids) => (from, to) => sumOf(ids.map((id) => tally.between(id)(from, to))),
    slots(ids, now, minutes) {
      const each = ids.map((id) => tally.slots(id, now, minutes))
      return (each[0] ?? []).map((_, index) => sumOf(each.map((slots) => slots[index] ?? null)))
    },
    keep(ids) {
      tally.keep(ids)
      for (const id of begun.keys()) if (!ids.has(id)) begun.delete(id)
    },
  }
}

function sumOf(amounts: readonly (Amount | null)[]): Amount | null {
  let [files, bytes] = [0, 0]
  for (const amount of amounts) {
    if (amount === null) return null
    files += amount.files
    bytes += amount.bytes
  }
  return { files, bytes }
}
