import { define } from './metric-definition.ts'

/** What identifies a job; every job series has these first. */
export const jobLabels = ['account', 'zone', 'job_id'] as const

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
