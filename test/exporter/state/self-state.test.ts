import t from 'tap'
import { createSelfState, durationBuckets } from '../../../src/exporter/state/self-state.ts'

const exchange = {
  api: 'rest',
  operation: 'list_jobs',
  code: '200',
  accountId: null,
  rateLimit: null,
  retryAfterMs: null,
  throttled: false,
  serverTime: null,
  durationMs: 50,
} as const

t.test('a request that took as long as a bound is within it', async (t) => {
  const self = createSelfState([])
  for (const bound of durationBuckets) self.exchanged({ ...exchange, durationMs: bound * 1000 })
  const [stats] = self.requests.values()
  t.same(
    stats?.buckets,
    durationBuckets.map((_, index) => index + 1),
  )
  self.exchanged({ ...exchange, durationMs: 30_001 })
  t.match(stats, { count: 10, sumSeconds: 79.401, buckets: durationBuckets.map((_, index) => index + 1) })
})

t.test('requests are counted apart by API, operation and outcome', async (t) => {
  const self = createSelfState([])
  for (const edit of [{}, {}, { api: 'graphql' }, { operation: 'list_zones' }, { code: '403' }] as const)
    self.exchanged({ ...exchange, ...edit })
  t.same(
    [...self.requests.values()].map(({ api, operation, code, count }) => [api, operation, code, count]),
    [
      ['rest', 'list_jobs', '200', 2],
      ['graphql', 'list_jobs', '200', 1],
      ['rest', 'list_zones', '200', 1],
      ['rest', 'list_jobs', '403', 1],
    ],
  )
})

t.test('a poller shows its last cycle, the interval before it, and when it last worked', async (t) => {
  const self = createSelfState(['health'])
  const health = () => self.pollers.get('health')
  t.match(health(), { polls: 0, durationSeconds: null, intervalSeconds: null, lastSuccess: null })
  self.polled('health', { ok: true, durationMs: 1_500, intervalMs: 60_000, at: 7 })
  t.match(health(), { polls: 1, durationSeconds: 1.5, intervalSeconds: 60, lastSuccess: 7 })
  self.polled('health', { ok: false, durationMs: 500, intervalMs: null, at: 9 })
  t.match(health(), { polls: 2, durationSeconds: 0.5, intervalSeconds: 60, lastSuccess: 7 })
})

t.test('failures are counted by poller and kind, of pollers nobody named as well', async (t) => {
  const self = createSelfState(['health'])
  for (const kind of ['timeout', 'timeout', 'auth'] as const) self.pollFailed('health', kind)
  self.pollFailed('later', 'network')
  t.same(
    [...(self.pollers.get('health')?.failures ?? [])],
    [
      ['timeout', 2],
      ['auth', 1],
    ],
  )
  t.same([...(self.pollers.get('later')?.failures ?? [])], [['network', 1]])
  self.polled('later', { ok: true, durationMs: 1, intervalMs: 1, at: 1 })
  t.match(self.pollers.get('later'), { polls: 1, failures: new Map([['network', 1]]) })
})

t.test('a reload shows how it ended, and windows that were split are counted', async (t) => {
  const self = createSelfState([])
  t.equal(self.reload, null)
  for (const [successful, at] of [
    [false, 5],
    [true, 7],
  ] as const) {
    self.reloaded(successful, at)
    t.same(self.reload, { successful, at })
  }
  self.windowSplit()
  self.windowSplit()
  t.equal(self.windowsSplit, 2)
})
