import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import t from 'tap'
import { prepareStateFolder } from '../../src/runtime/state-folder.ts'
import { openSqliteStore } from '../../src/store/sqlite-store.ts'
import { contend, programFile } from '../support/contended-ledger.ts'
import { damages, record, writtenLedger } from '../support/damaged-ledger.ts'
import { ledgerPath, storeDeps } from '../support/ledger-store.ts'

for (const [what, damage] of damages) {
  t.test(
    `a ledger file with ${what}: no record is read wrong, what is lost is said, and writing goes on`,
    async (t) => {
      const path = ledgerPath(t)
      const count = await writtenLedger(path)
      damage(path)
      // Later than the file was made: an empty one is then no file that another process is about to fill.
      const clock = { now: () => Date.now() + 60_000, sleep: async () => {} }
      const own = storeDeps(path, { clock })
      const store = await openSqliteStore(own)
      const kept = store.keys('ledger:').length
      for (const key of store.keys('ledger:')) t.same(store.get(key), record(key), key)
      if (kept < count)
        t.match(own.said, [/^replaced: .+: (.+\.damaged-\d{8}T\d{6}Z|null)$|^damaged records: /])
      else t.same(own.said, [])
      t.comment(`${kept} of ${count} records kept; said ${own.said.join('; ').slice(0, 100) || 'nothing'}`)
      await store.put('ledger:zone:new', record('ledger:zone:new'))
      t.equal(store.health().trouble, null)
      await store.close()
      const again = storeDeps(path)
      const next = await openSqliteStore(again)
      t.equal(next.keys('ledger:').length, kept + 1)
      t.same(again.said, [], 'it is said once')
      await next.close()
    },
  )
}

t.test('a damaged file is kept whole, and the new ledger knows when it was last written', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, 'no ledger')
  utimesSync(path, 1_800_000_000, 1_700_000_000)
  const own = storeDeps(path)
  const store = await openSqliteStore(own)
  const [kept = ''] = readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'))
  t.equal(readFileSync(`${dirname(path)}/${kept}`, 'utf8'), 'no ledger')
  t.match(store.get('replaced'), { writtenAt: 1_700_000_000_000, at: Number })
  t.match(own.said, [`replaced: file is not a database: ${dirname(path)}/${kept}`])
  await store.close()
  writeFileSync(path, 'no ledger again')
  const second = await openSqliteStore(storeDeps(path))
  await second.close()
  t.equal(readdirSync(dirname(path)).filter((name) => name.includes('.damaged-')).length, 2, 'both are kept')
})

t.test('a ledger that is damaged while it is open is replaced without an end of the process', async (t) => {
  const path = ledgerPath(t)
  await writtenLedger(path)
  const own = storeDeps(path)
  const store = await openSqliteStore(own)
  truncateSync(path, 4096 * 3)
  const seen = store.keys('ledger:').map((key) => store.get(key))
  t.ok(seen.every((value) => value === undefined || typeof value === 'object'))
  for (let i = 0; i < 2000; i += 1) await store.put(`ledger:zone:${i}`, record(`ledger:zone:${i}`))
  t.same(store.get('ledger:zone:1999'), record('ledger:zone:1999'))
  t.equal(store.health().trouble, null)
  t.match(own.said, [/^replaced: /])
  await store.close()
})

t.test('what is no regular file is refused', async (t) => {
  const path = ledgerPath(t)
  // Who is not root may not write to its folder either, and is told that first.
  const reason =
    process.getuid?.() === 0 ? /not a regular file/ : /not a regular file|\/dev cannot be written/
  t.throws(() => prepareStateFolder('/dev/null'), reason)
  mkdirSync(path)
  t.throws(() => prepareStateFolder(path), /it is a directory/)
  rmSync(path, { recursive: true })
  symlinkSync('nowhere', path)
  prepareStateFolder(path)
  const store = await openSqliteStore(storeDeps(path))
  await store.put('a', 1)
  t.equal(store.health().failures === 0 || store.health().trouble !== null, true)
  await store.close()
})

t.test('of eight processes that open one ledger at once, one gets it, in 25 of 25 rounds', async (t) => {
  const winners = await contend(t, { rounds: 25, processes: 8 })
  t.strictSame(winners, Array(25).fill(1))
})

t.test('a killed process leaves nothing that holds up the next', async (t) => {
  const path = ledgerPath(t)
  await writtenLedger(path)
  const program = `
    import { openSqliteStore } from './src/store/sqlite-store.ts'
    import { storeDeps } from './test/support/ledger-store.ts'
    const store = await openSqliteStore(storeDeps(${JSON.stringify(path)}))
    await store.put('last', 1)
    process.stdout.write('written')
    setInterval(() => {}, 1000)
  `
  const child = spawn(process.execPath, [programFile(t, program)], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await t.rejects(openSqliteStore(storeDeps(path)), /is in use by another process/)
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  const store = await openSqliteStore(storeDeps(path))
  t.equal(store.get('last'), 1)
  await store.close()
  t.ok(existsSync(path))
  t.same(
    readdirSync(dirname(path)).filter((name) => name !== basename(path)),
    [],
  )
})
