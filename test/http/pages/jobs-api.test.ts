import t from 'tap'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { quay, zone } from '../../support/exporter-core.ts'
import { serverFor } from '../../support/http-server.ts'
import { statusOf } from '../../support/status-values.ts'
import { aSummary, hour, largeStatusWorld, lostBatches, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const cdn = zone('cdn.example')

function world() {
  const state = createState()
  const history = createUploadHistory()
  state.setScopes([cdn])
  const failure = { reason: 'not_found' as const, message: '404 NoSuchBucket' }
  state.jobsListed(
    scopeKey(cdn),
    [aSummary('1', now, { lastComplete: now - hour, lastError: now - minute, failure }), aSummary('2', now)],
    now,
  )
  history.counted(scopeKey(cdn), beginLedger(now / minute - 240), [
    lostBatches('1', now - 10 * minute, 2, 1234),
  ])
  return { state, history, now: () => now, grafana: 'https://grafana.example.com' }
}

const failingJob = {
  id: '1',
  name: 'job 1',
  account: { id: quay.id, name: 'Quay' },
  zone: { id: cdn.id, name: 'cdn.example' },
  dataset: 'http_requests',
  kind: '',
  destination: { type: 's3', address: 's3://quay-logs/***' },
  enabled: true,
  state: 'losing_data',
  since: '2026-11-24T02:50:00Z',
  reason: 'not_found',
  error: '404 NoSuchBucket',
  failing_since: '2026-11-24T02:59:00Z',
  disabled: null,
  disable_expected: { earliest: '2026-11-25T02:00:00Z', latest: '2026-11-25T02:59:00Z' },
  last_complete: '2026-11-24T02:00:00Z',
  last_error: '2026-11-24T02:59:00Z',
  last_upload: null,
  lag_seconds: 3600,
  max_lag_seconds: 1800,
  last_hour: { uploads: 2, retries: 0, batches_lost: 2, records: 0, records_lost: 1234 },
  blind: null,
  listed_at: '2026-11-24T03:00:00Z',
  uploads_counted_to: null,
  links: {
    runbook:
      'https://github.com/logpush-exporter/logpush-exporter/blob/main/alerts/runbooks/CloudflareLogpushBatchesLost.md',
    cloudflare: `https://dash.cloudflare.com/${quay.id}/cdn.example/analytics/logs`,
    grafana: 'https://grafana.example.com/d/cloudflare-logpush-job?var-job_id=1',
  },
}

t.test('the list of jobs has a summary of all, the filter, the page, and the jobs that fit', async (t) => {
  const { app } = await serverFor(t, { status: statusOf(world()) })
  const answer = await app.inject('/api/v1/jobs?state=losing_data&per_page=5')
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
  t.strictSame(answer.json(), {
    now: '2026-11-24T03:00:00Z',
    summary: {
      jobs: 2,
      disabled_by_failure: 0,
      losing_data: 1,
      not_arriving: 0,
      failing: 0,
      late: 0,
      never_delivered: 0,
      unknown: 0,
      off: 0,
      ok: 1,
      blind_jobs: 0,
      blind_scopes: 0,
      lost_last_hour: { batches: 2, records: 1234 },
      jobs_listed_at: '2026-11-24T03:00:00Z',
      uploads_counted_to: null,
    },
    filter: {
      account: null,
      zone: null,
      dataset: null,
      destination: null,
      state: 'losing_data',
      search: null,
    },
    found: 1,
    page: 1,
    pages: 1,
    per_page: 5,
    jobs: [failingJob],
  })
})

t.test('one job has its totals, answers and history as well', async (t) => {
  const { app } = await serverFor(t, { status: statusOf(world()) })
  const {
    now: at,
    totals,
    answers,
    history,
    changes,
    arrival,
    destination_expires,
    ...job
  } = (await app.inject('/api/v1/jobs/1')).json()
  t.equal(at, '2026-11-24T03:00:00Z')
  t.strictSame(job, failingJob)
  t.strictSame(changes, [], 'nobody changed it')
  t.strictSame(totals, {
    records: 0,
    records_lost: 0,
    bytes: 0,
    bytes_lost: 0,
    compressed_bytes: 0,
    upload_seconds: 0,
    sample_interval: null,
  })
  t.strictSame(answers, [])
  t.strictSame([arrival, destination_expires], [null, null], 'nothing is read of it')
  t.equal(history.slot_seconds, 300)
  t.equal(history.slots.length, 48)
  t.strictSame(history.slots.at(-3), {
    start: '2026-11-24T02:50:00Z',
    uploads: 2,
    retries: 0,
    batches_lost: 2,
    records: 0,
    records_lost: 1234,
  })
  const missing = await app.inject('/api/v1/jobs/999')
  t.strictSame([missing.statusCode, missing.json()], [404, { error: 'no job has this id' }])
})

t.test('what cannot be understood is refused, all of it at once', async (t) => {
  const { app } = await serverFor(t, { status: statusOf(world()) })
  const answer = await app.inject('/api/v1/jobs?sate=ok&state=sad&page=0&per_page=1001&zone=a&zone=b')
  t.equal(answer.statusCode, 400)
  t.strictSame(answer.json().error.split('; '), [
    'unknown parameter "sate"',
    'zone is repeated',
    'state: expected one of trouble, disabled_by_failure, losing_data, not_arriving, failing, late, never_delivered, unknown, off, ok, blind',
    'page: expected a whole number from 1',
    'per_page: expected a whole number from 1 to 1000',
  ])
})

t.test('all jobs come once, page by page', async (t) => {
  const { app } = await serverFor(t, { status: statusOf({ ...largeStatusWorld(2345, now), now: () => now }) })
  const ids: string[] = []
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const body = (await app.inject(`/api/v1/jobs?per_page=1000&page=${page}`)).json()
    pages = body.pages
    ids.push(...body.jobs.map(({ id }: { id: string }) => id))
  }
  t.equal(ids.length, 2345)
  t.equal(new Set(ids).size, 2345)
})
