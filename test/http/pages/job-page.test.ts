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
import { pageContext as context, golden, pageText } from '../../support/page-text.ts'
import { aSummary, hour, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)

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

/** The state and the width of the gauge in the card of that name, and its text. */
function cardOf(id: string, edit: Partial<JobDetail>): readonly string[] {
  const text = jobPage({ ...detail(), ...edit }, context, now)
  return pageText(
    new RegExp(`<section class="card[^>]*aria-labelledby="${id}".*?</section>`, 's').exec(text)?.[0] ?? '',
  ).split('\n')
}

t.test('the clock of a failing job turns to a warning after 12 hours, and to alarm after 20', async (t) => {
  const clock = (hours: number, width = 0) => {
    const earliest = now + (24 - hours) * hour
    return cardOf('clock', {
      failingSince: now - hour,
      disableExpected: { earliest, latest: earliest + width },
    })
  }
  t.match(clock(11.99)[2], / good 50\]$/)
  t.match(clock(12)[2], /^\[Failing for up to 12 h of about 24 h warn 50\]$/)
  t.match(clock(19.99)[2], / warn 83\.3\]$/)
  t.match(clock(20)[2], / bad 83\.3\]$/)
  t.match(clock(20, hour - 1)[3], /^at 2026-11-24 07:59 UTC: after about 24 h/, 'one guess')
  t.match(clock(20, hour)[3], /^between 2026-11-24 07:00 UTC and 2026-11-24 08:00 UTC: after/)
  const neither = { failingSince: null, disableExpected: { earliest: now, latest: now } }
  t.strictSame(cardOf('clock', neither), [''])
  t.strictSame(cardOf('clock', { failingSince: now, disableExpected: null }), [''])
})

t.test('a job that is disabled says how that is known', async (t) => {
  const known = (how: 'notified' | 'seen') => cardOf('clock', { disabled: { how, at: now - hour } })
  t.strictSame(known('notified'), ['Disabled', '1 h ago', 'at 2026-11-24 02:00 UTC; Cloudflare notified so'])
  t.match(known('seen')[2], /UTC; it had been failing for 20 hours or more$/)
})

t.test('the lag is a warning from 80 % of its limit on, and bad from the limit on', async (t) => {
  const lag = (lagMs: number | null, edit: Partial<JobDetail> = {}) => cardOf('lag', { lagMs, ...edit })
  t.match(lag(47 * minute)[2], / good 78\.3\]$/)
  t.match(lag(48 * minute)[2], /^\[Lag 48 min \/ 1 h warn 80\]$/)
  t.match(lag(59 * minute)[2], / warn 98\.3\]$/)
  t.match(lag(hour)[2], / bad 100\]$/)
  t.strictSame(lag(null, { lastComplete: null }), ['Lag / limit', '–', 'never delivered'])
  t.strictSame(lag(minute, { maxLagMs: 0 }), [
    'Lag / limit',
    '1 min / 0 s',
    'delivered up to 2026-11-24 02:59 UTC',
  ])
  t.strictSame(lag(minute, { facts: null }), [''], 'nobody knows a limit of a job that is not listed')
})

t.test('what was lost stands out, and nothing does where nothing was', async (t) => {
  const lost = (lostBatches: number) =>
    cardOf('lost', { lastHour: { uploads: 10, retries: 2, lostBatches, records: 0, lostRecords: 7 } })
  t.strictSame(lost(1), ['Lost in the last hour', '*7 records', '1 batch lost, 2 of 10 attempts retried'])
  t.strictSame(lost(0), ['Lost in the last hour', 'nothing', '0 batches lost, 2 of 10 attempts retried'])
})

t.test('of the links only the one to the runbook stands out', async (t) => {
  const links = (edit: Partial<JobDetail>, grafana: string | null) =>
    [
      ...jobPage({ ...detail(), ...edit }, { ...context, grafana }, now).matchAll(
        /<a class="button([^"]*)" href="[^"]*">([^<]*)</g,
      ),
    ].map(([, style, text]) => `${text}${style}`)
  t.strictSame(links(failing, 'https://grafana.example.com'), [
    'Runbook strong',
    'Troubleshoot this destination',
    'Cloudflare',
    'Grafana',
    'JSON',
  ])
  t.strictSame(links({}, null), ['Cloudflare', 'JSON'])
})

t.test('a moment is in the past or to come, and now is past', async (t) => {
  const moment = (lastError: number) =>
    pageText(jobPage({ ...detail(), lastError }, context, now)).match(/^.* last error$/m)?.[0]
  t.equal(moment(now), '2026-11-24 03:00 UTC 0 s ago last error')
  t.equal(moment(now + minute), '2026-11-24 03:01 UTC in 1 min last error')
  t.equal(moment(now - minute), '2026-11-24 02:59 UTC 1 min ago last error')
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

t.test(
  'the twelve most frequent answers of the destination are listed, and all of them counted',
  async (t) => {
    const answers = Array.from({ length: 13 }, (_, index) => ({
      status: 500 - index,
      outcome: index === 0 ? ('delivered' as const) : ('retried' as const),
      uploads: 100 - index,
    }))
    const [heading, ...listed] = cardOf('totals', { answers }).slice(-13)
    t.equal(heading, 'Destination responses')
    t.match(listed[0], '500 delivered 100 times')
    t.match(listed[11], '489 retried 89 times')
    t.match(cardOf('totals', { answers }).join('\n'), '1,222')
  },
)
