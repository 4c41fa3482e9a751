/* Waits for a shard: asks again and again, over outages of the database, until one is free. */
import { UserError } from '../errors.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Clock, Log, Random } from '../ports/runtime.ts'
import { connectPostgres, type PostgresSession, sqlState } from './postgres-session.ts'
import { type HeldShard, type ShardClaim, takeShard } from './postgres-shard.ts'
import { createPostgresStore } from './postgres-store.ts'
import { reasonOf } from './write-behind.ts'

export interface Lease {
  readonly shard: number
  readonly epoch: number
  readonly store: RecordStore
  /** Whether this process may still speak for the shard. */
  held(): boolean
  readonly lost: AbortSignal
}

export interface LeaseDeps extends ShardClaim {
  /** Without a password. */
  readonly address: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly defer: (work: () => void) => void
}

export interface ShardWaiter {
  /** Null once `stop` comes. @throws UserError when waiting cannot help. */
  next(stop: AbortSignal): Promise<Lease | null>
  /** Why there is no lease yet, for people. */
  waitsFor(): string
}

/** How often a standby asks: with the server's patience it bounds how long a shard stays without a process. */
const askEveryMs = 1_000

/**
 * SQLSTATE classes that name a wrong setting: authentication (28), no such database (3D), no permission (42501), no
 * such schema (3F).
 */
const wrongSetting = /^(28|3D|3F|42501)/

export function createShardWaiter(deps: LeaseDeps): ShardWaiter {
  const { clock, log } = deps
  let session: PostgresSession | null = null
  let connected = false
  let trouble: string | null = null

  const ask = async (): Promise<Lease | null> => {
    if (session === null || session.lost.aborted) session = await connectPostgres(deps.address, clock)
    const held = await takeShard(session, deps)
    connected = true
    if (held === null) return null
    const own = session
    session = null
    return leaseOf(own, held, deps)
  }
  const drop = async (): Promise<void> => session?.end()
  const settle = (found: string | null): void => {
    if (found !== null && trouble === null)
      log.error({ reason: found }, 'cannot reach the database of --state.path; standing by')
    if (found === null && trouble !== null) log.info({}, 'the database of --state.path answers again')
    trouble = found
  }
  const shards = deps.shards.length === 1 ? `shard ${deps.shards[0]}` : `one of ${deps.shards.length} shards`
  return {
    waitsFor: () =>
      trouble === null
        ? `waiting for ${shards}, run by other processes now`
        : `waiting for the database of --state.path (${trouble})`,
    async next(stop) {
      let told = false
      while (!stop.aborted) {
        try {
          const lease = await ask()
          settle(null)
          if (lease !== null) return lease
          if (!told) log.info({}, 'standing by: other processes run all shards')
          told = true
        } catch (error) {
          await drop()
          if (error instanceof UserError) throw error
          const reason = reasonOf(error)
          // At the start someone looks; later it may be a change of the password under way.
          if (!connected && wrongSetting.test(sqlState(error) ?? ''))
            throw new UserError(`--state.path: the database refused: ${reason}`)
          settle(reason === '' ? 'no connection' : reason)
        }
        await clock.sleep(askEveryMs * (0.8 + 0.4 * deps.random()), stop)
      }
      await drop()
      return null
    },
  }
}

function leaseOf(session: PostgresSession, held: HeldShard, { log, clock, defer }: LeaseDeps): Lease {
  const { shard, epoch } = held
  log.info({ shard, epoch }, 'took over the shard')
  const store = createPostgresStore({
    session,
    held,
    clock,
    defer,
    trouble(reason) {
      if (reason === null) log.info({ shard }, 'writing the ledger works again')
      else log.error({ shard, reason }, 'cannot write the ledger; counts are kept in memory only')
    },
  })
  return { shard, epoch, store, held: session.alive, lost: session.lost }
}
