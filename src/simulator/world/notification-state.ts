import type { PolicySpec, WebhookSpec, WorldSpec } from './world-spec.ts'

export interface Webhook {
  readonly id: string
  readonly accountId: string
  name: string
  /** As the API shows it; for chat services without its secret part. */
  url: string
  /** Where notifications really go. */
  target: string
  type: string
  secret: string | null
  readonly createdAtMs: number
  lastSuccessMs: number | null
  lastFailureMs: number | null
}

/** One request to a webhook, still to be sent. */
export interface Delivery {
  readonly webhook: Webhook
  readonly body: Readonly<Record<string, unknown>>
}

export interface Policy {
  readonly id: string
  readonly accountId: string
  name: string
  description: string
  enabled: boolean
  alertType: string
  mechanisms: Record<string, readonly { readonly id: string }[]>
  filters: Record<string, unknown> | null
  alertInterval: string | null
  readonly createdMs: number
  modifiedMs: number
}

export interface HistoryRow {
  readonly id: string
  readonly accountId: string
  readonly policyId: string
  readonly name: string
  readonly alertType: string
  readonly alertBody: string
  readonly description: string
  readonly mechanism: string
  readonly mechanismType: 'email' | 'pagerduty' | 'webhook'
  readonly sentMs: number
}

export type NotificationState = ReturnType<typeof createNotificationState>

export function createNotificationState(spec: WorldSpec, startMs: number) {
  const dayBefore = startMs - 86_400_000
  const { webhooks = [], policies = [], pagerduty = [] } = spec
  const history: HistoryRow[] = []
  return {
    webhooks: new Map(webhooks.map((webhook) => [webhook.id, newWebhook(webhook, dayBefore)])),
    policies: new Map(policies.map((policy) => [policy.id, newPolicy(policy, dayBefore)])),
    pagerduty: new Map(pagerduty.map((service) => [service.id, service])),
    /** PagerDuty integration tokens that were handed out, and what was chosen in the browser, if it was. */
    connections: new Map<string, { readonly accountId: string; consent: string | null }>(),
    /** Oldest first. */
    history,
    /** Makes ids that were not used yet. */
    serial: 0,
  }
}

/** A webhook that has not been called yet. */
export function newWebhook({ url, secret = null, ...spec }: WebhookSpec, createdAtMs: number): Webhook {
  const unused = { lastSuccessMs: null, lastFailureMs: null }
  return { ...spec, ...classifyWebhook(url, secret), secret, createdAtMs, ...unused }
}

export function newPolicy(spec: PolicySpec, createdMs: number): Policy {
  return {
    ...spec,
    description: '',
    enabled: spec.enabled ?? true,
    mechanisms: { ...spec.mechanisms },
    filters: null,
    alertInterval: null,
    createdMs,
    modifiedMs: createdMs,
  }
}

const services: readonly (readonly [type: string, host: RegExp, hidesSecret: boolean])[] = [
  ['slack', /(^|\.)hooks\.slack\.com$/, true],
  ['gchat', /(^|\.)chat\.googleapis\.com$/, true],
  ['discord', /(^|\.)discord(app)?\.com$/, true],
  ['feishu', /(^|\.)open\.feishu\.cn$/, true],
  ['datadog', /(^|\.)datadoghq\.(com|eu)$/, false],
  ['opsgenie', /(^|\.)opsgenie\.com$/, false],
  ['splunk', /(^|\.)splunkcloud\.com$/, false],
]

/** The service behind a webhook's address, and the address as the API shows it afterwards. */
export function classifyWebhook(
  url: string,
  secret: string | null,
): { readonly url: string; readonly target: string; readonly type: string } {
  const { hostname } = new URL(url)
  const service = services.find(([, host]) => host.test(hostname))
  if (service === undefined) return { url, target: url, type: 'generic' }
  const [type, , hidesSecret] = service
  // Chat services carry their secret in the address: it is taken out unless one was given apart.
  const shown = hidesSecret && secret === null ? url.replace(/\?.*$/, '').replace(/[^/]+\/?$/, '') : url
  return { url: shown, target: url, type }
}
