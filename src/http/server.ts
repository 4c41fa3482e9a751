import Fastify, { type FastifyInstance } from 'fastify'
import type { Clock, Log } from '../ports/runtime.ts'
import { guardRequests } from './access/access.ts'
import { pathOf, sendLine } from './access/plain-text.ts'
import type { WebConfigSource } from './access/web-config-source.ts'
import { healthRoutes, type Reload } from './health-routes.ts'
import { createListeners, type ListenAddress } from './listeners.ts'
import { type MetricsSource, metricsRoute } from './metrics-route.ts'
import { type StatusRoutes, statusRoutes } from './status-routes.ts'

/* The exporter's HTTP server. Building it opens nothing; `listen` does. Every answer comes from memory. */

export interface ServerDeps extends StatusRoutes {
  readonly metrics: MetricsSource
  readonly reload: Reload
  /** TLS, basic authentication and headers; null when there is no web config file. */
  readonly web: WebConfigSource | null
  readonly log: Log
  readonly clock: Clock
  /** Further routes, e.g. the webhook receiver. */
  readonly routes?: readonly ((app: FastifyInstance) => void)[]
}

export interface HttpServer {
  /** For tests: `inject` answers without a socket. */
  readonly app: FastifyInstance
  /**
   * Listens on all addresses and returns what was opened, with real ports.
   * @throws UserError naming the address that cannot be had; then none stays open.
   */
  listen(addresses: readonly ListenAddress[]): Promise<readonly ListenAddress[]>
  /** Takes no new connection, lets open requests end (for `graceMs`), then closes everything. */
  close(graceMs: number): Promise<void>
}

/** Requests carry no body but for a webhook's, which is small. */
const maxBodyBytes = 256 * 1024

export async function buildServer(deps: ServerDeps): Promise<HttpServer> {
  const app = Fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    exposeHeadRoutes: true,
    routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 200 },
    // A broken URL never gets as far as the error handler, and Fastify's own answer repeats it.
    frameworkErrors: (_error, _request, reply) => void sendLine(reply, 400, badRequest),
  })
  if (deps.web !== null) guardRequests(app, deps.web, deps)
  accessLog(app, deps.log)
  metricsRoute(app, deps.telemetryPath, deps.metrics)
  healthRoutes(app, deps.readiness, deps.reload, deps.clock)
  statusRoutes(app, deps)
  for (const route of deps.routes ?? []) route(app)
  wrongRequests(app, deps.log)
  await app.ready()

  const listeners = createListeners((request, response) => app.routing(request, response), deps)
  return {
    app,
    listen: listeners.open,
    async close(graceMs) {
      await listeners.close(graceMs)
      await app.close()
    },
  }
}

/** Scrapes and probes come all the time: they are worth a line only when one looks for something. */
function accessLog(app: FastifyInstance, log: Log): void {
  app.addHook('onResponse', (request, reply, done) => {
    const ms = Math.round(reply.elapsedTime * 10) / 10
    const { method } = request
    log.debug({ method, path: pathOf(request), status: reply.raw.statusCode, ms }, 'http request')
    done()
  })
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** Answers to what no route takes (405 where another method would do, else 404), and to our own failures. */
function wrongRequests(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((request, reply) => {
    const url = pathOf(request)
    const allowed = methods.filter((method) => app.hasRoute({ method, url }))
    if (allowed.length === 0) return sendLine(reply, 404, 'Not found. Start at /.')
    reply.header('allow', allowed.join(', '))
    return sendLine(reply, 405, `Method not allowed: use ${allowed.join(' or ')}.`)
  })
  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error)
    if (status < 500) return sendLine(reply, status, badRequest)
    log.error({ err: error, path: pathOf(request) }, 'http request failed')
    return sendLine(reply, status, 'Internal error; see the log.')
  })
}

const badRequest = 'Bad request.'

/** Fastify's own refusals (a body too large, a broken URL) carry a status; anything else is our failure. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500
}
