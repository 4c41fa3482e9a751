import t from 'tap'
import { UserError } from '../../src/errors.ts'
import { defer } from '../../src/runtime/defer.ts'
import { createSystemClock } from '../../src/runtime/system-clock.ts'
import { createShardWaiter, type Lease, type LeaseDeps } from '../../src/store/postgres-lease.ts'
import { migrations } from '../../src/store/postgres-schema.ts'
import { missingPostgres, type PostgresServer, password, startPostgres } from '../support/postgres-server.ts'

t.setTimeout(120_000)
const skip = missingPostgres()
if (skip === false) process.env.PGPASSWORD = password

function depsOf({ address }: PostgresServer, edit: Partial<LeaseDeps> = {}): LeaseDeps {
  const silent = () => {}
  return {
    address,
    totalShards: 2,
    shards: [0, 1],
    holder: 'test',
    clock: createSystemClock(),
    random: () => 0,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    defer,
    ...edit,
  }
}

async function take(postgres: PostgresServer, edit: Partial<LeaseDeps> = {}): Promise<Lease> {
  const lease = await createShardWaiter(depsOf(postgres, edit)).next(new AbortController().signal)
  if (lease === null) throw new Error('no shard')
  return lease
}

/** Null when all shards are held. */
function takeNow(postgres: PostgresServer): Promise<Lease | null> {
  const stop = new AbortController()
  const { clock } = depsOf(postgres)
  const sleep: typeof clock.sleep = (ms, signal) => {
    // The wait between two questions is the end; the session's own waits go on.
    if (signal === stop.signal) stop.abort()
    return clock.sleep(ms, signal)
  }
  return createShardWaiter(depsOf(postgres, { clock: { ...clock, sleep } })).next(stop.signal)
}

t.test('a store in PostgreSQL', { skip }, async (t) => {
  const postgres = await startPostgres(t)

  await t.test('a wrong password, database or version is a user error at the start', async (t) => {
    process.env.PGPASSWORD = 'wrong'
    await t.rejects(take(postgres), UserError)
    process.env.PGPASSWORD = password
    await t.rejects(take(postgres, { address: postgres.address.replace(/postgres$/, 'other') }), UserError)
  })

  await t.test('each shard has one holder, and its records are there for the next', async (t) => {
    const first = await take(postgres)
    const second = await take(postgres)
    t.same([first.shard, second.shard].sort(), [0, 1])
    t.equal(await takeNow(postgres), null, 'there is no third')
    const record = { text: 'é\u0000"\\ 漢', list: [1, null, true] }
    await first.store.putAll([
      ['a:1', record],
      ['a:2', 2],
      ['b:1', 'x'],
    ])
    await first.store.remove('a:2')
    t.same(first.store.keys('a:'), ['a:1'])
    t.match(first.store.health(), { writes: 4, failures: 0, trouble: null, persistent: true })
    await first.store.close()
    t.equal(first.held(), false)
    const next = await take(postgres)
    t.equal(next.shard, first.shard)
    t.equal(next.epoch, first.epoch + 1)
    t.same(next.store.get('a:1'), record)
    t.same(next.store.keys(''), ['a:1', 'b:1'])
    t.equal(next.store.get('a:2'), undefined)
    t.same(second.store.keys(''), [], 'the other shard has records of its own')
    await next.store.close()
    await second.store.close()
  })

  await t.test('who lost a shard without knowing it cannot write', async (t) => {
    const old = await take(postgres)
    await old.store.put('fence', 'old')
    // As if another process had it: the lock is still held here, the epoch is not.
    await postgres.ask('UPDATE logpush_exporter.shard SET epoch = epoch + 1 WHERE shard = $1', [old.shard])
    await t.rejects(old.store.put('fence', 'too late'), { message: /the shard is lost/ })
    t.ok(old.lost.aborted)
    t.equal(old.held(), false)
    await t.rejects(old.store.putAll([['fence', 'later still']]), { message: /the shard is lost/ })
    await old.store.close()
    const next = await take(postgres, { shards: [old.shard] })
    t.equal(next.store.get('fence'), 'old')
    await next.store.close()
  })

  await t.test('a session that the server ends is lost at once', async (t) => {
    const lease = await take(postgres)
    const lost = new Promise((resolve) => lease.lost.addEventListener('abort', resolve))
    await postgres.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'logpush-exporter'",
    )
    await lost
    await t.rejects(lease.store.put('a', 1), { message: /the shard is lost/ })
    await lease.store.close()
  })

  await t.test('a server that refuses to write is trouble, and what was put is written later', async (t) => {
    const lease = await take(postgres)
    await postgres.ask(
      'ALTER TABLE logpush_exporter.record ADD CONSTRAINT full_disk CHECK (value <> $$"big"$$)',
    )
    await lease.store.put('c', 'big')
    t.match(lease.store.health(), { failures: 1, trouble: /full_disk/ })
    t.equal(lease.store.get('c'), 'big', 'it is read from memory')
    t.ok(lease.held())
    await postgres.ask('ALTER TABLE logpush_exporter.record DROP CONSTRAINT full_disk')
    await lease.store.close()
    const next = await take(postgres, { shards: [lease.shard] })
    t.equal(next.store.get('c'), 'big')
    await next.store.close()
  })

  await t.test('tables go forward, one step at a time, and a newer layout is refused', async (t) => {
    const older = await take(postgres)
    await older.store.put('before', 1)
    const steps = [...migrations, 'ALTER TABLE logpush_exporter.record ADD COLUMN note text']
    const newer = await take(postgres, { migrations: steps })
    t.not(newer.shard, older.shard)
    await t.rejects(older.store.put('before', 2), { message: /the shard is lost/ }, 'the older program stops')
    await older.store.close()
    await t.rejects(take(postgres), { name: 'UserError', message: /schema 2, this program knows up to 1/ })
    const [row] = await postgres.ask("SELECT value, note FROM logpush_exporter.record WHERE key = 'before'")
    t.same(row, { value: '1', note: null })
    await newer.store.close()
  })
})
