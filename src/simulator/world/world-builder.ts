import { allPermissions } from './permissions.ts'
import { hexId } from './prng.ts'
import type {
  AccountSpec,
  JobSpec,
  PolicySpec,
  ScopeRef,
  ScriptStep,
  TokenSpec,
  TransformerSpec,
  WebhookSpec,
  WorldSpec,
  ZoneSpec,
} from './world-spec.ts'

/** A job as a builder takes it: what is missing gets a plausible value. */
export type JobDraft = Partial<JobSpec> & { readonly scope: ScopeRef }

export type WorldExtras = Pick<
  WorldSpec,
  'ingestion' | 'disableAfterMs' | 'accountHoldsZoneJobs' | 'announcesEnd'
>

export const accountScope = (id: string): ScopeRef => ({ kind: 'account', id })
export const zoneScope = (id: string): ScopeRef => ({ kind: 'zone', id })

const firstJobId = 410_001
const firstTransformerId = 71

export type WorldBuilder = ReturnType<typeof buildWorld>

/** Collects a world piece by piece. Ids follow from the seed and the names, so they are always the same. */
export function buildWorld(seed = 1) {
  const accounts: AccountSpec[] = []
  const zones: ZoneSpec[] = []
  const jobs: JobSpec[] = []
  const tokens: TokenSpec[] = []
  const webhooks: WebhookSpec[] = []
  const policies: PolicySpec[] = []
  const pagerduty: { id: string; accountId: string; name: string }[] = []
  const transformers: TransformerSpec[] = []
  const script: ScriptStep[] = []
  const added = <T extends { readonly id: string }>(list: T[], item: T): string => {
    list.push(item)
    return item.id
  }
  /** Returns the token's text. Without any, the world gets one that may do everything. */
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
    /** Like all that add an object, it returns its id. */
    account: (name: string, more?: Partial<AccountSpec>): string =>
      added(accounts, { id: hexId(seed, `account ${name}`), name, ...more }),
    zone: (name: string, accountId: string, more?: Partial<ZoneSpec>): string =>
      added(zones, { id: hexId(seed, `zone ${name}`), name, accountId, ...more }),
    job: (draft: JobDraft): number => {
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
    webhook: (webhook: Omit<WebhookSpec, 'id'>): string =>
      added(webhooks, { id: hexId(seed, `webhook ${webhook.name}`), ...webhook }),
    policy: (policy: Omit<PolicySpec, 'id'>): string =>
      added(policies, { id: hexId(seed, `policy ${policy.name}`), ...policy }),
    pagerduty: (accountId: string, name: string): string =>
      added(pagerduty, { id: hexId(seed, `pagerduty ${name}`), accountId, name }),
    transformer: (accountId: string, name: string, dataset: string): number => {
      const id = firstTransformerId + transformers.length
      transformers.push({ id, accountId, name, dataset })
      return id
    },
    at: (step: ScriptStep): void => void script.push(step),
    spec: (extras: WorldExtras = {}): WorldSpec => {
      if (tokens.length === 0) token()
      return {
        seed,
        accounts,
        zones,
        jobs,
        tokens,
        webhooks,
        policies,
        pagerduty,
        transformers,
        script,
        ...extras,
      }
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
