/* What `check` found out, before it is judged. */
import type { Attempted } from '../../access/attempt.ts'
import type { JobSummary } from '../../domain/job/job.ts'
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import type { Scope } from '../../domain/scope.ts'
import type { UnmatchedSelector } from '../../exporter/state/self-state.ts'
import type { ApiExchange, TokenStatus } from '../../ports/cloudflare.ts'
import type { ArrivalReport, UnreadableReport } from './report-shape.ts'

export interface TokenFacts {
  /** The account that owns the token; null for a user's. */
  readonly accountId: string | null
  readonly status: TokenStatus
}

export interface ScopeFacts {
  readonly scope: Scope
  readonly jobs: Attempted<number>
  /** Limits of the health data, which was read as well where there is any; null where the API does not tell them. */
  readonly health: Attempted<HealthLimits | null>
  /** Policies that announce a disabled job; null for a zone, which has none. */
  readonly policies: Attempted<number> | null
  /** Whether the audit log can be read; null for a zone, which has none. */
  readonly audit: Attempted<unknown> | null
}

/** The facts of a scope with the jobs themselves. */
export interface ProbedScope extends Omit<ScopeFacts, 'health'> {
  readonly found: readonly JobSummary[]
}

export type ApiRateLimit = NonNullable<ApiExchange['rateLimit']>

export interface CheckFacts {
  readonly token: Attempted<TokenFacts>
  readonly accounts: Attempted<number>
  readonly zones: Attempted<number>
  readonly scopes: readonly ScopeFacts[]
  /** Filters that match nothing that could be listed. */
  readonly unmatched: readonly UnmatchedSelector[]
  readonly unreadable: readonly UnreadableReport[]
  /** Scopes left out, because there are too many to look at each. */
  readonly notChecked: number
  /** Null without rules for it. */
  readonly arrival: readonly ArrivalReport[] | null
  /** What was left of each budget at the end; null when the API did not say. */
  readonly budget: { readonly rest: ApiRateLimit | null; readonly graphql: ApiRateLimit | null }
}
