import t from 'tap'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { quayAccount, zone } from '../../support/exporter-core.ts'
import { serverFor } from '../../support/http-server.ts'
import { golden, wholePageText } from '../../support/page-text.ts'
import { statusOf } from '../../support/status-values.ts'
import { aSummary, hour, largeStatusWorld, lostBatches, minute } from '../../support/status-world.ts'

/* Each page as a browser gets it: its frame, its words, where its links lead, and what is chosen or stands out. */

const now = Date.UTC(2026, 10, 24, 3)

/** Two scopes: one job that loses data, one that is late, one that is disabled, one that is fine. */
function mixed() {
  const cdn = zone('cdn.example')
  const state = createState()
  const history = createUploadHistory()
  state.setScopes([quayAccount, cdn])
  const failure = { reason: 'auth' as const, message: '403 Forbidden' }
  const lossy = { name: 'cdn-http', lastComplete: now - 4 * hour, lastError: now - hour, failure }
  const late = { name: 'cdn-dns', dataset: 'dns_logs', lastComplete: now - 2 * hour }
  state.jobsListed(
    scopeKey(cdn),
    [aSummary('1', now, lossy), aSummary('2', now, late), aSummary('4', now, { enabled: false })],
    now,
  )
  state.jobsListed(scopeKey(quayAccount), [aSummary('3', now, { dataset: 'audit_logs' })], now)
  history.counted(scopeKey(cdn), beginLedger(now / minute - 240), [
    lostBatches('1', now - 10 * minute, 2, 1234),
  ])
  return { state, history, now: () => now, grafana: 'https://grafana.example.com' }
}

const pages: Readonly<Record<string, string>> = {
  jobs: '/',
  'jobs-filtered': '/?state=losing_data&dataset=http_requests&refresh=off',
  'jobs-mistyped': '/?state=lost',
  job: '/jobs/1',
  'job-unknown': '/jobs/99',
  exporter: '/exporter',
}

t.test('each page has its words, its links and its choices', async (t) => {
  const { app } = await serverFor(t, { status: statusOf(mixed()) })
  for (const [name, url] of Object.entries(pages)) {
    const { body } = await app.inject(url)
    golden(t, `page-${name}`, wholePageText(body))
  }
})

t.test('a long list has pages, each of which knows its neighbours', async (t) => {
  const { app } = await serverFor(t, { status: statusOf(largeStatusWorld(250, now)) })
  for (const page of [1, 2, 3]) {
    const { body } = await app.inject(`/?page=${page}`)
    const lines = wholePageText(body).split('\n')
    golden(t, `page-jobs-${page}-of-3`, lines.filter((line) => /page|\bof\b/i.test(line)).join('\n'))
  }
})
