import * as z from 'zod/mini'
import type { NotificationsApi, WebhookDestination, WebhookWrite } from '../../ports/notifications.ts'
import { camelCased, idText, mapped, nothing, optionalInstant, plainText, secretText } from '../fields.ts'
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

const webhooks = nullableItemsOf(
  mapped(wireWebhook, (webhook): WebhookDestination => camelCased(webhook)),
  ['id'],
)

export function createWebhooksApi(rest: Rest): WebhooksApi {
  return {
    listWebhooks: (accountId, options) =>
      rest({ operation: 'list_webhooks' }, options, webhooks, (sdk) =>
        sdk.alerting.destinations.webhooks.list({ account_id: accountId }),
      ),
    createWebhook(accountId, body, options) {
      const call = { operation: 'create_webhook', secrets: secretsOf(body) } as const
      return rest(call, options, createdId, (sdk) =>
        sdk.alerting.destinations.webhooks.create({ account_id: accountId, ...webhookBody(body) }),
      )
    },
    updateWebhook(accountId, id, body, options) {
      const call = { operation: 'update_webhook', secrets: secretsOf(body) } as const
      return rest(call, options, nothing, (sdk) =>
        sdk.alerting.destinations.webhooks.update(id, { account_id: accountId, ...webhookBody(body) }),
      )
    },
    deleteWebhook: (accountId, id, options) =>
      rest({ operation: 'delete_webhook' }, options, nothing, (sdk) =>
        sdk.alerting.destinations.webhooks.delete(id, { account_id: accountId }),
      ),
  }
}

function webhookBody(webhook: WebhookWrite) {
  const secret = webhook.secret?.reveal()
  return { name: webhook.name, url: webhook.url.reveal(), ...(secret === undefined ? {} : { secret }) }
}

function secretsOf(webhook: WebhookWrite) {
  return webhook.secret === undefined ? [webhook.url] : [webhook.url, webhook.secret]
}
