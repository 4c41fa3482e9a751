import t from 'tap'
import { summarise } from '../../src/domain/job/job-summary.ts'
import { beginLedger } from '../../src/domain/ledger/ledger.ts'
import { type Scope, scopeKey } from '../../src/domain/scope.ts'
import type { UnmatchedSelector } from '../../src/exporter/state/self-state.ts'
import { createSelfState, type SelfState } from '../../src/exporter/state/self-state.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { exporterMetrics } from '../../src/metrics/exporter-metrics.ts'
import { countScopes } from '../../src/metrics/exporter-view.ts'
import { linesOf } from '../../src/metrics/metric.ts'
import { aJob, failure, zone } from '../support/exporter-core.ts'
import { parseScrape } from '../support/scrape.ts'

/* State in, every series of the exporter itself out. */

const at = Date.UTC(2026, 10, 24, 3)
const prefix = 'cloudflare_logpush_exporter_'

/** One zone in each state, two that fail in different ways, and what one that left had counted. */
function watched() {
  const state = createState()
  const zones: Record<string, Scope> = {}
  for (const name of ['pushing', 'empty', 'unlisted', 'unread', 'late', 'gone'])
    zones[name] = zone(`${name}.example`)
  const key = (name: string) => scopeKey(zones[name] ?? zone(name))
  state.setScopes(Object.values(zones))
  for (const name of ['pushing', 'unread', 'late']) state.jobsListed(key(name), [summarise(aJob(name))], at)
  state.jobsListed(key('empty'), [], at)
  state.healthRead(key('late'), { ...beginLedger(1), lateRows: 3, gapSeconds: 60 }, at)
  state.healthRead(key('gone'), { ...beginLedger(1), lateRows: 4, gapSeconds: 120 }, at)
  state.healthFailed(key('unread'), failure('timeout'), at)
  state.healthFailed(key('late'), failure('forbidden'), at)
  state.setScopes(Object.entries(zones).flatMap(([name, scope]) => (name === 'gone' ? [] : [scope])))
  return state
}

/** Series as lines, sorted, without the prefix. */
function lines(fill: (self: SelfState) => void, state = createState()): readonly string[] {
  const self = createSelfState([])
  fill(self)
  const lines = linesOf(exporterMetrics, {
    self,
    scopes: countScopes(state.scopes.values(), state.departed),
    budget: [
      { api: 'rest', limit: 600, remaining: 590, throttled: 1, paused: false },
      { api: 'graphql', limit: 150, remaining: 0, throttled: 2, paused: true },
    ],
    clockSkewSeconds: -1.5,
    leader: true,
    store: { writes: 12, failures: 3 },
    build: { version: '1.2.3', revision: 'abc', nodeVersion: '24.0.0' },
    config: {
      pollInterval: '1m',
      revisionWindow: '15m',
      budgetShare: '0.5',
      rateLimitType: 'user',
      shard: 1,
      totalShards: 4,
    },
  })
  return parseScrape([...lines.values()].join(''))
    .map(({ name, labels: { le, ...labels }, value }) => {
      const values = [...Object.values(labels), ...(le === undefined ? [] : [`le=${le}`])]
      return `${name.replace(prefix, '')}{${values.join(' ')}} ${value}`
    })
    .sort()
}

const atRest = [
  'api_budget_limit{graphql} 150',
  'api_budget_limit{rest} 600',
  'api_budget_remaining{graphql} 0',
  'api_budget_remaining{rest} 590',
  'api_throttled_total{graphql} 2',
  'api_throttled_total{rest} 1',
  'build_info{1.2.3 abc 24.0.0} 1',
  'clock_skew_seconds{} -1.5',
  'config_info{1m 15m 0.5 user} 1',
  'config_last_reload_successful{} 1',
  'gap_seconds_total{} 0',
  'late_rows_total{} 0',
  'leader{} 1',
  'scopes{empty} 0',
  'scopes{failing} 0',
  'scopes{unknown} 0',
  'scopes{watched} 0',
  'shard_ordinal{} 1',
  'state_write_failures_total{} 3',
  'state_writes_total{} 12',
  'total_shards{} 4',
  'windows_split_total{} 0',
]

t.test('before anything was polled, only what is known has a series', async (t) => {
  t.same(
    lines(() => {}),
    atRest,
  )
})

t.test(
  'unreadable objects are summed over the lists of a kind; a kind that was never listed is absent',
  (t) => {
    const odd = { id: '1', name: '', field: 'enabled', leftOut: true }
    const own = lines((self) => {
      self.listRead('job a', { kind: 'job', found: [odd, odd] })
      self.listRead('job b', { kind: 'job', found: [odd] })
      self.listRead('zone all', { kind: 'zone', found: [] })
      self.listRead('account all', { kind: 'account', found: [odd] })
      self.listForgotten('account all')
    }).filter((line) => !atRest.includes(line))
    t.same(own, ['unreadable_objects{job} 3', 'unreadable_objects{zone} 0'])
    t.end()
  },
)

