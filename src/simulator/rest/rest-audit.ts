import { isoSeconds } from '../api/json-shape.ts'
import { type AccountCall, type Answer, accountRoute, type Route } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import type { AuditRow } from '../world/audit-trail.ts'
import { hexId } from '../world/prng.ts'
import type { TokenSpec } from '../world/world-spec.ts'
import { accountIdOf, type WorldState } from '../world/world-state.ts'

const readers = ['account_settings_read', 'account_settings_write'] as const

/** The audit log, version 2: all that it has is writes to jobs. */
export const auditRoutes: readonly Route[] = [accountRoute('GET', '/logs/audit', 'audit_log', readers, list)]

const limits = { usual: 100, most: 1000 }

function list(call: AccountCall): Answer {
  const { world, accountId } = call
  const since = Date.parse(call.query.since ?? '')
  const before = Date.parse(call.query.before ?? '')
  if (Number.isNaN(since) || Number.isNaN(before)) throw simErrors.invalid('since and before are required')
  const rows = world.state.audit.rows.filter(
    (row) => accountIdOf(world.state, row.scope) === accountId && row.atMs >= since && row.atMs <= before,
  )
  if (call.query.direction !== 'asc') rows.reverse()
  const wanted = Number.parseInt(call.query.limit ?? '', 10)
  const limit = wanted >= 1 ? Math.min(wanted, limits.most) : limits.usual
  const from = Number.parseInt(Buffer.from(call.query.cursor ?? '', 'base64url').toString(), 10) || 0
  const result = rows.slice(from, from + limit).map((row) => rowObject(world.state, accountId, row))
  const more = from + limit < rows.length
  const cursor = more ? Buffer.from(String(from + limit)).toString('base64url') : ''
  return { result, resultInfo: { count: result.length, cursor } }
}

const methods = { create: 'POST', update: 'PUT', delete: 'DELETE' } as const

function rowObject(state: WorldState, accountId: string, row: AuditRow): object {
  const { id, atMs, scope, jobId, type, request } = row
  const zone = scope.kind === 'zone' ? state.zones.get(scope.id) : undefined
  const job = type === 'create' ? '' : `/${jobId}`
  return {
    id,
    account: { id: accountId, name: state.accounts.get(accountId)?.name ?? '' },
    action: { description: `${type} Logpush job`, result: 'success', time: isoSeconds(atMs), type },
    actor: actorObject(state.seed, accountId, row.token),
    raw: {
      cf_ray_id: id.slice(0, 16),
      method: methods[type],
      status_code: type === 'create' ? 201 : 200,
      uri: `/client/v4/${scope.kind}s/${scope.id}/logpush/jobs${job}`,
      user_agent: 'Mozilla/5.0',
    },
    resource: {
      id: String(jobId),
      product: 'logpush',
      type: 'jobs',
      scope: `${scope.kind}s`,
      request,
      response: { id: jobId },
    },
    ...(zone === undefined ? {} : { zone: { id: zone.id, name: zone.name } }),
  }
}

/** Whoever sits at the dashboard, and owns the tokens that are a user's. */
const person = 'sre@quay.example'

function actorObject(seed: number, accountId: string, token: TokenSpec | null): object {
  const user = { type: 'user', id: hexId(seed, 'user'), email: person, ip_address: '192.0.2.10' }
  if (token === null) return { ...user, context: 'dash' }
  const owner = token.kind === 'user' ? user : { type: 'account', id: accountId, ip_address: '192.0.2.20' }
  return { ...owner, context: 'api_token', token_id: token.id, token_name: 'pipeline' }
}
