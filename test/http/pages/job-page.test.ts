import t from 'tap'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { healthStates } from '../../../src/exporter/view/health-state.ts'
import type { JobDetail } from '../../../src/exporter/view/job-status.ts'
import { jobById } from '../../../src/exporter/view/status.ts'
import { jobPage } from '../../../src/http/pages/job-page.ts'
import { attemptChart, historyText, recordChart } from '../../../src/http/pages/sparkline.ts'
import { zone } from '../../support/exporter-core.ts'
import { golden, pageText } from '../../support/page-text.ts'
import { aSummary, hour, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const context = {
  about: { name: 'logpush-exporter', version: '1.2.3', revision: 'abc' },
  telemetryPath: '/metrics',
  grafana: null,
  readiness: { ready: true },
  refresh: true,
} as const

/** Slots of five minutes that end now: uploads, retries and lost batches, records and lost ones. */
const slots = (
  [
    [0, 0, 0, 0, 0],
    [100, 20, 30, 5000, 300],
    [0, 0, 0, 0, 0],
    [1, 0, 1, 0, 10],
  ] as const
).map(([uploads, retries, lostBatches, records, lostRecords], index) => ({
  start: now - (4 - index) * 5 * minute,
  uploads,
  retries,
  lostBatches,
  records,
  lostRecords,
}))

function detail(): JobDetail {
  const cdn = zone('cdn.example')
  const state = createState()
  state.setScopes([cdn])
  state.jobsListed(scopeKey(cdn), [aSummary('7', now, { lastComplete: now - minute })], now - hour)
  const input = { scopes: state.scopes.values(), history: createUploadHistory(), maxLagMs: () => hour, now }
  const job = jobById(input, '7')
  if (job === null) throw new Error('the job is not there')
  return { ...job, slots, slotsKnown: { from: now - 15 * minute, to: now } }
}

const failing: Partial<JobDetail> = {
  trouble: 'losing_data',
  since: now - 10 * minute,
  failingSince: now - 3 * hour,
  disableExpected: { earliest: now + 19 * hour, latest: now + 21 * hour },
  reason: 'auth',
  error: '403 Forbidden',
  lastError: now - 2 * minute,
  lastUpload: now - minute,
  lagMs: 50 * minute,
  lastHour: { uploads: 101, retries: 20, lostBatches: 31, records: 5000, lostRecords: 310 },
  blind: { source: 'health', since: now - 20 * minute, message: 'it timed out', kind: 'timeout' },
}
const pages: Readonly<Record<string, Partial<JobDetail>>> = {
  well: { totals: { ...noTotals, records: 5000 } },
  'losing-data': failing,
  disabled: {
    trouble: 'disabled_by_failure',
    since: now - hour,
    disabled: { how: 'notified', at: now - hour },
    reason: 'auth',
    error: null,
    slotsKnown: null,
  },
}

/* Each text is read by eye; UPDATE_GOLDEN=1 writes them again. */
for (const [name, edit] of Object.entries(pages))
  t.test(`the page of a job: ${name.replace('-', ' ')}`, async (t) => {
    golden(t, `job-page-${name}`, pageText(jobPage({ ...detail(), ...edit }, context, now)))
  })

t.test('each state has its sentence, with since when where it is known', async (t) => {
  const said = (edit: Partial<JobDetail>) =>
    /<p class="lead">.*?<\/p>/s.exec(jobPage({ ...detail(), ...edit }, context, now))?.[0] ?? ''
  const sentences = healthStates.flatMap((trouble) =>
    [null, now - hour].map((since) => pageText(said({ trouble, since }))),
  )
  golden(t, 'job-page-sentences', [...new Set(sentences)].join('\n'))
})

t.test('a bar has what was lost at its foot, then retries, then what was delivered', async (t) => {
  const { html } = attemptChart(detail(), 'spark')
  const path = (name: string) => new RegExp(`<path class="${name}"[^>]* d="([^"]*)"`).exec(html)?.[1]
  t.equal(path('lost'), 'M6 23v-5.7M14 23v-2', 'one among thousands is seen')
  t.equal(path('retried'), 'M6 17.3v-3.8')
  t.equal(path('ok'), 'M6 13.5v-9.5')
  t.equal(path('base'), 'M4 23.5H16')
  t.match(html, 'viewBox="0 0 16 24"')
  t.same(html.match(/<rect class="unknown"[^>]*>/g), ['<rect class="unknown" x="0" width="4" height="24"/>'])
})

t.test('what is not known is shaded on both sides, and a bar without height is not drawn', async (t) => {
  const { html } = recordChart({ ...detail(), slotsKnown: { from: now - 15 * minute, to: now - 9 * minute } })
  t.same(html.match(/<rect class="unknown"[^>]*>/g), [
    '<rect class="unknown" x="0" width="4" height="64"/>',
    '<rect class="unknown" x="12" width="4" height="64"/>',
  ])
  t.notMatch(html, 'class="retried"')
  t.match(html, 'aria-label="Records: 5,000 delivered, 310 lost"')
  t.match(attemptChart(detail(), 'chart').html, 'viewBox="0 0 16 96"')
  t.equal(historyText(slots), 'Last 20 min: 101 attempts, 20 retried, 31 batches lost')
})
