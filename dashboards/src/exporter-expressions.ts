import { exporterFilter } from './expressions.ts'

/** A counter's speed, one series per replica and label. */
export function rate(metric: string, matchers = ''): string {
  return `rate(${metric}{${exporterFilter}${matchers}}[$__rate_interval])`
}

/** What a counter grew by in the few minutes before each point, per replica: for rare events. */
export function recent(metric: string): string {
  return `sum by (instance) (increase(${metric}{${exporterFilter}}[$__rate_interval]))`
}

/** A gauge by the named labels. Name `instance` to see replicas apart. */
export function gauge(metric: string, labels: string): string {
  return `max by (${labels}) (${metric}{${exporterFilter}})`
}

/** Requests of the last five minutes, the time that Cloudflare's limits are about. */
export const requestsIn5Minutes = `sum by (api, instance) (increase(cloudflare_logpush_exporter_api_requests_total{${exporterFilter}}[5m]))`

/** How many requests the exporter allows itself in five minutes. */
export const budgetLimit = gauge('cloudflare_logpush_exporter_api_budget_limit', 'api, instance')

/** The part of the budget that the last five minutes left, 0 to 1. */
export const budgetLeft = `clamp_min(1 - ${requestsIn5Minutes} / ${budgetLimit}, 0)`
