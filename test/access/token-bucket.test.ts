import t from 'tap'
import {
  capacity,
  correct,
  fullBucket,
  refill,
  take,
  throttle,
  waitFor,
  wholeBurst,
} from '../../src/access/token-bucket.ts'

/** Three hundred requests in 300 s, a fifth of them at once: 0.8 a second once those are gone. */
const full = fullBucket(300, 300_000, 1, 10_000, 0.2)
const emptied = Array.from({ length: 60 }).reduce<typeof full>((bucket) => take(bucket, 10_000), full)

t.test('a bucket that is empty fills with the time, and not beyond what it holds', async (t) => {
  t.match(emptied, { tokens: 0, emptySince: 10_000 })
  t.equal(waitFor(emptied, 10_000), 1_250)
  t.equal(refill(emptied, 20_000).tokens, 8)
  t.match(refill(emptied, 10_000 + 75_000), { tokens: 60, emptySince: null })
})

t.test('a clock that goes back gives nothing, and no stretch of time counts twice', async (t) => {
  for (const now of [4_000, 10_000]) t.equal(refill(emptied, now), emptied)
  t.equal(refill(refill(emptied, 4_000), 20_000).tokens, 8)
})

t.test('nothing fills during a pause', async (t) => {
  const paused = { ...emptied, pausedUntil: 40_000 }
  t.equal(refill(paused, 30_000).tokens, 0)
  t.equal(waitFor(paused, 30_000), 10_000 + 1_250)
  t.equal(refill(paused, 50_000).tokens, 8)
})

const windowMs = 300_000
const known = { limit: 1200, windowMs }

t.test(
  'a new bucket may be emptied at once: a fifth of the share, or all of it, and never less than one',
  async (t) => {
    t.equal(waitFor(fullBucket(300, windowMs, 0.5, 0), 0), 0)
    t.equal(fullBucket(300, windowMs, 0.5, 0).tokens, 30)
    t.equal(fullBucket(300, windowMs, 0.5, 0, wholeBurst).tokens, 150)
    t.equal(capacity(fullBucket(10, windowMs, 0.1, 0)), 1)
  },
)

t.test('a bucket is empty when it has less than one left, and stays so until it is full', async (t) => {
  t.equal(take({ ...full, tokens: 2 }, 10_000).emptySince, null)
  const empty = take({ ...full, tokens: 1.5 }, 10_000)
  t.equal(empty.emptySince, 10_000)
  t.equal(take(empty, 12_000).emptySince, 10_000)
})

t.test('when it has been empty for a window, it fills with the whole share', async (t) => {
  const at = 10_000 + windowMs
  const refilled = (now: number) => refill({ ...emptied, at: now - 10_000 }, now).tokens
  t.equal(Math.round(refilled(at - 1)), 8)
  t.equal(Math.round(refilled(at)), 10)
})

t.test(
  'a refusal leaves one request for when the pause is over, and pauses for a second at least',
  async (t) => {
    t.equal(throttle(full, 5_000, 10_000, windowMs).tokens, 1)
    t.equal(throttle({ ...full, tokens: 0.5 }, 5_000, 10_000, windowMs).tokens, 0.5)
    t.equal(throttle(full, 0, 10_000, windowMs).pausedUntil, 11_000)
    t.equal(throttle({ ...full, strikes: 5_000 }, null, 10_000, windowMs).pausedUntil, 10_000 + windowMs)
  },
)

t.test('policies at the bounds of what is plausible are believed, those beyond are not', async (t) => {
  const isBelieved = (limit: number, windowSeconds: number) => {
    const reading = { limit, windowSeconds, remaining: 0, resetSeconds: 90 }
    return correct(full, reading, 10_000, windowMs, known).pausedUntil === 100_000
  }
  for (const [limit, windowSeconds] of [
    [10, 60],
    [10, 1],
    [100, 3_600],
  ] as const)
    t.ok(isBelieved(limit, windowSeconds), `${limit} in ${windowSeconds} s`)
  t.notOk(isBelieved(9, 60))
  t.notOk(isBelieved(100, 3_601))
})

t.test('a policy of the known pace is taken over with its own window', async (t) => {
  const reading = { limit: 600, windowSeconds: 150, remaining: 600, resetSeconds: 150 }
  t.match(correct(full, reading, 10_000, windowMs, known), { limit: 600, windowMs: 150_000 })
})

t.test('while one request is left nothing pauses', async (t) => {
  const reading = { limit: 300, windowSeconds: 300, remaining: 1, resetSeconds: 90 }
  t.match(correct(full, reading, 10_000, windowMs, known), { tokens: 1, pausedUntil: 0 })
})
