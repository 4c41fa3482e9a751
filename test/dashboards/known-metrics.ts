/*
 * What a dashboard may ask for: name, whether it is a counter, and the labels beyond the scrape's own.
 */

export interface KnownMetric {
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly labels: readonly string[]
}

const job = ['account', 'zone', 'job_id']
const scope = ['account', 'zone', 'source']

const gauge = (...labels: string[]): KnownMetric => ({ type: 'gauge', labels })
const counter = (...labels: string[]): KnownMetric => ({ type: 'counter', labels })
const histogram = (...labels: string[]): KnownMetric => ({ type: 'histogram', labels })

const shipped: Readonly<Record<string, KnownMetric>> = {
  cloudflare_logpush_job_info: gauge(
    ...job,
    'account_id',
    'zone_id',
    'job_name',
    'dataset',
    'kind',
    'destination_type',
    'destination',
  ),
  cloudflare_logpush_job_enabled: gauge(...job),
  cloudflare_logpush_job_failing: gauge(...job),
  cloudflare_failing_logpush_job_disabled_alert: gauge(...job),
  cloudflare_logpush_job_last_complete_timestamp_seconds: gauge(...job),
  cloudflare_logpush_job_last_error_timestamp_seconds: gauge(...job),
  cloudflare_logpush_job_failing_since_timestamp_seconds: gauge(...job),
  cloudflare_logpush_job_last_upload_timestamp_seconds: gauge(...job),
  cloudflare_logpush_job_failure_info: gauge(...job, 'reason'),
  cloudflare_logpush_job_max_lag_seconds: gauge(...job),
  cloudflare_logpush_job_max_upload_interval_seconds: gauge(...job),
  cloudflare_logpush_job_sample_interval: gauge(...job),
  cloudflare_logpush_batches_total: counter(...job),
  cloudflare_logpush_batches_failed_total: counter(...job),
  cloudflare_logpush_uploads_total: counter(...job),
  cloudflare_logpush_upload_retries_total: counter(...job),
  cloudflare_logpush_records_total: counter(...job),
  cloudflare_logpush_bytes_total: counter(...job),
  cloudflare_logpush_compressed_bytes_total: counter(...job),
  cloudflare_logpush_records_lost_total: counter(...job),
  cloudflare_logpush_bytes_lost_total: counter(...job),
  cloudflare_logpush_upload_duration_seconds_total: counter(...job),
  cloudflare_logpush_upload_responses_total: counter(...job, 'status', 'destination_type'),
  cloudflare_logpush_notifications_total: counter('account', 'alert_type', 'source'),
  cloudflare_logpush_manifest_drift: gauge('kind', 'name', 'change'),
  cloudflare_logpush_up: gauge(...scope),
  cloudflare_logpush_data_timestamp_seconds: gauge(...scope),
  cloudflare_logpush_exporter_build_info: gauge('version', 'revision', 'nodeversion'),
  cloudflare_logpush_exporter_config_info: gauge(),
  cloudflare_logpush_exporter_config_last_reload_successful: gauge(),
  cloudflare_logpush_exporter_api_requests_total: counter('api', 'operation', 'code'),
  cloudflare_logpush_exporter_api_request_duration_seconds: histogram('api', 'operation', 'code'),
  cloudflare_logpush_exporter_api_budget_limit: gauge('api'),
  cloudflare_logpush_exporter_api_budget_remaining: gauge('api'),
  cloudflare_logpush_exporter_api_throttled_total: counter('api'),
  cloudflare_logpush_exporter_poll_duration_seconds: gauge('poller'),
  cloudflare_logpush_exporter_poll_interval_seconds: gauge('poller'),
  cloudflare_logpush_exporter_poll_last_success_timestamp_seconds: gauge('poller'),
  cloudflare_logpush_exporter_polls_total: counter('poller'),
  cloudflare_logpush_exporter_poll_failures_total: counter('poller', 'kind'),
  cloudflare_logpush_exporter_late_rows_total: counter(),
  cloudflare_logpush_exporter_gap_seconds_total: counter(),
  cloudflare_logpush_exporter_windows_split_total: counter(),
  cloudflare_logpush_exporter_scopes: gauge('state'),
  cloudflare_logpush_exporter_token_expiry_timestamp_seconds: gauge(),
  cloudflare_logpush_exporter_token_active: gauge(),
  cloudflare_logpush_exporter_shard_ordinal: gauge(),
  cloudflare_logpush_exporter_total_shards: gauge(),
  cloudflare_logpush_exporter_state_writes_total: counter(),
  cloudflare_logpush_exporter_state_write_failures_total: counter(),
}

/** What prom-client says of the process. */
const ofTheProcess: Readonly<Record<string, KnownMetric>> = {
  process_cpu_seconds_total: counter(),
  process_resident_memory_bytes: gauge(),
  process_start_time_seconds: gauge(),
  nodejs_heap_size_used_bytes: gauge(),
  nodejs_eventloop_lag_seconds: gauge(),
  nodejs_eventloop_lag_p99_seconds: gauge(),
}

/** What Prometheus adds by itself. */
const ofPrometheus: Readonly<Record<string, KnownMetric>> = {
  up: gauge(),
  scrape_duration_seconds: gauge(),
  scrape_samples_scraped: gauge(),
  ALERTS: gauge('alertname', 'alertstate', 'severity', ...job),
  ALERTS_FOR_STATE: gauge('alertname', 'severity', ...job),
}

const scrapeLabels = ['job', 'instance', 'namespace', 'pod']

const all: ReadonlyMap<string, KnownMetric> = new Map(
  Object.entries({ ...shipped, ...ofTheProcess, ...ofPrometheus }),
)

/** Finds a metric by the name of one of its series, so a histogram by its `_bucket` too. */
export function knownMetric(name: string): KnownMetric | undefined {
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
