/* The layout of a ledger file, and how it moves forward. */
import { UserError } from '../errors.ts'
import { firstCell, inTransaction, type SqliteDatabase } from './sqlite-driver.ts'

export const schemaVersion = 1

/** "LPXL": tells a ledger of this program from any other SQLite file. */
const applicationId = 0x4c50584c

/** Turns the layout of one version into the next one's; `from` is the version it starts from. */
export interface Migration {
  readonly from: number
  readonly migrate: (database: SqliteDatabase) => void
}

export interface SchemaDeps {
  readonly version: number
  readonly migrations: readonly Migration[]
}

export const currentSchema: SchemaDeps = { version: schemaVersion, migrations: [] }

/**
 * Answers whether the file held nothing yet.
 * @throws UserError when it is from a newer version of this program, or from another one.
 */
export function bringToSchema(database: SqliteDatabase, path: string, schema: SchemaDeps): boolean {
  const found = numberOf(database, 'PRAGMA user_version')
  const id = numberOf(database, 'PRAGMA application_id')
  const tables = numberOf(database, 'SELECT count(*) FROM sqlite_schema')
  if (tables === 0) {
    // One transaction: a crash leaves an empty file or a whole layout.
    database.exec(`
      BEGIN IMMEDIATE;
      CREATE TABLE record (key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${schema.version};
      COMMIT;
    `)
    return true
  }
  if (id !== applicationId)
    throw new UserError(
      `--state.path: ${path} is an SQLite database of another program. Name another file for the ledger.`,
    )
  if (found > schema.version)
    throw new UserError(
      `--state.path: ${path} was written by a newer version (schema ${found}, this program knows up to ${schema.version}). Run that version, or start with an empty path.`,
    )
  for (let version = found; version < schema.version; version += 1) {
    const migration = schema.migrations.find(({ from }) => from === version)
    if (migration === undefined)
      throw new UserError(
        `--state.path: ${path} has schema ${version}, which cannot be migrated. Run an older version, or start with an empty path.`,
      )
    // One transaction per step: a crash leaves the old schema or the new one.
    inTransaction(database, () => {
      migration.migrate(database)
      database.exec(`PRAGMA user_version = ${version + 1}`)
    })
  }
  return false
}

function numberOf(database: SqliteDatabase, sql: string): number {
  const value = firstCell(database.prepare(sql).get())
  return typeof value === 'number' ? value : 0
}
