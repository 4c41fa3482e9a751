/*
 * One session with PostgreSQL. The server ends a session that is silent for too long, and its locks with it: a process
 * that is stopped, or cut off, holds nothing for ever. This side gives a session up before the server does.
 */
import { Socket } from 'node:net'
import pg from 'pg'
import { codeOf, UserError } from '../errors.ts'
import type { Clock } from '../ports/runtime.ts'
import { reasonOf } from './write-behind.ts'

export interface PostgresSession {
  /** The rows. @throws what the server said, or that the session is gone. */
  query(text: string, values?: readonly unknown[]): Promise<readonly unknown[]>
  /** Aborted as soon as the session is gone, or may be; its reason is an Error. */
  readonly lost: AbortSignal
  /** False as well when the server may have ended it without our knowledge. */
  alive(): boolean
  lose(reason: string): void
  /** Ends it, so that the server knows at once. */
  end(): Promise<void>
}

/** After this silence the server ends the session. */
const serverPatienceMs = 9_000
/** After this without an answer this side gives the session up: it asks in time, or the server is unreachable. */
const patienceMs = 7_000
const beatMs = 1_500
const tickMs = 500
const connectMs = 5_000
const endMs = 1_000

/** `idle_session_timeout` came with version 14. */
const oldestServer = 140_000

/** @throws UserError for a server that is too old; else what kept it from connecting. */
export async function connectPostgres(address: string, clock: Clock): Promise<PostgresSession> {
  const socket = new Socket()
  const client = new pg.Client({
    connectionString: address,
    // Ours, so that it can be dropped whatever state the protocol is in.
    stream: () => socket,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    application_name: 'logpush-exporter',
  })
  const gone = new AbortController()
  const lose = (reason: string): void => {
    if (gone.signal.aborted) return
    gone.abort(new Error(reason))
    socket.destroy()
  }
  client.on('error', (error) => lose(error.message))
  client.on('end', () => lose('the connection ended'))
  let provenAt = clock.monotonic()
  const alive = (): boolean => !gone.signal.aborted && clock.monotonic() - provenAt < patienceMs
  const query: PostgresSession['query'] = async (text, values = []) => {
    gone.signal.throwIfAborted()
    const askedAt = clock.monotonic()
    const { rows } = await client.query<Record<string, unknown>>(text, [...values])
    provenAt = Math.max(provenAt, askedAt)
    // Several statements at once have a result each, of which none is wanted.
    return rows ?? []
  }
  const beat = async (): Promise<void> => {
    let asking = false
    let askedAt = clock.monotonic()
    for (;;) {
      await clock.sleep(tickMs, gone.signal)
      // A session that is gone keeps the reason that it had.
      if (!alive()) return lose(`no answer for ${patienceMs / 1000} s`)
      if (asking || clock.monotonic() - askedAt < beatMs) continue
      asking = true
      askedAt = clock.monotonic()
      query('SELECT 1')
        .catch((error: unknown) => lose(reasonOf(error)))
        .finally(() => {
          asking = false
        })
    }
  }
  try {
    await client.connect()
    void beat()
    const [version] = await query("SELECT current_setting('server_version_num')::int AS number")
    if (numberIn(version, 'number') < oldestServer)
      throw new UserError('--state.path: PostgreSQL 14 or newer is needed. Upgrade the server.')
    await query(`SET idle_session_timeout = ${serverPatienceMs}`)
  } catch (error) {
    lose(reasonOf(error))
    throw error
  }
  return {
    query,
    lost: gone.signal,
    alive,
    lose,
    async end() {
      if (gone.signal.aborted) return
      const late = new AbortController()
      await Promise.race([client.end().catch(() => {}), clock.sleep(endMs, late.signal)])
      late.abort()
      lose('closed')
    },
  }
}

/** @throws TypeError where a row of ours is not as our statement asked for it. */
export function numberIn(row: unknown, column: string): number {
  const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, column) : undefined
  // A bigint comes as text.
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || Number.isNaN(number)) throw new TypeError(`no number in column ${column}`)
  return number
}

export function textIn(row: unknown, column: string): string {
  const value: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, column) : undefined
  if (typeof value !== 'string') throw new TypeError(`no text in column ${column}`)
  return value
}

/** PostgreSQL's code of an error (its manual, appendix A); null for what did not come from the server. */
export function sqlState(error: unknown): string | null {
  const code = codeOf(error) ?? ''
  return /^[0-9A-Z]{5}$/.test(code) ? code : null
}
