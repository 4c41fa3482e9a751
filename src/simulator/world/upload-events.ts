import { attempt, maxFailureMs, maxSuccessMs } from './attempt.ts'
import { type JobTimeline, phaseAt } from './job-timeline.ts'
import { uniform } from './prng.ts'
import type { Ingestion } from './world-spec.ts'

/** One attempt to upload one batch. */
export interface UploadEvent {
  readonly jobId: number
  /** When the attempt ended; the health data goes by this. */
  readonly endMs: number
  /** When the health data begins to show it. */
  readonly visibleAtMs: number
  /** Upper end of the time range whose logs the batch holds. */
  readonly rangeEndMs: number
  readonly destinationType: string
  readonly status: number
  /** False: another attempt follows. */
  readonly final: boolean
  readonly success: boolean
  readonly error: string
  readonly records: number
  readonly bytes: number
  readonly compressedBytes: number
  readonly durationMs: number
  readonly sampleInterval: number
}

// What a random number is for; each use has its own, so that one change does not shift all others.
const salt = {
  offset: 1,
  jitter: 2,
  records: 3,
  bytes: 4,
  ratio: 5,
  arrival: 6,
  delay: 7,
  spelling: 8,
} as const

/** The longest time between the beginning of a batch and the end of its last attempt. */
export function maxChainMs(retryDelaysMs: readonly number[]): number {
  const waits = retryDelaysMs.reduce((sum, delay) => sum + delay, 0)
  return waits + retryDelaysMs.length * maxFailureMs + maxSuccessMs
}

/**
 * Every upload attempt of a job that ended in [fromMs, toMs), batch by batch. A pure function of the
 * job's seed and phases: the outcome of an attempt is decided by the phase in force when it begins.
 */
export function visitUploads(
  job: JobTimeline,
  ingestion: Ingestion,
  fromMs: number,
  toMs: number,
  visit: (event: UploadEvent) => void,
): void {
  const every = job.traffic.batchEveryMs
  const offset = Math.floor(uniform(job.seed, 0, salt.offset) * every)
  const jitterMs = every * 0.3
  const earliest = fromMs - maxChainMs(job.retryDelaysMs)
  const first = Math.floor((earliest - offset - jitterMs) / every)
  const last = Math.floor((toMs - offset) / every)
  for (let batch = first; batch <= last; batch += 1) {
    const beginMs = batch * every + offset + Math.floor(uniform(job.seed, batch, salt.jitter) * jitterMs)
    if (beginMs < earliest || beginMs >= toMs) continue
    visitBatch(job, ingestion, batch, beginMs, fromMs, toMs, visit)
  }
}

function visitBatch(
  job: JobTimeline,
  ingestion: Ingestion,
  batch: number,
  beginMs: number,
  fromMs: number,
  toMs: number,
  visit: (event: UploadEvent) => void,
): void {
  let startMs = beginMs
  for (let index = 0; startMs < toMs; index += 1) {
    const phase = phaseAt(job, startMs)
    // A job that was disabled or deleted drops what it was still trying to send.
    if (phase === undefined || !phase.enabled) return
    const outcome = attempt(job, phase, batch, index)
    if (outcome === null) return
    const endMs = startMs + outcome.durationMs
    const delay = job.retryDelaysMs[index]
    const final = outcome.success || delay === undefined
    if (endMs >= fromMs && endMs < toMs) {
      const key = batch * 8 + index
      visit({
        jobId: job.id,
        endMs,
        visibleAtMs: endMs + arrivalDelayMs(ingestion, job.seed, key),
        rangeEndMs: beginMs,
        destinationType: spelling(job.seed, key, phase.destinationType),
        status: outcome.status,
        final,
        success: outcome.success,
        error: outcome.error,
        ...batchSize(job, batch, beginMs),
        durationMs: outcome.durationMs,
        sampleInterval: job.traffic.recordsPerBatch > 50_000 ? 10 : 1,
      })
    }
    if (final) return
    startMs = endMs + delay
  }
}

function batchSize(job: JobTimeline, batch: number, beginMs: number) {
  const { recordsPerBatch, bytesPerRecord } = job.traffic
  const hour = ((beginMs / 3_600_000) % 24) - 15
  const daily = 0.75 + 0.25 * Math.cos((hour / 24) * 2 * Math.PI)
  const records = Math.max(
    1,
    Math.round(recordsPerBatch * daily * (0.6 + 0.8 * uniform(job.seed, batch, salt.records))),
  )
  const bytes = Math.round(records * bytesPerRecord * (0.9 + 0.2 * uniform(job.seed, batch, salt.bytes)))
  const compressedBytes = Math.ceil(bytes * (0.07 + 0.06 * uniform(job.seed, batch, salt.ratio)))
  return { records, bytes, compressedBytes }
}

function arrivalDelayMs(ingestion: Ingestion, seed: number, key: number): number {
  const { fastestMs, usualMs, lateShare, latestShare, latestMs } = ingestion
  const kind = uniform(seed, key, salt.arrival)
  const within = uniform(seed, key, salt.delay)
  if (kind < latestShare) return Math.floor(latestMs - within * 60_000)
  if (kind < latestShare + lateShare) {
    return Math.floor(usualMs + within * within * Math.max(0, Math.min(600_000, latestMs) - usualMs))
  }
  return Math.floor(fastestMs + within * (usualMs - fastestMs))
}

/** The API is not consistent about the case of destination types, so neither are we. */
function spelling(seed: number, key: number, type: string): string {
  return uniform(seed, key, salt.spelling) < 0.15 ? type.toLowerCase() : type
}
