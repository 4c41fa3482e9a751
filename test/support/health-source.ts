import type { HealthRow } from '../../src/domain/ledger/health-row.ts'
import { attemptKey } from '../../src/domain/ledger/job-totals.ts'
import type { Window } from '../../src/domain/ledger/ledger.ts'
import { type EpochMs, minuteOf } from '../../src/domain/time.ts'

/** One upload attempt as it happened, and when the API begins to show it. */
export interface Upload {
  readonly scopeId: string
  readonly jobId: string
  readonly endedAt: EpochMs
  readonly visibleAt: EpochMs
  readonly destinationType: string
  readonly status: number
  readonly final: boolean
  readonly success: boolean
  readonly records: number
  readonly bytes: number
}

/** The rows that the API would give for a scope and window at a moment: its own grouping, whole and exact. */
export function rowsAt(
  uploads: readonly Upload[],
  scopeId: string,
  window: Window,
  now: EpochMs,
): readonly HealthRow[] {
  const groups = new Map<string, HealthRow>()
  for (const upload of uploads) {
    const minute = minuteOf(upload.endedAt)
    if (upload.scopeId !== scopeId || upload.visibleAt > now || minute < window.from || minute >= window.to)
      continue
    const key = `${minute}|${upload.jobId}|${attemptKey(upload)}`
    const other = groups.get(key)
    groups.set(key, {
      minute,
      jobId: upload.jobId,
      destinationType: upload.destinationType,
      status: upload.status,
      final: upload.final,
      success: upload.success,
      uploads: (other?.uploads ?? 0) + 1,
      records: (other?.records ?? 0) + upload.records,
      bytes: (other?.bytes ?? 0) + upload.bytes,
      compressedBytes: (other?.compressedBytes ?? 0) + Math.floor(upload.bytes / 8),
      // Quarters add up without rounding, so that sums can be compared exactly.
      uploadSeconds: (other?.uploadSeconds ?? 0) + 0.25,
      sampleInterval: 1,
      lastUpload: Math.max(other?.lastUpload ?? 0, upload.endedAt),
    })
  }
  return [...groups.values()]
}

export interface TrueTotals {
  readonly attempts: Readonly<Record<string, number>>
  readonly records: number
  readonly bytes: number
  readonly recordsLost: number
  readonly bytesLost: number
  readonly uploadSeconds: number
}

/** What should have been counted of one job: added up upload by upload, not by way of rows. */
export function trueTotals(uploads: readonly Upload[], jobId: string, from: EpochMs): TrueTotals {
  const attempts: Record<string, number> = {}
  let [records, bytes, recordsLost, bytesLost, uploadSeconds] = [0, 0, 0, 0, 0]
  for (const upload of uploads) {
    if (upload.jobId !== jobId || minuteOf(upload.endedAt) < minuteOf(from)) continue
    const key = attemptKey({ ...upload, destinationType: upload.destinationType.toLowerCase() })
    attempts[key] = (attempts[key] ?? 0) + 1
    uploadSeconds += 0.25
    if (!upload.final) continue
    records += upload.success ? upload.records : 0
    bytes += upload.success ? upload.bytes : 0
    recordsLost += upload.success ? 0 : upload.records
    bytesLost += upload.success ? 0 : upload.bytes
  }
  return { attempts, records, bytes, recordsLost, bytesLost, uploadSeconds }
}
