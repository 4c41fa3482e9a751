import type { JobTimeline } from './job-timeline.ts'
import type { UploadEvent } from './upload-events.ts'
import type { ScopeRef } from './world-spec.ts'
import { visitJobEvents, type WorldState } from './world-state.ts'

/** What really happened to one job in a period; sums are exact. */
export interface JobTruth {
  readonly jobId: number
  readonly scope: ScopeRef
  readonly name: string
  readonly deletedAtMs: number | null
  /** All attempts. */
  uploads: number
  /** Attempts that another one followed. */
  retries: number
  /** Last attempts. */
  batches: number
  /** Last attempts that failed. */
  lostBatches: number
  /** Delivered. */
  records: number
  bytes: number
  compressedBytes: number
  lostRecords: number
  lostBytes: number
  /** Of all attempts. */
  uploadSeconds: number
  lastUploadMs: number | null
  /** Attempts by what the destination answered; the type in lower case. Sorted. */
  responses: ResponseTruth[]
}

export interface ResponseTruth extends Pick<UploadEvent, 'destinationType' | 'status' | 'final' | 'success'> {
  uploads: number
}

export interface TruthQuery {
  /** Epoch milliseconds, rounded down to a whole minute. The beginning of the simulation when absent. */
  readonly fromMs?: number
  /** Exclusive, rounded down to a whole minute, never after now. Now when absent. */
  readonly toMs?: number
  /** Only what the health data shows at this instant; everything when absent. */
  readonly visibleAtMs?: number
}

export interface Truth {
  readonly fromMs: number
  readonly toMs: number
  readonly jobs: ReadonlyMap<number, JobTruth>
}

/** Exact totals per job of every attempt that ended in the period, whether the API shows it yet or not. */
export function truthOf(state: WorldState, nowMs: number, query: TruthQuery): Truth {
  const fromMs = wholeMinute(query.fromMs ?? state.startMs)
  const toMs = wholeMinute(Math.min(query.toMs ?? nowMs, nowMs))
  const jobs = new Map<number, JobTruth>()
  for (const job of state.jobs.values()) {
    const truth = emptyTruth(job)
    visitJobEvents(state, job, fromMs, toMs, (event) => {
      if (query.visibleAtMs === undefined || event.visibleAtMs <= query.visibleAtMs) add(truth, event)
    })
    truth.uploadSeconds = Math.round(truth.uploadSeconds * 1000) / 1000
    truth.responses.sort(byResponse)
    jobs.set(job.id, truth)
  }
  return { fromMs, toMs, jobs }
}

function wholeMinute(ms: number): number {
  return Math.floor(ms / 60_000) * 60_000
}

function emptyTruth(job: JobTimeline): JobTruth {
  return {
    jobId: job.id,
    scope: job.scope,
    name: String(job.fields.name ?? ''),
    deletedAtMs: job.deletedAtMs,
    uploads: 0,
    retries: 0,
    batches: 0,
    lostBatches: 0,
    records: 0,
    bytes: 0,
    compressedBytes: 0,
    lostRecords: 0,
    lostBytes: 0,
    uploadSeconds: 0,
    lastUploadMs: null,
    responses: [],
  }
}

function add(truth: JobTruth, event: UploadEvent): void {
  truth.uploads += 1
  truth.uploadSeconds += event.durationMs / 1000
  truth.lastUploadMs = Math.max(truth.lastUploadMs ?? 0, event.endMs)
  if (!event.final) truth.retries += 1
  else if (event.success) {
    truth.batches += 1
    truth.records += event.records
    truth.bytes += event.bytes
    truth.compressedBytes += event.compressedBytes
  } else {
    truth.batches += 1
    truth.lostBatches += 1
    truth.lostRecords += event.records
    truth.lostBytes += event.bytes
  }
  const destinationType = event.destinationType.toLowerCase()
  const { status, final, success } = event
  const known = truth.responses.find(
    (row) =>
      row.destinationType === destinationType &&
      row.status === status &&
      row.final === final &&
      row.success === success,
  )
  if (known === undefined) truth.responses.push({ destinationType, status, final, success, uploads: 1 })
  else known.uploads += 1
}

function byResponse(a: ResponseTruth, b: ResponseTruth): number {
  return (
    a.destinationType.localeCompare(b.destinationType) ||
    a.status - b.status ||
    Number(a.final) - Number(b.final) ||
    Number(a.success) - Number(b.success)
  )
}
