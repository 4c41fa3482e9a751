import t from 'tap'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { jobById } from '../../../src/exporter/view/status.ts'
import { scopeSection } from '../../../src/http/pages/exporter-page.ts'
import { gauge } from '../../../src/http/pages/gauge.ts'
import { timeLeft } from '../../../src/http/pages/health-state-text.ts'
import { jobFactsList, totalsList } from '../../../src/http/pages/job-facts.ts'
import type { Html } from '../../../src/http/pages/page.ts'
import { paging } from '../../../src/http/pages/paging.ts'
import { zone } from '../../support/exporter-core.ts'
import { aSummary, hour, minute } from '../../support/status-world.ts'

/* The numbers on pages, part by part: what is counted is what is shown. */

const now = Date.UTC(2026, 10, 24, 3)
const cdn = zone('cdn.example')

/** The terms of a description list, and what stands behind them. */
function definitionsOf({ html }: Html): ReadonlyMap<string, string> {
  const plain = (text: string) => text.replace(/<[^>]*>/g, '').trim()
  const found = html.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)
  return new Map([...found].map(([, term = '', value = '']) => [plain(term), plain(value)]))
}

function detail(
  edit: Partial<JobSummary> & {
    readonly attempts?: ReadonlyMap<string, number>
    readonly sampleInterval?: number
  } = {},
) {
  const { attempts = new Map<string, number>(), sampleInterval = null, ...summary } = edit
  const state = createState()
  state.setScopes([cdn])
  state.jobsListed(scopeKey(cdn), [aSummary('7', now, summary)], now)
  const totals = {
    ...noTotals,
    attempts,
    records: 12_345,
    recordsLost: 678,
    uploadSeconds: 50,
    sampleInterval,
  }
  state.healthRead(scopeKey(cdn), { ...beginLedger(0), totals: new Map([['7', totals]]) }, now)
  const input = { scopes: state.scopes.values(), history: createUploadHistory(), maxLagMs: () => hour, now }
  const job = jobById(input, '7')
  if (job === null) throw new Error('the job is not there')
  return job
}

t.test('of a job, batches delivered and lost and attempts are each their own sum', async (t) => {
  const attempts = new Map([
    ['s3|200|11', 900],
    ['s3|204|11', 30],
    ['s3|503|00', 50],
    ['s3|503|10', 20],
  ])
  const shown = definitionsOf(totalsList(detail({ attempts })))
  t.match(shown.get('Batches delivered'), /^930$/)
  t.match(shown.get('Batches lost'), /^20 /)
  t.match(shown.get('Attempts'), /^1,000 5(\.0)? ?% retried$/)
  t.equal(shown.get('Records delivered'), '12,345')
  t.equal(shown.get('Records lost'), '678')
  t.equal(shown.get('Average attempt'), '0.05 s')
  t.equal(definitionsOf(totalsList(detail())).get('Average attempt'), '–', 'without attempts there is none')
})

t.test('the dataset is named, with its kind where it has one', async (t) => {
  t.equal(definitionsOf(jobFactsList(detail())).get('Dataset'), 'http_requests')
  t.equal(definitionsOf(jobFactsList(detail({ kind: 'edge' }))).get('Dataset'), 'http_requests (edge)')
})

t.test('of a job, what Cloudflare chooses is told from what was set, and an expiry is shown', async (t) => {
  const facts = (edit: Partial<JobSummary> = {}) => definitionsOf(jobFactsList(detail(edit)))
  const interval = (seconds: number | null) =>
    facts({ maxUploadIntervalSeconds: seconds }).get('Max. time between uploads')
  t.same([null, 0].map(interval), ['Cloudflare default', 'Cloudflare default'])
  t.match(interval(300), /^5 min/)
  t.equal(facts().has('Credential expires'), false)
  t.match(facts({ destinationExpiry: now + hour }).get('Credential expires'), '2026-11-24 04:00')
})

t.test('before a job was listed its page says so', async (t) => {
  const job = { ...detail(), dataAt: { inventory: null, health: null } }
  const shown = definitionsOf(jobFactsList(job))
  t.same([shown.get('Last listed'), shown.get('Uploads counted up to')], ['not yet', 'not yet'])
  const nameless = definitionsOf(jobFactsList({ ...job, facts: null }))
  t.same([...nameless.keys()], ['Job id', 'Account', 'Zone'])
  t.match(jobFactsList({ ...job, facts: null }).html, '<h2 id="job-facts">The job</h2>')
})

t.test('counts that are estimates are said to be', async (t) => {
  const sampled = (interval?: number) =>
    definitionsOf(totalsList(detail(interval === undefined ? {} : { sampleInterval: interval }))).get(
      'Sampled',
    )
  t.same([sampled(), sampled(1)], [undefined, undefined])
  t.equal(sampled(10), '1 in 10: counts are estimates')
  t.match(sampled(1.5), /^1 in [12]/)
})

t.test('a gap is shown as long as it is, and none as none', async (t) => {
  const row = {
    account: { id: 'a', name: 'Quay' },
    zone: null,
    jobs: 1,
    inventoryAt: now,
    healthTo: now,
    blind: null,
  }
  const gaps = [0, 5400].map((gapSeconds) => ({ ...row, gapSeconds }))
  const { html } = scopeSection({ total: 2, blind: 0, empty: 0, page: 1, pages: 1, rows: gaps }, now, String)
  const shown = [...html.matchAll(/<td>([^<]*)<\/td><td class="text">/g)].map(([, text]) => text)
  t.equal(shown[0], 'none')
  t.match(shown[1], /^1(\.5)? h/)
})

t.test('a gauge is filled by its part, and coloured from its limits on', async (t) => {
  const shown = (part: number) => {
    const { html } = gauge({ part, label: 'x', warnAt: 0.8, badAt: 1 })
    return /<rect class="(good|warn|bad)" width="([\d.]+)"/.exec(html)?.slice(1)
  }
  t.same(shown(0), ['good', '0'])
  t.same(shown(0.255), ['good', '25.5'])
  t.same(shown(0.8), ['warn', '80'])
  t.same(shown(1), ['bad', '100'])
  t.same(shown(3), ['bad', '100'], 'more than the whole fills it')
  t.same(shown(-1), ['good', '0'])
})

t.test('the time that is left counts from now', async (t) => {
  const left = (earliest: number, latest: number) =>
    timeLeft({ earliest: now + earliest, latest: now + latest }, now)
  t.equal(left(-hour, 0), 'at any moment')
  t.match(left(2.5 * hour, 3 * hour), /^in about 3 h$/)
  t.match(left(-hour, 5 * hour), /^at any moment, within 5 h at the latest$/)
  t.match(left(3 * hour, 5 * hour), /^between 3 h and 5 h from now$/)
  t.match(left(-50 * minute, 20 * minute), /20 min/)
})

t.test('a list links to its other pages, and to none that is not there', async (t) => {
  const links = (page: number, pages: number) =>
    [
      ...paging({ page, pages }, (to) => `?page=${to}`).html.matchAll(/href="\?page=(-?\d+)" rel="(\w+)"/g),
    ].map(([, to, rel]) => `${rel} ${to}`)
  t.same(links(1, 1), [])
  t.same(links(1, 3), ['next 2', 'last 3'])
  t.same(links(2, 3), ['first 1', 'prev 1', 'next 3', 'last 3'])
  t.same(links(3, 3), ['first 1', 'prev 2'])
})
