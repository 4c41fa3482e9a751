import t from 'tap'
import { createBudget, priority, type Turn } from '../../src/access/budget.ts'
import { capacity, correct, fullBucket, throttle, waitFor } from '../../src/access/token-bucket.ts'
import { ApiFailure } from '../../src/errors.ts'
import { exchange, turn } from '../support/budget-values.ts'
import { logSink } from '../support/log-sink.ts'
import { createSteppedClock, settle } from '../support/stepped-clock.ts'

const window = 300_000

const known = { limit: 1200, windowMs: window }

t.test('what the API says of its own count only lowers ours, and teaches the limit', async (t) => {
  const full = fullBucket(1200, window, 0.5, 0)
  const reading = { limit: 1200, windowSeconds: 300, remaining: 40, resetSeconds: 100 }
  t.equal(correct(full, reading, 0, window, known).tokens, 20, 'half of what is left is ours')
  t.equal(correct(full, { ...reading, remaining: 1100 }, 0, window, known).tokens, capacity(full))
  const lower = correct(full, { ...reading, limit: 100, windowSeconds: 60 }, 0, window, known)
  t.match(lower, { limit: 100, windowMs: 60_000 })
  const empty = correct(full, { ...reading, remaining: 0, resetSeconds: 90 }, 0, window, known)
  t.equal(empty.pausedUntil, 90_000)
  t.ok(waitFor(empty, 0) >= 90_000)
})

t.test('no policy in an answer allows more than is known, or keeps us away for long', async (t) => {
  const full = fullBucket(1200, window, 0.5, 0)
  const after = (limit: number | null, windowSeconds: number | null, remaining = 1000) =>
    correct(full, { limit, windowSeconds, remaining, resetSeconds: 1e9 }, 0, window, known)
  for (const [limit, windowSeconds] of [
    [2400, 300],
    [1200, 60],
    [20, 1],
    [Number.POSITIVE_INFINITY, 300],
  ] as const)
    t.match(after(limit, windowSeconds), { limit: 1200, windowMs: window }, `${limit} in ${windowSeconds} s`)
  for (const [limit, windowSeconds] of [
    [1, 86_400],
    [9, 60],
    [0.0001, 60],
    [100, 100_000_000],
    [100, 0.5],
    [Number.NaN, 60],
  ] as const)
    t.same(after(limit, windowSeconds, 0), full, `${limit} in ${windowSeconds} s is passed over`)
  t.equal(after(null, null, 0).pausedUntil, window, 'five minutes at most')
})

t.test('a policy that is not plausible is noted once', async (t) => {
  const log = logSink()
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' }, log })
  const rateLimit = { limit: 1, windowSeconds: 86_400, remaining: 0, resetSeconds: 86_400 }
  for (let i = 0; i < 3; i += 1) budget.observe(exchange({ rateLimit }))
  t.match(log.lines, [{ level: 'warn', fields: { quota: 1, window_seconds: 86_400 } }])
  t.equal(log.lines.length, 1)
  t.equal(budget.status().find(({ api }) => api === 'graphql')?.limit, 150)
})

t.test(
  'a refusal pauses for as long as the API asks, within five minutes, and longer each time without a word',
  async (t) => {
    const full = fullBucket(300, window, 0.5, 0)
    t.equal(throttle(full, 7_000, 0, window).pausedUntil, 7_000)
    t.equal(throttle(full, 3_600_000, 0, window).pausedUntil, window)
    const once = throttle(full, null, 0, window)
    const twice = throttle(once, null, once.pausedUntil, window)
    t.equal(once.pausedUntil, 15_000)
    t.equal(twice.pausedUntil - once.pausedUntil, 30_000)
  },
)

t.test('what is broken goes first, the rest in the order of asking', async (t) => {
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.05, rateLimitType: 'user' } })
  const order: string[] = []
  const ask = (name: string, edit: Partial<Turn>) => budget.run(turn(edit), async () => void order.push(name))
  const all = [
    // 300 × 0.05 × 0.2: three may go at once.
    ...['1', '2', '3'].map((name) => ask(name, {})),
    ask('sweep', { priority: priority.discovery }),
    ask('known', { priority: priority.known }),
    ask('enabled', {}),
    ask('failing', { priority: priority.failing }),
    ask('enabled later', {}),
  ]
  await clock.advance(600_000)
  await Promise.all(all)
  t.same(order, ['1', '2', '3', 'failing', 'enabled', 'enabled later', 'known', 'sweep'])
})

t.test('a request that is given up leaves the queue and says so', async (t) => {
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.01, rateLimitType: 'user' } })
  const abort = new AbortController()
  await budget.run(turn(), async () => {})
  const waiting = budget.run(turn({ signal: abort.signal }), async () => t.fail('it must not run'))
  await settle()
  abort.abort()
  await t.rejects(waiting, new ApiFailure('aborted', 'gave up waiting for API budget', { operation: 'wait' }))
  await t.rejects(
    budget.run(turn({ signal: abort.signal }), async () => {}),
    /gave up waiting/,
  )
  await clock.advance(5_000)
})

t.test('who gave up waiting takes no turn and no slot from those who still wait', async (t) => {
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 1, rateLimitType: 'user' } })
  const finish: (() => void)[] = []
  const under = [1, 2, 3, 4].map(() =>
    budget.run(turn(), () => new Promise<void>((resolve) => finish.push(resolve))),
  )
  await settle()
  t.equal(finish.length, 4, 'no more than four are under way')
  const abort = new AbortController()
  const given = Array.from({ length: 6 }, () => budget.run(turn({ signal: abort.signal }), async () => {}))
  let ran = 0
  const later = [1, 2, 3].map(() =>
    budget.run(turn(), async () => {
      ran += 1
    }),
  )
  await settle()
  abort.abort()
  for (const waiting of given) await t.rejects(waiting, /gave up waiting/)
  for (const end of finish) end()
  await Promise.all(under)
  await clock.advance(1_000)
  t.equal(ran, 3)
  t.equal(budget.status().find(({ api }) => api === 'graphql')?.remaining, 300 - 7, 'seven were sent')
  await Promise.all(later)
})

