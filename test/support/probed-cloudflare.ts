import type { ScopeJobs } from '../../src/commands/check/check-arrival.ts'
import { type CheckProbe, probeAll } from '../../src/commands/check/check-probe.ts'
import type { Account, ZoneScope } from '../../src/domain/scope.ts'
import type { ApiFailure } from '../../src/errors.ts'
import type { TokenStatus } from '../../src/ports/cloudflare.ts'
import type { Unreadable } from '../../src/ports/listing.ts'
import type { NotificationPolicy } from '../../src/ports/notifications.ts'
import { aCaller, pageOf } from './callers.ts'
import { aJob, plentifulLimits, quay, zone } from './exporter-core.ts'

export const now = Date.UTC(2026, 10, 24, 3)
export const active: TokenStatus = { id: 'x', status: 'active', expiresOn: null }
export const blog = zone('blog.example')
const everything = { accounts: [], zones: [], excludeZones: [], shard: 0, totalShards: 1 }

export interface ProbedCloudflare {
  /** Whose the token is: null a user's. Throws what the API would. */
  readonly verify?: (accountId: string | null) => TokenStatus
  readonly accounts?: readonly Account[] | ApiFailure
  readonly zones?: readonly ZoneScope[] | ApiFailure
  readonly jobs?: (scope: { readonly id: string }) => number | ApiFailure
  readonly policies?: readonly (readonly [alertType: string, enabled: boolean])[]
  readonly unreadable?: readonly Unreadable[]
}

function policy([alertType, enabled]: readonly [string, boolean]): NotificationPolicy {
  const none = { name: '', description: '', filters: null, alertInterval: null, createdAt: null }
  return { id: 'p', alertType, enabled, mechanisms: { email: [], webhooks: [], pagerduty: [] }, ...none }
}

/** Probes an API made by the test; by default a user's token that sees Quay and its blog. */
export async function probe(api: ProbedCloudflare = {}, selection: Partial<CheckProbe['selection']> = {}) {
  const { verify = () => active, accounts = [quay], zones = [blog], unreadable = [] } = api
  const verified: (string | null)[] = []
  const audits: object[] = []
  const told: string[] = []
  const tried: (readonly ScopeJobs[])[] = []
  const orThrow = <T>(answer: T | ApiFailure): T => {
    if (answer instanceof Error) throw answer
    return answer
  }
  const facts = await probeAll({
    rest: {
      async verifyToken(accountId) {
        verified.push(accountId)
        return verify(accountId)
      },
      listAccounts: async (page) => ({ ...pageOf(orThrow(accounts), page), unreadable }),
      listZones: async ({ page }) => ({ ...pageOf(orThrow(zones), page), unreadable }),
      async listJobs(scope) {
        const count = orThrow(api.jobs?.(scope) ?? 0)
        return { items: Array.from({ length: count }, (_, index) => aJob(`${index + 1}`)), unreadable }
      },
      listPolicies: async () => ({ items: (api.policies ?? []).map(policy), unreadable }),
      async listAuditLog(accountId, query) {
        audits.push({ accountId, ...query })
        return { ...pageOf([], 1), cursor: null }
      },
    },
    api: {
      readHealth: async () => ({ rows: new Map(), failures: new Map(), date: null }),
      readLimits: async (scopes) => ({
        limits: new Map(scopes.map(({ id }) => [id, plentifulLimits])),
        failures: new Map(),
      }),
    },
    call: aCaller(),
    clock: { now: () => now },
    rateLimitType: 'user',
    selection: { ...everything, ...selection },
    async arrival(scopes) {
      tried.push(scopes)
      return null
    },
    budget: () => ({
      rest: null,
      graphql: { limit: 300, windowSeconds: 300, remaining: 7, resetSeconds: 1 },
    }),
    progress: (text) => told.push(text),
  })
  return { facts, verified, audits, told, tried }
}
