import type { JobRecord } from '../../domain/job/job.ts'
import { isSameId } from '../../domain/notification/object-id.ts'
import type { AccountScope, Scope } from '../../domain/scope.ts'
import type { NotificationPolicy, WebhookDestination } from '../../ports/notifications.ts'
import { type JsonValue, parseJson } from './json-value.ts'
import { outputOfLogpull } from './logpull-form.ts'
import { liveOutputForm } from './output-form.ts'
import { livePolicyFilters } from './policy-filters.ts'
import type { ActualJob, ActualPolicy, ActualWebhook } from './resource.ts'

/** A live job in normal form. `logpull_options` count where there are no output options; `frequency` is left behind. */
export function actualJob(scope: Scope, live: JobRecord): ActualJob {
  return {
    kind: 'job',
    id: live.id,
    live,
    resource: {
      kind: 'job',
      scope,
      name: live.name ?? '',
      dataset: live.dataset,
      // Old jobs may still say `instant-logs`, which cannot be sent back.
      jobKind: live.kind === 'edge' ? 'edge' : '',
      enabled: live.enabled,
      destinationConf: live.destinationConf,
      output: liveOutputForm(live.outputOptions ?? outputOfLogpull(live.logpullOptions)),
      filter: filterForm(live.filter),
      filterAttackTraffic: live.filterAttackTraffic ?? false,
      upload: {
        bytes: live.maxUploadBytes ?? 0,
        records: live.maxUploadRecords ?? 0,
        intervalSeconds: live.maxUploadIntervalSeconds ?? 0,
      },
      transformerId: live.transformerId,
    },
  }
}

/** A filter text as a value; null when it filters nothing; the text itself when it is not JSON. */
export function filterForm(text: string | null): JsonValue {
  if (text === null || text.trim() === '') return null
  const value = parseJson(text)
  if (value === undefined) return text
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0 ? null : value
}

export function actualWebhook(scope: AccountScope, live: WebhookDestination): ActualWebhook {
  return {
    kind: 'webhook',
    id: live.id,
    live,
    resource: { kind: 'webhook', scope, name: live.name, url: live.url },
  }
}

/** Names by id, so that a policy can be compared by the names people gave. */
export interface MechanismNames {
  readonly webhooks: ReadonlyMap<string, string>
  readonly pagerduty: ReadonlyMap<string, string>
}

export function actualPolicy(
  scope: AccountScope,
  live: NotificationPolicy,
  names: MechanismNames,
): ActualPolicy {
  const { email, webhooks, pagerduty } = live.mechanisms
  return {
    kind: 'policy',
    id: live.id,
    live,
    resource: {
      kind: 'policy',
      scope,
      name: live.name,
      alertType: live.alertType,
      enabled: live.enabled,
      description: live.description,
      filters: livePolicyFilters(live.filters),
      email,
      webhooks: webhooks.map((id) => nameOf(id, names.webhooks)),
      pagerduty: pagerduty.map((id) => nameOf(id, names.pagerduty)),
    },
  }
}

function nameOf(id: string, names: ReadonlyMap<string, string>): string {
  return names.get(id) ?? [...names].find(([known]) => isSameId(known, id))?.[1] ?? id
}
