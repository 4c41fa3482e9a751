import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { ReadinessState } from '../exporter/readiness.ts'
import type { Clock } from '../ports/runtime.ts'
import { sendLine } from './access/plain-text.ts'
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
    app.get(path, (_request, reply) => sendLine(reply, 200, 'Healthy.'))
  }
  for (const path of readyPaths) {
    app.get(path, (_request, reply) => {
      const state = readiness.state()
      return state.ready
        ? sendLine(reply, 200, 'Ready.')
        : sendLine(reply, 503, `Not ready: ${state.reason}.`)
    })
  }
  app.post(reloadPath, async (request, reply) => {
    // A page of another site must not be able to make a visitor's browser send this.
    if (isFromElsewhere(request.headers)) return sendLine(reply, 403, 'Cross-site requests are not allowed.')
    if (!limit.allows(reloadLimit, clock.monotonic())) {
      reply.header('retry-after', String(reloadLimit.intervalMs / 1000))
      return sendLine(reply, 429, 'Too many reloads; try again in 2 seconds.')
    }
    const outcome = await reload()
    if (outcome.ok) return sendLine(reply, 200, 'Reloaded.')
    return sendLine(reply, 500, `Not reloaded, the old settings stay in effect: ${outcome.problem}`)
  })
}

/** Whether a browser sends the request for another origin's page. Programs send neither header. */
function isFromElsewhere(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin, host } = headers
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)
}
