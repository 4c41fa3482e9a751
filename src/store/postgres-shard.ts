/*
 * A shard in PostgreSQL: held by a session-level advisory lock, and written under the epoch that it was taken with.
 * The lock chooses one process; the epoch keeps a process that lost the lock without knowing it from writing.
 */
import { bringToPostgresSchema } from './postgres-schema.ts'
import { numberIn, type PostgresSession, textIn } from './postgres-session.ts'

export interface HeldShard {
  readonly shard: number
  readonly epoch: number
  /** Text by key, as the last holder left it. */
  readonly records: ReadonlyMap<string, string>
  /**
   * All in one transaction; null removes. False: another process has taken the shard over, or the tables have changed,
   * and nothing is written.
   */
  write(records: ReadonlyMap<string, string | null>): Promise<boolean>
}

export interface ShardClaim {
  readonly totalShards: number
  /** The first that is free is taken. */
  readonly shards: readonly number[]
  /** Who asks, for people who look into the table. */
  readonly holder: string
  readonly migrations?: readonly string[]
}

/** Tells our locks from those of other programs in the database. */
const lockSpace = 1_819_305_072
/** More than there can be shards. */
const lockStride = 10_001

/** Takes one of the shards, with all its records; null when others hold them all. @throws what the server said. */
export async function takeShard(session: PostgresSession, claim: ShardClaim): Promise<HeldShard | null> {
  const { totalShards, shards, holder } = claim
  const version = await bringToPostgresSchema(session, claim.migrations)
  const [free] = await session.query(
    'SELECT shard FROM unnest($1::int[]) AS shard WHERE pg_try_advisory_lock($2, $3::int * $4::int + shard) LIMIT 1',
    [shards, lockSpace, totalShards, lockStride],
  )
  if (free === undefined) return null
  const shard = numberIn(free, 'shard')
  await session.query('BEGIN')
  // Waits for a write of the holder before, and ends its right to write: what is read after it is final.
  const [taken] = await session.query(
    `INSERT INTO logpush_exporter.shard AS s (total_shards, shard, epoch, holder, held_since)
     VALUES ($1, $2, 1, $3, now())
     ON CONFLICT (total_shards, shard) DO UPDATE SET epoch = s.epoch + 1, holder = $3, held_since = now()
     RETURNING epoch`,
    [totalShards, shard, holder],
  )
  const rows = await session.query(
    'SELECT key, value FROM logpush_exporter.record WHERE total_shards = $1 AND shard = $2',
    [totalShards, shard],
  )
  await session.query('COMMIT')
  const epoch = numberIn(taken, 'epoch')
  return {
    shard,
    epoch,
    records: new Map(rows.map((row) => [textIn(row, 'key'), textIn(row, 'value')])),
    async write(records) {
      const entries = [...records]
      const put = entries.flatMap(([key, text]) => (text === null ? [] : [{ key, text }]))
      const [row] = await session.query(writeStatement, [
        totalShards,
        shard,
        epoch,
        version,
        entries.filter(([, text]) => text === null).map(([key]) => key),
        put.map(({ key }) => key),
        put.map(({ text }) => text),
      ])
      return numberIn(row, 'held') === 1
    },
  }
}

/** One statement is one transaction: the row of the shard is checked and locked, and without it nothing happens. */
const writeStatement = `
  WITH held AS (
    SELECT 1 FROM logpush_exporter.shard
    WHERE total_shards = $1 AND shard = $2 AND epoch = $3
      AND $4::int = (SELECT version FROM logpush_exporter.schema_version)
    FOR UPDATE
  ), removed AS (
    DELETE FROM logpush_exporter.record USING held
    WHERE total_shards = $1 AND shard = $2 AND key = ANY ($5::text[])
  ), written AS (
    INSERT INTO logpush_exporter.record (total_shards, shard, key, value)
    SELECT $1, $2, key, value FROM unnest($6::text[], $7::text[]) AS new (key, value) CROSS JOIN held
    ON CONFLICT (total_shards, shard, key) DO UPDATE SET value = excluded.value
  )
  SELECT count(*)::int AS held FROM held`
