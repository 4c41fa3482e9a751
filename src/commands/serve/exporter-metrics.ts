import type { Budget } from '../../access/budget.ts'
import type { ServerClock } from '../../access/server-clock.ts'
import { notificationSources } from '../../domain/notification/notification-book.ts'
import type { WebhookReports } from '../../exporter/notifications/history-poll.ts'
import type { Notifications } from '../../exporter/notifications/notifications.ts'
import type { SelfState } from '../../exporter/state/self-state.ts'
import type { ExporterState } from '../../exporter/state/state.ts'
import { exporterMetrics } from '../../metrics/exporter-metrics.ts'
import { countScopes, type ExporterView } from '../../metrics/exporter-view.ts'
import { createExposition, type ExpositionSource } from '../../metrics/exposition.ts'
import { linesOf, seconds } from '../../metrics/metric.ts'
import { createNodeMetrics } from '../../metrics/node-metrics.ts'
import {
  accountLabels,
  type NotificationView,
  notificationMetrics,
} from '../../metrics/notification-metrics.ts'
import { defer } from '../../runtime/defer.ts'
import type { Settings } from '../../settings/exporter-settings.ts'
import { build } from '../../version.ts'
import type { DriftPart } from './drift-part.ts'
import { configFacts, maxLagOf } from './exporter-settings.ts'

export interface ExporterMetricsDeps {
  readonly state: ExporterState
  readonly self: SelfState
  readonly budget: Pick<Budget, 'status'>
  readonly server: Pick<ServerClock, 'skewMs'>
  readonly store: { health(): ExporterView['store'] }
  readonly leads: () => boolean
  readonly nodeVersion: string
  readonly notifications: Pick<Notifications, 'book'>
  readonly webhooks: WebhookReports
  readonly receivesWebhooks: boolean
  readonly drift: Pick<DriftPart, 'metricLines'>
  /** As they are now: a reload may change them. */
  readonly settings: () => Settings
}

export function createExporterMetrics(deps: ExporterMetricsDeps): ExpositionSource {
  const { state, settings } = deps
  const exporterView = (): ExporterView => ({
    self: deps.self,
    scopes: countScopes(state.scopes.values(), state.departed),
    budget: deps.budget.status(),
    clockSkewSeconds: seconds(deps.server.skewMs()),
    store: deps.store.health(),
    leader: deps.leads(),
    build: { version: build.version, revision: build.revision, nodeVersion: deps.nodeVersion },
    config: configFacts(settings()),
  })
  const notificationView = (): NotificationView => ({
    book: deps.notifications.book,
    sources: notificationSources.filter((source) =>
      source === 'webhook' ? deps.receivesWebhooks : settings().historyPollIntervalMs !== null,
    ),
    webhooks: deps.webhooks,
    accounts: accountLabels(state.scopes.values()),
  })
  return createExposition({
    scopes: () => state.scopes,
    rules: () => ({ maxLagMs: maxLagOf(settings()), lablabs: settings().lablabs }),
    own: () => [
      linesOf(notificationMetrics, notificationView()),
      ...deps.drift.metricLines(),
      linesOf(exporterMetrics, exporterView()),
    ],
    node: createNodeMetrics(),
    defer,
  })
}
