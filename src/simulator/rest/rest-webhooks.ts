import { bodyOf, isoOrNull, requiredText, textField } from '../api/json-shape.ts'
import { plainId } from '../api/object-id.ts'
import { type AccountCall, type Answer, accountRoute, ofAccount, type Route } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import { classifyWebhook, newWebhook, type Webhook } from '../world/notification-state.ts'
import { freshId } from '../world/notifications.ts'
import { notificationReaders, notificationWriters } from './rest-policies.ts'
import type { WebhookSender } from './webhook-sender.ts'

/** Webhook destinations. Making one, or giving it another address, calls that address at once. */
export function webhookRoutes(sender: WebhookSender): Route[] {
  const path = '/alerting/v3/destinations/webhooks'
  const one = `${path}/:id`
  const show = (call: AccountCall): Answer => ({ result: webhookObject(find(call)) })
  return [
    accountRoute('GET', path, 'list_webhooks', notificationReaders, list),
    accountRoute('POST', path, 'create_webhook', notificationWriters, (call) => create(sender, call)),
    accountRoute('GET', one, 'get_webhook', notificationReaders, show),
    accountRoute('PUT', one, 'update_webhook', notificationWriters, (call) => update(sender, call)),
    accountRoute('DELETE', one, 'delete_webhook', notificationWriters, remove),
  ]
}

function list(call: AccountCall): Answer {
  return { result: ofAccount(call, call.world.state.notifications.webhooks).map(webhookObject) }
}

function find({ world, accountId, params }: AccountCall): Webhook {
  const webhook = world.state.notifications.webhooks.get(plainId(params.id ?? ''))
  if (webhook?.accountId !== accountId) throw simErrors.notFound('webhook not found')
  return webhook
}

/** The secret is never shown. */
function webhookObject(webhook: Webhook): object {
  return {
    id: webhook.id,
    name: webhook.name,
    url: webhook.url,
    type: webhook.type,
    created_at: new Date(webhook.createdAtMs).toISOString(),
    last_success: isoOrNull(webhook.lastSuccessMs),
    last_failure: isoOrNull(webhook.lastFailureMs),
  }
}

function checkedUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw simErrors.invalid('url is not valid')
  return url
}

async function create(sender: WebhookSender, call: AccountCall): Promise<Answer> {
  const { world, accountId } = call
  const body = bodyOf(call.body)
  const name = requiredText(body, 'name')
  const secret = textField(body, 'secret') ?? null
  const id = freshId(world.state, 'webhook')
  const url = checkedUrl(requiredText(body, 'url'))
  const webhook = newWebhook({ id, accountId, name, url, secret }, call.nowMs)
  await sendTest(sender, webhook)
  world.state.notifications.webhooks.set(webhook.id, webhook)
  return { result: { id: webhook.id } }
}

async function sendTest(sender: WebhookSender, webhook: Webhook): Promise<void> {
  const text = `Hello World! This is a test message sent from the simulated Cloudflare for the webhook "${webhook.name}".`
  const status = await sender.post(webhook, { text })
  if (status === null) throw simErrors.invalid('webhook test failed: no answer')
  if (status < 200 || status > 299) throw simErrors.invalid(`webhook test failed with ${status}`)
}

async function update(sender: WebhookSender, call: AccountCall): Promise<Answer> {
  const webhook = find(call)
  const body = bodyOf(call.body)
  const secret = textField(body, 'secret') ?? webhook.secret
  const url = textField(body, 'url')
  const renamed = textField(body, 'name') ?? webhook.name
  // The shown address of a chat service lacks its secret part: sending it back is no change.
  const moved = url !== undefined && url !== webhook.url && url !== webhook.target
  const place = moved ? classifyWebhook(checkedUrl(url), secret) : {}
  const changed: Webhook = { ...webhook, ...place, name: renamed, secret }
  if (moved || secret !== webhook.secret) await sendTest(sender, changed)
  call.world.state.notifications.webhooks.set(webhook.id, changed)
  return { result: { id: webhook.id } }
}

function remove(call: AccountCall): Answer {
  const webhook = find(call)
  const { policies, webhooks } = call.world.state.notifications
  const user = [...policies.values()].find((policy) =>
    (policy.mechanisms.webhooks ?? []).some(({ id }) => id === webhook.id),
  )
  if (user !== undefined) throw simErrors.invalid(`webhook is used by policy ${user.id}`)
  webhooks.delete(webhook.id)
  return { result: null }
}
