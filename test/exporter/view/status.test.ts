import t from 'tap'
import { beginLedger as beginFiles } from '../../../src/domain/arrival/arrival-ledger.ts'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { createSelfState } from '../../../src/exporter/state/self-state.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import { exporterStatus } from '../../../src/exporter/view/exporter-status.ts'
import { accountJobs, type JobFilter, type JobQuery } from '../../../src/exporter/view/job-query.ts'
import { jobById, overview, type StatusInput } from '../../../src/exporter/view/status.ts'
import { failure, quayAccount, zone } from '../../support/exporter-core.ts'
import { aSummary, hour, lostBatches, minute } from '../../support/status-world.ts'

const noFilter: JobFilter = {
  account: null,
  zone: null,
  dataset: null,
  destination: null,
  state: null,
  search: null,
}

const now = Date.UTC(2026, 10, 24, 3)
const cdn = zone('cdn.example')
const shop = zone('shop.example')

const summary = (id: string, edit: Partial<JobSummary> = {}): JobSummary => aSummary(id, now, edit)

const refused = { reason: 'auth' as const, message: '403 Forbidden' }

const lost = (id: string, ago: number, batches: number, records = batches * 10) =>
  lostBatches(id, now - ago, batches, records)

/** One job of each kind of trouble, and what is known of the scopes. */
function world() {
  const state = createState()
  const history = createUploadHistory()
  state.setScopes([quayAccount, cdn, shop])
  const [account, first, second] = [scopeKey(quayAccount), scopeKey(cdn), scopeKey(shop)]
  state.jobsListed(
    first,
    [
      summary('1'),
      summary('2', { lastError: now - 3 * hour, failure: refused, lastComplete: now - 4 * hour }),
    ],
    now - 2 * minute,
  )
  state.jobsListed(
    second,
    [
      summary('3', { lastComplete: now - 2 * hour, destinationType: 'r2' }),
      summary('4', { lastComplete: null }),
      summary('5', { enabled: false, dataset: 'dns_logs' }),
      summary('6', { lastError: now - hour, failure: refused }),
    ],
    now - minute,
  )
  state.jobsListed(account, [summary('7'), summary('8', { name: '' })], now - minute)
  state.jobDisabled('6', now - 30 * minute)
  history.counted(account, beginLedger(now / minute - 240), [
    lost('7', 20 * minute, 3),
    lost('7', 3 * minute, 1),
  ])
  history.counted(first, beginLedger(now / minute - 240), [lost('1', 2 * hour, 9)])
  const input: StatusInput = { scopes: state.scopes.values(), history, maxLagMs: () => 30 * minute, now }
  const view = (edit: Partial<JobQuery> = {}) =>
    overview({ ...input, scopes: state.scopes.values() }, { ...noFilter, page: 1, perPage: 100, ...edit })
  const ids = (edit: Partial<JobQuery> = {}) => view(edit).jobs.map(({ id }) => id)
  const job = (id: string) => jobById({ ...input, scopes: state.scopes.values() }, id)
  return { state, history, view, ids, job, account, first, second }
}

t.test('jobs are ordered by what is worst about them, as the dashboards have it', async (t) => {
  const { view } = world()
  t.strictSame(
    view().jobs.map(({ id, trouble, since }) => [id, trouble, since]),
    [
      ['6', 'disabled_by_failure', now - 30 * minute],
      ['7', 'losing_data', now - 20 * minute],
      ['2', 'failing', now - 3 * hour],
      ['3', 'late', now - 2 * hour],
      ['4', 'never_delivered', now - minute],
      ['5', 'off', null],
      ['8', 'ok', null],
      ['1', 'ok', null],
    ],
  )
})

t.test('jobs without trouble stand in the order of places, names and ids', async (t) => {
  const { state, ids, first, second } = world()
  state.jobsListed(
    second,
    [summary('61', { name: 'b' }), summary('60', { name: 'b' }), summary('62', { name: 'a' })],
    now,
  )
  state.jobsListed(first, [summary('69', { name: 'z' })], now)
  t.strictSame(ids({ state: 'ok' }), ['8', '69', '62', '60', '61'])
})

