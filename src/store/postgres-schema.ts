/* The tables in PostgreSQL, in a schema of their own, and how an older layout becomes the present one. */
import { UserError } from '../errors.ts'
import { numberIn, type PostgresSession } from './postgres-session.ts'

/**
 * From no tables to the first layout, to the second, …: each is carried out once, in one transaction with the note
 * that it was. They are never changed once released.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE logpush_exporter.shard (
    total_shards int NOT NULL,
    shard int NOT NULL,
    -- Grows with each process that takes the shard over: who knows an older one cannot write any more.
    epoch bigint NOT NULL,
    holder text NOT NULL,
    held_since timestamptz NOT NULL,
    PRIMARY KEY (total_shards, shard)
  );
  CREATE TABLE logpush_exporter.record (
    total_shards int NOT NULL,
    shard int NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (total_shards, shard, key)
  );
  `,
]

/** Any number that no lock of a shard has. */
const migrationLock = 1_086_199

/**
 * Brings the tables to this program's layout and returns its version.
 * @throws UserError when they are from a newer version of this program.
 */
export async function bringToPostgresSchema(
  session: PostgresSession,
  steps: readonly string[] = migrations,
): Promise<number> {
  const before = await foundVersion(session)
  refuseNewer(before, steps.length)
  if (before === steps.length) return before
  await session.query('BEGIN')
  try {
    // Of several processes that start at once, one does it.
    await session.query('SELECT pg_advisory_xact_lock($1)', [migrationLock])
    const found = await foundVersion(session)
    refuseNewer(found, steps.length)
    if (found === 0)
      await session.query(`
        CREATE SCHEMA IF NOT EXISTS logpush_exporter;
        CREATE TABLE logpush_exporter.schema_version (version int NOT NULL);
        INSERT INTO logpush_exporter.schema_version VALUES (0);
      `)
    for (const step of steps.slice(found)) await session.query(step)
    await session.query('UPDATE logpush_exporter.schema_version SET version = $1', [steps.length])
    await session.query('COMMIT')
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {})
    throw error
  }
  return steps.length
}

async function foundVersion(session: PostgresSession): Promise<number> {
  const [table] = await session.query(
    "SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'logpush_exporter' AND tablename = 'schema_version'",
  )
  if (numberIn(table, 'count') === 0) return 0
  const [row] = await session.query('SELECT version FROM logpush_exporter.schema_version')
  return numberIn(row, 'version')
}

function refuseNewer(found: number, known: number): void {
  if (found <= known) return
  throw new UserError(
    `--state.path: the database was written by a newer version (schema ${found}, this program knows up to ${known}). Run that version, or use another database.`,
  )
}
