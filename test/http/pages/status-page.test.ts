import { existsSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { jobStates } from '../../../dashboards/src/expressions.ts'
import { runbooksUrl as dashboardRunbooks, uids } from '../../../dashboards/src/links.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { healthStates } from '../../../src/exporter/view/health-state.ts'
import { dashboardUids, runbooksUrl } from '../../../src/http/pages/addresses.ts'
import { troubleNames } from '../../../src/http/pages/health-state-text.ts'
import { failure, quayAccount, zone } from '../../support/exporter-core.ts'
import { serverFor } from '../../support/http-server.ts'
import { type StatusParts, statusOf } from '../../support/status-values.ts'
import { aSummary, hour, largeStatusWorld, lostBatches, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const cdn = zone('cdn.example')

/** A job that fails and loses data, one that is late, one that is fine. */
function world(edit: { readonly name?: string; readonly zone?: string; readonly error?: string } = {}) {
  const state = createState()
  const history = createUploadHistory()
  const own = { ...cdn, name: edit.zone ?? cdn.name }
  state.setScopes([quayAccount, own])
  const failure = { reason: 'auth' as const, message: edit.error ?? '403 Forbidden' }
  state.jobsListed(
    scopeKey(own),
    [
      aSummary('1', now, {
        name: edit.name ?? 'cdn-http',
        lastComplete: now - 4 * hour,
        lastError: now - hour,
        failure,
      }),
      aSummary('2', now, { lastComplete: now - 2 * hour }),
    ],
    now,
  )
  state.jobsListed(scopeKey(quayAccount), [aSummary('3', now, { dataset: 'audit_logs' })], now)
  history.counted(scopeKey(own), beginLedger(now / minute - 240), [
    lostBatches('1', now - 10 * minute, 2, 1234),
  ])
  return { state, history, now: () => now }
}

async function pagesOf(t: Parameters<typeof serverFor>[0], parts: StatusParts) {
  const { app } = await serverFor(t, { status: statusOf({ now: () => now, ...parts }) })
  return async (url: string) => {
    const answer = await app.inject(url)
    return { ...answer, status: answer.statusCode, text: answer.body }
  }
}

t.test('a standby says that it is one and what it waits for, not that there are no jobs', async (t) => {
  const standby = 'waiting for shard 1, run by other processes now'
  const { app } = await serverFor(t, { readiness: { state: () => ({ ready: true, standby }) } })
  const text = (await app.inject('/')).body
  t.match(text, '<h1 id="headline">On standby</h1>')
  t.match(text, `<b>Standby:</b> ${standby}.`)
  t.notMatch(text, /No jobs found|Nothing was lost/)
  t.match((await app.inject('/exporter')).body, standby)
})

t.test('the first page says which job is broken, since when, why, and what was lost', async (t) => {
  const get = await pagesOf(t, world())
  const { status, text, headers } = await get('/')
  t.equal(status, 200)
  t.match(text, '<h1 id="headline">2 of 3 jobs need attention</h1>')
  t.match(
    words(text),
    'cdn-http has been losing data for 10 min: access refused. It lost 1,234 records in the last hour, in 2 batches; no other job lost any.',
  )
  t.match(
    words(text),
    'Losing data cdn-http cdn.example · http_requests → s3 10 min Access refused 403 Forbidden',
  )
  t.match(text, 'href="./jobs/1"')
  t.match(text, '<meta http-equiv="refresh" content="30">')
  t.match(headers['content-security-policy'], /default-src 'none'; style-src 'sha256-/)
  t.notMatch(headers['content-security-policy'], 'unsafe-inline')
  t.notMatch(text, /<script|style="|https?:\/\/(?!github\.com\/logpush-exporter\/)/, 'nothing from elsewhere')
})

t.test('what all jobs lost is not told as the loss of the worst', async (t) => {
  const { history, ...rest } = world()
  history.counted(scopeKey(cdn), beginLedger(now / minute - 240), [
    lostBatches('2', now - 20 * minute, 1, 500),
  ])
  const get = await pagesOf(t, { history, ...rest })
  t.match(
    words((await get('/')).text),
    /lost (1,234 records in the last hour, in 2 batches|500 records in the last hour, in 1 batch); all jobs together lost 1,734 records, in 3 batches\./,
  )
})

t.test('that a failing job will be disabled is told once it is news', async (t) => {
  const textOf = async (lastComplete: number) => {
    const state = createState()
    state.setScopes([quayAccount])
    const summary = aSummary('1', now, {
      lastComplete,
      lastError: lastComplete + minute,
      failure: { reason: 'dns', message: 'no such host' },
    })
    state.jobsListed(scopeKey(quayAccount), [summary], now)
    return words((await (await pagesOf(t, { state }))('/')).text)
  }
  t.notMatch(await textOf(now - 10 * minute), /will disable|Will be disabled/)
  const old = await textOf(now - 14 * hour)
  t.match(old, /Cloudflare will disable it (between|in about)/)
  t.match(old, /First check: Cloudflare cannot resolve the host/)
})

t.test('with nothing wrong it says so; with nothing known it says that', async (t) => {
  const state = createState()
  state.setScopes([quayAccount])
  const get = await pagesOf(t, { state })
  t.match((await get('/')).text, '<h1 id="headline">No jobs found</h1>')
  state.jobsListed(scopeKey(quayAccount), [aSummary('3', now), aSummary('4', now)], now)
  t.match((await get('/')).text, '<h1 id="headline">All 2 jobs are healthy</h1>')
  state.jobsListed(scopeKey(quayAccount), [aSummary('3', now)], now)
  t.match((await get('/')).text, '<h1 id="headline">The job is healthy</h1>')
  t.match(words((await get('/')).text), 'Nothing was lost in the last hour.')
})

t.test('jobs that could not be checked are not said to be healthy', async (t) => {
  const state = createState()
  state.setScopes([quayAccount])
  const job = { summary: aSummary('3', now), failingSince: null, firstSeen: now, disabledByFailure: null }
  state.remembered(scopeKey(quayAccount), [job], null)
  state.jobsFailed(scopeKey(quayAccount), failure('timeout', 'no answer'), now - 20 * minute)
  const text = words((await (await pagesOf(t, { state }))('/')).text)
  t.match(text, 'No known problems, but 1 of 1 job could not be checked')
  t.match(text, 'so 1 job shows old data. Longest: jobs of account Quay, for 20 min.')
})

t.test('what comes from outside stays text wherever it is shown', async (t) => {
  const attack = `<script>alert(1)</script>"'&`
  const { state, ...rest } = world({ name: attack, zone: attack, error: attack })
  state.healthFailed(scopeKey(cdn), failure('partial', attack), now)
  const get = await pagesOf(t, {
    state,
    ...rest,
    settings: [{ name: '--x', value: attack, isDefault: false }],
  })
  const escaped = '&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;'
  for (const url of [
    '/',
    '/jobs/1',
    '/exporter',
    `/?search=${encodeURIComponent(attack)}&zone=${encodeURIComponent(attack)}&account=${encodeURIComponent(attack)}`,
    `/?state=${encodeURIComponent(attack)}&${encodeURIComponent(attack)}=1`,
    `/jobs/${encodeURIComponent(attack)}`,
  ]) {
    const { text } = await get(url)
    t.notMatch(text, '<script', url)
    t.match(text, escaped, url)
  }
})

t.test('the job page shows all that is known, with links to what to do', async (t) => {
  const get = await pagesOf(t, { ...world(), grafana: 'https://grafana.example.com' })
  const { status, text } = await get('/jobs/1')
  t.equal(status, 200)
  const shown = words(text)
  for (const part of [
    'Losing batches since about 2026-11-24 02:50 UTC. Pushes failing since 2026-11-24 02:00 UTC (first observed).',
    'Access refused 403 Forbidden 1 h ago',
    'Cloudflare will disable it between 20 h and 23 h from now between 2026-11-24 23:00 UTC and 2026-11-25 02:00 UTC',
    'Lag / limit 4 h / 30 min',
    '2026-11-24 02:50 UTC 10 min ago first lost batch (±5 min)',
  ])
    t.match(shown, part)
  for (const href of [
    '../runbooks/CloudflareLogpushBatchesLost',
    `https://dash.cloudflare.com/${quayAccount.id}/cdn.example/analytics/logs`,
    'https://grafana.example.com/d/cloudflare-logpush-job?var-job_id=1',
    '../api/v1/jobs/1',
  ])
    t.match(text, `href="${href}"`)
  const ok = await get('/jobs/3')
  t.match(ok.text, `href="https://dash.cloudflare.com/${quayAccount.id}/logs"`)
  t.notMatch(ok.text, '/runbooks/', 'a job that is fine needs no runbook')
  const missing = await get('/jobs/999')
  t.equal(missing.status, 404)
  t.match(words(missing.text), 'There is no job with the id 999')
})

t.test('the job page tells who changed the job, as far as the audit log was read', async (t) => {
  const { state, ...rest } = world()
  const key = scopeKey(cdn)
  state.jobsListed(key, [aSummary('1', now), aSummary('2', now, { enabled: false })], now)
  const get = await pagesOf(t, { state, ...rest })
  t.match(
    words((await get('/jobs/2')).text),
    'The job is disabled (not because of failures, as far as we know)',
  )
  const by = 'token "<b>" of sre@quay.example'
  const edits = [
    { at: now - 10 * minute, action: 'disabled' as const, by },
    { at: now - 3 * hour, action: 'created' as const, by: 'Cloudflare' },
  ]
  state.auditRead(key, new Map([['2', edits]]))
  const { text } = await get('/jobs/2')
  const shown = words(text)
  t.match(text, 'token &quot;&lt;b&gt;&quot; of sre@quay.example')
  t.match(shown, /Disabled by token .* of sre@quay\.example 10 min ago\./)
  t.match(shown, /Changed by token .* of sre@quay\.example, 2026-11-24 02:50 UTC \(disabled\)/)
  t.match(shown, '2026-11-24 00:00 UTC 3 h ago created by Cloudflare')
  t.match(JSON.parse((await get('/api/v1/jobs/2')).text), {
    changes: [
      { at: '2026-11-24T02:50:00Z', action: 'disabled', by },
      { at: '2026-11-24T00:00:00Z', action: 'created', by: 'Cloudflare' },
    ],
  })
  state.jobsListed(key, [aSummary('1', now), aSummary('2', now)], now)
  t.notMatch(words((await get('/jobs/2')).text), 'Disabled by', 'it is enabled again')
  t.match(JSON.parse((await get('/api/v1/jobs/1')).text), { changes: [] })
})

t.test('history that was not read is shown as unknown, not as zero', async (t) => {
  const { state, history } = world()
  const get = await pagesOf(t, { state, history })
  t.match(words((await get('/jobs/3')).text), 'No upload data yet.')
  const totals = new Map()
  state.healthRead(scopeKey(cdn), { ...beginLedger(0), readTo: now / minute - 60, totals }, now)
  const { text } = await get('/jobs/1')
  t.match(text, 'class="unknown" x="140" width="52"', 'the last hour and a slot')
  t.match(words(text), 'not read')
})

t.test('the filter is in the address, and chooses itself in the form', async (t) => {
  const get = await pagesOf(t, world())
  const { text } = await get('/?state=late&zone=CDN.example&refresh=off')
  t.match(words(text), '1 of 3 jobs: late')
  t.match(text, 'href="./jobs/2"')
  t.notMatch(text, 'href="./jobs/1"')
  t.match(text, '<option value="late" selected>')
  t.match(text, '<option value="cdn.example" selected>')
  t.match(text, '<input type="hidden" name="refresh" value="off">')
  t.notMatch(text, 'http-equiv="refresh"')
  t.match((await get(`/?zone=${cdn.id}`)).text, `<option value="${cdn.id}" selected>`, 'an id stays chosen')
  t.match(words((await get('/?search=nobody')).text), 'No jobs match the filter.')
  t.match(
    words((await get('/?state=sad&page=0&x=1')).text),
    'Ignored: unknown parameter "x"; state: expected',
  )
})

t.test('what cannot be read is said first, with where and for how long', async (t) => {
  const { state, history } = world()
  state.jobsFailed(scopeKey(cdn), failure('timeout', 'no answer within 30 s'), now - 20 * minute)
  const get = await pagesOf(t, { state, history })
  t.match(
    words((await get('/')).text),
    'Unreadable: 1 of 2 accounts and zones cannot be read, so 2 jobs show old data. Longest: jobs of zone cdn.example, for 20 min. no answer within 30 s',
  )
  t.match(words((await get('/jobs/2')).text), 'Old data: The state of this job could not be read for 20 min.')
  t.match(words((await get('/exporter')).text), 'inventory timeout for 20 min: no answer within 30 s')
})

t.test('before the first polls have ended the page says so', async (t) => {
  const { app } = await serverFor(t, {
    readiness: { state: () => ({ ready: false, reason: 'the first health poll has not finished' }) },
  })
  t.match(words((await app.inject('/')).body), 'Not ready yet: the first health poll has not finished.')
})

t.test('thousands of jobs come in pages of a hundred, and long lists are typed', async (t) => {
  const get = await pagesOf(t, largeStatusWorld(2500, now))
  const first = await get('/')
  t.equal(first.text.match(/<tr role="row" class="/g)?.length, 100)
  t.match(words(first.text), 'Page 1 of 25')
  t.match(first.text, 'href="./?page=25"')
  t.match(first.text, '<input id="zone" name="zone"')
  t.ok(first.text.length < 250_000, `${first.text.length} bytes`)
  const last = await get('/?page=25&search=zone-')
  t.equal(last.text.match(/<tr role="row" class="/g)?.length, 100)
  t.match(last.text, 'href="./?search=zone-&amp;page=24"')
})

t.test('pages are compressed for those who take it, and HEAD has no body', async (t) => {
  const { app } = await serverFor(t, { status: statusOf(world()) })
  const packed = await app.inject({ url: '/', headers: { 'accept-encoding': 'gzip' } })
  t.equal(packed.headers['content-encoding'], 'gzip')
  t.match(gunzipSync(packed.rawPayload).toString(), '</html>')
  t.equal((await app.inject({ method: 'HEAD', url: '/jobs/1' })).body, '')
})

t.test('states, runbooks and dashboards are those that the rest of the project has', async (t) => {
  const names = healthStates
    .filter((trouble) => trouble !== 'unknown')
    .map((trouble) => troubleNames[trouble])
  t.strictSame(
    names,
    jobStates.map(({ text }) => text),
  )
  t.equal(runbooksUrl, dashboardRunbooks)
  t.strictSame(dashboardUids, uids)
  const get = await pagesOf(t, world())
  const pages = await Promise.all(
    ['/', '/jobs/1', '/jobs/2', '/exporter'].map(async (url) => (await get(url)).text),
  )
  const linked = [...pages.join('').matchAll(/href="\.\.?\/runbooks\/(\w+)"/g)]
  t.ok(linked.length > 0)
  for (const [, name] of linked)
    t.ok(existsSync(new URL(`../../../alerts/runbooks/${name}.md`, import.meta.url)), String(name))
})

/** What is left of a page when all marks are taken out. */
function words(text: string): string {
  return text
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, ' ')
    .replace(/ ([.,:;])/g, '$1')
}
