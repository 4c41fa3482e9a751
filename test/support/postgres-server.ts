import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { eventually } from './exporter-process.ts'

/** A PostgreSQL of the test's own, on loopback. */
export interface PostgresServer {
  readonly port: number
  /** For `--state.path`: without the password. */
  readonly address: string
  /** What a process needs to log in. */
  readonly env: Readonly<Record<string, string>>
  /** Asks as the administrator, outside of what is tested. */
  ask(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  /** Ends it as an administrator would, cutting all sessions. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** Not accepted in a URL without escapes, so that a test sees whether it ever gets there. */
export const password = 'correct horse/battery@staple'

/** Where Debian keeps the programs, or null where they are not installed. */
function programs(): string | null {
  const folders = (process.env.PATH ?? '').split(':')
  try {
    for (const version of readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a)))
      folders.unshift(`/usr/lib/postgresql/${version}/bin`)
  } catch {}
  return (
    folders.find((folder) => {
      try {
        accessSync(join(folder, 'initdb'))
        return true
      } catch {
        return false
      }
    }) ?? null
  )
}

export function missingPostgres(): string | false {
  return programs() === null ? 'not installed: initdb (Debian: postgresql)' : false
}

/** It refuses to run as root. */
function otherUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

export async function startPostgres(t: {
  teardown(end: () => Promise<void>): unknown
}): Promise<PostgresServer> {
  const bin = programs() ?? ''
  const user = otherUser()
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const secret = join(folder, 'password')
  writeFileSync(secret, password)
  if (user.uid !== undefined && user.gid !== undefined)
    for (const path of [folder, secret]) chownSync(path, user.uid, user.gid)
  const data = join(folder, 'data')
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', HOME: folder } }
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'exporter', '-A', 'scram-sha-256', `--pwfile=${secret}`, '-E', 'UTF8', '--no-sync'],
    { ...options, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
  const port = await freePort()
  const config = { host: '127.0.0.1', port, user: 'exporter', password, database: 'postgres' }
  const ask: PostgresServer['ask'] = async (text, values = []) => {
    const client = new pg.Client(config)
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query<Record<string, unknown>>(text, [...values])
      return rows
    } finally {
      await client.end().catch(() => {})
    }
  }
  let server: ChildProcess | null = null
  const stop = async (): Promise<void> => {
    if (server === null || server.exitCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGINT')
    await ended
  }
  const start = async (): Promise<void> => {
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'shared_buffers=8MB',
    ]
    server = spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
      { ...options, stdio: 'ignore' },
    )
    await eventually(() => ask('SELECT 1'), 'PostgreSQL answers')
  }
  t.teardown(async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  })
  await start()
  return {
    port,
    address: `postgresql://exporter@127.0.0.1:${port}/postgres`,
    env: { PGPASSWORD: password },
    ask,
    stop,
    start,
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
