import { classifyWebhook } from './notification-state.ts'
import { freshId, logpushAlertType } from './notifications.ts'
import type { WorldState } from './world-state.ts'

/** Adds a webhook and a policy that sends disable notifications to it, without the test message. */
export function subscribe(
  state: WorldState,
  target: { readonly accountId: string; readonly url: string; readonly secret?: string },
  nowMs: number,
): void {
  const { accountId } = target
  const secret = target.secret ?? null
  const id = freshId(state, 'webhook')
  state.notifications.webhooks.set(id, {
    id,
    accountId,
    name: 'exporter',
    ...classifyWebhook(target.url, secret),
    secret,
    createdAtMs: nowMs,
    lastSuccessMs: null,
    lastFailureMs: null,
  })
  const policyId = freshId(state, 'policy')
  state.notifications.policies.set(policyId, {
    id: policyId,
    accountId,
    name: 'Logpush job disabled',
    description: '',
    enabled: true,
    alertType: logpushAlertType,
    mechanisms: { webhooks: [{ id }] },
    filters: null,
    alertInterval: null,
    createdMs: nowMs,
    modifiedMs: nowMs,
  })
}
