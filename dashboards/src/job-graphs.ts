import { yesIsBad, yesIsGood } from './colors.ts'
import { jobGauge, jobInfo, jobLag, jobRate } from './expressions.ts'
import { graph, timeline } from './panels.ts'
import { line } from './queries.ts'

const batches = jobRate('cloudflare_logpush_batches_total')
const failed = jobRate('cloudflare_logpush_batches_failed_total')
const uploads = jobRate('cloudflare_logpush_uploads_total')
const retries = jobRate('cloudflare_logpush_upload_retries_total')
const records = jobRate('cloudflare_logpush_records_total')
const bytes = jobRate('cloudflare_logpush_bytes_total')
const compressed = jobRate('cloudflare_logpush_compressed_bytes_total')

/** Rate, errors, duration. */
export const redGraphs = [
  graph({
    title: 'Batches',
    description: 'Batches per second that ended, well or badly, and those of them that were given up.',
    unit: 'cps',
    lines: [line(batches, 'ended'), line(failed, 'lost')],
  }),
  graph({
    title: 'Share of batches lost',
    description: 'Batches given up, of all that ended. No line means that no batch ended.',
    unit: 'percentunit',
    lines: [line(`${failed} / (${batches} > 0)`, 'lost')],
  }),
  graph({
    title: 'Mean upload time',
    description:
      'How long one upload attempt took, on average: a destination that gets slower often fails next.',
    unit: 's',
    lines: [
      line(`${jobRate('cloudflare_logpush_upload_duration_seconds_total')} / (${uploads} > 0)`, 'mean'),
    ],
    legend: ['mean', 'max'],
  }),
]

/** What was lost for good, in amounts per step. */
export const lossGraphs = [
  graph({
    title: 'Records lost',
    description: 'Records of batches that were given up, per second. They are gone.',
    unit: 'cps',
    lines: [line(jobRate('cloudflare_logpush_records_lost_total'), 'lost')],
  }),
  graph({
    title: 'Bytes lost',
    description: 'Bytes before compression of batches that were given up, per second.',
    unit: 'Bps',
    lines: [line(jobRate('cloudflare_logpush_bytes_lost_total'), 'lost')],
  }),
]

export const attemptGraphs = [
  graph({
    title: 'Upload attempts',
    description: 'Upload attempts per second, and those that failed and were followed by another.',
    unit: 'cps',
    lines: [line(uploads, 'attempts'), line(retries, 'retried')],
  }),
  graph({
    title: 'Share of attempts retried',
    description: 'Attempts that had to be repeated, of all: the early sign before batches are lost.',
    unit: 'percentunit',
    max: 1,
    lines: [line(`${retries} / (${uploads} > 0)`, 'retried')],
  }),
  graph({
    title: 'Responses by status',
    description:
      "The destination's answers per second, by HTTP status. 1101 to 1108 and 1201 are Cloudflare's own, for pushes that got no answer.",
    unit: 'reqps',
    stacked: true,
    lines: [
      line(
        jobRate('cloudflare_logpush_upload_responses_total', 'status, destination_type'),
        '{{status}} {{destination_type}}',
      ),
    ],
  }),
]

export const volumeGraphs = [
  graph({
    title: 'Records delivered',
    description: 'Records per second that reached the destination.',
    unit: 'cps',
    lines: [line(records, 'records')],
    legend: ['lastNotNull', 'mean', 'max'],
  }),
  graph({
    title: 'Volume delivered',
    description: 'Bytes per second, before and after compression.',
    unit: 'Bps',
    lines: [line(bytes, 'before compression'), line(compressed, 'compressed')],
    legend: ['lastNotNull', 'mean', 'max'],
  }),
  graph({
    title: 'Compression',
    description: 'Bytes before compression for each byte sent. A jump means that the content has changed.',
    unit: 'none',
    lines: [line(`${bytes} / (${compressed} > 0)`, 'ratio')],
    legend: ['lastNotNull', 'mean'],
  }),
  graph({
    title: 'Records per delivered batch',
    description:
      'Mean size of a batch that was delivered. At the limit set on the job, more batches follow faster.',
    unit: 'short',
    lines: [line(`${records} / (${batches} - ${failed} > 0)`, 'records per batch')],
    legend: ['lastNotNull', 'mean'],
  }),
  graph({
    title: 'Bytes per delivered record',
    description: 'Mean size of a record before compression. It changes with the fields that the job selects.',
    unit: 'bytes',
    lines: [line(`${bytes} / (${records} > 0)`, 'bytes per record')],
    legend: ['lastNotNull', 'mean'],
  }),
  graph({
    title: 'Sampling',
    description:
      "Average sample interval of Cloudflare's health data for the job. 1 means that every upload is counted; above it, the numbers here are estimates.",
    unit: 'none',
    lines: [line(jobGauge('cloudflare_logpush_job_sample_interval'), 'sample interval')],
  }),
  graph({
    title: 'Rows revised down',
    description:
      'Rows of health data a second that became smaller, or vanished, after they were counted. The counters keep the highest value.',
    unit: 'none',
    lines: [line(jobRate('cloudflare_logpush_revised_down_total'), 'rows per second')],
  }),
]

export const freshnessPanels = [
  graph({
    title: 'Lag against its limit',
    description:
      'How far behind the delivered logs were at each look, what the job is allowed, and the longest time it may wait between uploads when one is set. Above the limit the job is late.',
    unit: 's',
    lines: [
      line(jobLag, 'lag'),
      line(jobGauge('cloudflare_logpush_job_max_lag_seconds'), 'limit'),
      line(jobGauge('cloudflare_logpush_job_max_upload_interval_seconds'), 'longest upload interval'),
    ],
  }),
  graph({
    title: 'Time since',
    description: 'Age of the newest delivered logs, of the last error, and of the last upload attempt.',
    unit: 's',
    lines: [
      line(`time() - ${jobGauge('cloudflare_logpush_job_last_complete_timestamp_seconds')}`, 'last complete'),
      line(`time() - ${jobGauge('cloudflare_logpush_job_last_error_timestamp_seconds')}`, 'last error'),
      line(`time() - ${jobGauge('cloudflare_logpush_job_last_upload_timestamp_seconds')}`, 'last upload'),
    ],
    legend: ['lastNotNull'],
  }),
  timeline({
    title: 'Enabled, failing, disabled',
    description:
      'When the job was switched on, when its pushes failed, and when Cloudflare had switched it off because of that.',
    unit: 'short',
    lines: [
      line(jobGauge('cloudflare_logpush_job_enabled'), 'enabled'),
      line(jobGauge('cloudflare_logpush_job_failing'), 'failing'),
      line(jobGauge('cloudflare_failing_logpush_job_disabled_alert'), 'disabled by failure'),
    ],
    mappings: [yesIsBad('yes', 'no')],
  }).overrideByName('enabled', [{ id: 'mappings', value: [yesIsGood('yes', 'no')] }]),
  timeline({
    title: 'Reason of failure',
    description: 'Why pushes failed, over time; one band per reason.',
    unit: 'short',
    lines: [line(jobInfo('cloudflare_logpush_job_failure_info', 'reason'), '{{reason}}')],
    mappings: [yesIsBad('yes', 'no')],
  }),
]
