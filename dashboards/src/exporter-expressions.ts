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
