/*
 * THE metric table: everything that /metrics shows of ours, in the order it shows it. Rendering, tests, README,
 * rules and dashboards are checked against it. Names and labels are a contract; new labels may come, none may go.
 */
export type MetricType = 'gauge' | 'counter' | 'histogram'

export interface MetricDefinition {
  readonly name: string
  readonly type: MetricType
  readonly help: string
  readonly labels: readonly string[]
  /** Shown only with the setting named. */
  readonly only?: 'compat.lablabs'
}

/** What identifies a job; every job series has these first. */
export const jobLabels = ['account', 'zone', 'job_id'] as const

const scopeLabels = ['account', 'zone', 'source'] as const

function define<const D extends Readonly<Record<string, Omit<MetricDefinition, 'name'>>>>(table: D): D {
  return table
}

/** One series set per job. */
export const jobMetrics = define({
  cloudflare_logpush_job_info: {
    type: 'gauge',
    help: 'Facts about a Logpush job, value 1. The destination is redacted.',
    labels: [
      ...jobLabels,
      'account_id',
      'zone_id',
      'job_name',
      'dataset',
      'kind',
      'destination_type',
      'destination',
    ],
  },
  cloudflare_logpush_job_enabled: {
    type: 'gauge',
    help: 'Whether the job is enabled.',
    labels: jobLabels,
  },
  cloudflare_logpush_job_failing: {
    type: 'gauge',
    help: 'Whether the job is enabled and its last push failed.',
    labels: jobLabels,
  },
  cloudflare_failing_logpush_job_disabled_alert: {
    type: 'gauge',
    help: 'Whether the job is off because it failed: Cloudflare notified so, or it was seen to go from enabled to disabled with an error.',
    labels: jobLabels,
  },
  cloudflare_logpush_job_last_complete_timestamp_seconds: {
    type: 'gauge',
    help: 'Up to when logs have been delivered, as the jobs API says. Absent before the first delivery.',
    labels: jobLabels,
  },
  cloudflare_logpush_job_last_error_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last push failed. Absent while the job has no error.',
    labels: jobLabels,
  },
  cloudflare_logpush_job_failing_since_timestamp_seconds: {
    type: 'gauge',
    help: 'The first error of the present row of failures that was seen, kept over restarts. Absent while the job is not failing.',
    labels: jobLabels,
  },
  cloudflare_logpush_job_last_upload_timestamp_seconds: {
    type: 'gauge',
    help: 'When the latest upload attempt ended, whatever came of it. Absent before the first.',
    labels: jobLabels,
  },
  cloudflare_logpush_job_failure_info: {
    type: 'gauge',
    help: 'Class of the last error, value 1. Absent while the job has no error.',
    labels: [...jobLabels, 'reason'],
  },
  cloudflare_logpush_job_max_lag_seconds: {
    type: 'gauge',
    help: 'How far behind the job may be, as set by --job.max-lag and its overrides.',
    labels: jobLabels,
  },
  cloudflare_logpush_job_max_upload_interval_seconds: {
    type: 'gauge',
    help: 'The longest time between uploads that is set on the job. Absent when none is set.',
    labels: jobLabels,
  },
  cloudflare_logpush_job_sample_interval: {
    type: 'gauge',
    help: 'Highest average sample interval of the newest health data; above 1 the counters are estimates. Absent before the first data.',
    labels: jobLabels,
  },
  cloudflare_logpush_batches_total: {
    type: 'counter',
    help: 'Batches whose last upload attempt has ended, delivered or lost.',
    labels: jobLabels,
  },
  cloudflare_logpush_batches_failed_total: {
    type: 'counter',
    help: 'Batches that were lost: the last attempt failed and the data is gone.',
    labels: jobLabels,
  },
  cloudflare_logpush_uploads_total: {
    type: 'counter',
    help: 'Upload attempts, retried ones included.',
    labels: jobLabels,
  },
  cloudflare_logpush_upload_retries_total: {
    type: 'counter',
    help: 'Upload attempts that failed and were followed by another.',
    labels: jobLabels,
  },
  cloudflare_logpush_records_total: {
    type: 'counter',
    help: 'Log records delivered.',
    labels: jobLabels,
  },
  cloudflare_logpush_bytes_total: {
    type: 'counter',
    help: 'Bytes of logs delivered, before compression.',
    labels: jobLabels,
  },
  cloudflare_logpush_compressed_bytes_total: {
    type: 'counter',
    help: 'Bytes of logs delivered, after compression.',
    labels: jobLabels,
  },
  cloudflare_logpush_records_lost_total: {
    type: 'counter',
    help: 'Log records in batches that were lost.',
    labels: jobLabels,
  },
  cloudflare_logpush_bytes_lost_total: {
    type: 'counter',
    help: 'Bytes of logs in batches that were lost, before compression.',
    labels: jobLabels,
  },
  cloudflare_logpush_upload_duration_seconds_total: {
    type: 'counter',
    help: 'Time that all upload attempts took: the average of each row of health data times its uploads.',
    labels: jobLabels,
  },
  cloudflare_logpush_upload_responses_total: {
    type: 'counter',
    help: 'Upload attempts by what the destination answered; 1101 to 1108 and 1201 are failures without an HTTP answer.',
    labels: [...jobLabels, 'status', 'destination_type'],
  },
})

