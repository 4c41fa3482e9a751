import type { FastifyInstance } from 'fastify'
import { type RawAnswer, runRequest } from '../api/api-pipeline.ts'
import type { FaultEffect } from '../api/faults.ts'
import { admit } from '../api/gate.ts'
import { isRecord } from '../api/json-shape.ts'
import { type RateLimiter, rateLimitHeaders } from '../api/rate-limits.ts'
import { SimError } from '../api/sim-error.ts'
import type { RestDeps } from '../rest/rest-plugin.ts'
import type { TokenSpec } from '../world/world-spec.ts'
import type { GraphqlAnswer, GraphqlEngine } from './graphql-engine.ts'
import { asGraphqlError, formatError, QueryError, queryErrors } from './graphql-error.ts'

export interface GraphqlDeps extends RestDeps {
  readonly engine: GraphqlEngine
  readonly queryLimiter: RateLimiter
  readonly scopeLimiter: RateLimiter
  /** True: errors come with the status the documentation gives them, not inside a 200. */
  readonly documentedStatus: boolean
}

/** Serves `POST /graphql`. */
export function serveGraphql(app: FastifyInstance, deps: GraphqlDeps): void {
  app.post('/graphql', async (request, reply) => {
    const what = { api: 'graphql', operation: operationOf(request.body) } as const
    await runRequest(deps, what, request, reply, (effect) =>
      answer(deps, request.body, request.headers.authorization, effect, {
        perScope: request.headers['x-rate-limit-type'] === 'account-based',
      }),
    )
    return reply
  })
}

/** Queries are told apart, in faults and in the log, by the name they give themselves. */
function operationOf(body: unknown): string {
  const query = isRecord(body) && typeof body.query === 'string' ? body.query : ''
  return /^\s*query\s+(\w+)/.exec(query)?.[1] ?? 'query'
}

async function answer(
  deps: GraphqlDeps,
  body: unknown,
  authorization: string | undefined,
  effect: FaultEffect | null,
  mode: { readonly perScope: boolean },
): Promise<RawAnswer> {
  const nowMs = deps.clock.now()
  let headers: Record<string, string> = {}
  try {
    const token = admitted(deps, authorization, nowMs)
    const general = deps.limiter.charge(token.id, nowMs)
    const { limit } = deps.queryLimiter
    const charge = mode.perScope
      ? deps.queryLimiter.peek(token.id, nowMs)
      : deps.queryLimiter.charge(token.id, nowMs)
    headers = rateLimitHeaders('graphql', limit, charge)
    if (!general.allowed) throw queryErrors.depleted(general.resetSeconds)
    if (!mode.perScope && !charge.allowed) throw queryErrors.depleted(charge.resetSeconds)
    if (effect?.kind === 'budget')
      return refused(new QueryError(queryErrors.depleted(300).message, 200, 'budget'), nowMs, headers)
    if (!isRecord(body) || typeof body.query !== 'string') {
      throw new QueryError('query contains error, please review it and retry', 400)
    }
    const result = await deps.engine.run(
      {
        query: body.query,
        variables: isRecord(body.variables) ? body.variables : {},
        operationName: typeof body.operationName === 'string' ? body.operationName : undefined,
      },
      {
        world: deps.world,
        token,
        nowMs,
        budget: charge.remaining,
        scopeLimiter: mode.perScope ? deps.scopeLimiter : null,
        rowCap: effect?.kind === 'truncated' ? effect.rows : Number.POSITIVE_INFINITY,
      },
    )
    const shown = effect?.kind === 'partial' ? withoutLastScope(result, nowMs) : result.body
    return { status: deps.documentedStatus ? result.documentedStatus : 200, headers, body: shown }
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return refused(error, nowMs, headers)
  }
}

function admitted(deps: GraphqlDeps, authorization: string | undefined, nowMs: number): TokenSpec {
  try {
    return admit(deps.world, authorization, 'graphql', nowMs)
  } catch (error) {
    throw error instanceof SimError ? queryErrors.unauthorized() : error
  }
}

function refused(error: QueryError, nowMs: number, headers: Readonly<Record<string, string>>): RawAnswer {
  const retryAfter = error.retryAfterSeconds
  return {
    status: error.status,
    headers: { ...headers, ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }) },
    body: { data: null, errors: [{ ...formatError(asGraphqlError(error), nowMs), path: null }] },
  }
}

/** The answer with one scope's rows missing, and an error that says so. */
function withoutLastScope(result: GraphqlAnswer, nowMs: number): object {
  const data: unknown = structuredClone(result.body.data)
  const path = emptyLastScope(data, [])
  const message = 'unable to execute query, please try again later'
  return { data, errors: [{ message, path, extensions: { timestamp: new Date(nowMs).toISOString() } }] }
}

const scopeLists = new Set(['accounts', 'zones'])

function emptyLastScope(value: unknown, path: readonly string[]): readonly string[] | null {
  if (!isRecord(value)) return null
  for (const [key, child] of Object.entries(value)) {
    if (Array.isArray(child) && scopeLists.has(key)) {
      const last: unknown = child.at(-1)
      const here = [...path, key, String(child.length - 1)]
      const deeper = emptyLastScope(last, here)
      if (deeper !== null) return deeper
      if (isRecord(last)) {
        child[child.length - 1] = Object.fromEntries(
          Object.entries(last).map(([name, node]) => [name, Array.isArray(node) ? [] : node]),
        )
        return here
      }
    }
    const found = emptyLastScope(child, [...path, key])
    if (found !== null) return found
  }
  return null
}
