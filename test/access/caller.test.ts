import { getEventListeners } from 'node:events'
import t from 'tap'
import { attempt } from '../../src/access/attempt.ts'
import { createBudget, type Turn } from '../../src/access/budget.ts'
import { forScope } from '../../src/access/caller.ts'
import { ApiFailure, type ApiFailureKind, InternalError } from '../../src/errors.ts'
import { aCaller, pageOf } from '../support/callers.ts'
import { leapingClock } from '../support/leaping-clock.ts'
import { createSteppedClock, settle } from '../support/stepped-clock.ts'

const failed = (kind: ApiFailureKind, retryAfterMs?: number) =>
  new ApiFailure(kind, `it was ${kind}`, { operation: 'test', retryAfterMs })

/** Fails so often, then gives its count. */
function failing(times: number, kind: ApiFailureKind, retryAfterMs?: number) {
  let calls = 0
  return async (): Promise<number> => {
    calls += 1
    if (calls <= times) throw failed(kind, retryAfterMs)
    return calls
  }
}

t.test('a read is made again as its row says, each time in its turn', async (t) => {
  const clock = leapingClock()
  const turns: Turn[] = []
  const budget = {
    run: <T>(turn: Turn, work: () => Promise<T>) => {
      turns.push(turn)
      return work()
    },
  }
  const call = aCaller({ clock, budget })
  t.equal(await call.read(failing(3, 'network')), 4)
  t.same(clock.slept, [1_000, 4_000, 10_000])
  t.equal(turns.length, 4)
  await t.rejects(call.with({ reads: 'pollRead' }).read(failing(2, 'network')), /it was network/)
  await t.rejects(call.read(failing(1, 'forbidden')), /it was forbidden/)
})

t.test('a write is sent once, and says that it has left', async (t) => {
  const call = aCaller()
  await t.rejects(call.write(failing(1, 'timeout')), /it was timeout/)
  t.equal(call.writesSent(), 1)
  t.equal(
    await call.write(failing(1, 'rate_limited', 5_000)),
    2,
    'what Cloudflare has not looked at is sent again',
  )
  t.equal(call.writesSent(), 3)
  t.equal(call.with({}).writesSent(), 0)
})

t.test('waits are announced, and cut short by the stop', async (t) => {
  const clock = createSteppedClock()
  const stop = new AbortController()
  const reasons: string[] = []
  const call = aCaller({ clock, stop: stop.signal, onWait: (reason) => reasons.push(reason) })
  const write = t.rejects(call.write(failing(1, 'rate_limited', 300_000)), /interrupted/)
  await settle()
  t.same(reasons, ['Cloudflare asks to wait 300 s'])
  t.equal(clock.sleepers, 1)
  stop.abort()
  await write
  t.equal(clock.sleepers, 0)
  t.equal(call.writesSent(), 1, 'and it is not sent after all')
  await t.rejects(call.read(failing(0, 'network')), {
    kind: 'aborted',
    message: 'interrupted before it was sent',
    operation: 'wait',
  })
})

t.test('the signal ends a read under way, and never a write', async (t) => {
  const signals: AbortSignal[] = []
  const end = new AbortController()
  const call = aCaller({ signal: end.signal })
  const note = async ({ signal }: { readonly signal: AbortSignal }) => void signals.push(signal)
  await call.read(note)
  await call.write(note)
  end.abort()
  t.same(
    signals.map(({ aborted }) => aborted),
    [true, false],
  )
})

t.test('a refused token is told each time, and no other failure is', async (t) => {
  let refused = 0
  const onRefusedToken = (): void => {
    refused += 1
  }
  const call = aCaller({ onRefusedToken })
  await t.rejects(call.read(failing(1, 'auth')), /it was auth/)
  await t.rejects(call.with({ priority: 0 }).write(failing(1, 'auth')), /it was auth/)
  for (const kind of ['forbidden', 'not_found', 'bad_response', 'unavailable'] as const)
    await t.rejects(call.read(failing(9, kind)), new RegExp(kind))
  t.equal(refused, 2)
})

t.test('a listing is read page by page, each page as often as any read', async (t) => {
  const all = Array.from({ length: 120 }, (_, index) => ({ id: String(index) }))
  let blips = 0
  const asked: number[] = []
  const list = async (page: number, { signal }: { readonly signal: AbortSignal }) => {
    asked.push(page)
    t.notOk(signal.aborted)
    if (page === 2 && blips++ === 0) throw failed('network')
    return pageOf(all, page)
  }
  const call = aCaller()
  t.same((await call.all(list)).items, all)
  t.same(asked, [1, 2, 2, 3])
  const sizes: number[] = []
  for await (const page of call.pages(list, { idOf: ({ id }) => id })) sizes.push(page.length)
  t.same(sizes, [50, 50, 20])
})

t.test('a read for a scope counts against its account, in its place', async (t) => {
  const turns: Turn[] = []
  const budget = {
    run: <T>(turn: Turn, work: () => Promise<T>) => {
      turns.push(turn)
      return work()
    },
  }
  const zone = { kind: 'zone', id: 'z', name: '', account: { id: 'a', name: '' } } as const
  const { signal } = new AbortController()
  await aCaller({ budget })
    .with(forScope('graphql', zone, 3, signal))
    .read(failing(0, 'network'))
  t.match(turns, [{ api: 'graphql', priority: 3, accountId: 'a' }])
})

t.test('hundreds of calls on one signal leave no listener and cause no warning', async (t) => {
  const warnings: string[] = []
  const note = ({ name }: Error): void => void warnings.push(name)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))
  const clock = createSteppedClock()
  const budget = createBudget({ clock, settings: { share: 0.5, rateLimitType: 'user' } })
  const { signal: stop } = new AbortController()
  const call = aCaller({ clock, budget, stop, signal: stop })
  const reads = Array.from({ length: 300 }, () => call.read(failing(1, 'network')))
  await settle()
  t.ok(getEventListeners(stop, 'abort').length > 100, 'they do wait on it')
  await clock.advance(600_000)
  await Promise.all(reads)
  t.same(getEventListeners(stop, 'abort'), [])
  t.same(warnings, [])
})

t.test('an attempt gives the value or the failure; what we gave up and our bugs are thrown', async (t) => {
  t.same(await attempt(async () => 7), { ok: true, value: 7 })
  const failure = failed('forbidden')
  t.same(await attempt(() => Promise.reject(failure)), { ok: false, failure })
  await t.rejects(
    attempt(() => Promise.reject(failed('aborted'))),
    /it was aborted/,
  )
  await t.rejects(
    attempt(() => Promise.reject(new InternalError('a bug'))),
    /a bug/,
  )
})
