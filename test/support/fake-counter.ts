import type { RecordCounter } from '../../src/ports/record-counter.ts'

export interface FakeCounter extends RecordCounter {
  /** Records that came in during a minute since the epoch. */
  put(minute: number, records: number): void
  /** Thrown by the next counts; null: they work. */
  trouble: Error | null
  readonly calls: number
}

/** An index without a search engine, in memory. */
export function createFakeCounter(): FakeCounter {
  const minutes = new Map<number, number>()
  let calls = 0
  const counter: FakeCounter = {
    trouble: null,
    get calls() {
      return calls
    },
    put: (minute, records) => void minutes.set(minute, (minutes.get(minute) ?? 0) + records),
    async count(_place, { from, to }) {
      calls += 1
      if (counter.trouble !== null) throw counter.trouble
      return [...minutes].reduce((sum, [at, records]) => sum + (at >= from && at < to ? records : 0), 0)
    },
  }
  return counter
}
