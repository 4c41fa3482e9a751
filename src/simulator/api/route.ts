import type { Permission } from '../world/permissions.ts'
import type { World } from '../world/world.ts'
import type { ScopeKind, ScopeRef, TokenSpec } from '../world/world-spec.ts'
import { requireAccount } from './access.ts'

/** A request after it was let in. */
export interface Call {
  readonly world: World
  readonly token: TokenSpec
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  /** Simulated time of the request. */
  readonly nowMs: number
}

/** A call about one account or zone. */
export interface ScopedCall extends Call {
  readonly scope: ScopeRef
}

/** A call about an account in which the token may do that. */
export interface AccountCall extends Call {
  readonly accountId: string
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
  readonly handle: Handler<Call>
}

type Handler<C extends Call> = (call: C) => Answer | Promise<Answer>

export function route(
  method: Route['method'],
  path: string,
  operation: string,
  handle: Route['handle'],
): Route {
  return { method, path, operation, handle }
}

/** A route below an account, for tokens that hold one of the permissions there. */
export function accountRoute(
  method: Route['method'],
  path: string,
  operation: string,
  permissions: readonly Permission[],
  handle: Handler<AccountCall>,
): Route {
  return route(method, `/accounts/:accountId${path}`, operation, (call) => {
    const accountId = call.params.accountId ?? ''
    requireAccount(call, accountId, permissions)
    return handle({ ...call, accountId })
  })
}

/** Those of the call's account. */
export function ofAccount<T extends { readonly accountId: string }>(
  call: AccountCall,
  objects: ReadonlyMap<string, T>,
): readonly T[] {
  return [...objects.values()].filter(({ accountId }) => accountId === call.accountId)
}

/** The same route for accounts and for zones; the handler is told which. */
export function scopedRoutes(
  method: Route['method'],
  path: string,
  operation: string,
  handle: Handler<ScopedCall>,
): Route[] {
  const kinds: readonly ScopeKind[] = ['account', 'zone']
  return kinds.map((kind) =>
    route(method, `/${kind}s/:scopeId${path}`, operation, (call) =>
      handle({ ...call, scope: { kind, id: call.params.scopeId ?? '' } }),
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