t.test('a job whose files do not arrive is silent since its newest file', async (t) => {
  const { state, job, first } = world()
  const newestEnd = now - 40 * minute
  const arrival = {
    place: { store: 'gcs', bucket: 'logs', path: '' },
    jobs: ['1'],
    poll: { lastSuccess: now, failure: null },
    completeTo: now,
    ledger: { ...beginFiles(now - hour, 0), newestEnd },
    records: null,
    tolerance: 1,
    silent: true,
    missingShare: null,
  } as const
  t.equal(job('1')?.arrival, null)
  state.arrivalsRead(new Map([[first, new Map([['1', arrival]])]]), true)
  t.match(job('1'), { trouble: 'not_arriving', since: newestEnd, arrival: { unit: 'files', silent: true } })
  const records = { ...arrival, ledger: null }
  state.arrivalsRead(new Map([[first, new Map([['1', records]])]]), true)
  t.match(job('1'), { trouble: 'not_arriving', since: null })
})

t.test('data is as old as that of the oldest scope with jobs, of which it is known', async (t) => {
  const { state, view, first, second } = world()
  const empty = zone('empty.example')
  state.setScopes([quayAccount, cdn, shop, empty])
  state.jobsListed(scopeKey(empty), [], now - 9 * hour)
  const read = (ago: number) => ({ ...beginLedger(0), readTo: now / minute - ago })
  state.healthRead(first, read(3), now)
  t.strictSame(view().headline.dataAt, { inventory: now - 2 * minute, health: now - 3 * minute })
  state.healthRead(second, read(7), now)
  t.strictSame(view().headline.dataAt, { inventory: now - 2 * minute, health: now - 7 * minute })
})

t.test('the headline counts all jobs, and what was lost in the last hour', async (t) => {
  const { headline, found, pages } = world().view({ search: 'nothing like it' })
  t.equal(found, 0)
  t.equal(pages, 1)
  t.strictSame(headline, {
    jobs: 8,
    scopes: 3,
    byTrouble: {
      disabled_by_failure: 1,
      losing_data: 1,
      not_arriving: 0,
      failing: 1,
      late: 1,
      never_delivered: 1,
      unknown: 0,
      off: 1,
      ok: 2,
    },
    lostLastHour: { batches: 4, records: 40 },
    blind: { scopes: 0, jobs: 0, longest: null },
    dataAt: { inventory: now - 2 * minute, health: null },
  })
})

t.test('within one kind of trouble the most urgent goes first', async (t) => {
  const { state, history, ids, second, account } = world()
  const failing = (id: string, since: number) => summary(id, { lastError: since, failure: refused })
  state.jobsListed(second, [failing('21', now - hour), failing('22', now - 20 * hour)], now)
  t.strictSame(ids({ state: 'failing' }), ['22', '2', '21'], 'the one that is nearest to being switched off')
  history.counted(account, beginLedger(0), [lost('8', minute, 1, 5000)])
  t.strictSame(ids({ state: 'losing_data' }), ['8', '7'], 'the one that lost most')
  const late = (id: string, ago: number) => summary(id, { lastComplete: now - ago })
  state.jobsListed(second, [late('31', hour), late('32', 5 * hour)], now)
  t.strictSame(ids({ state: 'late' }), ['32', '31'], 'the one that is furthest over its limit')
  state.jobsListed(second, [summary('41', { enabled: false }), summary('42', { enabled: false })], now)
  state.jobDisabled('41', now - hour)
  state.jobDisabled('42', now - minute)
  t.strictSame(ids({ state: 'disabled_by_failure' }), ['42', '41'], 'the one that was disabled last')
  const never = (id: string) => summary(id, { lastComplete: null })
  state.jobsListed(second, [never('52')], now - hour)
  state.jobsListed(second, [never('51'), never('52')], now)
  t.strictSame(ids({ state: 'never_delivered' }), ['52', '51'], 'the one that was there first')
})

t.test('what the store remembers of a job says nothing of how it fares now', async (t) => {
  const state = createState()
  state.setScopes([cdn])
  const seen = { summary: summary('1', { enabled: false }), failingSince: null, firstSeen: now }
  state.remembered(scopeKey(cdn), [{ ...seen, disabledByFailure: { how: 'seen', at: now - hour } }], null)
  const history = createUploadHistory()
  const input = () => ({ scopes: state.scopes.values(), history, maxLagMs: () => hour, now })
  t.equal(jobById(input(), '1')?.trouble, 'unknown')
  t.equal(jobById(input(), '1')?.lagMs, null)
  state.jobsListed(scopeKey(cdn), [seen.summary], now)
  t.equal(jobById(input(), '1')?.trouble, 'disabled_by_failure')
})

