import type { Permission } from '../world/permissions.ts'
import type { ScopeRef, TokenSpec } from '../world/world-spec.ts'

/** Whether the token holds any of the permissions for the account or zone. */
export function mayUse(token: TokenSpec, permissions: readonly Permission[], resource: ScopeRef): boolean {
  return token.grants.some(
    (grant) =>
      permissions.includes(grant.permission) &&
      (grant.level === undefined || grant.level === resource.kind) &&
      (grant.resources === undefined || grant.resources.includes(resource.id)),
  )
}

/** Whether the token holds the permission for anything at all. */
export function holdsSomewhere(token: TokenSpec, permission: Permission): boolean {
  return token.grants.some(
    (grant) =>
      grant.permission === permission && (grant.resources === undefined || grant.resources.length > 0),
  )
}

/** A token's state at an instant, as its verification shows it. */
export function tokenStatus(token: TokenSpec, now: number): 'active' | 'disabled' | 'expired' {
  if (token.expiresOn !== undefined && token.expiresOn <= now) return 'expired'
  return token.status ?? 'active'
}
