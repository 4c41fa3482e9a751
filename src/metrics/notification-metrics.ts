import { jobDisabledAlert } from '../domain/notification/notification.ts'
import {
  countOf,
  type NotificationBook,
  type NotificationSource,
} from '../domain/notification/notification-book.ts'
import { accountOf } from '../domain/scope.ts'
import type { EpochMs } from '../domain/time.ts'
import type { WebhookReports } from '../exporter/notifications/history-poll.ts'
import type { ScopeState } from '../exporter/state/scope-state.ts'
import type { Sample } from './exposition-text.ts'
import { type Metric, metricFamily, seconds } from './metric.ts'

/** What is known of notifications, as read at the moment of a scrape. */
export interface NotificationView {
  readonly book: NotificationBook
  /** The ways that are open: their counters exist from the start. */
  readonly sources: readonly NotificationSource[]
  readonly webhooks: WebhookReports
  /** The label of each account that is watched, by id. */
  readonly accounts: ReadonlyMap<string, string>
}

/** The labels of the watched accounts, as their scopes have them. */
export function accountLabels(scopes: Iterable<ScopeState>): ReadonlyMap<string, string> {
  return new Map(Array.from(scopes, ({ scope, labels }) => [accountOf(scope).id, labels.account]))
}

const { series } = metricFamily<NotificationView>([], () => '')

export const notificationMetrics: readonly Metric<NotificationView>[] = [
  series(
    'counter',
    'cloudflare_logpush_notifications_total',
    ['account', 'alert_type', 'source'],
    'Cloudflare notifications received. Each is counted once, even when it arrives more than one way.',
    received,
  ),
  series(
    'gauge',
    'cloudflare_logpush_notification_webhook_last_success_timestamp_seconds',
    ['account', 'webhook'],
    'Last time Cloudflare reached a webhook that Logpush alerts of the account go to, according to its API. Absent if never.',
    (view) => webhookTimes(view, 'lastSuccess'),
  ),
  series(
    'gauge',
    'cloudflare_logpush_notification_webhook_last_failure_timestamp_seconds',
    ['account', 'webhook'],
    'Last time Cloudflare failed to reach a webhook that Logpush alerts of the account go to, according to its API. Absent if never.',
    (view) => webhookTimes(view, 'lastFailure'),
  ),
]

/** Every account's disabled jobs by every way, from 0; other alerts and unknown accounts once they came. */
function received({ book, sources, accounts }: NotificationView): Iterable<Sample> {
  const byLabels = new Map<string, Sample>()
  const add = (values: readonly string[], count: number): void => {
    const key = JSON.stringify(values)
    byLabels.set(key, { values, value: (byLabels.get(key)?.value ?? 0) + count })
  }
  for (const [accountId, account] of accounts)
    for (const source of sources)
      if (countOf(book, { accountId, alertType: jobDisabledAlert, source }) === 0)
        add([account, jobDisabledAlert, source], 0)
  for (const { accountId, alertType, source, count } of book.counts)
    add([accounts.get(accountId) ?? '', alertType, source], count)
  return byLabels.values()
}

function webhookTimes(
  { webhooks, accounts }: NotificationView,
  which: 'lastSuccess' | 'lastFailure',
): readonly Sample[] {
  return [...webhooks].flatMap(([accountId, reports]) => {
    const account = accounts.get(accountId)
    if (account === undefined) return []
    return reports.flatMap((report) => {
      const at: EpochMs | null = report[which]
      const value = seconds(at)
      return value === null ? [] : [{ values: [account, report.webhook], value }]
    })
  })
}
