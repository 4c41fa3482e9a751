/*
 * One process per ledger: two that write the same file would each undo what the other counted.
 *
 * The lock is a small file beside the ledger that says who holds it. It outlives a killed holder, so whoever
 * finds it asks whether that process still lives: on this host by its process id and the moment it was started
 * (ids are reused, in containers at once), on another host by how long ago it was last renewed.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'

export interface StoreLock {
  /** Says that the holder is alive; to be called well within `staleAfterMs`. */
  renew(): void
  release(): void
}

/** A lock from another host that was not renewed for this long belongs to nobody. */
export const staleAfterMs = 45_000

interface Holder {
  readonly pid: number
  readonly startedAt: string
  readonly host: string
  readonly id: string
}

/**
 * Takes the lock of a ledger file, creating its folder.
 * @throws UserError when a living process holds it; the file system's own error when it cannot be written.
 */
export function takeStoreLock(ledgerPath: string, pid: number, now: () => number): StoreLock {
  const path = `${ledgerPath}.lock`
  mkdirSync(dirname(path), { recursive: true })
  const me: Holder = { pid, startedAt: processStart(pid), host: hostname(), id: randomUUID() }
  if (!tryCreate(path, me)) {
    const holder = readHolder(path)
    if (holder !== null && isAlive(holder, path, me, now())) throw inUse(ledgerPath, holder)
    rmSync(path, { force: true })
    if (!tryCreate(path, me)) throw inUse(ledgerPath, readHolder(path))
  }
  return {
    renew() {
      const seconds = now() / 1000
      utimesSync(path, seconds, seconds)
    },
    release() {
      if (readHolder(path)?.id === me.id) rmSync(path, { force: true })
    },
  }
}

/** Creates the file with its whole content in one step, so that nobody reads a half-written one. */
function tryCreate(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.id}`
  writeFileSync(draft, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
  try {
    if (readHolder(path) !== null) return false
    renameSync(draft, path)
    return readHolder(path)?.id === holder.id
  } finally {
    rmSync(draft, { force: true })
  }
}

function isAlive(holder: Holder, path: string, me: Holder, now: number): boolean {
  if (holder.host !== me.host) return now - statSync(path).mtimeMs < staleAfterMs
  return holder.startedAt === processStart(holder.pid) && holder.startedAt !== 'gone'
}

/** When a process was started, as the kernel counts; where there is no /proc, only whether it lives. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name, in brackets, may hold spaces; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown'
  } catch {
    try {
      process.kill(pid, 0)
      return 'unknown'
    } catch {
      return 'gone'
    }
  }
}

function readHolder(path: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null) return null
    if (!('pid' in value) || !('startedAt' in value) || !('host' in value) || !('id' in value)) return null
    const { pid, startedAt, host, id } = value
    if (typeof pid !== 'number' || typeof startedAt !== 'string') return null
    return typeof host === 'string' && typeof id === 'string' ? { pid, startedAt, host, id } : null
  } catch {
    return null
  }
}

function inUse(ledgerPath: string, holder: Holder | null): UserError {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`
  return new UserError(
    `--state.path: ${ledgerPath} is in use by ${who}. Two exporters must not share a ledger: stop the other one, or use another path for this one.`,
  )
}
