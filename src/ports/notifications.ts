import type { Secret } from '../domain/secret.ts'
import type { EpochMs } from '../domain/time.ts'
import type { CallOptions } from './cloudflare.ts'
import type { Listing, Page } from './listing.ts'

export type MechanismKind = 'email' | 'webhooks' | 'pagerduty'

export interface NotificationPolicy {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly enabled: boolean
  readonly alertType: string
  readonly mechanisms: Readonly<Record<MechanismKind, readonly string[]>>
  /** Filters as the API sent them, null when there are none. */
  readonly filters: Readonly<Record<string, unknown>> | null
  readonly alertInterval: string | null
  readonly createdAt: EpochMs | null
}

export type PolicyWrite = Omit<NotificationPolicy, 'id' | 'createdAt'>

export interface WebhookDestination {
  readonly id: string
  readonly name: string
  readonly url: Secret
  /** How Cloudflare classified the address: generic, slack, … */
  readonly type: string
  readonly createdAt: EpochMs | null
  readonly lastSuccess: EpochMs | null
  readonly lastFailure: EpochMs | null
}

export interface WebhookWrite {
  readonly name: string
  readonly url: Secret
  readonly secret?: Secret
}

/** One sent notification; one row per mechanism it was sent by. */
export interface HistoryEntry {
  readonly id: string
  readonly policyId: string | null
  readonly alertType: string
  readonly mechanismType: string
  readonly sent: EpochMs
  /** Free text from Cloudflare that may carry secrets. */
  readonly alertBody: Secret
}

export interface AvailableAlert {
  readonly type: string
  /** Filters that a policy of it can have, as far as they can be read. */
  readonly filters: readonly AlertFilter[]
  /** Whether that is all of them. */
  readonly isWhole: boolean
}

export interface AlertFilter {
  readonly name: string
  /** Without it no policy can be made. */
  readonly isRequired: boolean
  /** The values it takes; null: any, or not said. */
  readonly values: readonly string[] | null
  /** How many values it takes at most; null: any number, or not said. */
  readonly maxValues: number | null
}

export interface NotificationsApi {
  listPolicies(accountId: string, options: CallOptions): Promise<Listing<NotificationPolicy>>
  createPolicy(accountId: string, body: PolicyWrite, options: CallOptions): Promise<{ readonly id: string }>
  updatePolicy(accountId: string, id: string, body: PolicyWrite, options: CallOptions): Promise<void>
  deletePolicy(accountId: string, id: string, options: CallOptions): Promise<void>
  listWebhooks(accountId: string, options: CallOptions): Promise<Listing<WebhookDestination>>
  /** Cloudflare calls the address at once with a test message and fails if it does not answer 2xx. */
  createWebhook(accountId: string, body: WebhookWrite, options: CallOptions): Promise<{ readonly id: string }>
  updateWebhook(accountId: string, id: string, body: WebhookWrite, options: CallOptions): Promise<void>
  deleteWebhook(accountId: string, id: string, options: CallOptions): Promise<void>
  listPagerDuty(
    accountId: string,
    options: CallOptions,
  ): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Starts connecting PagerDuty; the answer is the integration token of the browser step. */
  connectPagerDuty(accountId: string, options: CallOptions): Promise<{ readonly token: string }>
  completePagerDuty(accountId: string, token: string, options: CallOptions): Promise<void>
  listAvailableAlerts(accountId: string, options: CallOptions): Promise<Listing<AvailableAlert>>
  listEligibleMechanisms(
    accountId: string,
    options: CallOptions,
  ): Promise<readonly { readonly type: string; readonly eligible: boolean }[]>
  /** Sent notifications, newest pages first as the API orders them. */
  listHistory(
    accountId: string,
    query: { readonly page: number; readonly since: EpochMs },
    options: CallOptions,
  ): Promise<Page<HistoryEntry>>
}
