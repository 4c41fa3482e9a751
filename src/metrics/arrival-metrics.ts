import { leaderOf } from '../exporter/state/job-arrival.ts'
import { isUp } from '../exporter/state/poll-state.ts'
import { type JobView, jobLabels } from './job-view.ts'
import { type Metric, metricFamily, seconds } from './metric.ts'

/*
 * What was found at destinations. Jobs that write into one folder cannot be told apart there: the first of them
 * carries the series of all, and `arrival_info` tells which one that is.
 */

const { gauge, counter, series } = metricFamily<JobView>(jobLabels, ({ identity }) => identity)

export const arrivalMetrics: readonly Metric<JobView>[] = [
  series(
    'gauge',
    'cloudflare_logpush_arrival_info',
    ['store', 'counted_with'],
    'A job whose destination is read (always 1). counted_with is the job that carries the arrival series of its folder: its own, unless several jobs write there.',
    ({ arrival }) =>
      arrival === null ? [] : [{ values: [arrival.place.store, leaderOf(arrival)], value: 1 }],
  ),
  gauge(
    'cloudflare_logpush_arrival_up',
    'Whether the destination could be read at the last look. Absent before the first.',
    ({ leads }) => (leads === null ? null : isUp(leads.poll)),
  ),
  gauge(
    'cloudflare_logpush_arrival_data_timestamp_seconds',
    'Time up to which all that is at the destination has been seen. Absent before the first look.',
    ({ leads }) => seconds(leads?.completeTo ?? null),
  ),
  counter(
    'cloudflare_logpush_arrived_files_total',
    'Log files found at the destination since its watch began. Files that are deleted later stay counted.',
    ({ leads }) => leads?.ledger?.files ?? null,
  ),
  counter(
    'cloudflare_logpush_arrived_bytes_total',
    'Size of the log files found at the destination, as stored.',
    ({ leads }) => leads?.ledger?.bytes ?? null,
  ),
  counter(
    'cloudflare_logpush_arrived_records_total',
    'Records found at a destination without files (Elasticsearch) since its watch began.',
    ({ leads }) => leads?.records?.records ?? null,
  ),
  gauge(
    'cloudflare_logpush_arrival_last_file_timestamp_seconds',
    'End of the time range of the newest log file at the destination. Absent before the first.',
    ({ leads }) => seconds(leads?.ledger?.newestEnd ?? null),
  ),
  counter(
    'cloudflare_logpush_arrival_gap_seconds_total',
    'Time that no log file at the destination covers although Cloudflare delivered batches of it.',
    ({ leads }) => (leads === null || leads.ledger === null ? null : leads.ledger.gapMs / 1000),
  ),
  gauge(
    'cloudflare_logpush_arrival_silent',
    'Whether Cloudflare has delivered and nothing has been written to the destination for 15 minutes.',
    ({ leads }) => (leads === null || (leads.ledger ?? leads.records) === null ? null : leads.silent),
  ),
  gauge(
    'cloudflare_logpush_arrival_missing_ratio',
    'Share of what Cloudflare delivered in an hour that is not at the destination, by files or by bytes, whichever is worse, or by records. Absent while sampled, unreadable or not known for long enough.',
    ({ leads }) => leads?.missingShare ?? null,
  ),
  gauge(
    'cloudflare_logpush_arrival_min_ratio',
    'Share of what Cloudflare delivered that must be found at the destination within an hour.',
    ({ leads }) => leads?.tolerance ?? null,
  ),
]
