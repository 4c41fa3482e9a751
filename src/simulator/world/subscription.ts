import { addPolicy, addWebhook } from './notification-state.ts'
import { freshId, logpushAlertType } from './notifications.ts'
import type { WorldState } from './world-state.ts'

/** Adds a webhook and a policy that sends disable notifications to it, without the test message. */
export function subscribe(
  state: WorldState,
  target: { readonly accountId: string; readonly url: string; readonly secret?: string },
  nowMs: number,
): void {
  const { accountId } = target
  const id = freshId(state, 'webhook')
  addWebhook(state.notifications, { id, name: 'exporter', ...target }, nowMs)
  const policy = {
    id: freshId(state, 'policy'),
    accountId,
    name: 'Logpush job disabled',
    alertType: logpushAlertType,
    mechanisms: { webhooks: [{ id }] },
  }
  addPolicy(state.notifications, policy, nowMs)
}
