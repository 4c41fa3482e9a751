/*
 * The records of a held shard: read from memory, written through to PostgreSQL. What a caller puts within one turn of
 * the event loop becomes one transaction. While the server refuses (a full disk), records are kept and written later;
 * when the shard is lost, no write succeeds any more and the process must stop at once.
 */

import { ApiFailure } from '../errors.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Clock } from '../ports/runtime.ts'
import { readingOf } from './memory-store.ts'
import type { PostgresSession } from './postgres-session.ts'
import type { HeldShard } from './postgres-shard.ts'
import { createWriteBehind, reasonOf, type WriteBehindDeps } from './write-behind.ts'

export interface PostgresStoreDeps extends Pick<WriteBehindDeps, 'defer' | 'trouble'> {
  readonly session: PostgresSession
  readonly held: HeldShard
  readonly clock: Pick<Clock, 'monotonic'>
}

export function createPostgresStore({ session, held, clock, ...deps }: PostgresStoreDeps): RecordStore {
  const records = new Map(held.records)
  const behind = createWriteBehind({
    now: clock.monotonic,
    defer: deps.defer,
    trouble: deps.trouble,
    async write(batch) {
      session.lost.throwIfAborted()
      if (!(await held.write(batch))) session.lose('another process has taken the shard over')
      session.lost.throwIfAborted()
    },
    giveUp(error) {
      if (!session.lost.aborted) return
      const operation = 'write the ledger'
      throw new ApiFailure('aborted', `the shard is lost: ${reasonOf(error)}`, { operation, cause: error })
    },
  })
  /** @throws ApiFailure `aborted` when the shard is lost: what was put is not kept. */
  const write = (all: readonly (readonly [string, string | null])[]): Promise<void> => {
    for (const [key, text] of all) {
      if (text === null) records.delete(key)
      else records.set(key, text)
    }
    return behind.put(all)
  }

  return {
    ...readingOf(records),
    put: (key, record) => write([[key, JSON.stringify(record)]]),
    putAll: (all) => write([...all].map(([key, record]) => [key, JSON.stringify(record)])),
    remove: (key) => write([[key, null]]),
    health: () => ({ ...behind.health(), persistent: true }),
    async close() {
      await behind.close()
      await session.end()
    },
  }
}
