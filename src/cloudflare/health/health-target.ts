import { accountOf, type Scope } from '../../domain/scope.ts'
import { type EpochMinute, startOfMinute } from '../../domain/time.ts'
import { InternalError } from '../../errors.ts'
import type { HealthQuery } from '../../ports/cloudflare.ts'
import type { Operation } from '../operations.ts'
import type { Call } from '../transport.ts'
import { type HealthFilter, maxZones, type QueryShape } from './health-query.ts'

export type RateLimitType = 'user' | 'account'

/** Which scopes a query asks, and how it counts. */
export interface Target {
  readonly shape: QueryShape
  readonly variables: Readonly<Record<string, unknown>>
  readonly call: (what: 'health' | 'limits') => Call
}

/**
 * One account, or up to ten zones; with limits per account the zones must be of one account, since such a
 * query names it. Throws InternalError otherwise: batching is the caller's.
 */
export function aim(scopes: readonly Scope[], rateLimitType: RateLimitType): Target {
  const first = scopes[0]
  if (first === undefined) throw new InternalError('a health query needs a scope')
  if (first.kind === 'account') {
    if (scopes.length > 1) throw new InternalError('a health query takes one account')
    const operations = { health: 'read_account_health', limits: 'read_account_limits' } as const
    return target('account', { account: first.id }, operations, rateLimitType, first.id)
  }
  if (scopes.length > maxZones) throw new InternalError(`a health query takes ${maxZones} zones at most`)
  if (scopes.some((scope) => scope.kind === 'account'))
    throw new InternalError('a health query takes accounts or zones, not both')
  const operations = { health: 'read_zone_health', limits: 'read_zone_limits' } as const
  const zones = scopes.map((scope) => scope.id)
  if (rateLimitType === 'user') return target('zones', { zones }, operations, 'user', null)
  const account = accountOf(first).id
  if (scopes.some((scope) => accountOf(scope).id !== account))
    throw new InternalError('zones of several accounts in one query, with limits per account')
  return target('zones of account', { account, zones }, operations, 'account', account)
}

function target(
  shape: QueryShape,
  variables: Target['variables'],
  operations: Readonly<Record<'health' | 'limits', Operation>>,
  rateLimitType: RateLimitType,
  accountId: string | null,
): Target {
  return {
    shape,
    variables,
    call: (what) => ({
      operation: operations[what],
      ...(rateLimitType === 'account' && accountId !== null
        ? { accountId, headers: { 'x-rate-limit-type': 'account-based' } }
        : {}),
    }),
  }
}

/** The values of a query's filters; only those it uses are there. */
export function filterValues(query: HealthQuery): Readonly<Partial<Record<HealthFilter, unknown>>> {
  return {
    from: timeText(query.from),
    to: timeText(query.to),
    ...(query.jobs?.geq === undefined ? {} : { jobFrom: uint64(query.jobs.geq) }),
    ...(query.jobs?.lt === undefined ? {} : { jobTo: uint64(query.jobs.lt) }),
  }
}

/** As a number where it holds all digits, else as text. */
function uint64(digits: string): number | string {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : digits
}

/** As Cloudflare's own examples write times: without fractions. */
function timeText(minute: EpochMinute): string {
  return new Date(startOfMinute(minute)).toISOString().replace('.000Z', 'Z')
}
