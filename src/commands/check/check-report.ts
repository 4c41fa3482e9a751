/* Facts → a judgement on each, what to grant, and whether anything needed is missing. Pure. */
import type { Attempted } from '../../access/attempt.ts'
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { accountOf, type ScopeKind } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import { selectorFlags } from '../../exporter/inventory/unmatched-selectors.ts'
import type { ApiRateLimit, CheckFacts, ScopeFacts } from './check-facts.ts'
import { type Ability, type Permission, permissions } from './check-grants.ts'

/**
 * - `works`: it was done
 * - `missing`: the token may not; see `grants`
 * - `not_offered`: the plan, a quota or the API does not have it
 * - `failed`: it did not work for another reason, told in `message`
 */
export type State = 'works' | 'missing' | 'not_offered' | 'failed'

export interface Finding {
  readonly state: State
  /** Why it does not work; null when it does. */
  readonly message: string | null
}

export interface Grant extends Permission {
  /** Names of the accounts or zones it is missing for; empty when it is missing altogether. */
  readonly for: readonly string[]
}

/** What `check --output json` prints. Fields may be added; none is renamed or removed. */
export interface CheckReport {
  /** False when something is missing that the exporter needs: the command then exits with 1. */
  readonly ok: boolean
  readonly token: {
    readonly kind: 'user' | 'account' | 'unknown'
    /** Id of the account that owns it. */
    readonly account: string | null
    readonly status: 'active' | 'disabled' | 'expired' | 'unknown'
    /** RFC 3339; null when it never expires or that is not known. */
    readonly expires: string | null
    readonly expires_in_days: number | null
    readonly message: string | null
  }
  readonly accounts: Finding & { readonly count: number | null }
  readonly zones: Finding & { readonly count: number | null }
  readonly scopes: readonly ScopeReport[]
  /** Filters that match nothing that the token sees, as flags; `near` is the name that was most likely meant. */
  readonly unmatched: readonly {
    readonly setting: string
    readonly entry: string
    readonly near: string | null
  }[]
  /** Accounts and zones that were not looked at, since there are too many. */
  readonly not_checked: number
  /** What is left of each budget; null when the API did not say. */
  readonly budget: { readonly rest: BudgetReport | null; readonly graphql: BudgetReport | null }
  readonly grants: readonly Grant[]
}

export interface ScopeReport {
  readonly kind: ScopeKind
  readonly id: string
  readonly name: string
  readonly account: string
  readonly jobs: Finding & { readonly count: number | null }
  readonly health: Finding & {
    readonly max_duration_seconds: number | null
    readonly not_older_than_seconds: number | null
    readonly max_page_size: number | null
  }
  /** Policies that announce disabled jobs; null for a zone. */
  readonly notifications: (Finding & { readonly count: number | null }) | null
}

export interface BudgetReport {
  readonly limit: number | null
  readonly window_seconds: number | null
  readonly remaining: number
}

const dayMs = 86_400_000

export function checkReport(facts: CheckFacts, now: EpochMs): CheckReport {
  const token = tokenReport(facts.token, now)
  const judge = judgeFor(token.status === 'active')
  const scopes = facts.scopes.map((scope) => scopeReport(scope, judge))
  const accounts = countReport(facts.accounts, judge)
  const zones = countReport(facts.zones, judge)
  const grants = grantsFor(accounts, zones, scopes)
  return {
    ok:
      token.status === 'active' &&
      scopes.length > 0 &&
      scopes.every(isWatched) &&
      facts.unmatched.length === 0 &&
      !grants.some(isNeeded),
    token,
    accounts,
    zones,
    scopes,
    unmatched: facts.unmatched.map((one) => ({ ...one, setting: selectorFlags[one.setting] })),
    not_checked: facts.notChecked,
    budget: { rest: budgetReport(facts.budget.rest), graphql: budgetReport(facts.budget.graphql) },
    grants,
  }
}

function tokenReport(trial: CheckFacts['token'], now: EpochMs): CheckReport['token'] {
  if (!trial.ok) {
    const message = trial.failure.message
    return {
      kind: 'unknown',
      account: null,
      status: 'unknown',
      expires: null,
      expires_in_days: null,
      message,
    }
  }
  const { accountId, status } = trial.value
  const { expiresOn } = status
  return {
    kind: accountId === null ? 'user' : 'account',
    account: accountId,
    status: status.status,
    expires: expiresOn === null ? null : new Date(expiresOn).toISOString(),
    expires_in_days: expiresOn === null ? null : Math.floor((expiresOn - now) / dayMs),
    message: null,
  }
}

