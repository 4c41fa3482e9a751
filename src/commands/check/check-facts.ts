/* What `check` found out, before it is judged. */
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import type { Scope } from '../../domain/scope.ts'
import { ApiFailure } from '../../errors.ts'
import type { ApiExchange, TokenStatus } from '../../ports/cloudflare.ts'

/** Something that was tried. */
export type Trial<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ApiFailure }

export interface TokenFacts {
  /** The account that owns the token; null for a user's. */
  readonly accountId: string | null
  readonly status: TokenStatus
}

export interface ScopeFacts {
  readonly scope: Scope
  /** How many jobs there are. */
  readonly jobs: Trial<number>
  /** Limits of the health data, which was read as well; null where the API says that there is none. */
  readonly health: Trial<HealthLimits | null>
  /** Policies that announce a disabled job; null for a zone, which has none. */
  readonly policies: Trial<number> | null
}

export type RateLimit = NonNullable<ApiExchange['rateLimit']>

export interface CheckFacts {
  readonly token: Trial<TokenFacts>
  /** How many there are to see. */
  readonly accounts: Trial<number>
  readonly zones: Trial<number>
  readonly scopes: readonly ScopeFacts[]
  /** Scopes left out, because there are too many to look at each. */
  readonly notChecked: number
  /** What was left of each budget at the end; null when the API did not say. */
  readonly budget: { readonly rest: RateLimit | null; readonly graphql: RateLimit | null }
}

/** Runs it and keeps the failure, unless we gave up ourselves. */
export async function attempt<T>(run: () => Promise<T>): Promise<Trial<T>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.kind === 'aborted') throw error
    return { ok: false, failure: error }
  }
}