t.test('a job that only health data names is shown by its id, without what nobody told', async (t) => {
  const state = createState()
  state.setScopes([cdn])
  state.jobsFailed(scopeKey(cdn), failure('forbidden'), now - hour)
  state.healthRead(
    scopeKey(cdn),
    { ...beginLedger(now / minute - 5), readTo: now / minute - 1, totals: new Map([['77', noTotals]]) },
    now,
  )
  const job = jobById(
    { scopes: state.scopes.values(), history: createUploadHistory(), maxLagMs: () => hour, now },
    '77',
  )
  t.match(job, { name: '', facts: null, trouble: 'unknown', lagMs: null, reason: null, lastComplete: null })
  t.match(job?.blind, { source: 'inventory', kind: 'forbidden', since: now - hour })
  t.strictSame(job?.dataAt, { inventory: null, health: now - minute })
})

t.test(
  'the clock to the automatic disable runs from the failure that was seen, or from the last delivery',
  async (t) => {
    const { job, state, second } = world()
    t.strictSame(job('2')?.disableExpected, { earliest: now + 20 * hour, latest: now + 21 * hour })
    t.equal(job('6')?.disableExpected, null, 'it is off already')
    t.equal(job('1')?.disableExpected, null, 'it does not fail')
    state.jobsListed(second, [summary('9', { lastComplete: null, lastError: now, failure: refused })], now)
    t.strictSame(job('9')?.disableExpected, { earliest: now + 24 * hour, latest: now + 24 * hour })
    t.equal(job('3'), null, 'deleted')
  },
)

t.test('lag is that of the moment when the job was listed', async (t) => {
  const { job } = world()
  t.equal(job('1')?.lagMs, 3 * minute)
  t.equal(job('4')?.lagMs, null)
})

t.test('a scope that cannot be read makes its jobs old, not late', async (t) => {
  const { state, view, ids, first, account } = world()
  state.jobsFailed(first, failure('timeout', 'no answer'), now - 10 * minute)
  state.healthFailed(account, failure('partial'), now - 20 * minute)
  const { headline, jobs } = view()
  t.match(headline.blind, { scopes: 2, jobs: 4, longest: { source: 'health', since: now - 20 * minute } })
  t.equal(headline.byTrouble.late, 1)
  t.strictSame([...ids({ state: 'blind' })].sort(), ['1', '2', '7', '8'])
  t.match(jobs.find(({ id }) => id === '1')?.blind, { kind: 'timeout', message: 'no answer' })
})

t.test('each part of the filter leaves out what does not fit it', async (t) => {
  const { ids } = world()
  t.strictSame(ids({ zone: 'CDN.example' }), ['2', '1'])
  t.strictSame(ids({ zone: cdn.id }), ['2', '1'])
  t.strictSame(ids({ zone: accountJobs }), ['7', '8'])
  t.strictSame(ids({ zone: 'cdn' }), [], 'a name is a name, not a part of it')
  t.strictSame(ids({ account: 'quay', dataset: 'dns_logs' }), ['5'])
  t.strictSame(ids({ account: 'other' }), [])
  t.strictSame(ids({ destination: 'R2' }), ['3'])
  t.strictSame(ids({ state: 'trouble' }), ['6', '7', '2', '3', '4'])
  t.strictSame(ids({ search: 'JOB 5' }), ['5'])
  t.strictSame(ids({ search: 'cdn.', state: 'ok' }), ['1'])
  t.strictSame(ids({ search: 'quay-logs' }).length, 8)
})

t.test('what there is to filter by is listed once, sorted', async (t) => {
  t.strictSame(world().view().options, {
    accounts: ['Quay'],
    zones: ['cdn.example', 'shop.example'],
    datasets: ['dns_logs', 'http_requests'],
    destinations: ['r2', 's3'],
  })
})

t.test('a page beyond the last shows the last', async (t) => {
  const { view, ids } = world()
  t.strictSame(ids({ perPage: 3, page: 2 }), ['3', '4', '5'])
  const last = view({ perPage: 3, page: 99 })
  t.strictSame([last.page, last.pages, last.found], [3, 3, 8])
  t.strictSame(
    last.jobs.map(({ id }) => id),
    ['8', '1'],
  )
})

