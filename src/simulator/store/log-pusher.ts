/*
 * Writes the log files that the simulated Cloudflare pushes: real names, real gzip, and exactly as many bytes as the
 * health data says. What a store then does to them behind Cloudflare's back is up to its faults.
 */
import { gzipSync } from 'node:zlib'
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

/** What happens to the files of a job: nothing moves a counter at Cloudflare. */
export type StoreFault =
  /** Cloudflare got its answer, and the file is gone: all of them, or every n-th. */
  | { readonly kind: 'lost'; readonly every: number }
  /** The files lie under another path than the destination says. */
  | { readonly kind: 'elsewhere'; readonly path: string }
  /** The files show up so much later. */
  | { readonly kind: 'late'; readonly byMs: number }

interface Waiting {
  readonly dueMs: number
  readonly write: () => Promise<void>
}

export function createLogPusher(store: ObjectStore, faultOf: (jobId: number) => StoreFault | null) {
  const rangeEnds = new Map<number, number>()
  const counts = new Map<number, number>()
  let waiting: Waiting[] = []

  const write = async (
    batch: PushedBatch,
    startMs: number,
    writtenMs: number,
    fault: StoreFault | null,
  ): Promise<void> => {
    const path = fault?.kind === 'elsewhere' ? fault.path : batch.path
    const { scheme, host, bucket } = batch
    await store.put(bucket, keyOf(path, startMs, batch), fileOf(batch), { scheme, host, writtenMs })
  }

  return {
    /** Writes the files of batches, in their order, and those whose delay is over. */
    async push(batches: readonly PushedBatch[], nowMs: number): Promise<void> {
      for (const batch of batches) {
        const startMs = rangeEnds.get(batch.jobId) ?? batch.rangeEndMs - batch.usualRangeMs
        rangeEnds.set(batch.jobId, Math.max(batch.rangeEndMs, startMs))
        const count = (counts.get(batch.jobId) ?? 0) + 1
        counts.set(batch.jobId, count)
        const fault = faultOf(batch.jobId)
        if (fault?.kind === 'lost' && count % fault.every === 0) continue
        if (fault?.kind === 'late') {
          const dueMs = batch.endMs + fault.byMs
          waiting.push({ dueMs, write: () => write(batch, startMs, dueMs, null) })
        } else await write(batch, startMs, batch.endMs, fault)
      }
      const due = waiting.filter(({ dueMs }) => dueMs <= nowMs)
      waiting = waiting.filter(({ dueMs }) => dueMs > nowMs)
      for (const { write } of due) await write()
    },
  }
}

function keyOf(path: string, startMs: number, { rangeEndMs, hash }: PushedBatch): string {
  const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
  const folder = path.replaceAll('{DATE}', stamp(startMs).slice(0, 8))
  const name = `${stamp(Math.min(startMs, rangeEndMs))}_${stamp(rangeEndMs)}_${hash}.log.gz`
  return folder === '' ? name : `${folder}/${name}`
}

/** A gzip file of exactly that size: readers of gzip pass over zeros behind its end. */
function fileOf({ jobId, rangeEndMs, bytes }: PushedBatch): Buffer {
  const lines = gzipSync(
    `${JSON.stringify({ JobID: jobId, EdgeEndTimestamp: new Date(rangeEndMs).toISOString() })}\n`,
  )
  return lines.length >= bytes ? lines.subarray(0, bytes) : Buffer.concat([lines], bytes)
}
