import { collectDefaultMetrics, type OpenMetricsContentType, Registry } from 'prom-client'
import type { ExpositionFormat } from './exposition-text.ts'

/** Gauges whose names end like counters: promtool rightly complains of them, and others say the same. */
const misnamed = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
]

export type NodeMetrics = ReturnType<typeof createNodeMetrics>

export function createNodeMetrics() {
  const text = new Registry()
  collectDefaultMetrics({ register: text })
  for (const name of misnamed) text.removeSingleMetric(name)
  // A registry has one format, so the same metrics stand in two.
  const openMetrics: Registry<OpenMetricsContentType> = new Registry()
  openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  for (const { name } of text.getMetricsAsArray()) {
    const metric = text.getSingleMetric(name)
    if (metric !== undefined) openMetrics.registerMetric(metric)
  }
  return {
    /** The process' and Node's own metrics as text, without the end mark of OpenMetrics. */
    async render(format: ExpositionFormat): Promise<string> {
      if (format === 'text') return withEnd(await text.metrics())
      return (await openMetrics.metrics()).replace(/# EOF\n?$/, '')
    },
  }
}

function withEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}
