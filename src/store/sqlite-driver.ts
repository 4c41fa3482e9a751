/*
 * SQLite as this runtime has it: Node's own from version 22.13 on, before that the same interface from a package.
 * Both are read as far as this program needs them.
 */

type Value = string | number | null

export interface SqliteStatement {
  run(...values: Value[]): unknown
  get(...values: Value[]): unknown
  all(...values: Value[]): unknown[]
}

export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  /** Throws when it is closed already. */
  close(): void
}

/** Opens a database file, creating an empty one where there is none. */
export type OpenDatabase = (path: string) => SqliteDatabase

type SqliteModule = { readonly DatabaseSync: new (path: string) => SqliteDatabase }

export async function loadSqlite(): Promise<OpenDatabase> {
  const { DatabaseSync } = builtIn() ?? (await import('@photostructure/sqlite'))
  return (path) => new DatabaseSync(path)
}

/** Node's own module. Node 22 calls it experimental on stderr, which is no news to an operator. */
function builtIn(): SqliteModule | null {
  const warn = process.emitWarning
  process.emitWarning = () => {}
  try {
    const found: unknown = process.getBuiltinModule('node:sqlite')
    return isSqlite(found) ? found : null
  } finally {
    process.emitWarning = warn
  }
}

function isSqlite(value: unknown): value is SqliteModule {
  return typeof value === 'object' && value !== null && 'DatabaseSync' in value
}

export function inTransaction(database: SqliteDatabase, work: () => void): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    work()
    database.exec('COMMIT')
  } catch (error) {
    try {
      database.exec('ROLLBACK')
    } catch {
      // A full disk has rolled it back already; the reason is the first error.
    }
    throw error
  }
}

export function firstCell(row: unknown): unknown {
  return typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined
}

/** What an error of SQLite means for a ledger file. */
export type SqliteFault =
  /** Another process has the file. */
  | 'busy'
  /** What the file holds is not a whole database. */
  | 'damaged'
  /** The disk is full, read-only or failing. */
  | 'disk'

/** By SQLite's primary result code (sqlite.org/rescode.html); null for what is no error of SQLite. */
export function sqliteFault(error: unknown): SqliteFault | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  switch (error.errcode & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return 'busy'
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return 'damaged'
    default:
      return 'disk'
  }
}
