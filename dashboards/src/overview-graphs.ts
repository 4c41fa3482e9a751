import { budgetLeft } from './exporter-expressions.ts'
import { jobGauge, jobIsLate, jobIsLosing, jobRate, sumByInfo } from './expressions.ts'
import { graph } from './panels.ts'
import { line } from './queries.ts'

export const troubleGraph = graph({
  title: 'Jobs in trouble',
  description: 'How many jobs were in each kind of trouble; one job can be in several.',
  unit: 'short',
  lines: [
    line(`sum(${jobGauge('cloudflare_failing_logpush_job_disabled_alert')})`, 'disabled by failure'),
    line(`sum(${jobIsLosing})`, 'losing data'),
    line(`sum(${jobGauge('cloudflare_logpush_job_failing')})`, 'failing'),
    line(`sum(${jobIsLate})`, 'late'),
  ],
})

const lostBatches = jobRate('cloudflare_logpush_batches_failed_total')
const batches = jobRate('cloudflare_logpush_batches_total')
const retries = jobRate('cloudflare_logpush_upload_retries_total')
const uploads = jobRate('cloudflare_logpush_uploads_total')

export const lossGraphs = [
  graph({
    title: 'Records lost by dataset',
    description: 'Records per second in batches that were given up. Anything above zero is gone for good.',
    unit: 'cps',
    stacked: true,
    lines: [line(sumByInfo('dataset', jobRate('cloudflare_logpush_records_lost_total')), '{{dataset}}')],
  }),
  graph({
    title: 'Share of batches lost by destination type',
    description:
      'Batches given up, of all that ended. One destination type standing out points at the destination.',
    unit: 'percentunit',
    lines: [
      line(
        `${sumByInfo('destination_type', lostBatches)} / (${sumByInfo('destination_type', batches)} > 0)`,
        '{{destination_type}}',
      ),
    ],
  }),
  graph({
    title: 'Share of uploads retried by destination type',
    description:
      'Upload attempts that failed and were tried again, of all attempts: the early sign before batches are lost.',
    unit: 'percentunit',
    max: 1,
    lines: [
      line(
        `${sumByInfo('destination_type', retries)} / (${sumByInfo('destination_type', uploads)} > 0)`,
        '{{destination_type}}',
      ),
    ],
  }),
  graph({
    title: 'Upload responses by status',
    description:
      "Answers of the destinations per second, by HTTP status. Statuses 1101 to 1108 and 1201 are Cloudflare's own, for pushes that got no answer.",
    unit: 'reqps',
    stacked: true,
    lines: [
      line(
        `sum by (status) (${jobRate('cloudflare_logpush_upload_responses_total', 'status, destination_type')})`,
        '{{status}}',
      ),
    ],
  }),
]

const delivered = 'cloudflare_logpush_records_total'
const bytes = 'cloudflare_logpush_bytes_total'

export const volumeGraphs = [
  graph({
    title: 'Records delivered by dataset',
    description:
      'Records per second that reached their destination. A drop without an error is worth a look too.',
    unit: 'cps',
    stacked: true,
    lines: [line(sumByInfo('dataset', jobRate(delivered)), '{{dataset}}')],
  }),
  graph({
    title: 'Volume delivered by dataset',
    description: 'Bytes per second before compression, by dataset.',
    unit: 'Bps',
    stacked: true,
    lines: [line(sumByInfo('dataset', jobRate(bytes)), '{{dataset}}')],
  }),
  graph({
    title: 'Volume delivered by destination type',
    description: 'Bytes per second before compression, by the kind of destination.',
    unit: 'Bps',
    stacked: true,
    lines: [line(sumByInfo('destination_type', jobRate(bytes)), '{{destination_type}}')],
  }),
  graph({
    title: 'Volume delivered by account',
    description: 'Bytes per second before compression, by Cloudflare account.',
    unit: 'Bps',
    stacked: true,
    lines: [line(`sum by (account) (${jobRate(bytes)})`, '{{account}}')],
  }),
]

export const budgetGraph = graph({
  title: 'API budget left',
  description:
    "What the last 5 minutes left of the exporter's share of each API limit, per replica. All tools of a user share Cloudflare's limits.",
  unit: 'percentunit',
  max: 1,
  lines: [line(budgetLeft, '{{api}} {{instance}}')],
})
