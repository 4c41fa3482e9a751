/* Joins the world and a store: what was delivered in the world lies in the store as files. */
import { createLogPusher, type PushedBatch, type StoreFault } from './store/log-pusher.ts'
import type { ObjectStore } from './store/object-store.ts'
import { readDestinationConf } from './world/destination-conf.ts'
import { phaseAt } from './world/job-timeline.ts'
import { visitJobEvents, type WorldState } from './world/world-state.ts'

const stores: readonly string[] = ['s3', 'r2', 'gs', 'azure']

export type LogFiles = ReturnType<typeof createLogFiles>

export function createLogFiles(state: WorldState, store: ObjectStore, fromMs: number) {
  const faults = new Map<number, StoreFault>()
  const pusher = createLogPusher(store, (jobId) => faults.get(jobId) ?? null)
  let writtenTo = fromMs
  let last: Promise<void> = Promise.resolve()

  const delivered = (from: number, to: number): readonly PushedBatch[] => {
    const batches: PushedBatch[] = []
    for (const job of state.jobs.values()) {
      visitJobEvents(state, job, from, to, ({ endMs, rangeEndMs, final, success, compressedBytes }) => {
        const conf = readDestinationConf(phaseAt(job, endMs)?.destinationConf ?? '')
        if (!final || !success || conf === null || !stores.includes(conf.scheme)) return
        batches.push({
          jobId: job.id,
          scheme: conf.scheme,
          host: conf.host,
          bucket: conf.container,
          path: conf.path,
          rangeEndMs,
          usualRangeMs: job.traffic.batchEveryMs,
          bytes: compressedBytes,
          hash: (endMs % 0x1_0000_0000).toString(16).padStart(8, '0'),
          endMs,
        })
      })
    }
    return batches.sort((a, b) => a.endMs - b.endMs || a.jobId - b.jobId)
  }

  return {
    /** Writes what was delivered since the last call, up to `nowMs`. Calls run one after the other. */
    writeTo(nowMs: number): Promise<void> {
      if (nowMs <= writtenTo) return last
      const batches = delivered(writtenTo, nowMs)
      writtenTo = nowMs
      last = last.then(() => pusher.push(batches, nowMs))
      return last
    },
    /** What happens to the files of a job from now on; null: nothing. */
    setFault(jobId: number, fault: StoreFault | null): void {
      if (fault === null) faults.delete(jobId)
      else faults.set(jobId, fault)
    },
  }
}
