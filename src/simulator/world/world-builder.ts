import { allPermissions } from './permissions.ts'
import { hexId } from './prng.ts'
import type {
  AccountSpec,
  JobSpec,
  PolicySpec,
  ScopeRef,
  ScriptStep,
  TokenSpec,
  WebhookSpec,
  WorldSpec,
  ZoneSpec,
} from './world-spec.ts'

/** A job as a builder takes it: what is missing gets a plausible value. */
export type JobDraft = Partial<JobSpec> & { readonly scope: ScopeRef }

export type WorldExtras = Omit<
  WorldSpec,
  'seed' | 'accounts' | 'zones' | 'jobs' | 'tokens' | 'webhooks' | 'policies' | 'pagerduty' | 'script'
>

/** Collects a world piece by piece. Ids follow from the seed and the names, so they are always the same. */
export interface WorldBuilder {
  /** Returns the account's id. */
  account(name: string, more?: Partial<AccountSpec>): string
  /** Returns the zone's id. */
  zone(name: string, accountId: string, more?: Partial<ZoneSpec>): string
  /** Returns the job's id. */
  job(draft: JobDraft): number
  /** Returns the token's text. Without any, the world gets one that may do everything. */
  token(more?: Partial<TokenSpec>): string
  webhook(webhook: Omit<WebhookSpec, 'id'>): string
  policy(policy: Omit<PolicySpec, 'id'>): string
  pagerduty(accountId: string, name: string): string
  at(step: ScriptStep): void
  spec(extras?: WorldExtras): WorldSpec
}

export const accountScope = (id: string): ScopeRef => ({ kind: 'account', id })
export const zoneScope = (id: string): ScopeRef => ({ kind: 'zone', id })

const firstJobId = 410_001

export function buildWorld(seed = 1): WorldBuilder {
  const accounts: AccountSpec[] = []
  const zones: ZoneSpec[] = []
  const jobs: JobSpec[] = []
  const tokens: TokenSpec[] = []
  const webhooks: WebhookSpec[] = []
  const policies: PolicySpec[] = []
  const pagerduty: { id: string; accountId: string; name: string }[] = []
  const script: ScriptStep[] = []
  const added = <T extends { readonly id: string }>(list: T[], item: T): string => {
    list.push(item)
    return item.id
  }
  const token = (more: Partial<TokenSpec> = {}): string => {
    const serial = tokens.length + 1
    const made: TokenSpec = {
      text: `sim-token-${hexId(seed, `token ${serial}`)}`,
      id: hexId(seed, `token id ${serial}`),
      kind: 'user',
      grants: allPermissions.map((permission) => ({ permission })),
      ...more,
    }
    tokens.push(made)
    return made.text
  }
  return {
    account: (name, more) => added(accounts, { id: hexId(seed, `account ${name}`), name, ...more }),
    zone: (name, accountId, more) =>
      added(zones, { id: hexId(seed, `zone ${name}`), name, accountId, ...more }),
    job: (draft) => {
      const id = draft.id ?? firstJobId + jobs.length
      const name = draft.name ?? `job-${id}`
      jobs.push({
        dataset: draft.scope.kind === 'zone' ? 'http_requests' : 'audit_logs',
        destinationConf: r2Conf(seed, name),
        ...draft,
        id,
        name,
      })
      return id
    },
    token,
    webhook: (webhook) => added(webhooks, { id: hexId(seed, `webhook ${webhook.name}`), ...webhook }),
    policy: (policy) => added(policies, { id: hexId(seed, `policy ${policy.name}`), ...policy }),
    pagerduty: (accountId, name) =>
      added(pagerduty, { id: hexId(seed, `pagerduty ${name}`), accountId, name }),
    at: (step) => void script.push(step),
    spec: (extras = {}) => {
      if (tokens.length === 0) token()
      return { seed, accounts, zones, jobs, tokens, webhooks, policies, pagerduty, script, ...extras }
    },
  }
}

/** A destination that carries a secret, as most do. */
export function r2Conf(seed: number, name: string): string {
  const key = hexId(seed, `key ${name}`)
  const secret = hexId(seed, `secret ${name}`)
  const account = hexId(seed, 'bucket account')
  return `r2://logs/${name}/{DATE}?account-id=${account}&access-key-id=${key}&secret-access-key=${secret}`
}
