import t from 'tap'
import { noTotals } from '../../src/domain/ledger/job-totals.ts'
import { safeLimits } from '../../src/domain/ledger/window.ts'
import { newScopeState, type ScopeState } from '../../src/exporter/state/scope-state.ts'
import { jobMetrics } from '../../src/metrics/job-metrics.ts'
import { jobViews } from '../../src/metrics/job-view.ts'
import { linesOf } from '../../src/metrics/metric.ts'
import { zone } from '../support/exporter-core.ts'
import { parseScrape } from '../support/scrape.ts'
import { aSummary } from '../support/status-world.ts'

const at = Date.UTC(2026, 10, 24, 3)
const one = zone('one.example')
const healthy = {
  summary: aSummary('7', at, { lastComplete: at }),
  failingSince: null,
  disabledByFailure: null,
  firstSeen: at,
}
const listed: ScopeState = {
  ...newScopeState(one, { account: 'Quay', zone: one.name }),
  inventory: { lastSuccess: at, failure: null },
  jobs: new Map([['7', healthy]]),
}

/** The series of the first job, as `name{labels after the job's} value`. */
function shown(scope: ScopeState): readonly string[] {
  const [view] = jobViews(scope, { maxLagMs: () => 1_800_000, lablabs: false })
  if (view === undefined) throw new Error('no job')
  return parseScrape([...linesOf(jobMetrics, view).values()].join('')).map(
    ({ name, labels: { account, zone, job_id, ...labels }, value }) =>
      `${name.replace(/^cloudflare_(?:logpush_)?/, '')}{${Object.values(labels).join(' ')}} ${value}`,
  )
}

const info = `job_info{${one.account.id} ${one.id} job 7 http_requests  s3 s3://quay-logs/***} 1`
const counters = (values: Readonly<Record<string, number>> = {}): readonly string[] =>
  [
    'revised_down',
    'batches',
    'batches_failed',
    'uploads',
    'upload_retries',
    'records',
    'bytes',
    'compressed_bytes',
    'records_lost',
    'bytes_lost',
    'upload_duration_seconds',
  ].map((name) => `${name}_total{} ${values[name] ?? 0}`)

t.test('a job that was just listed has its state, and counters that stand at 0', async (t) => {
  t.same(shown(listed), [
    info,
    'job_enabled{} 1',
    'job_failing{} 0',
    'failing_logpush_job_disabled_alert{} 0',
    `job_last_complete_timestamp_seconds{} ${at / 1000}`,
    'job_max_lag_seconds{} 1800',
    ...counters(),
  ])
})

t.test('of a job that only the store remembers, nothing is said about now', async (t) => {
  const remembered = { ...listed, inventory: { lastSuccess: null, failure: null } }
  t.same(shown(remembered), [info, 'job_max_lag_seconds{} 1800', ...counters()])
})

t.test('what was counted is shown by what became of it, with the answers of the destination', async (t) => {
  const totals = {
    attempts: new Map([
      ['s3|200|11', 5],
      ['s3|503|00', 3],
      ['s3|403|10', 2],
    ]),
    records: 1,
    bytes: 2,
    compressedBytes: 3,
    recordsLost: 4,
    bytesLost: 5,
    uploadSeconds: 6.5,
    lastUpload: at - 1_000,
    sampleInterval: 1.5,
  }
  const scope = { ...listed, totals: new Map([['7', totals]]), revisedDown: new Map([['7', 8]]) }
  const own = shown({ ...scope, inventory: { lastSuccess: null, failure: null }, jobs: new Map() })
  t.same(own, [
    `job_last_upload_timestamp_seconds{} ${at / 1000 - 1}`,
    'job_sample_interval{} 1.5',
    ...counters({
      revised_down: 8,
      batches: 7,
      batches_failed: 2,
      uploads: 10,
      upload_retries: 3,
      records: 1,
      bytes: 2,
      compressed_bytes: 3,
      records_lost: 4,
      bytes_lost: 5,
      upload_duration_seconds: 6.5,
    }),
    'upload_responses_total{200 s3} 5',
    'upload_responses_total{503 s3} 3',
    'upload_responses_total{403 s3} 2',
  ])
})

t.test('without averages in the plan no duration is claimed', async (t) => {
  const scope = { ...listed, totals: new Map([['7', noTotals]]) }
  const durations = (optionalFields: boolean) =>
    shown({ ...scope, limits: { ...safeLimits, optionalFields } }).filter((line) =>
      line.startsWith('upload_duration'),
    ).length
  t.equal(durations(false), 0)
  t.equal(durations(true), 1)
})

t.test('a job that fails or was disabled says since when and why', async (t) => {
  const failing = {
    ...healthy,
    summary: aSummary('7', at, {
      lastComplete: null,
      lastError: at - 1_000,
      failure: { reason: 'auth', message: '403' },
      maxUploadIntervalSeconds: 30,
      destinationExpiry: at + 1_000,
    }),
    failingSince: at - 2_000,
    disabledByFailure: { how: 'seen', at } as const,
  }
  t.same(shown({ ...listed, jobs: new Map([['7', failing]]) }).slice(1, -counters().length), [
    'job_enabled{} 1',
    'job_failing{} 1',
    'failing_logpush_job_disabled_alert{} 1',
    `job_last_error_timestamp_seconds{} ${at / 1000 - 1}`,
    `job_failing_since_timestamp_seconds{} ${at / 1000 - 2}`,
    'job_failure_info{auth} 1',
    'job_max_lag_seconds{} 1800',
    'job_max_upload_interval_seconds{} 30',
    `job_destination_expiry_timestamp_seconds{} ${at / 1000 + 1}`,
  ])
})
