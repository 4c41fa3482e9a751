import t from 'tap'
import { type Api, createBudget, priority } from '../../src/access/budget.ts'
import { createSteppedClock, type SteppedClock, settle } from '../support/stepped-clock.ts'

const windowMs = 300_000
const { signal } = new AbortController()

/** When each of so many requests went out, from the start on. */
function requests(clock: SteppedClock, count: number, mayBurst: boolean, api: Api = 'rest') {
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' }, mayBurst })
  const begun = clock.monotonic()
  const sent: number[] = []
  const turn = { api, priority: priority.enabled, accountId: '', signal }
  const all = Promise.all(
    Array.from({ length: count }, () =>
      budget.run(turn, async () => {
        sent.push(clock.monotonic() - begun)
      }),
    ),
  )
  return { budget, sent, all }
}

/** A turn passes on over a few microtasks; that many requests need more than one look. */
async function settleAll(): Promise<void> {
  for (let i = 0; i < 100; i += 1) await settle()
}

t.test('a command that ends by itself sends its share at once, one that runs on a fifth of it', async (t) => {
  const burst = requests(createSteppedClock(), 700, true)
  const steady = requests(createSteppedClock(), 700, false)
  await settleAll()
  t.equal(burst.sent.length, 600)
  t.equal(steady.sent.length, 120)
  t.equal(requests(createSteppedClock(), 0, true).budget.perMinute('rest'), 120, 'what lasts is the same')
})

t.test('no window lets more than the share through, however long the command takes', async (t) => {
  const clock = createSteppedClock()
  const { sent, all } = requests(clock, 1_500, true)
  while (sent.length < 1_500) {
    await settleAll()
    await clock.advance(5_000)
  }
  await all
  for (const start of new Set(sent))
    t.ok(sent.filter((at) => at >= start && at < start + windowMs).length <= 600, `from ${start} ms on`)
  t.ok((sent.at(-1) ?? 0) <= 2 * windowMs + 5_000, 'and it does go on when the window has room')
})

t.test('what the API says of its own count lowers a burst, too', async (t) => {
  const clock = createSteppedClock()
  const { budget, sent } = requests(clock, 0, true, 'graphql')
  const exchange = {
    api: 'graphql',
    operation: 'read_zone_health',
    code: '200',
    durationMs: 1,
    accountId: null,
    rateLimit: { limit: 300, windowSeconds: 300, remaining: 20, resetSeconds: 100 },
    retryAfterMs: null,
    throttled: false,
    serverTime: null,
  } as const
  budget.observe(exchange)
  const turn = { api: 'graphql', priority: priority.enabled, accountId: '', signal } as const
  for (let i = 0; i < 50; i += 1) void budget.run(turn, async () => void sent.push(0))
  await settleAll()
  t.equal(sent.length, 10, 'half of what is left')
  await clock.advance(windowMs)
  t.equal(sent.length, 50)
})
