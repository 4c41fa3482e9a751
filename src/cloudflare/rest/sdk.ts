import { BaseAccounts } from 'cloudflare/resources/accounts/accounts'
import { BaseAudit } from 'cloudflare/resources/accounts/logs/audit'
import { BaseTokens as BaseAccountTokens } from 'cloudflare/resources/accounts/tokens/tokens'
import { AvailableAlerts } from 'cloudflare/resources/alerting/available-alerts'
import { Eligible } from 'cloudflare/resources/alerting/destinations/eligible'
import { PagerdutyResource } from 'cloudflare/resources/alerting/destinations/pagerduty'
import { Webhooks } from 'cloudflare/resources/alerting/destinations/webhooks'
import { HistoryResource } from 'cloudflare/resources/alerting/history'
import { Policies } from 'cloudflare/resources/alerting/policies'
import { Fields } from 'cloudflare/resources/logpush/datasets/fields'
import { Jobs } from 'cloudflare/resources/logpush/jobs'
import { Ownership } from 'cloudflare/resources/logpush/ownership'
import { BaseTransformers } from 'cloudflare/resources/logpush/transformers/transformers'
import { Validate } from 'cloudflare/resources/logpush/validate'
import { BaseTokens as BaseUserTokens } from 'cloudflare/resources/user/tokens/tokens'
import { BaseZones } from 'cloudflare/resources/zones/zones'
import { createClient } from 'cloudflare/tree-shakable'
import type { ScopeRef } from '../../ports/cloudflare.ts'
import type { Fetch } from '../answer.ts'

/** The SDK's own release date: left out, it sends the day's date, and behaviour may change overnight. */
const apiVersion = '2026-10-02'

export type Sdk = ReturnType<typeof createSdk>

/**
 * The SDK for one request (making one takes some 40 µs): it knows paths, parameters and error classes.
 * Its retries, logging and credentials are off; the given fetch authenticates.
 */
export function createSdk(baseUrl: string, fetch: Fetch, timeoutMs: number) {
  return createClient({
    baseURL: baseUrl,
    fetch,
    timeout: timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
    apiVersion,
    apiToken: null,
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    // Tells the SDK that the missing credential is meant.
    defaultHeaders: { Authorization: null },
    resources: [
      BaseAccounts,
      BaseAccountTokens,
      BaseAudit,
      BaseUserTokens,
      BaseZones,
      Jobs,
      Fields,
      Ownership,
      BaseTransformers,
      Validate,
      Policies,
      AvailableAlerts,
      HistoryResource,
      Webhooks,
      PagerdutyResource,
      Eligible,
    ],
  })
}

/** A scope as the SDK's methods take it. */
export function scopeParam(scope: ScopeRef): { readonly account_id: string } | { readonly zone_id: string } {
  return scope.kind === 'account' ? { account_id: scope.id } : { zone_id: scope.id }
}

/**
 * A value under the SDK's type. Its types list datasets, alert types and fields as closed sets and lag behind
 * the API, which gains some each month, so that they cannot say what a user may rightly send.
 */
export function open<T>(value: string | Readonly<Record<string, unknown>>): T {
  return value as T
}
