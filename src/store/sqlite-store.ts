/* Records in an SQLite file, written behind the caller: a batch of scopes costs one write to disk. */
import { ApiFailure, UserError } from '../errors.ts'
import { type RecordStore, replacedKey } from '../ports/record-store.ts'
import type { Clock, Random } from '../ports/runtime.ts'
import { lookAt, openOrReplace, type Replaced } from './damaged-file.ts'
import type { LedgerFile } from './ledger-file.ts'
import { currentSchema, type SchemaDeps } from './ledger-schema.ts'
import { loadSqlite, type OpenDatabase, sqliteFault } from './sqlite-driver.ts'
import { createWriteBehind, reasonOf, type WriteBehindDeps } from './write-behind.ts'

export interface StoreReports extends Pick<WriteBehindDeps, 'trouble'> {
  readonly replaced: (replaced: Replaced) => void
  /** Records that are not what was written: they are gone. */
  readonly damagedRecords: (keys: readonly string[]) => void
}

export interface SqliteStoreDeps extends Pick<WriteBehindDeps, 'defer'> {
  readonly path: string
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Random
  readonly reports: StoreReports
  readonly schema?: SchemaDeps
}

/**
 * Processes that start at once can each hinder the others, also by moving a damaged file away under their hands: a few
 * tries, at different moments, find the one.
 */
const openTries = 6

/**
 * Opens the ledger file. A damaged one is kept aside; when the disk refuses, the store works from memory and says so.
 * @throws UserError when another process holds it, or it was written by a newer version or another program.
 */
export async function openSqliteStore(deps: SqliteStoreDeps): Promise<RecordStore> {
  const open = await loadSqlite()
  const opening = createOpening(deps, open)
  let refusal: string | null = null
  for (let left = openTries; left > 0; left -= 1) {
    if (left < openTries) await deps.clock.sleep(20 + deps.random() * 100, new AbortController().signal)
    try {
      const file = opening()
      if (file !== null) return createStore(deps, opening, file)
      refusal = null
    } catch (error) {
      if (error instanceof UserError) throw error
      refusal = reasonOf(error)
    }
  }
  if (refusal !== null) return createStore(deps, opening, null, refusal)
  throw new UserError(
    `--state.path: ${deps.path} is in use by another process. Two exporters must not share a ledger: stop the other one, or use another path for this one.`,
  )
}

/** Opens the file, whatever state it is in; null while another process has it. */
type Opening = () => LedgerFile | null

function createOpening({ path, clock, reports, schema }: SqliteStoreDeps, open: OpenDatabase): Opening {
  // Later, an empty file may be our own, made when the disk had no room for more.
  const wasEmptied = lookAt(path, clock.now())?.emptied === true
  return () => {
    const before = lookAt(path, clock.now())
    const { opened, replaced: moved } = openOrReplace(path, open, schema ?? currentSchema, clock.now)
    if (opened.state === 'busy') return null
    if (opened.state === 'damaged') throw new Error(opened.reason)
    const { file, isNew } = opened
    const emptied = isNew && wasEmptied ? { reason: 'the file is empty', keptAt: null } : null
    const replaced = moved ?? emptied
    const damaged = isNew ? [] : file.removeDamaged()
    if (replaced !== null) reports.replaced(replaced)
    if (damaged.length > 0) reports.damagedRecords(damaged)
    if (replaced !== null || damaged.length > 0) {
      const at = clock.now()
      file.write([[replacedKey, JSON.stringify({ writtenAt: before?.writtenAt ?? at, at })]])
    }
    return file
  }
}

function createStore(
  { clock, defer, reports, path }: SqliteStoreDeps,
  opening: Opening,
  opened: LedgerFile | null,
  startTrouble: string | null = null,
): RecordStore {
  let file = opened
  /** What was damaged while it was open is replaced at once. */
  const replacing = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (sqliteFault(error) !== 'damaged') throw error
      file?.close()
      file = null
      return work()
    }
  }
  const behind = createWriteBehind(
    {
      now: clock.now,
      defer,
      trouble: reports.trouble,
      write: (records) =>
        replacing(() => {
          file ??= opening()
          if (file === null) throw new Error(`${path} is in use by another process`)
          file.write(records)
        }),
    },
    startTrouble,
  )

  /** @throws ApiFailure when the disk cannot be read: absent would be a lie. */
  const fromFile = <T>(work: (file: LedgerFile | null) => T): T => {
    try {
      return replacing(() => {
        file ??= behind.health().trouble === null ? opening() : null
        return work(file)
      })
    } catch (error) {
      behind.settle(reasonOf(error))
      const operation = 'read the ledger'
      throw new ApiFailure('unavailable', `cannot read the ledger: ${reasonOf(error)}`, {
        operation,
        cause: error,
      })
    }
  }

  return {
    get(key) {
      const kept = behind.unwritten.get(key)
      if (kept === null) return undefined
      const text = kept ?? fromFile((file) => file?.read(key))
      return typeof text === 'string' ? JSON.parse(text) : text
    },
    keys(prefix) {
      const keys = new Set(fromFile((file) => file?.keys(prefix) ?? []))
      for (const [key, text] of behind.unwritten)
        if (key.startsWith(prefix)) {
          if (text === null) keys.delete(key)
          else keys.add(key)
        }
      return [...keys].sort()
    },
    put: (key, record) => behind.put([[key, JSON.stringify(record)]]),
    putAll: (records) => behind.put([...records].map(([key, record]) => [key, JSON.stringify(record)])),
    remove: (key) => behind.put([[key, null]]),
    health: () => ({ ...behind.health(), persistent: file !== null }),
    async close() {
      await behind.close()
      file?.close()
      file = null
    },
  }
}
