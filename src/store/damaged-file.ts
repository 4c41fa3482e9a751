/* What happens to a ledger file that cannot be read: it is kept aside, and a new one is begun in its place. */
import { existsSync, renameSync, rmSync, type Stats, statSync } from 'node:fs'
import { type Opened, openLedgerFile } from './ledger-file.ts'
import type { SchemaDeps } from './ledger-schema.ts'
import { type OpenDatabase, sqliteFault } from './sqlite-driver.ts'

/** The files that SQLite keeps beside the database belong to it. */
const companions = ['-wal', '-shm', '-journal'] as const

/** A new ledger in the place of a damaged one. */
export interface Replaced {
  readonly reason: string
  /** Where the old one is now; null for one without content. */
  readonly keptAt: string | null
}

/**
 * Opens the file, or keeps a damaged one aside and opens a new one. Of several processes that find the damage at once,
 * one does so: a lock of the operating system on a file beside it is held from the second look until the new ledger is.
 */
export function openOrReplace(
  path: string,
  open: OpenDatabase,
  schema: SchemaDeps,
  now: () => number,
): { readonly opened: Opened; readonly replaced: Replaced | null } {
  const first = openLedgerFile(path, open, schema)
  if (first.state !== 'damaged') return { opened: first, replaced: null }
  const guard = `${path}.replacing`
  const lock = open(guard)
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE')
    const again = openLedgerFile(path, open, schema)
    if (again.state !== 'damaged') return { opened: again, replaced: null }
    const replaced = keepAside(path, again.reason, now())
    const opened = openLedgerFile(path, open, schema)
    // Only who holds the new ledger may remove the guard: whoever waits for it then finds the ledger taken.
    if (opened.state === 'open') rmSync(guard, { force: true })
    return { opened, replaced }
  } catch (error) {
    if (sqliteFault(error) === 'busy') return { opened: { state: 'busy' }, replaced: null }
    throw error
  } finally {
    lock.close()
  }
}

function keepAside(path: string, reason: string, now: number): Replaced {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  let keptAt = `${path}.damaged-${stamp}`
  for (let i = 2; existsSync(keptAt); i += 1) keptAt = `${path}.damaged-${stamp}-${i}`
  const belonging = companions.flatMap((suffix) => {
    const file = fileNumber(`${path}${suffix}`)
    return file === null ? [] : [{ suffix, file }]
  })
  renameSync(path, keptAt)
  // From here on another process may open a new ledger, with companions of its own.
  for (const { suffix, file } of belonging)
    if (fileNumber(`${path}${suffix}`) === file) renameSync(`${path}${suffix}`, `${keptAt}${suffix}`)
  return { reason, keptAt }
}

function fileNumber(path: string): number | null {
  return statOf(path)?.ino ?? null
}

/** What a ledger file's own dates and size tell before it is opened; null without a file. */
export function lookAt(
  path: string,
  now: number,
): {
  /** When it was last written, in epoch milliseconds: what came later, nobody counted. */
  readonly writtenAt: number
  /** A file system may leave a file without content after a crash of the machine. */
  readonly emptied: boolean
} | null {
  const database = statOf(path)
  if (database === null) return null
  // SQLite writes its log of changes on each poll, the database itself only now and then.
  const log = statOf(`${path}-wal`)
  return {
    writtenAt: Math.min((log ?? database).mtimeMs, now),
    // A file that another process has just created is empty too.
    emptied: database.size === 0 && (log?.size ?? 0) === 0 && now - database.birthtimeMs > 10_000,
  }
}

/** Null where there is nothing, or nothing can be asked; opening it then says why. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}
