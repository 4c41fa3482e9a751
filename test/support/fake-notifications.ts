import { Secret } from '../../src/domain/secret.ts'
import type {
  NotificationPolicy,
  NotificationsApi,
  WebhookDestination,
  WebhookWrite,
} from '../../src/ports/notifications.ts'
import { type FakeCore, refuse, Shelf } from './fake-core.ts'

export interface FakeNotificationOptions {
  readonly pagerduty?: readonly { readonly id: string; readonly name: string }[]
  /** Alert types on offer; without it, that of Logpush alone. */
  readonly alerts?: readonly string[]
  /** Mechanisms that may not be used. */
  readonly ineligible?: readonly string[]
}

export interface FakeNotifications {
  readonly api: NotificationsApi
  readonly webhooks: Shelf<WebhookDestination & { readonly secret: Secret | null }>
  readonly policies: Shelf<NotificationPolicy>
  putWebhook(accountId: string, id: string, body: WebhookWrite): void
}

export function createFakeNotifications(core: FakeCore, options: FakeNotificationOptions): FakeNotifications {
  const webhooks: FakeNotifications['webhooks'] = new Shelf()
  const policies: FakeNotifications['policies'] = new Shelf()

  function putWebhook(accountId: string, id: string, body: WebhookWrite): void {
    const host = new URL(body.url.reveal()).hostname
    const type = host === 'hooks.slack.com' ? 'slack' : host === 'discord.com' ? 'discord' : 'generic'
    // For these Cloudflare takes the secret out of the address and keeps the rest.
    const url = type === 'generic' ? body.url : new Secret(`https://${host}/services/`)
    webhooks.of(accountId).set(id, {
      id,
      name: body.name,
      url,
      type,
      createdAt: null,
      lastSuccess: null,
      lastFailure: null,
      secret: body.secret ?? webhooks.of(accountId).get(id)?.secret ?? null,
    })
  }

  const pagerduty = [...(options.pagerduty ?? [])]
  const notifications: NotificationsApi = {
    listPolicies: (account) =>
      core.read('list policies', account, () => ({
        items: [...policies.of(account).values()],
        unreadable: [],
      })),
    createPolicy: (account, body) =>
      core.write('create policy', account, body, () => {
        const id = core.nextId()
        policies.of(account).set(id, { ...body, id, createdAt: null })
        return { id }
      }),
    updatePolicy: (account, id, body) =>
      core.write('update policy', account, body, () => {
        if (!policies.of(account).has(id)) refuse('update policy', 404, `policy ${id} not found`)
        policies.of(account).set(id, { ...body, id, createdAt: null })
      }),
    deletePolicy: (account, id) =>
      core.write('delete policy', account, { id }, () => {
        if (!policies.of(account).delete(id)) refuse('delete policy', 404, `policy ${id} not found`)
      }),
    listWebhooks: (account) =>
      core.read('list webhooks', account, () => ({
        items: [...webhooks.of(account).values()].map(({ secret: _, ...webhook }) => webhook),
        unreadable: [],
      })),
    createWebhook: (account, body) =>
      core.write('create webhook', account, body, () => {
        const id = core.nextId()
        putWebhook(account, id, body)
        return { id }
      }),
    updateWebhook: (account, id, body) =>
      core.write('update webhook', account, body, () => {
        if (!webhooks.of(account).has(id)) refuse('update webhook', 404, `webhook ${id} not found`)
        putWebhook(account, id, body)
      }),
    deleteWebhook: (account, id) =>
      core.write('delete webhook', account, { id }, () => {
        const used = [...policies.of(account).values()].some(({ mechanisms }) =>
          mechanisms.webhooks.includes(id),
        )
        if (used) refuse('delete webhook', 400, 'webhook is used by a policy')
        if (!webhooks.of(account).delete(id)) refuse('delete webhook', 404, `webhook ${id} not found`)
      }),
    listPagerDuty: (account) => core.read('list pagerduty', account, () => [...pagerduty]),
    connectPagerDuty: (account) =>
      core.write('connect pagerduty', account, null, () => ({ token: 'fake-integration-token' })),
    completePagerDuty: (account) =>
      core.write('complete pagerduty', account, null, () => {
        pagerduty.push({ id: core.nextId(), name: 'Connected' })
      }),
    listAvailableAlerts: (account) =>
      core.read('list alerts', account, () => ({
        items: (options.alerts ?? ['failing_logpush_job_disabled_alert']).map((type) => ({
          type,
          filters:
            type === 'failing_logpush_job_disabled_alert'
              ? []
              : [{ name: 'zones', isRequired: true, values: null, maxValues: null }],
          isWhole: true,
        })),
        unreadable: [],
      })),
    listEligibleMechanisms: (account) =>
      core.read('list mechanisms', account, () =>
        ['email', 'webhook', 'pagerduty'].map((type) => ({
          type,
          eligible: !(options.ineligible ?? []).includes(type),
          ready: true,
        })),
      ),
    listHistory: (account) =>
      core.read('list history', account, () => ({ items: [], unreadable: [], fill: 'empty', lastPage: 0 })),
  }

  return { api: notifications, webhooks, policies, putWebhook }
}