t.test('scopes are counted by their state; late rows and gaps with what scopes that left had', async (t) => {
  const own = lines((self) => {
    self.windowSplit()
    self.windowSplit()
  }, watched()).filter((line) => !atRest.includes(line))
  t.same(own, [
    'gap_seconds_total{} 180',
    'late_rows_total{} 7',
    'scopes{empty} 1',
    'scopes{failing} 2',
    'scopes{unknown} 1',
    'scopes{watched} 1',
    'windows_split_total{} 2',
  ])
})

t.test('a reload that failed shows until one succeeds', async (t) => {
  const shown = (...reloads: readonly boolean[]) =>
    lines((self) => {
      for (const successful of reloads) self.reloaded(successful, at)
    }).find((line) => line.startsWith('config_last_reload_successful'))
  t.equal(shown(false), 'config_last_reload_successful{} 0')
  t.equal(shown(false, true), 'config_last_reload_successful{} 1')
  t.equal(shown(true, false), 'config_last_reload_successful{} 0')
})

t.test('the token shows whether it is active and when it ends, if it ends', async (t) => {
  const shown = (active: boolean, expiresOn: number | null) =>
    lines((self) => self.tokenVerified(active, expiresOn)).filter((line) => line.startsWith('token'))
  t.same(shown(true, at), ['token_active{} 1', `token_expiry_timestamp_seconds{} ${at / 1000}`])
  t.same(shown(false, null), ['token_active{} 0'])
})

t.test('a poller shows its polls, their time and beat, its last success, and failures by kind', async (t) => {
  const own = lines((self) => {
    self.polled('health', { ok: true, durationMs: 1_500, intervalMs: null, at })
    self.polled('health', { ok: false, durationMs: 2_500, intervalMs: 61_000, at: at + 61_000 })
    self.pollFailed('health', 'timeout')
    self.pollFailed('health', 'timeout')
    self.pollFailed('health', 'auth')
    self.pollFailed('token', 'auth')
  }).filter((line) => !atRest.includes(line))
  t.same(own, [
    'poll_duration_seconds{health} 2.5',
    'poll_failures_total{health auth} 1',
    'poll_failures_total{health timeout} 2',
    'poll_failures_total{token auth} 1',
    'poll_interval_seconds{health} 61',
    `poll_last_success_timestamp_seconds{health} ${at / 1000}`,
    'polls_total{health} 2',
    'polls_total{token} 0',
  ])
})

t.test('requests are counted by API, operation and answer, with a whole histogram', async (t) => {
  const own = lines((self) => {
    const exchange = {
      accountId: null,
      rateLimit: null,
      retryAfterMs: null,
      throttled: false,
      serverTime: null,
    }
    for (const durationMs of [100, 400, 31_000])
      self.exchanged({ ...exchange, api: 'rest', operation: 'list_jobs', code: '200', durationMs })
    self.exchanged({ ...exchange, api: 'rest', operation: 'list_jobs', code: '403', durationMs: 50 })
  }).filter((line) => line.startsWith('api_request'))
  const histogram = own.filter((line) => line.includes('list_jobs 200'))
  t.same(
    histogram.filter((line) => !line.includes('_bucket')),
    [
      'api_request_duration_seconds_count{rest list_jobs 200} 3',
      'api_request_duration_seconds_sum{rest list_jobs 200} 31.5',
      'api_requests_total{rest list_jobs 200} 3',
    ],
  )
  const bucket = (le: string) => histogram.find((line) => line.includes(`le=${le}}`))?.split('} ')[1]
  t.same(['0.05', '0.1', '0.25', '0.5', '1', '30', '+Inf'].map(bucket), ['0', '1', '1', '2', '2', '2', '3'])
  t.ok(own.includes('api_requests_total{rest list_jobs 403} 1'))
})

t.test('selectors that match nothing are counted by setting, once there was a listing', async (t) => {
  const own = (found: readonly UnmatchedSelector[]) =>
    lines((self) => self.selectorsUnmatched(found)).filter((line) => !atRest.includes(line))
  t.same(own([]), [
    'unmatched_selectors{accounts} 0',
    'unmatched_selectors{exclude_zones} 0',
    'unmatched_selectors{zones} 0',
  ])
  t.same(
    own([
      { setting: 'zones', entry: 'a.example', near: null },
      { setting: 'zones', entry: 'b.example', near: null },
      { setting: 'exclude_zones', entry: 'c.example', near: null },
    ]),
    [
      'unmatched_selectors{accounts} 0',
      'unmatched_selectors{exclude_zones} 1',
      'unmatched_selectors{zones} 2',
    ],
  )
})
