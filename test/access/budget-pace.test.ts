import t from 'tap'
import { createBudget } from '../../src/access/budget.ts'
import { exchange, turn } from '../support/budget-values.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'

const window = 300_000

/** The most within any five minutes. */
function mostInWindow(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b)
  return Math.max(
    ...sorted.map((from, index) => sorted.findLastIndex((at) => at < from + window) - index + 1),
  )
}

t.test('no five minutes let more through than the share, however requests are bunched', async (t) => {
  const clock = createSteppedClock(undefined, 3)
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
  const sent: number[] = []
  for (let minute = 0; minute < 30; minute += 1) {
    // Idle now and then, so that the burst fills up again.
    const asked = minute % 7 < 3 ? 0 : 40
    for (let i = 0; i < asked; i += 1) void budget.run(turn(), async () => void sent.push(clock.monotonic()))
    await clock.advance(60_000)
  }
  await clock.advance(2 * window)
  t.equal(sent.length, 16 * 40)
  t.ok(mostInWindow(sent) <= 150)
})

t.test('a steady queue goes at the whole pace of the share, and never stalls', async (t) => {
  const clock = createSteppedClock(undefined, 3)
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
  const sent: number[] = []
  for (let i = 0; i < 600; i += 1) void budget.run(turn(), async () => void sent.push(clock.monotonic()))
  await clock.advance(4.2 * window)
  t.equal(sent.length, 600)
  const pauses = sent.map((at, index) => at - (sent[index - 1] ?? at))
  t.ok(Math.max(...pauses) <= 5_000, `${Math.max(...pauses)} ms`)
  t.ok(mostInWindow(sent) <= 150)
  const later = sent.filter((at) => at >= (sent[0] ?? 0) + 2 * window)
  const perWindow = ((later.length - 1) * window) / ((later.at(-1) ?? 0) - (later[0] ?? 0))
  t.ok(perWindow >= 148, `${perWindow} of 150`)
})

t.test('lists and queries take turns where both wait for the same requests', async (t) => {
  const clock = createSteppedClock(undefined, 3)
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'account' } })
  const [rest, graphql]: [number[], number[]] = [[], []]
  const start = clock.monotonic()
  for (let i = 0; i < 1_000; i += 1) {
    void budget.run(turn({ api: 'rest' }), async () => void rest.push(clock.monotonic()))
    const accountId = String(i % 20)
    void budget.run(turn({ accountId }), async () => void graphql.push(clock.monotonic()))
  }
  await clock.advance(2 * window)
  const both = [...rest, ...graphql]
  t.ok(mostInWindow(both) <= 600, 'the share of both')
  t.ok(both.length >= 1_190, `${both.length} of 1,200`)
  const [lists, queries] = [rest, graphql].map((list) => list.filter((at) => at > start + window).length)
  t.ok(Math.abs((lists ?? 0) - (queries ?? 0)) <= 2, `${lists} lists, ${queries} queries`)
  await clock.advance(window * 2)
})

t.test('a pause of REST holds up no query', async (t) => {
  const clock = createSteppedClock(undefined, 3)
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
  budget.observe(exchange({ api: 'rest', throttled: true, retryAfterMs: 300_000 }))
  let [lists, queries] = [0, 0]
  void budget.run(turn({ api: 'rest' }), async () => {
    lists += 1
  })
  for (let i = 0; i < 20; i += 1)
    void budget.run(turn(), async () => {
      queries += 1
    })
  await clock.advance(1_000)
  t.same([lists, queries], [0, 20])
  await clock.advance(310_000)
  t.equal(lists, 1)
})

t.test(
  'whatever policy an answer names, no five minutes let more through than the share of what is known',
  async (t) => {
    for (const mayBurst of [false, true])
      for (const [limit, windowSeconds] of [
        [12_000, 3_600],
        [60, 60],
      ] as const) {
        const clock = createSteppedClock(undefined, 3)
        const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' }, mayBurst })
        const rateLimit = { limit, windowSeconds, remaining: limit, resetSeconds: 1 }
        budget.observe(exchange({ api: 'rest', rateLimit }))
        const sent: number[] = []
        for (let i = 0; i < 1_200; i += 1)
          void budget.run(turn({ api: 'rest' }), async () => void sent.push(clock.monotonic()))
        await clock.advance(1.2 * window)
        const most = mostInWindow(sent)
        const own = Math.min(600, (limit / windowSeconds) * 150)
        t.ok(
          most >= 0.95 * own && most <= 600,
          `${limit} in ${windowSeconds} s, burst ${mayBurst}: ${most} of ${own}`,
        )
      }
  },
)
