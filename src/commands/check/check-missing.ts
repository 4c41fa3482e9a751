/* What to grant, from what is missing. Pure. */
import type { ScopeKind } from '../../domain/scope.ts'
import type { ScopeFacts } from './check-facts.ts'
import { type Ability, permissions } from './check-grants.ts'
import type { Finding, Grant, ScopeReport } from './report-shape.ts'
import { nameOf } from './scope-names.ts'

export interface Missing {
  readonly accounts: Finding
  readonly zones: Finding
  readonly scopes: readonly ScopeReport[]
  /** Those whose jobs are not shown because some are of Zero Trust. */
  readonly withheld: readonly Pick<ScopeFacts, 'scope'>[]
}

export function grantsFor({ accounts, zones, scopes, withheld }: Missing): readonly Grant[] {
  const ofZeroTrust = new Set(withheld.map(({ scope }) => scope.id))
  const of = (kind: ScopeKind) => scopes.filter((scope) => scope.kind === kind)
  const names = (list: readonly ScopeReport[], pick: (scope: ScopeReport) => Finding | null) =>
    list.filter((scope) => pick(scope)?.state === 'missing').map(nameOf)
  const without = (kind: ScopeKind) => of(kind).filter(({ id }) => !ofZeroTrust.has(id))
  const missing: readonly (readonly [Ability, readonly string[]])[] = [
    ['account jobs', names(without('account'), ({ jobs }) => jobs)],
    ['zone jobs', names(without('zone'), ({ jobs }) => jobs)],
    [
      'zero trust jobs',
      names(
        scopes.filter(({ id }) => ofZeroTrust.has(id)),
        ({ jobs }) => jobs,
      ),
    ],
    ['account health', names(of('account'), ({ health }) => health)],
    ['zone health', names(of('zone'), ({ health }) => health)],
    ['notifications', names(of('account'), ({ notifications }) => notifications)],
    // The same permission lists accounts: it is not named twice.
    ['audit log', accounts.state === 'missing' ? [] : names(of('account'), ({ audit_log: audit }) => audit)],
  ]
  const zonesOnly = new Set(scopes.filter((scope) => scope.zones_only).map(nameOf))
  // Accounts that are known from zones or by name can be watched all the same.
  const accountsKnown = of('account').length > 0
  const listings: readonly Grant[] = [
    ...(accounts.state === 'missing' ? [listing('list accounts', !accountsKnown)] : []),
    ...(zones.state === 'missing' ? [listing('list zones', of('zone').length === 0)] : []),
  ]
  const perScope = missing.filter(([, scopeNames]) => scopeNames.length > 0)
  return [
    ...listings,
    ...perScope.map(([ability, list]) => {
      const needed = permissions[ability].needed && !list.every((name) => zonesOnly.has(name))
      return { ...permissions[ability], needed, for: list }
    }),
  ]
}

function listing(ability: Ability, needed: boolean): Grant {
  return { ...permissions[ability], needed, for: [] }
}
