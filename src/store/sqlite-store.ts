/*
 * Records in an SQLite file. What a caller puts within one turn of the event loop becomes one transaction, so a batch
 * of scopes costs one write to disk. While the disk refuses, records are kept and read in memory.
 */
import { ApiFailure, UserError } from '../errors.ts'
import { type RecordStore, replacedKey } from '../ports/record-store.ts'
import type { Clock, Random } from '../ports/runtime.ts'
import { lookAt, openOrReplace, type Replaced } from './damaged-file.ts'
import type { LedgerFile } from './ledger-file.ts'
import { currentSchema, type SchemaDeps } from './ledger-schema.ts'
import { loadSqlite, type OpenDatabase, sqliteFault } from './sqlite-driver.ts'

export interface StoreReports {
  /** On each change between working and not working: why writing fails, or null. */
  readonly trouble: (reason: string | null) => void
  readonly replaced: (replaced: Replaced) => void
  /** Records that are not what was written: they are gone. */
  readonly damagedRecords: (keys: readonly string[]) => void
}

export interface SqliteStoreDeps {
  readonly path: string
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Random
  /** Runs the work soon, after what is already waiting. */
  readonly defer: (work: () => void) => void
  readonly reports: StoreReports
  readonly schema?: SchemaDeps
}

/** While the disk refuses, it is tried so often and no more. */
const retryMs = 30_000

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
  /** What is not on disk yet: it is newer, and read first. Null stands for removed. */
  const unwritten = new Map<string, string | null>()
  let fresh = 0
  let flushing: Promise<void> | null = null
  let writes = 0
  let failures = startTrouble === null ? 0 : 1
  let trouble = startTrouble
  let triedAt = clock.now()
  if (trouble !== null) reports.trouble(trouble)

  const settle = (found: string | null): void => {
    const changed = (found === null) !== (trouble === null)
    trouble = found
    if (changed) reports.trouble(found)
  }
  const tryWrite = (): void => {
    file ??= opening()
    if (file === null) throw new Error(`${path} is in use by another process`)
    const count = unwritten.size
    file.write(unwritten)
    unwritten.clear()
    writes += count
  }
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
  const flush = (): void => {
    const count = fresh
    fresh = 0
    if (unwritten.size === 0) return
    if (trouble !== null && Math.abs(clock.now() - triedAt) < retryMs) {
      failures += count
      return
    }
    triedAt = clock.now()
    try {
      replacing(tryWrite)
      settle(null)
    } catch (error) {
      failures += count
      settle(reasonOf(error))
    }
  }
  const write = (records: Iterable<readonly [string, string | null]>): Promise<void> => {
    for (const [key, text] of records) {
      unwritten.set(key, text)
      fresh += 1
    }
    flushing ??= new Promise((resolve) => {
      defer(() => {
        flushing = null
        flush()
        resolve()
      })
    })
    return flushing
  }
  /** @throws ApiFailure when the disk cannot be read: absent would be a lie. */
  const fromFile = <T>(work: (file: LedgerFile | null) => T): T => {
    try {
      return replacing(() => {
        file ??= trouble === null ? opening() : null
        return work(file)
      })
    } catch (error) {
      settle(reasonOf(error))
      const operation = 'read the ledger'
      throw new ApiFailure('unavailable', `cannot read the ledger: ${reasonOf(error)}`, {
        operation,
        cause: error,
      })
    }
  }

  return {
    get(key) {
      const kept = unwritten.get(key)
      if (kept === null) return undefined
      const text = kept ?? fromFile((file) => file?.read(key))
      return typeof text === 'string' ? JSON.parse(text) : text
    },
    keys(prefix) {
      const keys = new Set(fromFile((file) => file?.keys(prefix) ?? []))
      for (const [key, text] of unwritten)
        if (key.startsWith(prefix)) {
          if (text === null) keys.delete(key)
          else keys.add(key)
        }
      return [...keys].sort()
    },
    put: (key, record) => write([[key, JSON.stringify(record)]]),
    putAll: (records) => write([...records].map(([key, record]) => [key, JSON.stringify(record)])),
    remove: (key) => write([[key, null]]),
    health: () => ({ writes, failures, trouble, persistent: file !== null }),
    async close() {
      await flushing
      // The last chance, whenever the disk was tried before.
      triedAt = Number.NEGATIVE_INFINITY
      flush()
      file?.close()
      file = null
    },
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
