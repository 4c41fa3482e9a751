/*
 * THE metric table: everything that /metrics shows of ours, in the order it shows it. Rendering, tests, README,
 * rules and dashboards are checked against it. Names and labels are a contract; new labels may come, none may go.
 */

import { eventMetrics, scopeMetrics, selfMetrics } from './exporter-metrics.ts'
import { jobMetrics, lablabsMetrics } from './job-metrics.ts'
import type { MetricDefinition } from './metric-definition.ts'

export type ScopeMetricName =
  | keyof typeof jobMetrics
  | keyof typeof scopeMetrics
  | keyof typeof lablabsMetrics
export type SelfMetricName = keyof typeof selfMetrics | keyof typeof eventMetrics

/** Every metric, in the order of the exposition. */
export const metricDefinitions: readonly MetricDefinition[] = [
  jobMetrics,
  scopeMetrics,
  lablabsMetrics,
  eventMetrics,
  selfMetrics,
].flatMap((table) => Object.entries(table).map(([name, definition]) => ({ name, ...definition })))

export { jobLabels } from './job-metrics.ts'
export type { MetricDefinition } from './metric-definition.ts'
