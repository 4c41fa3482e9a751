import { getEventListeners } from 'node:events'
import t from 'tap'
import { createRequestQueue } from '../../src/access/request-queue.ts'
import { type Bucket, fullBucket, wholeBurst } from '../../src/access/token-bucket.ts'
import { createSteppedClock, settle } from '../support/stepped-clock.ts'

const windowMs = 60_000

/** Ten requests a minute, half of them ours, all at once if need be. */
function queueOfFive(edit: Partial<Bucket> = {}) {
  const clock = createSteppedClock(undefined, 3)
  const bucket = fullBucket(10, windowMs, 0.5, clock.monotonic(), wholeBurst)
  const queue = createRequestQueue(clock, { ...bucket, ...edit })
  const began = clock.monotonic()
  const sent: number[] = []
  const send = (priority = 1): void => {
    void queue.enter({ priority, signal: new AbortController().signal }).then(({ at }) => {
      sent.push(at - began)
      queue.ended()
    })
  }
  return { clock, queue, sent, send }
}

t.test(
  'a share that is spent is free again a second after the window, since requests arrive late',
  async (t) => {
    const { clock, queue, sent, send } = queueOfFive()
    for (let i = 0; i < 6; i += 1) send()
    await clock.advance(windowMs)
    t.same(sent, [0, 0, 0, 0, 0])
    t.equal(queue.sentLately(), 5, 'those of a minute ago still count')
    await clock.advance(1_000)
    t.same(sent.slice(5), [windowMs + 1_000])
    t.equal(queue.sentLately(), 1)
  },
)

t.test('who asks in between goes as soon as the window has room', async (t) => {
  const { clock, sent, send } = queueOfFive()
  for (let i = 0; i < 5; i += 1) send()
  await clock.advance(500)
  send()
  await clock.advance(windowMs + 500)
  t.equal(sent[5], windowMs + 1_000)
})

t.test('of those that wait the urgent go first, each in the order in which it came', async (t) => {
  const { clock, queue } = queueOfFive()
  const order: string[] = []
  const enter = (name: string, priority: number): void =>
    void queue
      .enter({ priority, signal: new AbortController().signal })
      .then(() => order.push(name))
      .then(queue.ended)
  for (let i = 0; i < 4; i += 1) void queue.enter({ priority: 0, signal: new AbortController().signal })
  enter('later', 2)
  enter('urgent', 1)
  enter('urgent too', 1)
  await clock.advance(100)
  t.same(order, [], 'four at a time are under way')
  queue.ended()
  await clock.advance(2 * windowMs)
  t.same(order, ['urgent', 'urgent too', 'later'])
})

t.test('a share of less than two requests lets one through in each window', async (t) => {
  const { clock, sent, send } = queueOfFive({ limit: 3 })
  for (let i = 0; i < 3; i += 1) send()
  await clock.advance(2 * (windowMs + 1_000))
  t.same(sent, [0, windowMs + 1_000, 2 * (windowMs + 1_000)])
})

t.test('of a share that was lowered to less than one request, one goes out and no more', async (t) => {
  const { clock, queue, sent, send } = queueOfFive()
  queue.bucket = { ...queue.bucket, share: 0.05 }
  for (let i = 0; i < 3; i += 1) send()
  await clock.advance(windowMs)
  t.same(sent, [0])
})

t.test('requests of another queue and those that enter take turns, beginning with the former', async (t) => {
  const { clock, queue } = queueOfFive({ tokens: 0 })
  const order: string[] = []
  const turn = { priority: 1, signal: new AbortController().signal }
  for (const number of [1, 2]) {
    const done = (what: string) => (): void => void order.push(`${what} ${number}`)
    void queue.enter(turn).then(done('own'))
    void queue.count(turn).then(done('other'))
  }
  await clock.advance(windowMs)
  t.same(order, ['other 1', 'own 1', 'other 2', 'own 2'])
})

t.test('after a full window what waits goes out evenly, not in a burst', async (t) => {
  const { clock, sent, send } = queueOfFive({ limit: 100, burst: 0.2, tokens: 50 })
  for (let i = 0; i < 70; i += 1) send()
  await clock.advance(windowMs)
  t.equal(sent.length, 50)
  await clock.advance(1_000)
  t.equal(sent.length, 51)
})

t.test('when a pause ends, requests of another queue wait for the budget again', async (t) => {
  const { clock, queue } = queueOfFive({ tokens: 0 })
  let counted = 0
  const count = (): void =>
    void queue.count({ priority: 1, signal: new AbortController().signal }).then(() => {
      counted += 1
    })
  queue.bucket = { ...queue.bucket, pausedUntil: clock.monotonic() + 1 }
  count()
  await clock.advance(1)
  t.equal(counted, 1)
  count()
  await clock.advance(5_000)
  t.equal(counted, 1)
  await clock.advance(windowMs)
  t.equal(counted, 2)
})

t.test('a budget that is raised is noticed within a second, with one timer for all that wait', async (t) => {
  const { clock, queue, sent, send } = queueOfFive({ tokens: 0 })
  for (let i = 0; i < 3; i += 1) send()
  await clock.advance(500)
  t.equal(clock.sleepers, 1)
  queue.bucket = { ...queue.bucket, tokens: 3 }
  await clock.advance(500)
  t.equal(sent.length, 3)
})

t.test('who gave up waiting leaves no listener behind', async (t) => {
  const { queue } = queueOfFive({ tokens: 0 })
  const stop = new AbortController()
  const waiting = queue.enter({ priority: 1, signal: stop.signal })
  stop.abort()
  await t.rejects(waiting, /gave up/)
  t.same(getEventListeners(stop.signal, 'abort'), [])
})

t.test('a millisecond too early is too early', async (t) => {
  for (const line of ['enter', 'count'] as const) {
    const { clock, queue } = queueOfFive({ tokens: 0.999_95 })
    let over = false
    void queue[line]({ priority: 1, signal: new AbortController().signal }).then(() => {
      over = true
    })
    await settle()
    t.notOk(over, line)
    await clock.advance(1)
    t.ok(over, line)
  }
})
