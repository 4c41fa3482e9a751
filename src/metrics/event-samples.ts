import { jobDisabledAlert } from '../domain/notification/notification.ts'
import {
  countOf,
  type NotificationBook,
  type NotificationSource,
} from '../domain/notification/notification-book.ts'
import { accountOf } from '../domain/scope.ts'
import type { WebhookReports } from '../exporter/notifications/history-poll.ts'
import type { ScopeState } from '../exporter/state/scope-state.ts'
import type { SelfMetricName } from './definitions.ts'
import { collectSamples, type Samples, seconds } from './sample.ts'

/** What is known of notifications, as read at the moment of a scrape. */
export interface NotificationView {
  readonly book: NotificationBook
  /** The ways that are open: their counters exist from the start. */
  readonly sources: readonly NotificationSource[]
  readonly webhooks: WebhookReports
  readonly scopes: Iterable<ScopeState>
}

export function notificationSamples(view: NotificationView): Samples {
  const accounts = new Map<string, string>()
  for (const { scope, labels } of view.scopes) accounts.set(accountOf(scope).id, labels.account)
  return collectSamples<SelfMetricName>((sink) => {
    for (const { values, count } of counters(view, accounts))
      sink.add('cloudflare_logpush_notifications_total', values, count)
    for (const [accountId, webhooks] of view.webhooks) {
      const account = accounts.get(accountId)
      if (account === undefined) continue
      for (const { webhook, lastSuccess, lastFailure } of webhooks) {
        const values = [account, webhook]
        sink.add(
          'cloudflare_logpush_notification_webhook_last_success_timestamp_seconds',
          values,
          seconds(lastSuccess),
        )
        sink.add(
          'cloudflare_logpush_notification_webhook_last_failure_timestamp_seconds',
          values,
          seconds(lastFailure),
        )
      }
    }
  })
}

/** Every account's disabled jobs by every way, from 0; other alerts and unknown accounts once they came. */
function counters(
  { book, sources }: NotificationView,
  accounts: ReadonlyMap<string, string>,
): Iterable<{ readonly values: readonly string[]; readonly count: number }> {
  const byLabels = new Map<string, { readonly values: readonly string[]; readonly count: number }>()
  const add = (values: readonly string[], count: number): void => {
    const key = JSON.stringify(values)
    byLabels.set(key, { values, count: (byLabels.get(key)?.count ?? 0) + count })
  }
  for (const [accountId, account] of accounts)
    for (const source of sources)
      if (countOf(book, { accountId, alertType: jobDisabledAlert, source }) === 0)
        add([account, jobDisabledAlert, source], 0)
  for (const { accountId, alertType, source, count } of book.counts)
    add([accounts.get(accountId) ?? '', alertType, source], count)
  return byLabels.values()
}
