import { isFailing, type JobState } from '../domain/job/job-state.ts'
import { accountOf } from '../domain/scope.ts'
import { pushFailureReason } from '../exporter/state/push-failure.ts'
import { type JobView, jobLabels, uploadsBy, uploadsOf } from './job-view.ts'
import { type Metric, metricFamily, seconds } from './metric.ts'

/*
 * The metrics of jobs: a row is a metric with the function that gives its value. Names and labels are a
 * contract: new labels may come, none may go.
 */

type JobValue = (job: JobState, view: JobView) => number | boolean | null

const { gauge, counter, series } = metricFamily<JobView>(jobLabels, ({ identity }) => identity)

/** A value of a job that the jobs API has listed, if only before a restart. */
const known =
  (value: JobValue) =>
  (view: JobView): number | boolean | null =>
    view.job === null ? null : value(view.job, view)

/** A value that says how the job is now: none while only the store knows the job. */
const current = (value: JobValue) => known((job, view) => (view.current ? value(job, view) : null))

export const jobMetrics: readonly Metric<JobView>[] = [
  series(
    'gauge',
    'cloudflare_logpush_job_info',
    ['account_id', 'zone_id', 'job_name', 'dataset', 'kind', 'destination_type', 'destination'],
    'Information about a Logpush job (always 1). The destination is redacted.',
    ({ job, scope: { scope } }) => {
      if (job === null) return []
      const { name, dataset, kind, destinationType, destination } = job.summary
      const ids = [accountOf(scope).id, scope.kind === 'zone' ? scope.id : '']
      return [{ values: [...ids, name, dataset, kind, destinationType, destination], value: 1 }]
    },
  ),
  gauge(
    'cloudflare_logpush_job_enabled',
    'Whether the job is enabled.',
    current(({ summary }) => summary.enabled),
  ),
  gauge(
    'cloudflare_logpush_job_failing',
    'Whether the job is enabled and its last push failed.',
    current(({ summary }) => isFailing(summary)),
  ),
  gauge(
    'cloudflare_failing_logpush_job_disabled_alert',
    'Whether Cloudflare has disabled the job because it kept failing: Cloudflare notified so, or the job had been failing for 20 hours or more when it was seen disabled. A failing job that a person disables earlier stays 0.',
    current(({ disabledByFailure }) => disabledByFailure !== null),
  ),
  gauge(
    'cloudflare_logpush_job_last_complete_timestamp_seconds',
    'Time up to which logs have been delivered, according to the jobs API. Absent before the first delivery.',
    current(({ summary }) => seconds(summary.lastComplete)),
  ),
  gauge(
    'cloudflare_logpush_job_last_error_timestamp_seconds',
    'Time of the last failed push. Absent while the job has no error.',
    current(({ summary }) => seconds(summary.lastError)),
  ),
  gauge(
    'cloudflare_logpush_job_failing_since_timestamp_seconds',
    'Start of the current failure streak as observed; survives restarts. Absent while the job is not failing.',
    current(({ failingSince }) => seconds(failingSince)),
  ),
  gauge(
    'cloudflare_logpush_job_last_upload_timestamp_seconds',
    'End of the latest upload attempt, whatever its result. Absent before the first.',
    ({ totals }) => seconds(totals.lastUpload),
  ),
  series(
    'gauge',
    'cloudflare_logpush_job_failure_info',
    ['reason'],
    'Category of the last error (always 1): from the status of the failed attempt where its meaning is known, else from the text. Absent while the job has no error.',
    ({ id, job, current, scope }) => {
      if (job === null || !current) return []
      const reason = pushFailureReason(job, scope.failedAttempts.get(id))
      return reason === null ? [] : [{ values: [reason], value: 1 }]
    },
  ),
  gauge(
    'cloudflare_logpush_job_max_lag_seconds',
    'How far behind the job may be, as set by --job.max-lag and its overrides.',
    known(({ summary }, { rules, scope }) => rules.maxLagMs(summary, scope) / 1000),
  ),
  gauge(
    'cloudflare_logpush_job_max_upload_interval_seconds',
    'Maximum time between uploads set on the job. Absent when none is set.',
    known(({ summary }) => summary.maxUploadIntervalSeconds || null),
  ),
  gauge(
    'cloudflare_logpush_job_destination_expiry_timestamp_seconds',
    'Expiry of the credential that the destination carries (se= of an Azure SAS). Absent when nothing says so.',
    known(({ summary }) => seconds(summary.destinationExpiry)),
  ),
  gauge(
    'cloudflare_logpush_job_sample_interval',
    'Highest average sample interval in the newest health data; above 1, the counters are estimates. Absent before the first data.',
    ({ totals }) => totals.sampleInterval,
  ),
  counter(
    'cloudflare_logpush_revised_down_total',
    'Rows of health data that became smaller, or vanished, after they were counted, since the exporter started. The counters keep the highest value.',
    ({ id, scope }) => scope.revisedDown.get(id) ?? 0,
  ),
  counter(
    'cloudflare_logpush_batches_total',
    'Batches that were delivered or lost: their last upload attempt has ended.',
    (view) => uploadsOf(view, ({ final }) => final),
  ),
  counter(
    'cloudflare_logpush_batches_failed_total',
    'Batches that were lost: the last attempt failed and the data is gone.',
    (view) => uploadsOf(view, ({ final, success }) => final && !success),
  ),
  counter('cloudflare_logpush_uploads_total', 'Upload attempts, including retries.', (view) =>
    uploadsOf(view),
  ),
  counter(
    'cloudflare_logpush_upload_retries_total',
    'Upload attempts that failed and were retried.',
    (view) => uploadsOf(view, ({ final }) => !final),
  ),
  counter('cloudflare_logpush_records_total', 'Log records delivered.', ({ totals }) => totals.records),
  counter(
    'cloudflare_logpush_bytes_total',
    'Bytes of logs delivered, before compression.',
    ({ totals }) => totals.bytes,
  ),
  counter(
    'cloudflare_logpush_compressed_bytes_total',
    'Bytes of logs delivered, after compression.',
    ({ totals }) => totals.compressedBytes,
  ),
  counter(
    'cloudflare_logpush_records_lost_total',
    'Log records in lost batches.',
    ({ totals }) => totals.recordsLost,
  ),
  counter(
    'cloudflare_logpush_bytes_lost_total',
    'Bytes of logs in lost batches, before compression.',
    ({ totals }) => totals.bytesLost,
  ),
  counter(
    'cloudflare_logpush_upload_duration_seconds_total',
    'Time spent on all upload attempts: the average of each row of health data times its uploads. Absent where the plan does not include averages.',
    ({ totals, scope }) => (scope.limits?.optionalFields === false ? null : totals.uploadSeconds),
  ),
  series(
    'counter',
    'cloudflare_logpush_upload_responses_total',
    ['status', 'destination_type'],
    'Upload attempts by the status of the response; 1101 to 1108 and 1201 are failures without an HTTP response.',
    ({ attempts }) => uploadsBy(attempts, ({ status, destinationType }) => [String(status), destinationType]),
  ),
]