t.test('pauses grow with each refusal in a row, and begin anew after an answer', async (t) => {
  const rateLimit = { limit: 300, windowSeconds: 300, remaining: 200, resetSeconds: 60 }
  for (const answer of [exchange(), exchange({ rateLimit })]) {
    const clock = createSteppedClock()
    const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
    /** How long a request waits after a refusal that names no time, in seconds. */
    const pause = async (): Promise<number> => {
      budget.observe(exchange({ code: '429', throttled: true }))
      let over = false
      const from = clock.monotonic()
      const run = budget.run(turn(), async () => {
        over = true
      })
      while (!over) await clock.advance(1_000)
      await run
      return Math.floor((clock.monotonic() - from) / 10_000) * 10
    }
    t.same([await pause(), await pause(), await pause()], [10, 30, 60])
    budget.observe(answer)
    t.equal(await pause(), 10)
  }
})

t.test('after a 429 nothing goes out until the pause is over, then everything does', async (t) => {
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
  budget.observe(exchange({ code: '429', throttled: true, retryAfterMs: 40_000 }))
  let done = 0
  const work = async (): Promise<void> => {
    done += 1
  }
  const all = [1, 2, 3].map(() => budget.run(turn(), work))
  await clock.advance(39_000)
  t.equal(done, 0)
  t.match(
    budget.status().find(({ api }) => api === 'graphql'),
    { throttled: 1, paused: true },
  )
  await clock.advance(20_000)
  await Promise.all(all)
  t.equal(done, 3)
})

t.test('a GraphQL query also counts against REST', async (t) => {
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
  await budget.run(turn(), async () => {})
  t.match(budget.status(), [
    { api: 'rest', limit: 600, remaining: 599 },
    { api: 'graphql', limit: 150, remaining: 149 },
  ])
  await clock.advance(window + 1000)
  t.equal(budget.status()[1]?.remaining, 150, 'after five minutes it is forgotten')
})

t.test('in account mode each account has a budget of its own', async (t) => {
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'account' } })
  budget.observe(exchange({ accountId: 'a', code: 'budget', throttled: true, retryAfterMs: 60_000 }))
  const done: string[] = []
  const all = ['a', 'b'].map((accountId) =>
    budget.run(turn({ accountId }), async () => void done.push(accountId)),
  )
  await clock.advance(1_000)
  t.same(done, ['b'], 'the refusal of one does not hold up the other')
  await clock.advance(65_000)
  await Promise.all(all)
  t.same(done, ['b', 'a'])
})

t.test('a new share takes effect at once', async (t) => {
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
  await budget.run(turn(), async () => {})
  t.equal(budget.perMinute('graphql'), 30)
  budget.configure({ share: 1, rateLimitType: 'user' })
  t.equal(budget.perMinute('graphql'), 60)
})

t.test('who waits when the share is raised goes within seconds', async (t) => {
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.01, rateLimitType: 'user' } })
  const sent: number[] = []
  for (let i = 0; i < 2; i += 1) void budget.run(turn(), async () => void sent.push(clock.monotonic()))
  await clock.advance(20_000)
  t.equal(sent.length, 1)
  budget.configure({ share: 1, rateLimitType: 'user' })
  await clock.advance(3_000)
  t.equal(sent.length, 2)
})

t.test(
  'in account mode the pace is that of all accounts together, up to half of what REST allows',
  async (t) => {
    const clock = createSteppedClock()
    const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'account' } })
    t.equal(budget.perMinute('graphql'), 30)
    const after = async (...accountIds: readonly string[]): Promise<number> => {
      for (const accountId of accountIds) await budget.run(turn({ accountId }), async () => {})
      return budget.perMinute('graphql')
    }
    t.same([await after('a'), await after('b'), await after('c', 'd', 'e')], [30, 60, 60])
  },
)

t.test('what Cloudflare says of one API changes the pace of that API alone', async (t) => {
  const budget = createBudget({
    clock: createSteppedClock(),
    settings: { share: 0.5, rateLimitType: 'user' },
  })
  const rateLimit = { limit: 100, windowSeconds: 300, remaining: 100, resetSeconds: 300 }
  budget.observe(exchange({ rateLimit }))
  t.same([budget.perMinute('graphql'), budget.perMinute('rest')], [10, 120])
  t.match(budget.status(), [
    { api: 'rest', limit: 600, remaining: 600, throttled: 0, paused: false },
    { api: 'graphql', limit: 50, remaining: 50, throttled: 0, paused: false },
  ])
})

t.test('the budgets of several accounts are shown as one', async (t) => {
  const budget = createBudget({
    clock: createSteppedClock(),
    settings: { share: 0.5, rateLimitType: 'account' },
  })
  for (const accountId of ['a', 'a', 'b']) await budget.run(turn({ accountId }), async () => {})
  const shown = () => budget.status().find(({ api }) => api === 'graphql')
  t.match(shown(), { limit: 300, remaining: 297, throttled: 0, paused: false })
  budget.observe(exchange({ accountId: 'b', throttled: true, retryAfterMs: 60_000 }))
  t.match(shown(), { limit: 300, throttled: 1, paused: true }, 'one of them has to wait')
})
