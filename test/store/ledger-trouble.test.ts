import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { record, writtenLedger } from '../support/damaged-ledger.ts'
import { ledgerPath, storeDeps } from '../support/ledger-store.ts'

/* Opening a ledger that others have, and reading one whose disk goes away. */

/** A clock that stands still, keeps each wait, and lets a test do something meanwhile. */
function waits(during: (count: number) => Promise<unknown> | unknown = () => {}) {
  const slept: number[] = []
  const state = { now: Date.now() }
  const clock = {
    now: () => state.now,
    async sleep(ms: number) {
      slept.push(ms)
      await during(slept.length)
    },
  }
  return { slept, state, clock }
}

t.test('a ledger that another has is tried six times, at different moments', async (t) => {
  const path = ledgerPath(t)
  const other = await openSqliteStore(storeDeps(path))
  for (const [random, ms] of [
    [0, 20],
    [0.5, 70],
  ] as const) {
    const { slept, clock } = waits()
    await t.rejects(openSqliteStore(storeDeps(path, { clock, random: () => random })), { name: 'UserError' })
    t.same(slept, Array(5).fill(ms))
  }
  await other.close()
})

t.test('a ledger that is free at the last try is opened', async (t) => {
  const path = ledgerPath(t)
  const other = await openSqliteStore(storeDeps(path))
  await other.put('a', 1)
  const { slept, clock } = waits((count) => (count === 5 ? other.close() : null))
  const own = storeDeps(path, { clock })
  const store = await openSqliteStore(own)
  t.equal(slept.length, 5)
  t.equal(store.get('a'), 1)
  t.same(own.said, [])
  t.equal(store.health().persistent, true)
  await store.close()
})

t.test('a disk that refused at first does not hide that another has the ledger', async (t) => {
  const folder = dirname(ledgerPath(t))
  const path = `${folder}/sub/ledger.db`
  const { clock } = waits(async (count) => {
    if (count > 1) return
    mkdirSync(`${folder}/sub`)
    const other = await openSqliteStore(storeDeps(path))
    t.teardown(other.close)
  })
  await t.rejects(openSqliteStore(storeDeps(path, { clock })), { message: /is in use by another process/ })
})

t.test('a ledger that another has got meanwhile is trouble, and records stay in memory', async (t) => {
  const folder = dirname(ledgerPath(t))
  const path = `${folder}/sub/ledger.db`
  const { clock, state } = waits()
  const own = storeDeps(path, { clock })
  const store = await openSqliteStore(own)
  t.match(own.said, [/^trouble: ENOENT/])
  mkdirSync(`${folder}/sub`)
  const other = await openSqliteStore(storeDeps(path))
  state.now += 30_000
  await store.put('a', 1)
  t.match(store.health(), {
    writes: 0,
    failures: 2,
    trouble: `${path} is in use by another process`,
    persistent: false,
  })
  t.strictSame([store.get('a'), store.get('b'), store.keys('')], [1, undefined, ['a']])
  await other.close()
  await store.close()
  const next = await openSqliteStore(storeDeps(path))
  t.same(next.keys(''), ['a'], 'it is written at the end')
  await next.close()
})

t.test('a disk that cannot be read is a failure and no empty ledger, and is told', async (t) => {
  const path = ledgerPath(t)
  await writtenLedger(path)
  const own = storeDeps(path)
  const store = await openSqliteStore(own)
  truncateSync(path, 4096)
  rmSync(dirname(path), { recursive: true })
  const reading = () => store.keys('ledger:')
  t.throws(reading, {
    kind: 'unavailable',
    operation: 'read the ledger',
    message: /^cannot read the ledger: ENOENT/,
  })
  t.match(own.said, [/^trouble: ENOENT/])
  t.match(store.health(), { trouble: /ENOENT/, persistent: false })
  t.same(store.keys(''), [], 'from then on only what is in memory')
  await store.put('ledger:zone:new', 1)
  t.equal(store.get('ledger:zone:new'), 1)
  await store.close()
})

t.test('a file that lost its content says so, and when it was last written', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, '')
  const { clock, state } = waits()
  const written = state.now
  state.now += 60_000
  const own = storeDeps(path, { clock })
  const store = await openSqliteStore(own)
  t.same(own.said, ['replaced: the file is empty: null'])
  const replaced = store.get('replaced')
  t.match(replaced, { at: written + 60_000 })
  t.match(replaced, { writtenAt: Number })
  await store.close()
  const again = storeDeps(path, { clock })
  const next = await openSqliteStore(again)
  t.same(again.said, [])
  t.same(next.get('replaced'), replaced)
  await next.close()
})

t.test('a new ledger is nothing to report', async (t) => {
  const own = storeDeps(ledgerPath(t))
  const store = await openSqliteStore(own)
  t.same(own.said, [])
  t.same(store.keys(''), [])
  await store.close()
  t.equal(store.health().persistent, false, 'a closed store keeps nothing')
})

t.test('keys are those on disk and those in memory, of the prefix, in order', async (t) => {
  const waiting: (() => void)[] = []
  const path = ledgerPath(t)
  const first = await openSqliteStore(storeDeps(path))
  await first.putAll([
    ['z:d', record('d')],
    ['z:b', 1],
    ['x:z:', 1],
  ])
  await first.close()
  const store = await openSqliteStore(storeDeps(path, { defer: (work) => waiting.push(work) }))
  const all = [store.put('z:c', 1), store.put('z:a', 1), store.put('y:z:', 1), store.remove('z:b')]
  t.same(store.keys('z:'), ['z:a', 'z:c', 'z:d'])
  t.same(store.get('z:d'), record('d'))
  for (const work of waiting.splice(0)) work()
  await Promise.all(all)
  t.same(store.keys('z:'), ['z:a', 'z:c', 'z:d'])
  await store.close()
})
