/** An account as Cloudflare names it. */
export interface Account {
  readonly id: string
  readonly name: string
}

export interface AccountScope extends Account {
  readonly kind: 'account'
  /** The token does not list it: only its zones name it. */
  readonly unlisted?: true
}

export interface ZoneScope extends Account {
  readonly kind: 'zone'
  readonly account: Account
}

/** Where a Logpush job lives: one account or one zone. */
export type Scope = AccountScope | ZoneScope

export type ScopeKind = Scope['kind']

/** Identifies a scope in maps and in the store: `account:<id>` or `zone:<id>`. */
export type ScopeKey = `${ScopeKind}:${string}`

export function scopeKey(scope: { readonly kind: ScopeKind; readonly id: string }): ScopeKey {
  return `${scope.kind}:${scope.id}`
}

/** The account a scope belongs to; for an account scope, itself. */
export function accountOf(scope: Scope): Account {
  return scope.kind === 'account' ? { id: scope.id, name: scope.name } : scope.account
}

/** How a scope is named to people, e.g. `zone example.com`. */
export function scopeTitle(scope: Scope): string {
  return `${scope.kind} ${scope.name === '' ? scope.id : scope.name}`
}
