import type { FastifyInstance } from 'fastify'
import type { ReadinessState } from '../exporter/readiness.ts'

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

export function healthRoutes(app: FastifyInstance, readiness: Readiness, reload: Reload): void {
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
    if (request.headers['sec-fetch-site'] === 'cross-site') {
      return reply.code(403).send('Cross-site requests are not allowed.\n')
    }
    const outcome = await reload()
    if (outcome.ok) return reply.send('Reloaded.\n')
    return reply.code(500).send(`Not reloaded, the old settings stay in effect: ${outcome.problem}\n`)
  })
}