/** One series set per account or zone. */
export const scopeMetrics = define({
  cloudflare_logpush_up: {
    type: 'gauge',
    help: 'Whether the last poll of the account or zone worked.',
    labels: scopeLabels,
  },
  cloudflare_logpush_data_timestamp_seconds: {
    type: 'gauge',
    help: 'Up to when the data of the account or zone is complete. Absent before the first poll that worked.',
    labels: scopeLabels,
  },
})

/** What the exporter has of notifications and of the manifest. */
export const eventMetrics = define({
  cloudflare_logpush_notifications_total: {
    type: 'counter',
    help: "Cloudflare's notifications received, each counted once whatever the way it came.",
    labels: ['account', 'alert_type', 'source'],
  },
  cloudflare_logpush_notification_webhook_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When Cloudflare last reached a webhook destination of the account, as its API says. Absent when it never did.',
    labels: ['account', 'webhook'],
  },
  cloudflare_logpush_notification_webhook_last_failure_timestamp_seconds: {
    type: 'gauge',
    help: 'When Cloudflare last failed to reach a webhook destination of the account, as its API says. Absent when it never did.',
    labels: ['account', 'webhook'],
  },
  cloudflare_logpush_manifest_drift: {
    type: 'gauge',
    help: 'Whether an object of the manifest differs from what is at Cloudflare, by the change that would be made.',
    labels: ['kind', 'name', 'change'],
  },
  cloudflare_logpush_manifest_last_check_timestamp_seconds: {
    type: 'gauge',
    help: 'When the manifest was last compared with what is at Cloudflare. Absent before the first comparison.',
    labels: [],
  },
})

