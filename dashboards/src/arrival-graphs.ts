import { yesIsBad, yesIsGood } from './colors.ts'
import { jobGauge, jobInfo, jobRate } from './expressions.ts'
import { graph, timeline } from './panels.ts'
import { line } from './queries.ts'

const delivered = `${jobRate('cloudflare_logpush_batches_total')} - ${jobRate('cloudflare_logpush_batches_failed_total')}`

/** What is found at the destination, beside what was pushed. Empty for jobs whose destination is not read. */
export const arrivalGraphs = [
  graph({
    title: 'Pushed and arrived: files',
    description:
      'Batches that Cloudflare delivered and log files found at the destination, per second. Where several jobs write into one folder, the first carries the files of all.',
    unit: 'cps',
    lines: [line(delivered, 'pushed'), line(jobRate('cloudflare_logpush_arrived_files_total'), 'arrived')],
  }),
  graph({
    title: 'Pushed and arrived: bytes',
    description: 'Compressed bytes that Cloudflare delivered and size of the files found, per second.',
    unit: 'Bps',
    lines: [
      line(jobRate('cloudflare_logpush_compressed_bytes_total'), 'pushed'),
      line(jobRate('cloudflare_logpush_arrived_bytes_total'), 'arrived'),
    ],
  }),
  graph({
    title: 'Pushed and arrived: records',
    description:
      'Records that Cloudflare delivered and records counted at a destination without files (Elasticsearch), per second.',
    unit: 'cps',
    lines: [
      line(jobRate('cloudflare_logpush_records_total'), 'pushed'),
      line(jobRate('cloudflare_logpush_arrived_records_total'), 'arrived'),
    ],
  }),
  graph({
    title: 'Missing at the destination',
    description:
      'Share of what was delivered in an hour that is not there, and what the rule tolerates. No line: sampled, unreadable, or not known for long enough.',
    unit: 'percentunit',
    lines: [
      line(jobGauge('cloudflare_logpush_arrival_missing_ratio'), 'missing'),
      line(`1 - ${jobGauge('cloudflare_logpush_arrival_min_ratio')}`, 'tolerated'),
    ],
  }),
  graph({
    title: 'Newest file',
    description: 'Age of the newest log file at the destination, and of the last complete look.',
    unit: 's',
    lines: [
      line(`time() - ${jobGauge('cloudflare_logpush_arrival_last_file_timestamp_seconds')}`, 'newest file'),
      line(`time() - ${jobGauge('cloudflare_logpush_arrival_data_timestamp_seconds')}`, 'last look'),
    ],
    legend: ['lastNotNull'],
  }),
  graph({
    title: 'Time that no file covers',
    description: 'Seconds of each second for which Cloudflare delivered batches and no file is there.',
    unit: 'percentunit',
    lines: [line(jobRate('cloudflare_logpush_arrival_gap_seconds_total'), 'gap')],
  }),
  timeline({
    title: 'Nothing arrives',
    description: 'When Cloudflare delivered and nothing was written for a quarter of an hour.',
    unit: 'short',
    lines: [line(jobGauge('cloudflare_logpush_arrival_silent'), 'nothing arrives')],
    mappings: [yesIsBad('yes', 'no')],
  }),
  timeline({
    title: 'Destination readable',
    description: 'Whether the exporter could list the destination.',
    unit: 'short',
    lines: [line(jobGauge('cloudflare_logpush_arrival_up'), 'readable')],
    mappings: [yesIsGood('yes', 'no')],
  }),
  timeline({
    title: 'Counted with',
    description:
      'The job that carries the series of the folder: this one, unless several jobs write into the same.',
    unit: 'short',
    lines: [line(jobInfo('cloudflare_logpush_arrival_info', 'counted_with'), 'job {{counted_with}}')],
    mappings: [yesIsGood('yes', 'no')],
  }),
  graph({
    title: 'Credential of the destination',
    description: 'Time until the signature in the destination expires, where it has one (Azure).',
    unit: 's',
    lines: [
      line(`${jobGauge('cloudflare_logpush_job_destination_expiry_timestamp_seconds')} - time()`, 'left'),
    ],
    legend: ['lastNotNull'],
  }),
]
