/*
 * One ledger file, opened for this process alone. SQLite holds an exclusive lock of the operating system on it for as
 * long as the process lives; a killed process leaves none behind.
 */
import { chmodSync, closeSync, openSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { codeOf } from '../errors.ts'
import { bringToSchema, type SchemaDeps } from './ledger-schema.ts'
import {
  firstCell,
  inTransaction,
  type OpenDatabase,
  type SqliteDatabase,
  sqliteFault,
} from './sqlite-driver.ts'
import { reasonOf } from './write-behind.ts'

export interface LedgerFile {
  /** The record's text; `undefined` without one, null when what is stored is not what was written. */
  read(key: string): string | null | undefined
  keys(prefix: string): readonly string[]
  /** All in one transaction, on disk when it returns; null removes. Throws SQLite's error, and then nothing changed. */
  write(records: Iterable<readonly [key: string, text: string | null]>): void
  /** Removes the records that are not what was written, and names them. */
  removeDamaged(): readonly string[]
  close(): void
}

export type Opened =
  /** `isNew`: it held nothing yet. */
  | { readonly state: 'open'; readonly file: LedgerFile; readonly isNew: boolean }
  | { readonly state: 'busy' }
  | { readonly state: 'damaged'; readonly reason: string }

/**
 * Opens the file, creating it where there is none, and checks that it is whole.
 * @throws UserError when it is from a newer version or another program; SQLite's error when the disk refuses.
 */
export function openLedgerFile(path: string, open: OpenDatabase, schema: SchemaDeps): Opened {
  createPrivately(path)
  let database: SqliteDatabase | null = null
  try {
    database = open(path)
    // Before the first use, or the lock would be given back after each transaction.
    database.exec('PRAGMA locking_mode = exclusive')
    database.exec('PRAGMA busy_timeout = 0')
    database.exec('PRAGMA journal_mode = wal')
    database.exec('PRAGMA synchronous = full')
    database.exec('PRAGMA temp_store = memory')
    // Takes the lock where nothing was read so far.
    database.exec('BEGIN IMMEDIATE; COMMIT')
    const [found] = database.prepare('PRAGMA quick_check(1)').all().map(firstCell)
    if (found !== 'ok') throw new DamagedDatabase(String(found).split('\n').slice(0, 2).join(': '))
    const isNew = bringToSchema(database, path, schema)
    return { state: 'open', file: ledgerFile(database), isNew }
  } catch (error) {
    closeQuietly(database)
    if (error instanceof DamagedDatabase) return { state: 'damaged', reason: error.message }
    const fault = sqliteFault(error)
    if (fault === 'busy') return { state: 'busy' }
    if (fault === 'damaged') return { state: 'damaged', reason: reasonOf(error) }
    throw error
  }
}

class DamagedDatabase extends Error {}

/** Never opens a file that is there: closing it again would drop the lock of a store in this process. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    chmodSync(path, 0o600)
  }
}

function ledgerFile(database: SqliteDatabase): LedgerFile {
  const select = database.prepare('SELECT value, checksum FROM record WHERE key = ?')
  const selectKeys = database.prepare('SELECT key FROM record WHERE key >= ? AND key < ? ORDER BY key')
  const selectAll = database.prepare('SELECT key FROM record ORDER BY key')
  const upsert = database.prepare('INSERT OR REPLACE INTO record (key, value, checksum) VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM record WHERE key = ?')

  const read: LedgerFile['read'] = (key) => {
    const row = select.get(key)
    if (typeof row !== 'object' || row === null || !('value' in row) || !('checksum' in row)) return undefined
    return typeof row.value === 'string' && row.checksum === checksum(key, row.value) ? row.value : null
  }
  return {
    read,
    keys: (prefix) => selectKeys.all(prefix, `${prefix}\u{10ffff}`).map(firstCell).map(String),
    write(records) {
      inTransaction(database, () => {
        for (const [key, text] of records) {
          if (text === null) remove.run(key)
          else upsert.run(key, text, checksum(key, text))
        }
      })
    },
    removeDamaged() {
      const damaged = selectAll
        .all()
        .map(firstCell)
        .map(String)
        .filter((key) => read(key) === null)
      if (damaged.length > 0)
        inTransaction(database, () => {
          for (const key of damaged) remove.run(key)
        })
      return damaged
    },
    close: () => closeQuietly(database),
  }
}

/** SQLite finds a damaged page, not a changed digit on a whole one. */
export function checksum(key: string, text: string): number {
  return crc32(text, crc32(key))
}

function closeQuietly(database: SqliteDatabase | null): void {
  try {
    database?.close()
  } catch {
    // It is closed, or too damaged to write back what it had; neither changes what is on disk.
  }
}
