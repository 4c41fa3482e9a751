/*
 * The records of a held shard: read from memory, written through to PostgreSQL. What a caller puts within one turn of
 * the event loop becomes one transaction. While the server refuses (a full disk), records are kept and written later;
 * when the shard is lost, no write succeeds any more and the process must stop at once.
 */
import { ApiFailure } from '../errors.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Clock } from '../ports/runtime.ts'
import type { PostgresSession } from './postgres-session.ts'
import type { HeldShard } from './postgres-shard.ts'

export interface PostgresStoreDeps {
  readonly session: PostgresSession
  readonly held: HeldShard
  readonly clock: Pick<Clock, 'monotonic'>
  /** Runs the work soon, after what is already waiting. */
  readonly defer: (work: () => void) => void
  /** On each change between working and not working: why writing fails, or null. */
  readonly trouble: (reason: string | null) => void
}

/** While the server refuses, it is tried so often and no more. */
const retryMs = 30_000

export function createPostgresStore({ session, held, clock, ...deps }: PostgresStoreDeps): RecordStore {
  const records = new Map(held.records)
  const unwritten = new Map<string, string | null>()
  let flushing: Promise<void> | null = null
  let fresh = 0
  let writes = 0
  let failures = 0
  let trouble: string | null = null
  let triedAt = Number.NEGATIVE_INFINITY

  const settle = (found: string | null): void => {
    const changed = (found === null) !== (trouble === null)
    trouble = found
    if (changed) deps.trouble(found)
  }
  /** @throws ApiFailure `aborted` when the shard is lost: what was put is not kept. */
  const flush = async (): Promise<void> => {
    const count = fresh
    fresh = 0
    if (unwritten.size === 0) return
    if (trouble !== null && clock.monotonic() - triedAt < retryMs) {
      failures += count
      return
    }
    triedAt = clock.monotonic()
    const batch = new Map(unwritten)
    try {
      if (!(await held.write(batch))) session.lose('another process has taken the shard over')
      session.lost.throwIfAborted()
      for (const [key, text] of batch) if (unwritten.get(key) === text) unwritten.delete(key)
      writes += batch.size
      settle(null)
    } catch (error) {
      failures += count
      const reason = error instanceof Error ? error.message : String(error)
      if (session.lost.aborted)
        throw new ApiFailure('aborted', `the shard is lost: ${reason}`, {
          operation: 'write the ledger',
          cause: error,
        })
      settle(reason)
    }
  }
  const write = (all: Iterable<readonly [string, string | null]>): Promise<void> => {
    for (const [key, text] of all) {
      if (text === null) records.delete(key)
      else records.set(key, text)
      unwritten.set(key, text)
      fresh += 1
    }
    if (flushing !== null) return flushing
    const before = last
    const begun = new Promise<void>((resolve) => deps.defer(resolve))
      // One write at a time, in order; what failed there is told there.
      .then(() => before.catch(() => {}))
      .then(() => {
        flushing = null
        return flush()
      })
    flushing = begun
    last = begun
    return begun
  }
  let last: Promise<void> = Promise.resolve()

  return {
    get(key) {
      const text = records.get(key)
      return text === undefined ? undefined : JSON.parse(text)
    },
    keys: (prefix) => [...records.keys()].filter((key) => key.startsWith(prefix)).sort(),
    put: (key, record) => write([[key, JSON.stringify(record)]]),
    putAll: (all) => write([...all].map(([key, record]) => [key, JSON.stringify(record)])),
    remove: (key) => write([[key, null]]),
    health: () => ({ writes, failures, trouble, persistent: true }),
    async close() {
      await last.catch(() => {})
      // The last chance, whenever the server was tried before.
      triedAt = Number.NEGATIVE_INFINITY
      if (!session.lost.aborted) await flush().catch(() => {})
      await session.end()
    },
  }
}
