import type { RequestListener, ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { TLSSocket, TlsOptions } from 'node:tls'
import { InternalError } from '../../errors.ts'
import type { Log } from '../../ports/runtime.ts'
import { certificateNames } from './certificate-names.ts'
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
  if (
    allowedSans === null ||
    allowedSans.some((name) => certificateNames(subjectaltname ?? '').includes(name))
  )
    return null
  return 'client certificate without an allowed name'
}

function mustGive(clientAuth: ClientAuth): boolean {
  return clientAuth === 'RequireAnyClientCert' || clientAuth === 'RequireAndVerifyClientCert'
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name
}
