/* Facts → a judgement on each, what to grant, and whether anything needed is missing. Pure. */
import type { Attempted } from '../../access/attempt.ts'
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { accountOf, type Scope } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import { selectorFlags } from '../../exporter/inventory/unmatched-selectors.ts'
import type { Coverage } from '../../provision/resource/resource.ts'
import type { ApiRateLimit, CheckFacts, ScopeFacts } from './check-facts.ts'
import { grantsFor } from './check-missing.ts'
import type { BudgetReport, CheckReport, CoverageReport, Finding, ScopeReport } from './report-shape.ts'

const dayMs = 86_400_000

export function checkReport(
  facts: CheckFacts,
  coverage: readonly Coverage[] | null,
  now: EpochMs,
): CheckReport {
  const token = tokenReport(facts.token, now)
  const judge = judgeFor(token.status === 'active' || (token.status === 'unknown' && hasWorked(facts)))
  const scopes = facts.scopes.map((scope) => scopeReport(scope, judge))
  const accounts = countReport(facts.accounts, judge)
  const zones = countReport(facts.zones, judge)
  const grants = grantsFor({ accounts, zones, scopes, withheld: facts.scopes.filter(isWithheld) })
  const { unreadable, arrival } = facts
  return {
    ok:
      isUsable(token) &&
      accounts.state !== 'failed' &&
      zones.state !== 'failed' &&
      scopes.some((scope) => !scope.zones_only) &&
      scopes.every(isWatched) &&
      facts.unmatched.length === 0 &&
      !grants.some(({ needed }) => needed) &&
      !(arrival ?? []).some(({ state }) => state === 'missing' || state === 'failed') &&
      !unreadable.some((one) => one.left_out && one.kind !== 'policy'),
    token,
    accounts,
    zones,
    scopes,
    unmatched: facts.unmatched.map((one) => ({ ...one, setting: selectorFlags[one.setting] })),
    not_checked: facts.notChecked,
    budget: { rest: budgetReport(facts.budget.rest), graphql: budgetReport(facts.budget.graphql) },
    grants,
    arrival,
    coverage: coverage?.map(coverageReport) ?? null,
    unreadable,
  }
}

function coverageReport({ account, dataset, uncovered }: Coverage): CoverageReport {
  const named = (scope: Scope) => (scope.name === '' ? scope.id : scope.name)
  return { account: named(account), dataset, uncovered: uncovered.map(named) }
}

function tokenReport(trial: CheckFacts['token'], now: EpochMs): CheckReport['token'] {
  if (!trial.ok) {
    const { kind, message } = trial.failure
    return {
      kind: 'unknown',
      account: null,
      status: 'unknown',
      expires: null,
      expires_in_days: null,
      message,
      refused: kind === 'auth' || kind === 'forbidden',
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
    refused: false,
  }
}

/** That it cannot be verified says nothing about a token that works. */
function isUsable({ status, expires_in_days: days }: CheckReport['token']): boolean {
  return status !== 'disabled' && status !== 'expired' && (days === null || days >= 0)
}

/** Whether the token was good for anything. */
function hasWorked({ accounts, zones, scopes }: CheckFacts): boolean {
  return accounts.ok || zones.ok || scopes.some(({ jobs, health }) => jobs.ok || health.ok)
}

/** Whether the jobs are not shown because some of them are of Zero Trust. */
function isWithheld({ jobs }: ScopeFacts): boolean {
  return !jobs.ok && jobs.failure.codes.includes('zero_trust')
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

function scopeReport({ scope, jobs, health, policies, audit }: ScopeFacts, judge: Judge): ScopeReport {
  const read = { jobs: countReport(jobs, judge), health: healthReport(health, judge) }
  return {
    kind: scope.kind,
    id: scope.id,
    name: scope.name,
    account: accountOf(scope).name,
    zones_only: scope.kind === 'account' && scope.unlisted === true && isRefused(read),
    ...read,
    notifications: policies === null ? null : countReport(policies, judge),
    audit_log: audit === null ? null : audit.ok ? { state: 'works', message: null } : judge(audit.failure),
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
  if (limits?.enabled !== false) return { state: 'works', message: null, ...shown }
  return { state: 'not_offered', message: 'Cloudflare offers no Logpush health data here', ...shown }
}

function isRefused({ jobs, health }: Pick<ScopeReport, 'jobs' | 'health'>): boolean {
  return jobs.state === 'missing' && (health.state === 'missing' || health.state === 'not_offered')
}

/** A plan without health data is no fault of the token's, and only a loss where there are jobs. */
function isWatched({ jobs, health, zones_only: zonesOnly }: ScopeReport): boolean {
  if (zonesOnly) return true
  if (jobs.state === 'missing' || jobs.state === 'failed') return false
  if (health.state === 'not_offered') return (jobs.count ?? 0) === 0
  return health.state === 'works'
}

function budgetReport(limit: ApiRateLimit | null): BudgetReport | null {
  if (limit === null) return null
  return { limit: limit.limit, window_seconds: limit.windowSeconds, remaining: limit.remaining }
}
