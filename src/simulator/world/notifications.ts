import { jobStatus } from './job-status.ts'
import { type JobTimeline, latestPhase } from './job-timeline.ts'
import type { Policy } from './notification-state.ts'
import { hexId } from './prng.ts'
import { accountIdOf, type WorldState } from './world-state.ts'

export const logpushAlertType = 'failing_logpush_job_disabled_alert'

/** An id that was not given to anything yet. */
export function freshId(state: WorldState, what: string): string {
  state.notifications.serial += 1
  return hexId(state.seed, `${what} ${state.notifications.serial}`)
}

/** Announces that a job was disabled because it failed; at most once a day for one job. */
export function notifyDisabled(state: WorldState, job: JobTimeline, atMs: number): void {
  if (job.notifiedAtMs !== null && atMs - job.notifiedAtMs < 86_400_000) return
  job.notifiedAtMs = atMs
  job.openAlertId = freshId(state, 'alert')
  announce(state, job, atMs, 'ALERT_STATE_EVENT_START')
}

/** Announces that a job that Cloudflare disabled is enabled again. */
export function notifyEnabled(state: WorldState, job: JobTimeline, atMs: number): void {
  if (job.openAlertId === null) return
  if (state.announcesEnd) announce(state, job, atMs, 'ALERT_STATE_EVENT_END')
  job.openAlertId = null
}

function announce(
  state: WorldState,
  job: JobTimeline,
  atMs: number,
  event: 'ALERT_STATE_EVENT_START' | 'ALERT_STATE_EVENT_END',
): void {
  const accountId = accountIdOf(state, job.scope)
  for (const policy of state.notifications.policies.values()) {
    if (policy.accountId !== accountId || policy.alertType !== logpushAlertType || !policy.enabled) continue
    const body = payload(state, job, policy, atMs, event)
    record(state, policy, String(body.text), atMs)
    // What happened before the start is told as history only: nobody was there to listen.
    if (atMs < state.startMs) continue
    for (const { id } of policy.mechanisms.webhooks ?? []) {
      const webhook = state.notifications.webhooks.get(id)
      if (webhook !== undefined) state.deliver({ webhook, body })
    }
  }
}

function payload(
  state: WorldState,
  job: JobTimeline,
  policy: Policy,
  atMs: number,
  event: string,
): Record<string, unknown> {
  const conf = latestPhase(job).destinationConf
  const scope =
    job.scope.kind === 'zone'
      ? { zone_id: job.scope.id, zone_name: state.zones.get(job.scope.id)?.name }
      : { account_id: job.scope.id }
  const what = event.endsWith('START') ? 'was disabled after failing for 24 hours' : 'is enabled again'
  return {
    name: policy.name,
    text: `Logpush job ${job.id} (${String(job.fields.dataset)}) to ${conf} ${what}.`,
    data: {
      job_id: job.id,
      job_name: job.fields.name,
      dataset: job.fields.dataset,
      destination_conf: conf,
      error_message: jobStatus(state, job, atMs).errorText,
      ...scope,
    },
    ts: Math.floor(atMs / 1000),
    account_id: policy.accountId,
    policy_id: policy.id,
    policy_name: policy.name,
    alert_type: policy.alertType,
    alert_correlation_id: job.openAlertId,
    alert_event: event,
  }
}

/** One history row per mechanism, as the real history has it. */
function record(state: WorldState, policy: Policy, alertBody: string, atMs: number): void {
  const kinds = [
    ['email', 'email'],
    ['pagerduty', 'pagerduty'],
    ['webhooks', 'webhook'],
  ] as const
  for (const [key, mechanismType] of kinds) {
    for (const { id } of policy.mechanisms[key] ?? []) {
      state.notifications.history.push({
        id: freshId(state, 'history'),
        accountId: policy.accountId,
        policyId: policy.id,
        name: policy.name,
        alertType: policy.alertType,
        alertBody,
        description: policy.description,
        mechanism: id,
        mechanismType,
        sentMs: atMs,
      })
    }
  }
}