t.test('the answers of a destination are summed by status and what became of the batch', async (t) => {
  const { state, job, first } = world()
  const attempts = new Map([
    ['s3|200|11', 90],
    ['r2|200|11', 5],
    ['s3|503|00', 7],
    ['s3|503|10', 2],
  ])
  const totals = new Map([['1', { ...noTotals, attempts }]])
  state.healthRead(first, { ...beginLedger(0), readTo: now / minute, totals }, now)
  t.strictSame(job('1')?.answers, [
    { status: 200, outcome: 'delivered', uploads: 95 },
    { status: 503, outcome: 'retried', uploads: 7 },
    { status: 503, outcome: 'lost', uploads: 2 },
  ])
  t.strictSame(job('1')?.slotsKnown, { from: now - 4 * hour, to: now })
})

t.test('the exporter says what it used, and which accounts and zones are behind', async (t) => {
  const { state, first, second } = world()
  state.jobsFailed(first, failure('timeout'), now)
  state.healthRead(second, { ...beginLedger(now / minute - 9), gapSeconds: 120, lateRows: 3 }, now)
  const view = exporterStatus(
    {
      scopes: state.scopes.values(),
      self: createSelfState(['inventory']),
      budget: [{ api: 'graphql', limit: 150, remaining: 110, throttled: 2, paused: false }],
      store: { writes: 9, failures: 1 },
      departed: { lateRows: 1, gapSeconds: 60 },
      settings: [],
      drift: null,
      startedAt: now - hour,
      now,
    },
    7,
  )
  t.match(view.budget, [{ api: 'graphql', used: 40, remaining: 110 }])
  t.strictSame(view.ledger, { writes: 9, writeFailures: 1, lateRows: 4, gapSeconds: 180, windowsSplit: 0 })
  t.match(view.scopes, { total: 3, blind: 1, empty: 0, page: 1, pages: 1 })
  t.strictSame(
    view.scopes.rows.map(({ zone: place, jobs, blind }) => [place?.name, jobs, blind?.kind]),
    [
      ['cdn.example', 2, 'timeout'],
      ['shop.example', 4, undefined],
      [undefined, 2, undefined],
    ],
  )
})

t.test(
  'of accounts and zones those that cannot be read come first, then those with jobs, the oldest data first',
  async (t) => {
    const state = createState()
    const names = ['empty', 'fresh', 'behind', 'old', 'blind']
    const zones = names.map((name) => zone(`${name}.example`))
    const rest = Array.from({ length: 97 }, (_, index) => zone(`z${index}.example`))
    state.setScopes([...zones, ...rest])
    const [empty, fresh, behind, old, blind] = zones.map(scopeKey)
    if (!empty || !fresh || !behind || !old || !blind) throw new Error('no zones')
    for (const one of rest) state.jobsListed(scopeKey(one), [], now)
    state.jobsListed(empty, [], now - hour)
    state.jobsListed(fresh, [summary('1')], now - minute)
    state.jobsListed(behind, [summary('2')], now)
    state.healthRead(behind, { ...beginLedger(0), readTo: now / minute - 3 }, now)
    state.jobsListed(old, [summary('3')], now - 5 * minute)
    state.jobsListed(blind, [summary('4')], now)
    state.healthFailed(blind, failure('timeout'), now)
    const page = (asked: number) =>
      exporterStatus(
        {
          scopes: state.scopes.values(),
          self: createSelfState([]),
          budget: [{ api: 'rest', limit: 100, remaining: 110, throttled: 0, paused: false }],
          store: { writes: 0, failures: 0 },
          departed: { lateRows: 0, gapSeconds: 0 },
          settings: [],
          drift: null,
          startedAt: now,
          now,
        },
        asked,
      )
    const { scopes, budget } = page(1)
    t.match(scopes, { total: 102, blind: 1, empty: 98, page: 1, pages: 2 })
    t.strictSame(
      scopes.rows.slice(0, 5).map((row) => row.zone?.name),
      ['blind', 'old', 'behind', 'fresh', 'empty'].map((name) => `${name}.example`),
    )
    t.match(scopes.rows[2], { jobs: 1, inventoryAt: now, healthTo: now - 3 * minute })
    t.equal(budget[0]?.used, 0, 'more left than allowed is nothing used')
    t.strictSame([scopes.rows.length, page(2).scopes.rows.length, page(0).scopes.page], [100, 2, 1])
  },
)
