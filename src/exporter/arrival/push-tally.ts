/* What Cloudflare delivered to the jobs that are watched, by the minute in which the upload ended. */
import { hasFiles } from '../../domain/arrival/arrival-place.ts'
import type { ArrivalRule } from '../../domain/arrival/arrival-rule.ts'
import type { Amount, AmountBetween } from '../../domain/arrival/comparison.ts'
import type { JobId } from '../../domain/job/job.ts'
import { type Ledger, type MinuteCounts, openCounts } from '../../domain/ledger/ledger.ts'
import type { ScopeKey } from '../../domain/scope.ts'
import type { EpochMinute, EpochMs } from '../../domain/time.ts'
import type { ScopeState } from '../state/scope-state.ts'
import { arrivalOf } from './arrival-groups.ts'
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

/** What is counted where a job pushes to. */
type Measure = 'files' | 'records'

export function createPushTally(
  state: { scope(key: ScopeKey): ScopeState | undefined },
  rules: () => readonly ArrivalRule[],
): PushTally {
  const tally = createMinuteTally()
  const begun = new Map<JobId, Measure>()

  const measureOf = (scope: ScopeState, id: JobId): Measure | null => {
    const job = scope.jobs.get(id)
    const watched = job === undefined ? null : arrivalOf(rules(), job.summary, scope)
    if (watched === null) return null
    return hasFiles(watched.place) ? 'files' : 'records'
  }
  const enter = ({ minute, jobId, final, success, counts }: MinuteCounts): void => {
    if (!final || !success) return
    const isFiles = begun.get(jobId) === 'files'
    const amount = isFiles
      ? { count: counts.uploads, bytes: counts.compressedBytes }
      : { count: counts.records, bytes: 0 }
    tally.add(jobId, minute, amount)
  }

  return {
    counted(key, before, added) {
      const scope = state.scope(key)
      if (scope === undefined || rules().length === 0) return
      const fresh = new Set<JobId>()
      for (const id of scope.jobs.keys()) {
        const measure = measureOf(scope, id)
        if (measure === null || begun.get(id) === measure) continue
        begun.set(id, measure)
        tally.restart(id, before.watermark)
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
  let [count, bytes] = [0, 0]
  for (const amount of amounts) {
    if (amount === null) return null
    count += amount.count
    bytes += amount.bytes
  }
  return { count, bytes }
}
