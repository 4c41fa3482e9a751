import type { RequestListener, ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { InternalError } from '../../errors.ts'
import type { Log } from '../../ports/runtime.ts'
import type { ClientAuth, TlsConfig } from './tls-config.ts'
import type { WebConfigSource } from './web-config-source.ts'

/**
 * A TLS server whose certificates are those that the files hold when a client connects. Whether and how
 * clients must identify themselves is settled when the server is made: a change of that needs a restart.
 */
export function createTlsServer(
  limits: ServerOptions,
  handler: RequestListener,
  web: WebConfigSource,
  log: Log,
): Server {
  const first = web.tls
  if (first === null) throw new InternalError('a TLS server without TLS settings')
  const { config } = first
  const server = createServer(
    {
      ...limits,
      ...first.options,
      handshakeTimeout: 10_000,
      ALPNProtocols: ['http/1.1'],
      requestCert: config.clientAuth !== 'NoClientCert',
      rejectUnauthorized: config.clientAuth === 'RequireAndVerifyClientCert',
    },
    handler,
  )
  let installed: TlsOptions = first.options
  // Before Node's own listener, which starts the handshake with what is installed then.
  server.prependListener('connection', () => {
    const now = web.tls?.options ?? installed
    if (now === installed) return
    installed = now
    server.setSecureContext(now)
    log.info({}, 'TLS certificates replaced')
  })
  server.on('secureConnection', (socket) => {
    const problem = clientProblem(socket, config)
    if (problem === null) return
    log.debug({ problem }, 'TLS client rejected')
    socket.destroy()
  })
  server.on('tlsClientError', (error) => log.debug({ code: codeOf(error) }, 'TLS handshake failed'))
  return server
}

/** What Node does not check by itself: the kinds of client authentication between "none" and "verified". */
function clientProblem(socket: TLSSocket, { clientAuth, allowedSans }: TlsConfig): string | null {
  const { raw, subjectaltname } = socket.getPeerCertificate()
  const given = raw !== undefined
  if (!given && mustGive(clientAuth)) return 'no client certificate'
  if (given && clientAuth === 'VerifyClientCertIfGiven' && !socket.authorized)
    return 'client certificate not trusted'
  if (allowedSans === null || allowedSans.some((name) => sanNames(subjectaltname ?? '').includes(name)))
    return null
  return 'client certificate without an allowed name'
}

function mustGive(clientAuth: ClientAuth): boolean {
  return clientAuth === 'RequireAnyClientCert' || clientAuth === 'RequireAndVerifyClientCert'
}

/**
 * The names in Node's text form: `DNS:a.example, IP Address:0:0:0:0:0:0:0:1, URI:"spiffe://a.example/b,c"`.
 * Read from the left, piece by piece, so that no name can be found inside another one.
 */
function sanNames(text: string): readonly string[] {
  return [...text.matchAll(/(?:, )?([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/gy)].flatMap(
    ([, kind, name = '']) => {
      if (kind === 'IP Address')
        return [name.includes(':') ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name]
      if (kind !== 'DNS' && kind !== 'URI' && kind !== 'email') return []
      return [name.startsWith('"') ? String(JSON.parse(name)) : name]
    },
  )
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name
}
