import t from 'tap'
import { fullBucket, refill, take, waitFor } from '../../src/access/token-bucket.ts'

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
  t.equal(refill(emptied, 4_000), emptied)
  t.equal(refill(refill(emptied, 4_000), 20_000).tokens, 8)
})

t.test('nothing fills during a pause', async (t) => {
  const paused = { ...emptied, pausedUntil: 40_000 }
  t.equal(refill(paused, 30_000).tokens, 0)
  t.equal(waitFor(paused, 30_000), 10_000 + 1_250)
  t.equal(refill(paused, 50_000).tokens, 8)
})
