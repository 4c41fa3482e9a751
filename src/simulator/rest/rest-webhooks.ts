import { bodyOf, isoSeconds, requiredText, textField } from '../api/json-shape.ts'
import { plainId } from '../api/object-id.ts'
import { type Answer, type Call, type Route, route } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import { classifyWebhook, newWebhook, type Webhook } from '../world/notification-state.ts'
import { freshId } from '../world/notifications.ts'
import type { Permission } from '../world/permissions.ts'
import type { World } from '../world/world.ts'
import { accountOf, notificationReaders, notificationWriters } from './rest-policies.ts'
import type { WebhookSender } from './webhook-sender.ts'

/** Webhook destinations. Making one, or giving it another address, calls that address at once. */
export function webhookRoutes(world: World, sender: WebhookSender): Route[] {
  const path = '/accounts/:accountId/alerting/v3/destinations/webhooks'
  return [
    route('GET', path, 'list_webhooks', (call) => list(world, call)),
    route('POST', path, 'create_webhook', (call) => create(world, sender, call)),
    route('GET', `${path}/:id`, 'get_webhook', (call) => ({
      result: webhookObject(find(world, call, notificationReaders)),
    })),
    route('PUT', `${path}/:id`, 'update_webhook', (call) => update(world, sender, call)),
    route('DELETE', `${path}/:id`, 'delete_webhook', (call) => remove(world, call)),
  ]
}

function list(world: World, call: Call): Answer {
  const accountId = accountOf(world, call, notificationReaders)
  const webhooks = [...world.state.notifications.webhooks.values()]
  return { result: webhooks.filter((webhook) => webhook.accountId === accountId).map(webhookObject) }
}

function find(world: World, call: Call, permissions: readonly Permission[]): Webhook {
  const accountId = accountOf(world, call, permissions)
  const webhook = world.state.notifications.webhooks.get(plainId(call.params.id ?? ''))
  if (webhook?.accountId !== accountId) throw simErrors.notFound('webhook not found')
  return webhook
}

/** The secret is never shown. */
function webhookObject(webhook: Webhook): object {
  const time = (ms: number | null): string | null => (ms === null ? null : isoSeconds(ms))
  return {
    id: webhook.id,
    name: webhook.name,
    url: webhook.url,
    type: webhook.type,
    created_at: isoSeconds(webhook.createdAtMs),
    last_success: time(webhook.lastSuccessMs),
    last_failure: time(webhook.lastFailureMs),
  }
}

function checkedUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw simErrors.invalid('url is not valid')
  return url
}

async function create(world: World, sender: WebhookSender, call: Call): Promise<Answer> {
  const accountId = accountOf(world, call, notificationWriters)
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

async function update(world: World, sender: WebhookSender, call: Call): Promise<Answer> {
  const webhook = find(world, call, notificationWriters)
  const body = bodyOf(call.body)
  const secret = textField(body, 'secret') ?? webhook.secret
  const url = textField(body, 'url')
  const renamed = textField(body, 'name') ?? webhook.name
  // The shown address of a chat service lacks its secret part: sending it back is no change.
  const moved = url !== undefined && url !== webhook.url && url !== webhook.target
  const place = moved ? classifyWebhook(checkedUrl(url), secret) : {}
  const changed: Webhook = { ...webhook, ...place, name: renamed, secret }
  if (moved || secret !== webhook.secret) await sendTest(sender, changed)
  world.state.notifications.webhooks.set(webhook.id, changed)
  return { result: { id: webhook.id } }
}

function remove(world: World, call: Call): Answer {
  const webhook = find(world, call, notificationWriters)
  const { policies, webhooks } = world.state.notifications
  const user = [...policies.values()].find((policy) =>
    (policy.mechanisms.webhooks ?? []).some(({ id }) => id === webhook.id),
  )
  if (user !== undefined) throw simErrors.invalid(`webhook is used by policy ${user.id}`)
  webhooks.delete(webhook.id)
  return { result: null }
}
