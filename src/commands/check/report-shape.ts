/* What `check` finds, as its JSON output has it. */
import type { ScopeKind } from '../../domain/scope.ts'
import type { Permission } from './check-grants.ts'

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
    /** Cloudflare did not accept it when it was to be verified. */
    readonly refused: boolean
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
  /** Each job, and whether its destination can be read; null without `arrival` in the config file. */
  readonly arrival: readonly ArrivalReport[] | null
  /** Datasets that the manifest declares with `zones`; null without --manifest.file. */
  readonly coverage: readonly CoverageReport[] | null
  /** Objects of Cloudflare's answers that cannot be read, or not in full. */
  readonly unreadable: readonly UnreadableReport[]
}

export interface ArrivalReport {
  /** The account or zone, for people. */
  readonly scope: string
  readonly job_id: string
  readonly job: string
  /** `not_watched`: no rule names it, or it has nothing that its rule can read. */
  readonly state: State | 'not_watched'
  readonly place: string | null
  readonly reader: string | null
  readonly message: string | null
  /** What to grant at the destination; null where it is another reason, or it works. */
  readonly right: string | null
  /** Log files or records of the last hour, as far as one call shows them; null where it does not work. */
  readonly found: number | null
  /** RFC 3339; null where there was none in the last hour, or there are no files. */
  readonly newest_file_end: string | null
}

export interface CoverageReport {
  readonly account: string
  readonly dataset: string
  /** Zones without a job of it in the manifest, by name; those that it excludes do not count. */
  readonly uncovered: readonly string[]
}

export interface UnreadableReport {
  readonly kind: 'account' | 'zone' | 'job' | 'policy'
  /** The account or zone it is in, for people; empty where it is one itself. */
  readonly scope: string
  readonly id: string | null
  readonly name: string | null
  /** The first field that is not as documented. */
  readonly field: string
  /** True: the exporter does not see it at all. Otherwise only what the field says is not known. */
  readonly left_out: boolean
}

export interface ScopeReport {
  readonly kind: ScopeKind
  readonly id: string
  readonly name: string
  readonly account: string
  /** The token is for zones: it may read nothing of this account, and the exporter does not expect it to. */
  readonly zones_only: boolean
  readonly jobs: Finding & { readonly count: number | null }
  readonly health: Finding & {
    readonly max_duration_seconds: number | null
    readonly not_older_than_seconds: number | null
    readonly max_page_size: number | null
  }
  /** Policies that announce disabled jobs; null for a zone. */
  readonly notifications: (Finding & { readonly count: number | null }) | null
  /** Null for a zone. */
  readonly audit_log: Finding | null
}

export interface BudgetReport {
  readonly limit: number | null
  readonly window_seconds: number | null
  readonly remaining: number
}
