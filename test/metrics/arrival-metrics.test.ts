import t from 'tap'
import { beginLedger } from '../../src/domain/arrival/arrival-ledger.ts'
import { beginRecords } from '../../src/domain/arrival/record-ledger.ts'
import type { JobId } from '../../src/domain/job/job.ts'
import { noTotals } from '../../src/domain/ledger/job-totals.ts'
import type { JobArrival } from '../../src/exporter/state/job-arrival.ts'
import { failed, succeeded } from '../../src/exporter/state/poll-state.ts'
import { newScopeState } from '../../src/exporter/state/scope-state.ts'
import { arrivalMetrics } from '../../src/metrics/arrival-metrics.ts'
import { jobViews } from '../../src/metrics/job-view.ts'
import { linesOf } from '../../src/metrics/metric.ts'
import { untriedArrival } from '../support/arrival-values.ts'
import { failure, zone } from '../support/exporter-core.ts'
import { parseScrape } from '../support/scrape.ts'

const at = Date.UTC(2026, 10, 24, 3)
const one = zone('one.example')

const read: JobArrival = {
  ...untriedArrival,
  poll: succeeded(at),
  completeTo: at,
  ledger: { ...beginLedger(at, 0), files: 5, bytes: 700, newestEnd: at - 60_000, gapMs: 1_500 },
}

/** The series of the jobs by number, as `name{labels after the job's} value`. */
function shown(arrivals: Readonly<Record<JobId, JobArrival>>) {
  const scope = {
    ...newScopeState(one, { account: 'Quay', zone: one.name }),
    totals: new Map(['7', '8', '9'].map((id) => [id, noTotals])),
    arrivals: new Map(Object.entries(arrivals)),
  }
  const views = jobViews(scope, { maxLagMs: () => 0, lablabs: false })
  return views.map((view) =>
    parseScrape([...linesOf(arrivalMetrics, view).values()].join('')).map(
      ({ name, labels: { account, zone, job_id, ...labels }, value }) => {
        const own = name.replace('cloudflare_logpush_', '')
        return `${own}{${Object.values(labels).join(' ')}} ${value}`
      },
    ),
  )
}

t.test(
  'of jobs that write to one place, the first has all series, the others only who has them',
  async (t) => {
    t.same(shown({ 7: read, 8: read }), [
      [
        'arrival_info{gcs 7} 1',
        'arrival_up{} 1',
        `arrival_data_timestamp_seconds{} ${at / 1000}`,
        'arrived_files_total{} 5',
        'arrived_bytes_total{} 700',
        `arrival_last_file_timestamp_seconds{} ${at / 1000 - 60}`,
        'arrival_gap_seconds_total{} 1.5',
        'arrival_silent{} 0',
        'arrival_min_ratio{} 0.99',
      ],
      ['arrival_info{gcs 7} 1'],
      [],
    ])
  },
)

t.test('before the first look there is only what the settings say', async (t) => {
  t.same(shown({ 7: untriedArrival })[0], ['arrival_info{gcs 7} 1', 'arrival_min_ratio{} 0.99'])
})

t.test('where records are counted there are no files, and where nothing is written it is said', async (t) => {
  const place = { store: 'elastic', url: 'https://es', index: 'i', timeField: 't', query: null } as const
  const records = { ...beginRecords(at), records: 12 }
  const counted: JobArrival = { ...untriedArrival, place, records, silent: true, missingShare: 0.25 }
  t.same(shown({ 7: counted })[0], [
    'arrival_info{elastic 7} 1',
    'arrived_records_total{} 12',
    'arrival_silent{} 1',
    'arrival_missing_ratio{} 0.25',
    'arrival_min_ratio{} 0.99',
  ])
})

t.test('a place that cannot be read is down, and keeps what was counted', async (t) => {
  const poll = failed(succeeded(at), failure('forbidden'), at)
  const [lines = []] = shown({ 7: { ...read, poll } })
  t.ok(lines.includes('arrival_up{} 0'))
  t.ok(lines.includes('arrived_files_total{} 5'))
})
