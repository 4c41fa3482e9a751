import type { Permission } from '../world/permissions.ts'
import type { World } from '../world/world.ts'
import type { ScopeRef, TokenSpec } from '../world/world-spec.ts'
import { accountIdOf } from '../world/world-state.ts'
import { mayUse } from './grants.ts'
import { simErrors } from './sim-error.ts'

/** Who asks, and of which world. */
interface Asker {
  readonly world: World
  readonly token: TokenSpec
}

/** Whether the scope exists, belongs to the token's owner, and the token holds one of the permissions. */
export function mayReach(
  { world, token }: Asker,
  scope: ScopeRef,
  permissions: readonly Permission[],
): boolean {
  const accountId = accountIdOf(world.state, scope)
  if (accountId === undefined) return false
  if (token.accountId !== undefined && token.accountId !== accountId) return false
  return mayUse(token, permissions, scope)
}

const anything: readonly Permission[] = [
  'logs_write',
  'logs_read',
  'analytics_read',
  'account_analytics_read',
  'zone_read',
  'account_settings_read',
]

/**
 * Lets a Logpush call through or refuses it as Cloudflare does: a token that knows nothing of the scope
 * is stopped at the door (10000), one that lacks only the permission by Logpush itself (1004).
 */
export function requireLogs(
  asker: Asker & { readonly scope: ScopeRef },
  permissions: readonly Permission[],
  what: string,
): void {
  const { scope } = asker
  if (!/^[0-9a-f]{32}$/.test(scope.id)) throw simErrors.noRoute(`/${scope.kind}s/${scope.id}`)
  if (mayReach(asker, scope, permissions)) return
  if (mayReach(asker, scope, anything)) throw simErrors.notAllowed(`${what} is not allowed`)
  throw simErrors.authentication(403)
}

/** Lets a call about an account's notifications or audit log through, or refuses it. */
export function requireAccount(asker: Asker, accountId: string, permissions: readonly Permission[]): void {
  if (!/^[0-9a-f]{32}$/.test(accountId)) throw simErrors.noRoute(`/accounts/${accountId}`)
  if (!mayReach(asker, { kind: 'account', id: accountId }, permissions)) throw simErrors.authentication(403)
}