/** The exporter's own. */
export const selfMetrics = define({
  cloudflare_logpush_exporter_build_info: {
    type: 'gauge',
    help: 'What is running, value 1.',
    labels: ['version', 'revision', 'nodeversion'],
  },
  cloudflare_logpush_exporter_config_info: {
    type: 'gauge',
    help: 'Settings that change what the numbers mean, value 1.',
    labels: ['poll_interval', 'revision_window', 'budget_share', 'rate_limit_type'],
  },
  cloudflare_logpush_exporter_config_last_reload_successful: {
    type: 'gauge',
    help: 'Whether the last reading of the settings worked.',
    labels: [],
  },
  cloudflare_logpush_exporter_api_requests_total: {
    type: 'counter',
    help: 'Requests to Cloudflare; code is the HTTP status, `budget` for a budget error in a GraphQL answer, `error` without an answer.',
    labels: ['api', 'operation', 'code'],
  },
  cloudflare_logpush_exporter_api_request_duration_seconds: {
    type: 'histogram',
    help: 'How long requests to Cloudflare took.',
    labels: ['api', 'operation', 'code'],
  },
  cloudflare_logpush_exporter_api_budget_limit: {
    type: 'gauge',
    help: 'Requests that may be sent in 5 minutes: the budget share of the limit.',
    labels: ['api'],
  },
  cloudflare_logpush_exporter_api_budget_remaining: {
    type: 'gauge',
    help: 'Requests that may be sent at once.',
    labels: ['api'],
  },
  cloudflare_logpush_exporter_api_throttled_total: {
    type: 'counter',
    help: 'Requests that Cloudflare refused because a budget was used up.',
    labels: ['api'],
  },
  cloudflare_logpush_exporter_poll_duration_seconds: {
    type: 'gauge',
    help: 'How long the last cycle took.',
    labels: ['poller'],
  },
  cloudflare_logpush_exporter_poll_interval_seconds: {
    type: 'gauge',
    help: 'Time between the starts of the last two cycles; longer than set when the work does not fit the budget.',
    labels: ['poller'],
  },
  cloudflare_logpush_exporter_poll_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last cycle ended. Absent before the first.',
    labels: ['poller'],
  },
  cloudflare_logpush_exporter_polls_total: {
    type: 'counter',
    help: 'Cycles that ended.',
    labels: ['poller'],
  },
  cloudflare_logpush_exporter_poll_failures_total: {
    type: 'counter',
    help: 'Failures inside cycles, of single scopes too.',
    labels: ['poller', 'kind'],
  },
  cloudflare_logpush_exporter_late_rows_total: {
    type: 'counter',
    help: 'Rows of health data that came or grew after their minute had been read.',
    labels: [],
  },
  cloudflare_logpush_exporter_gap_seconds_total: {
    type: 'counter',
    help: 'Time whose health data could not be read any more, summed over accounts and zones.',
    labels: [],
  },
  cloudflare_logpush_exporter_windows_split_total: {
    type: 'counter',
    help: 'Answers that were as long as the limit and so were asked for again in parts.',
    labels: [],
  },
  cloudflare_logpush_exporter_scopes: {
    type: 'gauge',
    help: 'Accounts and zones by state: watched (with jobs), empty, unknown (jobs can not be listed), failing (health can not be read).',
    labels: ['state'],
  },
  cloudflare_logpush_exporter_token_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the API token expires. Absent when it does not.',
    labels: [],
  },
  cloudflare_logpush_exporter_token_active: {
    type: 'gauge',
    help: 'Whether Cloudflare says that the API token is active. Absent before it said anything.',
    labels: [],
  },
  cloudflare_logpush_exporter_shard_ordinal: {
    type: 'gauge',
    help: 'Which shard this is.',
    labels: [],
  },
  cloudflare_logpush_exporter_total_shards: {
    type: 'gauge',
    help: 'How many shards there are.',
    labels: [],
  },
  cloudflare_logpush_exporter_state_writes_total: {
    type: 'counter',
    help: 'Records written to the ledger store.',
    labels: [],
  },
  cloudflare_logpush_exporter_state_write_failures_total: {
    type: 'counter',
    help: 'Records that could not be written to the ledger store and are kept in memory only.',
    labels: [],
  },
})

/** Names of lablabs/cloudflare-exporter, for dashboards made for it. */
export const lablabsMetrics = define({
  cloudflare_logpush_failed_jobs_account_count: {
    type: 'counter',
    help: 'Failed upload attempts of account jobs, by whether they were the last of their batch.',
    labels: ['account', 'destination', 'job_id', 'final'],
    only: 'compat.lablabs',
  },
  cloudflare_logpush_failed_jobs_zone_count: {
    type: 'counter',
    help: 'Failed upload attempts of zone jobs, by whether they were the last of their batch.',
    labels: ['destination', 'job_id', 'final'],
    only: 'compat.lablabs',
  },
})

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
