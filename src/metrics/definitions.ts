/*
 * Everything of ours that /metrics exposes, in the order in which it does. Rendering, tests, README, rules and
 * dashboards are checked against it.
 */
import { arrivalMetrics } from './arrival-metrics.ts'
import { driftMetrics } from './drift-metrics.ts'
import { exporterMetrics } from './exporter-metrics.ts'
import { jobMetrics } from './job-metrics.ts'
import { lablabsMetrics } from './lablabs-metrics.ts'
import type { MetricDefinition } from './metric.ts'
import { notificationMetrics } from './notification-metrics.ts'
import { scopeMetrics } from './scope-metrics.ts'

/** Metrics rendered for each account or zone, and kept until its state changes. */
export const scopeDefinitions: readonly MetricDefinition[] = [
  ...jobMetrics,
  ...arrivalMetrics,
  ...scopeMetrics,
  ...lablabsMetrics,
]

/** Metrics rendered for each scrape. */
export const ownDefinitions: readonly MetricDefinition[] = [
  ...notificationMetrics,
  ...driftMetrics,
  ...exporterMetrics,
]

export const metricDefinitions: readonly MetricDefinition[] = [...scopeDefinitions, ...ownDefinitions]
