import t from 'tap'
import { defer } from '../../src/runtime/defer.ts'
import { createShardWaiter, type LeaseDeps } from '../../src/store/postgres-lease.ts'
import { type Answer, type FakePostgres, fakePostgres } from '../support/fake-postgres.ts'
import { logSink } from '../support/log-sink.ts'
import { createSteppedClock, settle } from '../support/stepped-clock.ts'
import { until } from '../support/until.ts'

type Ends = Pick<typeof t, 'teardown'>

/** A database with the present tables, in which nobody holds a shard, and a process that waits for one. */
async function setUp(t: Ends, edit: Partial<LeaseDeps> = {}) {
  /** What the first text that contains the key is answered with; before the usual answers. */
  const answers = new Map<string, Answer>()
  const usual: readonly (readonly [string, Answer])[] = [
    ['WITH held', [{ held: 1 }]],
    ['server_version_num', [{ number: 150_000 }]],
    ['pg_tables', [{ count: 1 }]],
    ['SELECT version', [{ version: 1 }]],
    ['pg_try_advisory_lock', [{ shard: 1 }]],
    ['INSERT INTO logpush_exporter.shard', [{ epoch: '7' }]],
    ['SELECT key', []],
    ['', []],
  ]
  const server = await fakePostgres(
    ({ text }) => [...answers, ...usual].find(([part]) => text.includes(part))?.[1] ?? [],
  )
  t.teardown(server.close)
  const clock = createSteppedClock()
  const log = logSink()
  const waiter = createShardWaiter({
    address: server.address,
    totalShards: 2,
    shards: [0, 1],
    holder: 'test',
    clock,
    random: () => 0.5,
    log,
    defer,
    ...edit,
  })
  const stop = new AbortController()
  return { answers, server, clock, log, waiter, stop }
}

const asks = ({ asked }: FakePostgres) =>
  asked.filter(({ text }) => text.includes('pg_try_advisory_lock')).length

/** Lets it ask until it has asked so often. */
async function asked(server: FakePostgres, count: number): Promise<void> {
  await until(() => asks(server) >= count)
  await settle()
}

t.test('a free shard is taken with its epoch, and said', async (t) => {
  const { server, log, waiter, stop } = await setUp(t)
  const lease = await waiter.next(stop.signal)
  t.match(lease, { shard: 1, epoch: 7 })
  t.equal(lease?.held(), true)
  t.equal(lease?.lost.aborted, false)
  t.same(log.taken(), [{ level: 'info', message: 'took over the shard', shard: 1, epoch: 7 }])
  await lease?.store.close()
  t.equal(lease?.held(), false)
  t.equal(server.startups.length, 1)
})

t.test(
  'a standby asks every second on one connection, says so once, and leaves when it is told',
  async (t) => {
    const { answers, server, clock, log, waiter, stop } = await setUp(t)
    answers.set('pg_try_advisory_lock', [])
    const waiting = waiter.next(stop.signal)
    await asked(server, 1)
    t.equal(waiter.waitsFor(), 'waiting for one of 2 shards, run by other processes now')
    await clock.advance(999)
    t.equal(asks(server), 1)
    await clock.advance(1)
    await asked(server, 2)
    await clock.advance(1_000)
    await asked(server, 3)
    t.equal(server.startups.length, 1)
    t.same(log.taken(), [{ level: 'info', message: 'standing by: other processes run all shards' }])
    stop.abort()
    t.equal(await waiting, null)
    await until(() => server.open() === 0)
  },
)

t.test('standbys ask at different moments, a fifth of a second around', async (t) => {
  for (const [random, ms] of [
    [0, 800],
    [1, 1_200],
  ] as const) {
    const { answers, server, clock, waiter, stop } = await setUp(t, { random: () => random })
    answers.set('pg_try_advisory_lock', [])
    const waiting = waiter.next(stop.signal)
    await asked(server, 1)
    await clock.advance(ms - 1)
    t.equal(asks(server), 1)
    await clock.advance(1)
    await asked(server, 2)
    stop.abort()
    await waiting
  }
})

t.test('who waits for one shard names it', async (t) => {
  const { waiter } = await setUp(t, { shards: [3] })
  t.equal(waiter.waitsFor(), 'waiting for shard 3, run by other processes now')
})

