import type { ArrivalRule } from '../../src/domain/arrival/arrival-rule.ts'
import type { JobSummary } from '../../src/domain/job/job.ts'
import { noCounts } from '../../src/domain/ledger/job-totals.ts'
import { beginLedger, type MinuteCounts } from '../../src/domain/ledger/ledger.ts'
import { type Scope, scopeKey } from '../../src/domain/scope.ts'
import { minuteOf } from '../../src/domain/time.ts'
import { createArrivalMemory } from '../../src/exporter/arrival/arrival-memory.ts'
import { createArrivalPoll } from '../../src/exporter/arrival/arrival-poll.ts'
import { createArrivalReaders } from '../../src/exporter/arrival/arrival-readers.ts'
import type { JobArrival } from '../../src/exporter/state/job-arrival.ts'
import { createSelfState } from '../../src/exporter/state/self-state.ts'
import { createState } from '../../src/exporter/state/state.ts'
import type { ObjectLister } from '../../src/ports/object-lister.ts'
import type { RecordCounter } from '../../src/ports/record-counter.ts'
import type { RecordStore } from '../../src/ports/record-store.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { zone } from './exporter-core.ts'
import { createFakeCounter } from './fake-counter.ts'
import { tenOClock } from './log-files.ts'
import { logSink } from './log-sink.ts'
import { aSummary } from './status-world.ts'
import { createSteppedClock, type SteppedClock } from './stepped-clock.ts'

export const arrivalRule: ArrivalRule = {
  match: { destinationType: 's3' },
  read: { kind: 's3' },
  intervalMs: 60_000,
  tolerance: 0.98,
  lateWindowMs: 3_600_000,
}

/** Where the jobs of these tests write. */
export const quayLogs = {
  store: 's3',
  bucket: 'quay-logs',
  path: 'http/{DATE}',
  region: null,
  endpoint: null,
} as const

export function storedJob(id: string, edit: Partial<JobSummary> = {}): JobSummary {
  return aSummary(id, tenOClock, { place: quayLogs, ...edit })
}

export interface ArrivalCoreOptions {
  readonly lister: ObjectLister
  readonly counter?: RecordCounter
  readonly clock?: SteppedClock
  readonly store?: RecordStore
  readonly rules?: readonly ArrivalRule[]
  readonly jobs?: readonly JobSummary[]
}

/** The arrival poll over a store made by the test, on a clock that the test moves: one process's life. */
export function createArrivalCore(options: ArrivalCoreOptions) {
  const clock = options.clock ?? createSteppedClock(tenOClock)
  const store = options.store ?? createMemoryStore()
  const scope: Scope = zone('quay.example')
  const key = scopeKey(scope)
  const log = logSink()
  const state = createState()
  const self = createSelfState([])
  state.setScopes([scope])
  state.jobsListed(key, options.jobs ?? [storedJob('101')], clock.now())
  const poll = createArrivalPoll({
    state,
    self,
    memory: createArrivalMemory(store, log),
    server: clock,
    clock,
    log,
    rules: () => options.rules ?? [arrivalRule],
    readers: createArrivalReaders({
      lister: () => options.lister,
      counter: () => options.counter ?? createFakeCounter(),
    }),
  })
  return {
    clock,
    store,
    state,
    self,
    log,
    poll,
    key,
    cycle: () => poll.cycle(new AbortController().signal),
    arrival: (id = '101'): JobArrival => {
      const found = state.scope(key)?.arrivals.get(id)
      if (found === undefined) throw new Error(`the arrival of ${id} is not watched`)
      return found
    },
    /** Batches that health data says were delivered, each at an instant. */
    delivered(
      batches: readonly { readonly at: number; readonly bytes: number; readonly records?: number }[],
      jobId = '101',
    ): void {
      const added = batches.map(
        ({ at, bytes, records = 0 }): MinuteCounts => ({
          minute: minuteOf(at),
          jobId,
          final: true,
          success: true,
          counts: { ...noCounts, uploads: 1, records, compressedBytes: bytes },
        }),
      )
      poll.pushed(key, beginLedger(minuteOf(tenOClock) - 60), added)
    },
  }
}
