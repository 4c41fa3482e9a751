/* Joins the world and a store: what was delivered in the world lies in the store as files. */
import { createLogPusher, type PushedBatch } from './store/log-pusher.ts'
import type { ObjectStore } from './store/object-store.ts'
import { readDestinationConf } from './world/destination-conf.ts'
import { phaseAt } from './world/job-timeline.ts'
import type { JobSpec, StoreFault } from './world/world-spec.ts'
import { visitJobEvents, type WorldState } from './world/world-state.ts'

const stores: readonly string[] = ['s3', 'r2', 'gs', 'azure']

export type LogFiles = ReturnType<typeof createLogFiles>

export interface LogFilesOptions {
  readonly store: ObjectStore
  /** What was delivered from then on is written. */
  readonly fromMs: number
  /** Jobs as the world began, with the faults that their stores have. */
  readonly jobs: readonly JobSpec[]
  /** Told when files cannot be written, and when they can again. */
  readonly onTrouble: (text: string) => void
}

export function createLogFiles(state: WorldState, { store, fromMs, jobs, onTrouble }: LogFilesOptions) {
  const planned = new Map(jobs.map(({ id, storeFault }) => [id, storeFault]))
  const set = new Map<number, StoreFault | null>()
  const faultOf = (jobId: number, atMs: number): StoreFault | null => {
    const own = set.get(jobId)
    if (own !== undefined) return own
    const plan = planned.get(jobId)
    return plan === undefined || atMs < state.startMs + plan.sinceMs ? null : plan.fault
  }
  const pusher = createLogPusher(store, faultOf)
  let trouble: string | null = null
  const push = async (batches: readonly PushedBatch[], nowMs: number): Promise<void> => {
    const { count, reason } = await pusher.push(batches, nowMs)
    const before = trouble
    trouble = count === 0 && batches.length > 0 ? null : count > 0 ? reason : before
    if (trouble === before) return
    onTrouble(trouble === null ? 'log files can be written again' : `cannot write log files: ${trouble}`)
  }
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
      last = last.then(() => push(batches, nowMs))
      return last
    },
    /** What happens to the files of a job from now on; null: nothing. */
    setFault(jobId: number, fault: StoreFault | null): void {
      set.set(jobId, fault)
    },
  }
}
