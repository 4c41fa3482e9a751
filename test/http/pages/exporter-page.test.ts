import t from 'tap'
import type { ExporterStatus } from '../../../src/exporter/view/exporter-status.ts'
import { exporterPage } from '../../../src/http/pages/exporter-page.ts'
import { pageContext as context, golden, pageText } from '../../support/page-text.ts'
import { hour, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const poller = {
  poller: 'health',
  polls: 0,
  failures: new Map(),
  durationSeconds: null,
  intervalSeconds: null,
  lastSuccess: null,
}
const atRest: ExporterStatus = {
  now,
  startedAt: now - 5 * minute,
  budget: [{ api: 'rest', limit: 0, used: 0, remaining: 0, throttled: 0, paused: false }],
  pollers: [poller],
  token: null,
  reload: null,
  ledger: { writes: 0, writeFailures: 0, lateRows: 0, gapSeconds: 0, windowsSplit: 0 },
  scopes: { total: 0, blind: 0, empty: 0, page: 1, pages: 1, rows: [] },
  settings: [{ name: 'web.listen-address', value: ':10199', isDefault: true }],
  drift: null,
}
const inTrouble: ExporterStatus = {
  ...atRest,
  startedAt: now - 50 * hour,
  budget: [
    { api: 'rest', limit: 600, used: 480, remaining: 120, throttled: 1, paused: false },
    { api: 'graphql', limit: 150, used: 160, remaining: 0, throttled: 2, paused: true },
  ],
  pollers: [
    {
      poller: 'health',
      polls: 1234,
      failures: new Map([
        ['timeout', 2],
        ['forbidden', 1000],
      ] as const),
      durationSeconds: 1.26,
      intervalSeconds: 89.6,
      lastSuccess: now - 3 * minute,
    },
  ],
  token: { active: true, expiresOn: now + 26 * hour },
  reload: { successful: false, at: now - hour },
  ledger: { writes: 1, writeFailures: 2, lateRows: 1, gapSeconds: 5400, windowsSplit: 3 },
  scopes: { total: 12, blind: 3, empty: 4, page: 1, pages: 1, rows: [] },
  settings: [{ name: 'web.listen-address', value: ':1', isDefault: false }],
  drift: {
    comparedAt: now - minute,
    problem: 'cannot read it',
    changes: [
      { account: 'Quay', zone: 'quay.example', kind: 'job', name: 'a', change: 'update' },
      { account: 'Quay', zone: '', kind: 'policy', name: 'b', change: 'delete' },
    ],
  },
}

/* Each text is read by eye; UPDATE_GOLDEN=1 writes them again. */
for (const [name, view] of Object.entries({
  'at-rest': atRest,
  'in-trouble': inTrouble,
  'other-words': {
    ...inTrouble,
    token: { active: false, expiresOn: null },
    reload: { successful: true, at: now - hour },
    drift: {
      comparedAt: null,
      problem: null,
      changes: [{ account: 'Quay', zone: '', kind: 'job', name: 'a', change: 'create' }],
    },
  } satisfies ExporterStatus,
  'in-step': {
    ...atRest,
    token: { active: true, expiresOn: null },
    drift: { comparedAt: now, problem: null, changes: [] },
  } satisfies ExporterStatus,
}))
  t.test(`the exporter's page, ${name.replace('-', ' ')}`, async (t) => {
    golden(t, `exporter-page-${name}`, pageText(exporterPage(view, context)))
  })

t.test('Grafana is linked where it is known', async (t) => {
  const linked = (grafana: string | null) =>
    /class="button"/.test(exporterPage(atRest, { ...context, grafana }))
  t.same([linked(null), linked('https://grafana.example.com')], [false, true])
})

t.test('what was never compared is not said to match', async (t) => {
  const drift = { comparedAt: null, problem: 'cannot read it', changes: [] }
  const shown = pageText(exporterPage({ ...atRest, drift }, context))
  t.match(shown, /^Not compared yet\. cannot read it$/m)
})

t.test('the pages of accounts and zones keep the refresh as it is', async (t) => {
  const scopes = { total: 150, blind: 0, empty: 0, page: 1, pages: 2, rows: [] }
  const page = (refresh: boolean) => exporterPage({ ...atRest, scopes }, { ...context, refresh })
  t.match(page(true), /href="[^"]*exporter\?page=2"/)
  t.match(page(false), /href="[^"]*exporter\?page=2&(amp;)?refresh=off"/)
})

t.test('a budget is a warning from 80 % on, and bad once it is used up', async (t) => {
  const card = (used: number) => {
    const budget = [{ api: 'rest' as const, limit: 1000, used, remaining: 0, throttled: 0, paused: false }]
    return /^\[REST.*\]$/m.exec(pageText(exporterPage({ ...atRest, budget }, context)))?.[0]
  }
  t.match(card(799), / good 79\.9\]$/)
  t.match(card(800), / warn 80\]$/)
  t.match(card(999), / warn 99\.9\]$/)
  t.match(card(1000), / bad 100\]$/)
})

t.test('a hundred differences are shown, and all are counted', async (t) => {
  const changes = Array.from({ length: 101 }, (_, index) => ({
    account: 'Quay',
    zone: '',
    kind: 'job' as const,
    name: `job ${index}`,
    change: 'update' as const,
  }))
  const shown = pageText(
    exporterPage({ ...atRest, drift: { comparedAt: now, problem: null, changes } }, context),
  )
  t.match(shown, '101 objects differ.')
  t.equal(shown.match(/^update job/gm)?.length, 100)
})

t.test('only a token that is known not to be active stands out', async (t) => {
  const card = (token: ExporterStatus['token']) =>
    /aria-labelledby="token".*?<p class="(big[^"]*)">([^<]*)</s
      .exec(exporterPage({ ...atRest, token }, context))
      ?.slice(1)
  t.strictSame(card(null), ['big', 'not verified yet'])
  t.strictSame(card({ active: true, expiresOn: null }), ['big', 'active'])
  t.strictSame(card({ active: false, expiresOn: now + hour }), ['big bad', 'not active'])
  t.strictSame(card({ active: true, expiresOn: now + hour }), ['big', 'expires in 1 h'])
})

t.test('how fresh each account and zone is stands in its row', async (t) => {
  const blind = { source: 'health', kind: 'timeout', message: 'it timed out', since: now - minute } as const
  const account = { id: 'a', name: 'Quay' }
  const zone = { id: 'z', name: 'cdn.example' }
  const known = { jobs: 3, inventoryAt: now - minute, healthTo: now - 2 * minute, gapSeconds: 60 }
  const unknown = { jobs: null, inventoryAt: null, healthTo: null, gapSeconds: 0 }
  const rows = [
    { account, zone, blind, ...known },
    { account, zone: null, blind: null, ...unknown },
  ]
  const scopes = { total: 2, blind: 1, empty: 0, page: 1, pages: 1, rows }
  const shown = pageText(exporterPage({ ...atRest, scopes }, context))
  t.match(
    shown,
    'cdn.example Quay | 3 | 1 min ago | 2 min ago | 1 min | *health timeout* for 1 min: it timed out |',
  )
  t.match(shown, 'Quay account | unknown | – | – | none | |')
})
