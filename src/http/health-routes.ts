import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { ReadinessState } from '../exporter/readiness.ts'
import type { Clock } from '../ports/runtime.ts'
import { createRateLimit } from './access/rate-limit.ts'

export interface Readiness {
  state(): ReadinessState
}

export type ReloadOutcome = { readonly ok: true } | { readonly ok: false; readonly problem: string }

/** Reads the settings again. A problem means that the old ones are still in force. */
export type Reload = () => Promise<ReloadOutcome>

/** Paths that say the process answers; Prometheus and Kubernetes know them by different names. */
export const alivePaths = ['/-/healthy', '/healthz', '/livez']
export const readyPaths = ['/-/ready', '/readyz']
export const reloadPath = '/-/reload'

/** A reload makes work for the API: whoever may ask for one, not for hundreds. */
const reloadLimit = { intervalMs: 2_000, burst: 5 }

export function healthRoutes(
  app: FastifyInstance,
  readiness: Readiness,
  reload: Reload,
  clock: Pick<Clock, 'monotonic'>,
): void {
  const limit = createRateLimit()
  for (const path of alivePaths) {
    app.get(path, (_request, reply) => {
      reply.type('text/plain; charset=utf-8').send('Healthy.\n')
    })
  }
  for (const path of readyPaths) {
    app.get(path, (_request, reply) => {
      const state = readiness.state()
      reply
        .code(state.ready ? 200 : 503)
        .type('text/plain; charset=utf-8')
        .send(state.ready ? 'Ready.\n' : `Not ready: ${state.reason}.\n`)
    })
  }
  app.post(reloadPath, async (request, reply) => {
    reply.type('text/plain; charset=utf-8')
    // A page of another site must not be able to make a visitor's browser send this.
    if (isFromElsewhere(request.headers))
      return reply.code(403).send('Cross-site requests are not allowed.\n')
    if (!limit.allows(reloadLimit, clock.monotonic())) {
      return reply
        .code(429)
        .header('retry-after', String(reloadLimit.intervalMs / 1000))
        .send('Too many reloads; try again in 2 seconds.\n')
    }
    const outcome = await reload()
    if (outcome.ok) return reply.send('Reloaded.\n')
    return reply.code(500).send(`Not reloaded, the old settings stay in effect: ${outcome.problem}\n`)
  })
}

/** Whether a browser sends the request for another origin's page. Programs send neither header. */
function isFromElsewhere(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin, host } = headers
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)
}
