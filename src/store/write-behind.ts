import type { StoreHealth } from '../ports/record-store.ts'

/*
 * Writing behind the caller. What is put within one turn of the event loop becomes one transaction. While the place
 * refuses (a full disk), records are kept in memory, and it is tried now and then.
 */

export interface WriteBehindDeps {
  /** Milliseconds; only differences count. */
  readonly now: () => number
  /** Runs the work soon, after what is already waiting. */
  readonly defer: (work: () => void) => void
  /** On each change between working and not working: why writing fails, or null. */
  readonly trouble: (reason: string | null) => void
  /** Writes all in one transaction; null removes. Throws why it cannot. */
  readonly write: (records: ReadonlyMap<string, string | null>) => Promise<void> | void
  /** Throws where a failure is final: what was put is not kept. */
  readonly giveUp?: (error: unknown) => void
}

export interface WriteBehind {
  /** What is not written yet: it is newer than what is. Null stands for removed. */
  readonly unwritten: ReadonlyMap<string, string | null>
  /** Resolves when the records are written, or kept because the place refuses. */
  put(records: Iterable<readonly [string, string | null]>): Promise<void>
  /** Takes down that the place fails otherwise, or works. */
  settle(reason: string | null): void
  health(): Omit<StoreHealth, 'persistent'>
  /** Waits for what is being written, and tries once more whenever it was tried before. */
  close(): Promise<void>
}

/** While the place refuses, it is tried so often and no more. */
const retryMs = 30_000

export function createWriteBehind(deps: WriteBehindDeps, startTrouble: string | null = null): WriteBehind {
  const unwritten = new Map<string, string | null>()
  let flushing: Promise<void> | null = null
  let last: Promise<void> = Promise.resolve()
  let fresh = 0
  let writes = 0
  let failures = startTrouble === null ? 0 : 1
  let trouble = startTrouble
  let triedAt = deps.now()
  if (trouble !== null) deps.trouble(trouble)

  const settle = (found: string | null): void => {
    const changed = (found === null) !== (trouble === null)
    trouble = found
    if (changed) deps.trouble(found)
  }

  const flush = async (): Promise<void> => {
    const count = fresh
    fresh = 0
    if (unwritten.size === 0) return
    if (trouble !== null && Math.abs(deps.now() - triedAt) < retryMs) {
      failures += count
      return
    }
    triedAt = deps.now()
    const batch = new Map(unwritten)
    try {
      await deps.write(batch)
      for (const [key, text] of batch) if (unwritten.get(key) === text) unwritten.delete(key)
      writes += batch.size
      settle(null)
    } catch (error) {
      failures += count
      deps.giveUp?.(error)
      settle(reasonOf(error))
    }
  }

  return {
    unwritten,
    settle,
    put(records) {
      for (const [key, text] of records) {
        unwritten.set(key, text)
        fresh += 1
      }
      if (flushing !== null) return flushing
      const before = last
      flushing = new Promise<void>((resolve) => deps.defer(resolve))
        // One write at a time, in order; what failed there is told there.
        .then(() => before.catch(() => {}))
        .then(() => {
          flushing = null
          return flush()
        })
      last = flushing
      return flushing
    },
    health: () => ({ writes, failures, trouble }),
    async close() {
      await last.catch(() => {})
      triedAt = Number.NEGATIVE_INFINITY
      await flush().catch(() => {})
    },
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
