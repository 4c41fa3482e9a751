import type { FastifyInstance } from 'fastify'
import { type PipelineDeps, type RawAnswer, runRequest } from '../api/api-pipeline.ts'
import { admit } from '../api/gate.ts'
import { isRecord } from '../api/json-shape.ts'
import { type RateLimiter, rateLimitHeaders } from '../api/rate-limits.ts'
import type { Route } from '../api/route.ts'
import { failure, SimError, simErrors } from '../api/sim-error.ts'

export interface RestDeps extends PipelineDeps {
  readonly limiter: RateLimiter
}

/** Serves REST routes in Cloudflare's envelope. */
export function serveRest(app: FastifyInstance, deps: RestDeps, routes: readonly Route[]): void {
  for (const route of routes) {
    app.route<{ Params: Record<string, string>; Querystring: Record<string, string | string[]> }>({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const what = { api: 'rest', operation: route.operation } as const
        await runRequest(deps, what, request, reply, () =>
          answer(deps, route, {
            authorization: request.headers.authorization,
            params: request.params,
            query: single(request.query),
            body: request.body,
          }),
        )
        return reply
      },
    })
  }
}

interface Incoming {
  readonly authorization: string | undefined
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
}

async function answer(deps: RestDeps, route: Route, incoming: Incoming): Promise<RawAnswer> {
  const nowMs = deps.clock.now()
  let headers: Record<string, string> = {}
  try {
    const token = admit(deps.world, incoming.authorization, route.operation, nowMs)
    const charge = deps.limiter.charge(token.id, nowMs)
    headers = rateLimitHeaders('default', deps.limiter.limit, charge)
    if (!charge.allowed) throw simErrors.rateLimited(charge.resetSeconds)
    const { params, query, body } = incoming
    const call = { world: deps.world, token, params, query, body, nowMs }
    const { result, resultInfo, status } = await route.handle(call)
    return { status: status ?? 200, headers, body: success(result, resultInfo) }
  } catch (error) {
    if (!(error instanceof SimError)) throw error
    return { status: error.status, headers: { ...headers, ...error.headers }, body: failure(error.errors) }
  }
}

function success(result: unknown, resultInfo: object | undefined): object {
  const envelope = { success: true, errors: [], messages: [], result }
  return resultInfo === undefined ? envelope : { ...envelope, result_info: resultInfo }
}

function single(query: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(isRecord(query) ? query : {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? (value.at(-1) ?? '') : value,
    ]),
  )
}
