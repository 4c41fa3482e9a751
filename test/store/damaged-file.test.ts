import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import t from 'tap'
import { lookAt, openOrReplace } from '../../src/store/damaged-file.ts'
import { currentSchema } from '../../src/store/ledger-schema.ts'
import { loadSqlite, type OpenDatabase } from '../../src/store/sqlite-driver.ts'
import { ledgerPath } from '../support/ledger-store.ts'

type Ends = { teardown(end: () => void): unknown }

const sqlite = await loadSqlite()
const now = () => Date.UTC(2026, 10, 29, 21, 45, 6, 789)
const fault = (errcode: number) => Object.assign(new Error(`fault ${errcode}`), { errcode })

/** SQLite, but a file that begins with "no ledger" is damaged, and nothing beside it is touched. */
const strict: OpenDatabase = (path) => {
  if (existsSync(path) && readFileSync(path, 'utf8').startsWith('no ledger')) throw fault(26)
  return sqlite(path)
}

/** Opens or replaces the file, closed when the test ends, and tells all but the file itself. */
function outcome(t: Ends, path: string, open = strict) {
  const { opened, replaced } = openOrReplace(path, open, currentSchema, now)
  if (opened.state === 'open') t.teardown(opened.file.close)
  return { state: opened.state, isNew: opened.state === 'open' && opened.isNew, replaced }
}

const beside = (path: string) =>
  readdirSync(dirname(path))
    .filter((name) => !/^ledger\.db(-wal|-shm)?$/.test(name))
    .sort()

t.test('a whole file is opened and nothing is put beside it', async (t) => {
  const path = ledgerPath(t)
  t.same(outcome(t, path), { state: 'open', isNew: true, replaced: null })
  t.same(beside(path), [])
})

t.test('a damaged file is kept with what belongs to it, under the second it was found in', async (t) => {
  const path = ledgerPath(t)
  const keptAt = `${path}.damaged-20261129T214506Z`
  for (const kept of [keptAt, `${keptAt}-2`, `${keptAt}-3`]) {
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      writeFileSync(path + suffix, `no ledger: ${suffix}`)
    const { opened, replaced } = openOrReplace(path, strict, currentSchema, now)
    t.match(opened, { state: 'open', isNew: true })
    t.same(replaced, { reason: 'fault 26', keptAt: kept })
    for (const suffix of ['', '-wal', '-shm', '-journal'])
      t.equal(readFileSync(kept + suffix, 'utf8'), `no ledger: ${suffix}`)
    if (opened.state === 'open') opened.file.close()
  }
  t.equal(beside(path).length, 12, 'the guard is gone')
})

t.test('a damaged file without companions is kept alone', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, 'no ledger')
  t.match(outcome(t, path), { state: 'open', replaced: { reason: 'fault 26' } })
  t.same(beside(path), [`${basename(path)}.damaged-20261129T214506Z`])
})

t.test('while another process replaces the file it is busy, and nothing is moved', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, 'no ledger')
  const other = sqlite(`${path}.replacing`)
  other.exec('PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE')
  let closed = 0
  const open: OpenDatabase = (opened) => {
    const database = strict(opened)
    return {
      exec: (text) => database.exec(text),
      prepare: (text) => database.prepare(text),
      close() {
        closed += 1
        database.close()
      },
    }
  }
  t.same(outcome(t, path, open), { state: 'busy', isNew: false, replaced: null })
  t.equal(closed, 1)
  t.equal(readFileSync(path, 'utf8'), 'no ledger')
  other.close()
  t.match(outcome(t, path), { state: 'open', replaced: { reason: 'fault 26' } })
})

t.test('a file that another process has replaced meanwhile is opened as it is', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, 'no ledger')
  const open: OpenDatabase = (opened) => {
    if (opened !== path) writeFileSync(path, '')
    return strict(opened)
  }
  t.same(outcome(t, path, open), { state: 'open', isNew: true, replaced: null })
  t.same(beside(path), ['ledger.db.replacing'], 'the guard is that of who replaced it')
})

t.test('who loses the new ledger to another leaves the guard, and still tells what was kept', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, 'no ledger')
  const open: OpenDatabase = (opened) => {
    if (opened === path && !readFileSync(path, 'utf8').startsWith('no ledger')) throw fault(5)
    return strict(opened)
  }
  t.match(outcome(t, path, open), { state: 'busy', replaced: { reason: 'fault 26' } })
  t.ok(existsSync(`${path}.replacing`))
})

t.test('a disk that refuses is no damage', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, 'no ledger')
  const open: OpenDatabase = (opened) => {
    if (opened === path && !readFileSync(path, 'utf8').startsWith('no ledger')) throw fault(13)
    return strict(opened)
  }
  t.throws(() => outcome(t, path, open), { message: 'fault 13' })
})

t.test('a file was last written when its log was, but never in the future', async (t) => {
  const path = ledgerPath(t)
  t.equal(lookAt(path, 0), null)
  writeFileSync(path, 'x')
  utimesSync(path, 1_000, 1_000)
  t.equal(lookAt(path, 5_000_000)?.writtenAt, 1_000_000)
  writeFileSync(`${path}-wal`, 'x')
  utimesSync(`${path}-wal`, 2_000, 2_000)
  t.equal(lookAt(path, 5_000_000)?.writtenAt, 2_000_000)
  t.equal(lookAt(path, 1_500_000)?.writtenAt, 1_500_000)
  t.equal(lookAt(`${path}/x`, 0), null)
})

t.test('a file without content is emptied once it is older than 10 s', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, '')
  const made = statSync(path).birthtimeMs
  const emptied = (age: number) => lookAt(path, made + age)?.emptied
  t.equal(emptied(10_000), false, 'another process may have just made it')
  t.equal(emptied(10_000.5), true)
  writeFileSync(`${path}-wal`, '')
  t.equal(emptied(20_000), true)
  writeFileSync(`${path}-wal`, 'x')
  t.equal(emptied(20_000), false, 'all that it holds is in its log')
  writeFileSync(`${path}-wal`, '')
  writeFileSync(path, 'x')
  t.equal(emptied(20_000), false)
})
