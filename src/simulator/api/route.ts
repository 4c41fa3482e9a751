import type { ScopeKind, ScopeRef, TokenSpec } from '../world/world-spec.ts'

/** A request after it was let in. */
export interface Call {
  readonly token: TokenSpec
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  /** Simulated time of the request. */
  readonly nowMs: number
}

/** What goes into the envelope. */
export interface Answer {
  readonly result: unknown
  readonly resultInfo?: Readonly<Record<string, number | string>>
  /** 200 when absent. */
  readonly status?: number
}

/** One REST route; the path is relative to `/client/v4`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** Names it in faults and in the request log. */
  readonly operation: string
  readonly handle: (call: Call) => Answer | Promise<Answer>
}

export function route(
  method: Route['method'],
  path: string,
  operation: string,
  handle: Route['handle'],
): Route {
  return { method, path, operation, handle }
}

/** The same route for accounts and for zones; the handler is told which. */
export function scopedRoutes(
  method: Route['method'],
  path: string,
  operation: string,
  handle: (call: Call, scope: ScopeRef) => Answer | Promise<Answer>,
): Route[] {
  const kinds: readonly ScopeKind[] = ['account', 'zone']
  return kinds.map((kind) =>
    route(method, `/${kind}s/:scopeId${path}`, operation, (call) =>
      handle(call, { kind, id: call.params.scopeId ?? '' }),
    ),
  )
}

/** One page of a list, with the `result_info` of Cloudflare's page-numbered lists. */
export function page<T>(
  call: Call,
  items: readonly T[],
  show: (item: T) => unknown,
  limits = { usual: 20, least: 5, most: 50 },
): Answer {
  const wanted = Number.parseInt(call.query.per_page ?? '', 10)
  const perPage = Number.isFinite(wanted)
    ? Math.min(Math.max(wanted, limits.least), limits.most)
    : limits.usual
  const number = Math.max(1, Number.parseInt(call.query.page ?? '1', 10) || 1)
  const result = items.slice((number - 1) * perPage, number * perPage).map(show)
  return {
    result,
    resultInfo: {
      page: number,
      per_page: perPage,
      count: result.length,
      total_count: items.length,
      total_pages: Math.ceil(items.length / perPage),
    },
  }
}
