import { chmodSync } from 'node:fs'
import { open, type RootDatabase } from 'lmdb'
import { UserError } from '../errors.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { createMemoryStore } from './memory-store.ts'
import { type StoreLock, takeStoreLock } from './store-lock.ts'

/** The layout of records that this program writes. */
export const schemaVersion = 1

/** Turns all records of a schema version into the next one's; `from` is the version it starts from. */
export interface Migration {
  readonly from: number
  readonly migrate: (key: string, record: unknown) => unknown
}

export interface StoreDeps {
  readonly path: string
  readonly pid: number
  readonly now: () => number
  /** Called on each change between working and not working, with what to tell the operator. */
  readonly onTrouble: (trouble: string | null) => void
  readonly migrations?: readonly Migration[]
  readonly schema?: number
}

const schemaKey = 'schema'

/** While the disk refuses, it is tried so often and no more: each try makes lmdb complain on stderr by itself. */
const retryMs = 30_000

/**
 * Opens the ledger file. When the disk does not let it be written, the store works from memory and says so.
 * @throws UserError when another process holds it, or it was written by a newer version of this program.
 */
export async function openLmdbStore(deps: StoreDeps): Promise<RecordStore> {
  let lock: StoreLock
  let database: RootDatabase
  try {
    lock = takeStoreLock(deps.path, deps.pid, deps.now)
    database = openDatabase(deps.path)
  } catch (error) {
    if (error instanceof UserError) throw error
    deps.onTrouble(reasonOf(error))
    return startedWithoutDisk(createMemoryStore(), reasonOf(error))
  }
  try {
    await bringToSchema(database, deps)
  } catch (error) {
    await database.close()
    lock.release()
    throw error
  }
  return createStore(database, lock, deps)
}

function openDatabase(path: string): RootDatabase {
  // No cache of decoded values: records are read once per poll, and thousands of scopes would stay in memory.
  // Batching by event turn makes a second promise of each commit, which nobody can catch when the disk is full.
  const database = open({ path, noSubdir: true, encoding: 'msgpack', cache: false, eventTurnBatching: false })
  chmodSync(path, 0o600)
  return database
}

async function bringToSchema(database: RootDatabase, deps: StoreDeps): Promise<void> {
  const target = deps.schema ?? schemaVersion
  const found: unknown = database.get(schemaKey)
  if (found === undefined) {
    await database.put(schemaKey, target)
    return
  }
  if (typeof found !== 'number' || found > target) {
    throw new UserError(
      `--state.path: ${deps.path} was written by a newer version (schema ${String(found)}, this program knows up to ${target}). Run that version, or start with an empty path.`,
    )
  }
  for (let version = found; version < target; version += 1) {
    const migration = (deps.migrations ?? []).find(({ from }) => from === version)
    if (migration === undefined)
      throw new UserError(`--state.path: ${deps.path} has schema ${version}, which cannot be migrated.`)
    // One transaction per step: a crash leaves the old schema or the new one.
    await database.transaction(() => {
      for (const key of keysOf(database, '')) {
        if (key !== schemaKey) database.put(key, migration.migrate(key, database.get(key)))
      }
      database.put(schemaKey, version + 1)
    })
  }
}

function createStore(database: RootDatabase, lock: StoreLock, deps: StoreDeps): RecordStore {
  /** What could not be written: it is newer than the disk, and read first. `undefined` stands for removed. */
  const unwritten = new Map<string, unknown>()
  let writes = 0
  let failures = 0
  let trouble: string | null = null
  let triedAt = 0
  let renewedAt = deps.now()

  const write = async (key: string, record: unknown): Promise<void> => {
    if (trouble !== null && deps.now() - triedAt < retryMs) {
      unwritten.set(key, record)
      failures += 1
      return
    }
    triedAt = deps.now()
    renewLock()
    if (!(await tryWrite(key, record))) return
    // The disk takes writes again: so it gets what it had refused.
    for (const [other, kept] of [...unwritten]) if (!(await tryWrite(other, kept))) return
  }
  const tryWrite = async (key: string, record: unknown): Promise<boolean> => {
    try {
      await (record === undefined ? database.remove(key) : database.put(key, record))
      unwritten.delete(key)
      writes += 1
      settle(null)
      return true
    } catch (error) {
      unwritten.set(key, record)
      failures += 1
      settle(await commitReason(error))
      return false
    }
  }
  const settle = (found: string | null): void => {
    const changed = (found === null) !== (trouble === null)
    trouble = found
    if (changed) deps.onTrouble(found)
  }
  const renewLock = (): void => {
    if (deps.now() - renewedAt < 10_000) return
    renewedAt = deps.now()
    try {
      lock.renew()
    } catch {
      // Whatever keeps the lock from being renewed keeps the write from succeeding too, and is told there.
    }
  }
  return {
    get: (key) => (unwritten.has(key) ? unwritten.get(key) : database.get(key)),
    keys: (prefix) => {
      const keys = new Set(keysOf(database, prefix))
      for (const [key, record] of unwritten) if (key.startsWith(prefix) && record !== undefined) keys.add(key)
      for (const [key, record] of unwritten) if (record === undefined) keys.delete(key)
      return [...keys].sort()
    },
    put: write,
    remove: (key) => write(key, undefined),
    health: () => ({ writes, failures, trouble, persistent: true }),
    async close() {
      await database.close()
      lock.release()
    },
  }
}

function startedWithoutDisk(memory: RecordStore, reason: string): RecordStore {
  let failures = 1
  return {
    ...memory,
    async put(key, record) {
      failures += 1
      await memory.put(key, record)
    },
    health: () => ({ writes: 0, failures, trouble: reason, persistent: false }),
  }
}

function keysOf(database: RootDatabase, prefix: string): string[] {
  const keys: string[] = []
  for (const key of database.getKeys({ start: prefix })) {
    if (typeof key !== 'string' || !key.startsWith(prefix)) break
    keys.push(key)
  }
  return keys
}

/** Why a commit failed. lmdb gives it as a promise beside the error, which nobody else would catch. */
async function commitReason(error: unknown): Promise<string> {
  if (!(error instanceof Error) || !('commitError' in error)) return reasonOf(error)
  try {
    await error.commitError
    return error.message
  } catch (cause) {
    return reasonOf(cause)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
