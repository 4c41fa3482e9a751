import type { Delivery, Webhook } from '../world/notification-state.ts'

export type WebhookSender = ReturnType<typeof createWebhookSender>

/** Sends notifications to webhooks, on loopback only: the simulator never talks to the world outside. */
export function createWebhookSender(now: () => number) {
  const underWay = new Set<Promise<unknown>>()
  /** Sends and tells the receiver's HTTP status; null when there was no answer. */
  const post = async (webhook: Webhook, body: object): Promise<number | null> => {
    const status = await postJson(webhook, body)
    if (status !== null && status >= 200 && status < 300) webhook.lastSuccessMs = now()
    else webhook.lastFailureMs = now()
    return status
  }
  return {
    post,
    /** Sends in the background; a notification is tried once. */
    send: ({ webhook, body }: Delivery): void => {
      const sending = post(webhook, body).finally(() => underWay.delete(sending))
      underWay.add(sending)
    },
    /** Resolves when nothing is on its way any more. */
    idle: async (): Promise<void> => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

async function postJson(webhook: Webhook, body: object): Promise<number | null> {
  // Everybody else is assumed to be there and to say yes.
  if (!isLoopback(webhook.target)) return 200
  try {
    const response = await fetch(webhook.target, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'simulated-notifications',
        ...(webhook.secret === null ? {} : { 'cf-webhook-auth': webhook.secret }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return null
  }
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
}
