/*
 * Writes the log files that the simulated Cloudflare pushes: real names, real gzip, and exactly as many bytes as the
 * health data says. What a store then does to them behind Cloudflare's back is up to its faults.
 */
import { gzipSync } from 'node:zlib'
import type { StoreFault } from '../world/world-spec.ts'
import type { ObjectStore } from './object-store.ts'

/** A batch that was delivered. */
export interface PushedBatch {
  readonly jobId: number
  readonly scheme: string
  readonly host: string
  readonly bucket: string
  /** May hold `{DATE}`. */
  readonly path: string
  /** Upper end of the time range of the logs. */
  readonly rangeEndMs: number
  /** When the upload ended. */
  readonly endMs: number
  /** Where the range begins when nothing was pushed before. */
  readonly usualRangeMs: number
  /** Compressed. */
  readonly bytes: number
  /** Tells batches apart. */
  readonly hash: string
}

interface Waiting {
  readonly dueMs: number
  readonly write: () => Promise<void>
}

export function createLogPusher(
  store: ObjectStore,
  faultOf: (jobId: number, atMs: number) => StoreFault | null,
) {
  const rangeEnds = new Map<number, number>()
  const counts = new Map<number, number>()
  let waiting: Waiting[] = []

  const write = async (
    batch: PushedBatch,
    startMs: number,
    writtenMs: number,
    path: string,
  ): Promise<void> => {
    const { scheme, host, bucket, bytes } = batch
    const head = fileOf(batch)
    await store.put(bucket, keyOf(path, startMs, batch), head, { scheme, host, writtenMs, bytes })
  }

  return {
    /** Writes the files of batches, in their order, and those whose delay is over; those that cannot be written go. */
    async push(batches: readonly PushedBatch[], nowMs: number): Promise<PushFailures> {
      for (const batch of batches) {
        const startMs = rangeEnds.get(batch.jobId) ?? batch.rangeEndMs - batch.usualRangeMs
        rangeEnds.set(batch.jobId, Math.max(batch.rangeEndMs, startMs))
        const count = (counts.get(batch.jobId) ?? 0) + 1
        counts.set(batch.jobId, count)
        const fault = faultOf(batch.jobId, batch.endMs)
        const isHit = fault !== null && (fault.kind === 'elsewhere' || count % fault.every === 0)
        if (isHit && fault.kind === 'lost') continue
        const dueMs = batch.endMs + (isHit && fault.kind === 'late' ? fault.byMs : 0)
        const path = isHit && fault.kind === 'elsewhere' ? fault.path : batch.path
        waiting.push({ dueMs, write: () => write(batch, startMs, dueMs, path) })
      }
      const due = waiting.filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs)
      waiting = waiting.filter(({ dueMs }) => dueMs > nowMs)
      const failures: unknown[] = []
      for (const { write } of due) await write().catch((error: unknown) => failures.push(error))
      const [first] = failures
      return { count: failures.length, reason: first instanceof Error ? first.message : String(first) }
    },
  }
}

/** Files that could not be written, and why the first could not. */
export interface PushFailures {
  readonly count: number
  readonly reason: string
}

function keyOf(path: string, startMs: number, { rangeEndMs, hash }: PushedBatch): string {
  const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const folder = path.replaceAll('{DATE}', stamp(startMs).slice(0, 8))
  const name = `${stamp(Math.min(startMs, rangeEndMs))}_${stamp(rangeEndMs)}_${hash}.log.gz`
  return folder === '' ? name : `${folder}/${name}`
}

/** A gzip file, no longer than the batch: readers of gzip pass over the zeros that the store puts behind its end. */
function fileOf({ jobId, rangeEndMs, bytes }: PushedBatch): Buffer {
  const lines = gzipSync(
    `${JSON.stringify({ JobID: jobId, EdgeEndTimestamp: new Date(rangeEndMs).toISOString() })}\n`,
  )
  return lines.subarray(0, bytes)
}
