import type { JobSummary } from '../../src/domain/job/job.ts'
import { noCounts, noTotals } from '../../src/domain/ledger/job-totals.ts'
import { beginLedger, type MinuteCounts } from '../../src/domain/ledger/ledger.ts'
import { type Scope, scopeKey } from '../../src/domain/scope.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../src/exporter/state/upload-history.ts'
import { zone } from './exporter-core.ts'

export const minute = 60_000
export const hour = 60 * minute

export function aSummary(id: string, now: number, edit: Partial<JobSummary> = {}): JobSummary {
  return {
    id,
    name: `job ${id}`,
    dataset: 'http_requests',
    kind: '',
    enabled: true,
    destinationType: 's3',
    destination: 's3://quay-logs/***',
    place: null,
    destinationExpiry: null,
    lastComplete: now - 5 * minute,
    lastError: null,
    failure: null,
    maxUploadIntervalSeconds: null,
    ...edit,
  }
}

/** Batches of a job that were given up so long before `now`. */
export function lostBatches(jobId: string, at: number, batches: number, records: number): MinuteCounts {
  return {
    minute: Math.floor(at / minute),
    jobId,
    final: true,
    success: false,
    counts: { ...noCounts, uploads: batches, records },
  }
}

/** Many zones of ten jobs each; one job in fifty fails, one in fifty loses data, all have four busy hours behind them. */
export function largeStatusWorld(jobs: number, now: number) {
  const state = createState()
  const history = createUploadHistory()
  const account = { id: 'a'.repeat(32), name: 'Quay' }
  const zones = Array.from({ length: Math.ceil(jobs / 10) }, (_, i) =>
    zone(`zone-${String(i).padStart(5, '0')}.example`, account),
  )
  const scopes: readonly Scope[] = [{ kind: 'account', ...account }, ...zones]
  state.setScopes(scopes)
  const from = Math.floor((now - 4 * hour) / minute)
  for (const [index, scope] of zones.entries()) {
    const ids = Array.from({ length: Math.min(10, jobs - index * 10) }, (_, i) =>
      String(100_000 + index * 10 + i),
    )
    const failing = (id: string): boolean => Number(id) % 50 === 7
    state.jobsListed(
      scopeKey(scope),
      ids.map((id) =>
        aSummary(
          id,
          now,
          failing(id)
            ? {
                lastError: now - hour,
                failure: { reason: 'auth', message: '403 Forbidden: the key is not known' },
              }
            : {},
        ),
      ),
      now,
    )
    history.counted(scopeKey(scope), beginLedger(from), busyHours(ids, from))
    const totals = new Map(ids.map((id) => [id, { ...noTotals, attempts: new Map([['s3|200|11', 240]]) }]))
    state.healthRead(scopeKey(scope), { ...beginLedger(from), readTo: Math.floor(now / minute), totals }, now)
  }
  return { state, history }
}

function* busyHours(ids: readonly string[], from: number): Iterable<MinuteCounts> {
  for (const id of ids) {
    for (let at = from; at < from + 240; at += 5) {
      const loses = Number(id) % 50 === 23 && at > from + 200
      const counts = { ...noCounts, uploads: 4 + ((at + Number(id)) % 3), records: 4000 }
      yield { minute: at, jobId: id, final: true, success: !loses, counts }
      if (Number(id) % 50 === 31) yield { minute: at, jobId: id, final: false, success: false, counts }
    }
  }
}
