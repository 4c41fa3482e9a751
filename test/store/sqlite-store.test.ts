import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import t from 'tap'
import { UserError } from '../../src/errors.ts'
import { loadSqlite } from '../../src/store/sqlite-driver.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { ledgerPath, storeDeps } from '../support/ledger-store.ts'

t.test('what was put is there after a restart, and nothing else', async (t) => {
  const path = ledgerPath(t)
  const first = await openSqliteStore(storeDeps(path))
  await first.put('ledger:zone:1', { watermark: 7, open: [[1, 'a', 2.5]] })
  await first.put('ledger:zone:2', { watermark: 8 })
  await first.putAll([
    ['scope:zone:1', { name: 'quay.example' }],
    ['scope:zone:é', { name: 'é' }],
  ])
  await first.remove('ledger:zone:2')
  t.same(first.health(), { writes: 5, failures: 0, trouble: null, persistent: true })
  await first.close()
  const second = await openSqliteStore(storeDeps(path))
  t.same(second.get('ledger:zone:1'), { watermark: 7, open: [[1, 'a', 2.5]] })
  t.equal(second.get('ledger:zone:2'), undefined)
  t.same(second.keys('ledger:'), ['ledger:zone:1'])
  t.same(second.keys('scope:'), ['scope:zone:1', 'scope:zone:é'])
  await second.close()
  t.equal(statSync(path).mode & 0o777, 0o600, 'nobody else may read it')
  t.same(readdirSync(dirname(path)), ['ledger.db'], 'a closed ledger is one file')
})

t.test('records put in one turn are one transaction, and are read before they are on disk', async (t) => {
  const path = ledgerPath(t)
  const waiting: (() => void)[] = []
  const store = await openSqliteStore(storeDeps(path, { defer: (work) => waiting.push(work) }))
  const all = Promise.all([store.put('a', 1), store.put('b', 2), store.remove('a'), store.put('c', 3)])
  t.equal(waiting.length, 1)
  t.same([store.get('a'), store.get('b'), store.keys('')], [undefined, 2, ['b', 'c']])
  t.equal(store.health().writes, 0)
  for (const work of waiting.splice(0)) work()
  await all
  t.equal(store.health().writes, 3, 'one change of each key')
  const later = store.put('d', 4)
  const closing = store.close()
  for (const work of waiting.splice(0)) work()
  await Promise.all([later, closing])
  const again = await openSqliteStore(storeDeps(path))
  t.same(again.keys(''), ['b', 'c', 'd'])
  await again.close()
})

t.test('a second store on the same file is refused until the first is closed', async (t) => {
  const path = ledgerPath(t)
  const store = await openSqliteStore(storeDeps(path))
  await t.rejects(
    openSqliteStore(storeDeps(path)),
    new UserError(
      `--state.path: ${path} is in use by another process. Two exporters must not share a ledger: stop the other one, or use another path for this one.`,
    ),
  )
  await store.put('a', 1)
  await store.close()
  const next = await openSqliteStore(storeDeps(path))
  t.equal(next.get('a'), 1)
  await next.close()
})

t.test('an older layout is migrated step by step, a newer one is refused', async (t) => {
  const path = ledgerPath(t)
  const step = (from: number, suffix: string) => ({
    from,
    migrate: (database: { exec(sql: string): void }) =>
      database.exec(`ALTER TABLE record ADD COLUMN ${suffix} TEXT`),
  })
  const old = await openSqliteStore(storeDeps(path, { schema: { version: 1, migrations: [] } }))
  await old.put('ledger:zone:1', { from: 5 })
  await old.close()
  const migrations = [step(1, 'one'), step(2, 'two')]
  const next = await openSqliteStore(storeDeps(path, { schema: { version: 3, migrations } }))
  t.same(next.get('ledger:zone:1'), { from: 5 })
  await next.close()
  const again = await openSqliteStore(storeDeps(path, { schema: { version: 3, migrations } }))
  t.same(again.get('ledger:zone:1'), { from: 5 }, 'nothing is migrated twice')
  await again.close()
  await t.rejects(
    openSqliteStore(storeDeps(path, { schema: { version: 2, migrations } })),
    new UserError(
      `--state.path: ${path} was written by a newer version (schema 3, this program knows up to 2). Run that version, or start with an empty path.`,
    ),
  )
  await t.rejects(
    openSqliteStore(storeDeps(path, { schema: { version: 5, migrations } })),
    /has schema 3, which cannot be migrated/,
  )
})

t.test("another program's SQLite file is neither written nor set aside", async (t) => {
  const path = ledgerPath(t)
  const database = (await loadSqlite())(path)
  database.exec('CREATE TABLE theirs (x)')
  database.close()
  await t.rejects(openSqliteStore(storeDeps(path)), /is an SQLite database of another program/)
  t.ok(existsSync(path))
})

t.test(
  'while nothing can be written, records are in memory, each is a failure, and it is said once',
  async (t) => {
    const path = ledgerPath(t)
    let now = 1e12
    const own = storeDeps(`${path}/ledger.db`, { clock: { now: () => now, sleep: async () => {} } })
    // Not even root can make a folder inside a file.
    writeFileSync(path, '')
    const store = await openSqliteStore(own)
    await store.put('a', { kept: true })
    await store.put('b', 2)
    t.same([store.get('a'), store.get('b'), store.keys('')], [{ kept: true }, 2, ['a', 'b']])
    now += 31_000
    await store.put('b', 3)
    t.match(store.health(), { writes: 0, failures: 4, persistent: false })
    t.equal(own.said.length, 1)
    t.match(own.said[0], /^trouble: .*(unable to open|not a directory)/i)
    await store.close()
  },
)

t.test('a record that is not what was written is removed and named, its neighbours stay', async (t) => {
  const path = ledgerPath(t)
  const store = await openSqliteStore(storeDeps(path))
  await store.put('ledger:zone:1', { uploads: 1234 })
  await store.put('ledger:zone:2', { uploads: 5678 })
  await store.close()
  const database = (await loadSqlite())(path)
  database.exec(`UPDATE record SET value = '{"uploads":1235}' WHERE key = 'ledger:zone:1'`)
  database.close()
  const own = storeDeps(path)
  const next = await openSqliteStore(own)
  t.same([next.get('ledger:zone:1'), next.get('ledger:zone:2')], [undefined, { uploads: 5678 }])
  t.match(next.get('replaced'), { at: Number, writtenAt: Number })
  t.same(own.said, ['damaged records: ledger:zone:1'])
  await next.close()
})
