import * as z from 'zod/mini'
import type { NotificationsApi, WebhookDestination, WebhookWrite } from '../../ports/cloudflare.ts'
import { idText, optionalInstant, plainText, secretText } from '../fields.ts'
import { nullableItemsOf } from '../item-list.ts'
import { createdId } from './policies-api.ts'
import type { Rest } from './rest.ts'

type WebhooksApi = Pick<
  NotificationsApi,
  'listWebhooks' | 'createWebhook' | 'updateWebhook' | 'deleteWebhook'
>

const wireWebhook = z.object({
  id: idText,
  name: plainText,
  url: secretText,
  type: plainText,
  created_at: optionalInstant,
  last_success: optionalInstant,
  last_failure: optionalInstant,
})

const webhooks = nullableItemsOf(z.pipe(wireWebhook, z.transform(toWebhook)), ['id'])

export function createWebhooksApi(rest: Rest): WebhooksApi {
  return {
    async listWebhooks(accountId, options) {
      const { result } = await rest({ operation: 'list_webhooks' }, options, webhooks, (sdk) =>
        sdk.alerting.destinations.webhooks.list({ account_id: accountId }),
      )
      return result
    },
    async createWebhook(accountId, body, options) {
      const call = { operation: 'create_webhook', secrets: secretsOf(body) } as const
      const { result } = await rest(call, options, createdId, (sdk) =>
        sdk.alerting.destinations.webhooks.create({ account_id: accountId, ...webhookBody(body) }),
      )
      return result
    },
    async updateWebhook(accountId, id, body, options) {
      const call = { operation: 'update_webhook', secrets: secretsOf(body) } as const
      await rest(call, options, z.unknown(), (sdk) =>
        sdk.alerting.destinations.webhooks.update(id, { account_id: accountId, ...webhookBody(body) }),
      )
    },
    async deleteWebhook(accountId, id, options) {
      await rest({ operation: 'delete_webhook' }, options, z.unknown(), (sdk) =>
        sdk.alerting.destinations.webhooks.delete(id, { account_id: accountId }),
      )
    },
  }
}

function toWebhook(wire: z.output<typeof wireWebhook>): WebhookDestination {
  return {
    id: wire.id,
    name: wire.name,
    url: wire.url,
    type: wire.type,
    createdAt: wire.created_at,
    lastSuccess: wire.last_success,
    lastFailure: wire.last_failure,
  }
}

function webhookBody(webhook: WebhookWrite) {
  const secret = webhook.secret?.reveal()
  return { name: webhook.name, url: webhook.url.reveal(), ...(secret === undefined ? {} : { secret }) }
}

function secretsOf(webhook: WebhookWrite) {
  return webhook.secret === undefined ? [webhook.url] : [webhook.url, webhook.secret]
}
