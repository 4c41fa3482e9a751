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
  const database = open({ path, noSubdir: true, encoding: 'msgpack', cache: false })
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
      throw new UserError(`--state.path: ${deps.path} has schema ${version}, which can't be migrated.`)
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
  let renewedAt = deps.now()

  const write = async (key: string, record: unknown, attempt: () => Promise<boolean>): Promise<void> => {
    try {
      renewLock()
      await attempt()
      unwritten.delete(key)
      writes += 1
      settle(null)
    } catch (error) {
      unwritten.set(key, record)
      failures += 1
      settle(reasonOf(error))
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
    lock.renew()
  }
  return {
    get: (key) => (unwritten.has(key) ? unwritten.get(key) : database.get(key)),
    keys: (prefix) => {
      const keys = new Set(keysOf(database, prefix))
      for (const [key, record] of unwritten) if (key.startsWith(prefix) && record !== undefined) keys.add(key)
      for (const [key, record] of unwritten) if (record === undefined) keys.delete(key)
      return [...keys].sort()
    },
    put: (key, record) => write(key, record, () => database.put(key, record)),
    remove: (key) => write(key, undefined, () => database.remove(key)),
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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