type Judge = (failure: ApiFailure) => Finding

/** Of a good token, a refusal means that something is not granted; a bad one is refused everywhere. */
function judgeFor(goodToken: boolean): Judge {
  return ({ kind, codes, message }) => {
    if (kind === 'forbidden' && (codes.includes('quota') || codes.includes('plan')))
      return { state: 'not_offered', message }
    const refused = kind === 'forbidden' || kind === 'auth'
    return { state: refused && goodToken ? 'missing' : 'failed', message }
  }
}

function scopeReport({ scope, jobs, health, policies }: ScopeFacts, judge: Judge): ScopeReport {
  return {
    kind: scope.kind,
    id: scope.id,
    name: scope.name,
    account: accountOf(scope).name,
    jobs: countReport(jobs, judge),
    health: healthReport(health, judge),
    notifications: policies === null ? null : countReport(policies, judge),
  }
}

function countReport(trial: Attempted<number>, judge: Judge): Finding & { readonly count: number | null } {
  return trial.ok
    ? { state: 'works', message: null, count: trial.value }
    : { ...judge(trial.failure), count: null }
}

function healthReport(trial: Attempted<HealthLimits | null>, judge: Judge): ScopeReport['health'] {
  const limits = trial.ok ? trial.value : null
  const shown = {
    max_duration_seconds: limits?.maxDurationSeconds ?? null,
    not_older_than_seconds: limits?.notOlderThanSeconds ?? null,
    max_page_size: limits?.maxPageSize ?? null,
  }
  if (!trial.ok) return { ...judge(trial.failure), ...shown }
  if (limits?.enabled === true) return { state: 'works', message: null, ...shown }
  return { state: 'not_offered', message: 'Cloudflare offers no Logpush health data here', ...shown }
}

/** A plan without health data is no fault of the token's, and only a loss where there are jobs. */
function isWatched({ jobs, health }: ScopeReport): boolean {
  if (jobs.state === 'missing' || jobs.state === 'failed') return false
  if (health.state === 'not_offered') return (jobs.count ?? 0) === 0
  return health.state === 'works'
}

function isNeeded({ needed }: Grant): boolean {
  return needed
}

function grantsFor(accounts: Finding, zones: Finding, scopes: readonly ScopeReport[]): readonly Grant[] {
  const of = (kind: ScopeKind) => scopes.filter((scope) => scope.kind === kind)
  const names = (list: readonly ScopeReport[], pick: (scope: ScopeReport) => Finding | null) =>
    list.filter((scope) => pick(scope)?.state === 'missing').map(({ id, name }) => (name === '' ? id : name))
  const missing: readonly (readonly [Ability, readonly string[]])[] = [
    ['account jobs', names(of('account'), ({ jobs }) => jobs)],
    ['zone jobs', names(of('zone'), ({ jobs }) => jobs)],
    ['account health', names(of('account'), ({ health }) => health)],
    ['zone health', names(of('zone'), ({ health }) => health)],
    ['notifications', names(of('account'), ({ notifications }) => notifications)],
  ]
  // Accounts that are known from zones or by name can be watched all the same.
  const accountsKnown = of('account').length > 0
  const listings: readonly Grant[] = [
    ...(accounts.state === 'missing' ? [listing('list accounts', !accountsKnown)] : []),
    ...(zones.state === 'missing' ? [listing('list zones', of('zone').length === 0)] : []),
  ]
  const perScope = missing.filter(([, scopeNames]) => scopeNames.length > 0)
  return [...listings, ...perScope.map(([ability, list]) => ({ ...permissions[ability], for: list }))]
}

function listing(ability: Ability, needed: boolean): Grant {
  return { ...permissions[ability], needed, for: [] }
}

function budgetReport(limit: ApiRateLimit | null): BudgetReport | null {
  if (limit === null) return null
  return { limit: limit.limit, window_seconds: limit.windowSeconds, remaining: limit.remaining }
}
