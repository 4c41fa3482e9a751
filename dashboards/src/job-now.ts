import { noneIsGood, steps, words, yesIsGood } from './colors.ts'
import {
  jobFailingSince,
  jobGauge,
  jobIncrease,
  jobInfo,
  jobLag,
  jobState,
  jobStates,
} from './expressions.ts'
import { jobColumns } from './job-columns.ts'
import { stat } from './panels.ts'
import { table } from './tables.ts'

/** What the job is and how it does. */
export const jobNow = [
  stat({
    title: 'State',
    description:
      'The worst that is true of the job now: disabled by failure, losing data (a batch in the last hour), not arriving, failing, late, never delivered, off, or OK.',
    unit: 'short',
    expr: jobState,
    mappings: [words(jobStates)],
  }),
  stat({
    title: 'Enabled',
    description: 'Whether the job is switched on at Cloudflare.',
    unit: 'short',
    expr: jobGauge('cloudflare_logpush_job_enabled'),
    mappings: [yesIsGood('yes', 'no')],
  }),
  stat({
    title: 'Failing since',
    description: 'When the failure that still lasts began, as far as the exporter has seen.',
    unit: 'dateTimeFromNow',
    expr: `1000 * ${jobFailingSince}`,
    thresholds: steps('orange'),
    noValue: '–',
  }),
  stat({
    title: 'Time left until Cloudflare disables it',
    description:
      'Cloudflare switches a job off after about 24 hours of failure. This counts down from "Failing since": an estimate, since Cloudflare keeps its own clock.',
    unit: 'dtdurations',
    decimals: 0,
    expr: `clamp_min(${jobFailingSince} + 86400 - time(), 0)`,
    thresholds: steps('red', [6 * 3600, 'orange']),
    noValue: '–',
  }),
  stat({
    title: 'Reason',
    description:
      'Why the last push failed: auth, not_found, dns, tls, timeout, throttled, rejected, server_error or other. The exporter’s own page shows the message.',
    unit: 'string',
    expr: jobInfo('cloudflare_logpush_job_failure_info', 'reason'),
    label: 'reason',
    thresholds: steps('orange'),
    noValue: '–',
  }),
  stat({
    title: 'Lag of limit',
    description:
      'How far behind the delivered logs are, as a share of what the job is allowed. Over 100 % is late.',
    unit: 'percentunit',
    decimals: 0,
    expr: `(${jobLag}) / ${jobGauge('cloudflare_logpush_job_max_lag_seconds')}`,
    thresholds: steps('green', [0.8, 'yellow'], [1, 'red']),
  }),
  stat({
    title: 'Records lost in range',
    description: 'Records of batches that were given up in the time range of the dashboard.',
    unit: 'short',
    decimals: 0,
    expr: jobIncrease('cloudflare_logpush_records_lost_total', '$__range'),
    thresholds: noneIsGood(),
  }),
  stat({
    title: 'Records delivered in range',
    description: 'Records that reached their destination in the time range of the dashboard.',
    unit: 'short',
    decimals: 1,
    expr: jobIncrease('cloudflare_logpush_records_total', '$__range'),
  }),
]

/** Name and whereabouts of the job. */
export const jobIdentity = table({
  title: 'The job',
  description: 'What the job pushes, and where to. Secrets in the destination are masked.',
  unit: 'short',
  queries: {
    info: jobInfo(
      'cloudflare_logpush_job_info',
      'account_id, zone_id, job_name, dataset, kind, destination_type, destination',
    ),
  },
  columns: [
    jobColumns.name,
    jobColumns.account,
    jobColumns.zone,
    jobColumns.dataset,
    jobColumns.kind,
    jobColumns.destinationType,
    jobColumns.destination,
    jobColumns.id,
    jobColumns.accountId,
    jobColumns.zoneId,
  ],
  sortBy: [],
})
