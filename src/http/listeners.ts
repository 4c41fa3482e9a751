import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import { exitCode, UserError } from '../errors.ts'
import type { Clock, Log } from '../ports/runtime.ts'
import type { WebConfigSource } from './access/web-config-source.ts'
import { limitConnections, reserve } from './connection-limit.ts'

/*
 * The sockets: one server an address, plain or TLS. All limits are set on purpose; a slow or silent client
 * may not hold a connection for long, while a scraper that comes every minute may keep its own.
 */

/** An empty host means every address of the machine; port 0 means "pick one". */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const limits: ServerOptions = {
  /** The whole request, headers and body. */
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  /** Longer than a scrape interval of a minute, so that connections are reused. */
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
  noDelay: true,
}

const maxConnections = 512

/** A connection on which nothing moves for this long is closed, also in the middle of an answer. */
const idleMs = 120_000

export interface ListenerDeps {
  readonly web: WebConfigSource | null
  readonly log: Log
  readonly clock: Clock
}

export function createListeners(handler: RequestListener, { web, log, clock }: ListenerDeps) {
  const servers: Server[] = []
  return {
    async open(addresses: readonly ListenAddress[]): Promise<readonly ListenAddress[]> {
      const opened: ListenAddress[] = []
      for (const address of addresses) {
        const server = web?.tls ? await tlsServer(handler, web, log) : createServer(limits, handler)
        limitConnections(server, maxConnections)
        server.maxConnections = maxConnections + reserve
        server.timeout = idleMs
        servers.push(server)
        try {
          opened.push(await listen(server, address))
        } catch (error) {
          await closeAll(servers, 0, clock)
          throw error
        }
      }
      return opened
    },
    close: (graceMs: number): Promise<void> => closeAll(servers, graceMs, clock),
  }
}

async function tlsServer(handler: RequestListener, web: WebConfigSource, log: Log): Promise<TlsServer> {
  const { createTlsServer } = await import('./access/tls-server.ts')
  return createTlsServer(limits, handler, web, log)
}

function listen(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(asUserError(error, `${host}:${port}`)))
    server.listen(host === '' ? { port } : { host, port }, () => {
      server.removeAllListeners('error')
      const bound = server.address()
      resolve(
        typeof bound === 'object' && bound !== null
          ? { host: bound.address, port: bound.port }
          : { host, port },
      )
    })
  })
}

function asUserError(error: Error, address: string): UserError {
  const code = 'code' in error ? String(error.code) : ''
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program uses this port; choose another one, or 0 for any free port',
    EACCES: 'ports below 1024 need extra privileges; choose a higher one',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'the host name does not resolve',
    EAFNOSUPPORT: 'this address family is not available here',
  }
  const reason = reasons[code] ?? error.message
  return new UserError(`--web.listen-address: cannot listen on ${address}: ${reason}`, exitCode.failure, {
    cause: error,
  })
}

async function closeAll(servers: readonly Server[], graceMs: number, clock: Clock): Promise<void> {
  const done = new AbortController()
  const open = servers.filter((server) => server.listening)
  const closed = Promise.all(open.map((server) => new Promise((resolve) => server.close(resolve))))
  const cut = clock.sleep(graceMs, done.signal).then(() => {
    for (const server of open) server.closeAllConnections()
  })
  await closed
  done.abort()
  await cut
}
