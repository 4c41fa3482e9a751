import { metricDefinitions } from '../../src/metrics/definitions.ts'
import { jobLabels } from '../../src/metrics/job-view.ts'
import type { MetricDefinition } from '../../src/metrics/metric.ts'

/*
 * What a dashboard may ask for: name, whether it is a counter, and the labels beyond the scrape's own.
 */

export type KnownMetric = Pick<MetricDefinition, 'type' | 'labels'>

const gauge = (...labels: string[]): KnownMetric => ({ type: 'gauge', labels })
const counter = (...labels: string[]): KnownMetric => ({ type: 'counter', labels })

const shipped: Readonly<Record<string, KnownMetric>> = Object.fromEntries(
  metricDefinitions.filter(({ only }) => only === undefined).map((metric) => [metric.name, metric]),
)

/** What prom-client says of the process. */
const ofTheProcess: Readonly<Record<string, KnownMetric>> = {
  process_cpu_seconds_total: counter(),
  process_resident_memory_bytes: gauge(),
  process_start_time_seconds: gauge(),
  nodejs_heap_size_used_bytes: gauge(),
  nodejs_eventloop_lag_seconds: gauge(),
  nodejs_eventloop_lag_p99_seconds: gauge(),
}

const alertLabels = ['alertname', 'severity', 'component', ...jobLabels, 'job_name', 'destination_root']

/** What Prometheus adds by itself. */
const ofPrometheus: Readonly<Record<string, KnownMetric>> = {
  up: gauge(),
  scrape_duration_seconds: gauge(),
  scrape_samples_scraped: gauge(),
  ALERTS: gauge('alertstate', ...alertLabels),
  ALERTS_FOR_STATE: gauge(...alertLabels),
}

/** What the rules of alerts/ record for the dashboards. They have lost the labels of the scrape. */
const recordedRate = gauge('namespace', 'account', 'dataset', 'destination_type')
const recordedOfFleet: Readonly<Record<string, KnownMetric>> = {
  ...Object.fromEntries(
    ['records', 'bytes', 'records_lost', 'batches', 'batches_failed', 'uploads', 'upload_retries'].map(
      (counter) => [`dataset:cloudflare_logpush_${counter}:rate5m`, recordedRate],
    ),
  ),
  'status:cloudflare_logpush_upload_responses:rate5m': gauge('namespace', 'account', 'status'),
  'problem:cloudflare_logpush_job_problem:count': gauge('namespace', 'account', 'problem', 'level'),
}

const recordedOfJob = gauge('namespace', ...jobLabels)
const recorded: Readonly<Record<string, KnownMetric>> = {
  ...recordedOfFleet,
  'job_id:cloudflare_logpush_job_lag_seconds:late': recordedOfJob,
  'job_id:cloudflare_logpush_job_disabled:seen': recordedOfJob,
  'job_id:cloudflare_logpush_job_problem:value': gauge('namespace', ...jobLabels, 'problem', 'level'),
  'cloudflare_logpush:limit': gauge('limit'),
}

const scrapeLabels = ['job', 'instance', 'namespace', 'pod']

const all: ReadonlyMap<string, KnownMetric> = new Map(
  Object.entries({ ...shipped, ...ofTheProcess, ...ofPrometheus }),
)

/** Finds a metric by the name of one of its series, so a histogram by its `_bucket` too. */
export function knownMetric(name: string): KnownMetric | undefined {
  if (recorded[name] !== undefined) return recorded[name]
  const exact = all.get(name)
  if (exact !== undefined) return { ...exact, labels: [...exact.labels, ...scrapeLabels] }
  const part = /^(.*)_(bucket|sum|count)$/.exec(name)
  const histogram = all.get(part?.[1] ?? '')
  if (histogram?.type !== 'histogram') return undefined
  const le = part?.[2] === 'bucket' ? ['le'] : []
  return { type: 'counter', labels: [...histogram.labels, ...le, ...scrapeLabels] }
}

/** The exporter's own metrics, for finding those that no dashboard shows. */
export const shippedMetricNames: readonly string[] = Object.keys(shipped)

/** What the dashboards read of the rules. */
export const recordedNames: readonly string[] = Object.keys(recorded)

/** Of these, what all jobs do together. */
export const recordedFleetNames: readonly string[] = Object.keys(recordedOfFleet)

export const processMetricNames: readonly string[] = Object.keys(ofTheProcess)