t.test('who is told to stop before it asked asks nothing', async (t) => {
  const { server, waiter } = await setUp(t)
  t.equal(await waiter.next(AbortSignal.abort()), null)
  t.same(server.startups, [])
})

t.test('an outage is said when it begins and when it ends', async (t) => {
  const { answers, server, clock, log, waiter, stop } = await setUp(t)
  answers.set('pg_try_advisory_lock', { code: '57P03', message: 'starting up' })
  const waiting = waiter.next(stop.signal)
  await asked(server, 1)
  t.equal(waiter.waitsFor(), 'waiting for the database of --state.path (starting up)')
  answers.set('pg_try_advisory_lock', { code: '57P03', message: '' })
  await clock.advance(1_000)
  await asked(server, 2)
  t.equal(waiter.waitsFor(), 'waiting for the database of --state.path (no connection)')
  t.equal(server.startups.length, 2, 'each time on a new connection')
  t.same(log.taken(), [
    {
      level: 'error',
      message: 'cannot reach the database of --state.path; standing by',
      reason: 'starting up',
    },
  ])
  answers.clear()
  await clock.advance(1_000)
  const lease = await waiting
  t.match(log.taken(), [
    { message: 'took over the shard' },
    { level: 'info', message: 'the database of --state.path answers again' },
  ])
  t.equal(server.open(), 1)
  await lease?.store.close()
})

t.test('a standby whose connection is cut connects again', async (t) => {
  const { answers, server, clock, waiter, stop } = await setUp(t)
  answers.set('pg_try_advisory_lock', [])
  const waiting = waiter.next(stop.signal)
  await asked(server, 1)
  server.cut()
  await until(() => server.open() === 0)
  answers.clear()
  await clock.advance(1_000)
  const lease = await waiting
  t.equal(lease?.held(), true)
  t.equal(server.startups.length, 2)
  await lease?.store.close()
})

t.test('the next lease has a connection of its own', async (t) => {
  const { server, waiter, stop } = await setUp(t)
  const first = await waiter.next(stop.signal)
  const second = await waiter.next(stop.signal)
  t.equal(server.startups.length, 2)
  await first?.store.close()
  t.equal(second?.held(), true)
  await second?.store.close()
})

t.test('a wrong setting is an error at the start', async (t) => {
  for (const code of ['28P01', '3D000', '3F000', '42501']) {
    const { answers, server, waiter, stop } = await setUp(t)
    answers.set('pg_tables', { code, message: 'permission denied' })
    await t.rejects(waiter.next(stop.signal), {
      name: 'UserError',
      message: '--state.path: the database refused: permission denied',
    })
    await until(() => server.open() === 0)
  }
})

t.test('a wrong setting later may be a change under way, and is waited for', async (t) => {
  const { answers, server, clock, waiter, stop } = await setUp(t)
  answers.set('pg_try_advisory_lock', [])
  const waiting = waiter.next(stop.signal)
  await asked(server, 1)
  answers.set('pg_try_advisory_lock', { code: '42501', message: 'permission denied' })
  await clock.advance(1_000)
  await asked(server, 2)
  t.equal(waiter.waitsFor(), 'waiting for the database of --state.path (permission denied)')
  stop.abort()
  t.equal(await waiting, null)
})

t.test('tables of a newer version are an error, and the connection is left', async (t) => {
  const { answers, server, waiter, stop } = await setUp(t)
  answers.set('SELECT version', [{ version: 2 }])
  await t.rejects(waiter.next(stop.signal), { name: 'UserError', message: /schema 2/ })
  await until(() => server.open() === 0)
})

t.test('a ledger that cannot be written is an error in the log, until it can', async (t) => {
  const { answers, clock, log, waiter, stop } = await setUp(t)
  const lease = await waiter.next(stop.signal)
  log.clear()
  answers.set('WITH held', { code: '53100', message: 'disk full' })
  await lease?.store.put('a', 1)
  t.same(log.taken(), [
    {
      level: 'error',
      message: 'cannot write the ledger; counts are kept in memory only',
      shard: 1,
      reason: 'disk full',
    },
  ])
  answers.clear()
  await clock.advance(30_000)
  await lease?.store.put('b', 2)
  t.same(log.taken(), [{ level: 'info', message: 'writing the ledger works again', shard: 1 }])
  await lease?.store.close()
})
