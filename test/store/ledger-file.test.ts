import { chmodSync, statSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { type LedgerFile, openLedgerFile } from '../../src/store/ledger-file.ts'
import { currentSchema } from '../../src/store/ledger-schema.ts'
import {
  firstCell,
  loadSqlite,
  type OpenDatabase,
  type SqliteDatabase,
} from '../../src/store/sqlite-driver.ts'
import { ledgerPath } from '../support/ledger-store.ts'

const sqlite = await loadSqlite()

/** SQLite with what it is told, and with what a test puts in the place of an answer. */
function watched(answers: Readonly<Record<string, () => unknown[]>> = {}) {
  const state: { database: SqliteDatabase | null; readonly texts: string[]; closed: number } = {
    database: null,
    texts: [],
    closed: 0,
  }
  const open: OpenDatabase = (path) => {
    const database = sqlite(path)
    // As a runtime may have it.
    database.exec('PRAGMA busy_timeout = 5000')
    state.database = database
    return {
      exec(text) {
        state.texts.push(text)
        database.exec(text)
      },
      prepare(text) {
        const statement = database.prepare(text)
        const all = answers[text]
        return all === undefined
          ? statement
          : {
              run: (...values) => statement.run(...values),
              get: (...values) => statement.get(...values),
              all,
            }
      },
      close() {
        state.closed += 1
        database.close()
      },
    }
  }
  return { state, open }
}

function opened(t: { teardown(end: () => void): unknown }, path: string, open = sqlite): LedgerFile {
  const found = openLedgerFile(path, open, currentSchema)
  if (found.state !== 'open') throw new Error(found.state)
  t.teardown(found.file.close)
  return found.file
}

t.test('a file is for its owner alone, whoever made it', async (t) => {
  const mode = (path: string) => statSync(path).mode & 0o777
  const fresh = ledgerPath(t)
  t.match(openLedgerFile(fresh, sqlite, currentSchema), { state: 'open', isNew: true })
  t.equal(mode(fresh), 0o600)
  const given = ledgerPath(t)
  writeFileSync(given, '')
  chmodSync(given, 0o644)
  opened(t, given)
  t.equal(mode(given), 0o600)
  t.throws(() => openLedgerFile(`${fresh}.d/x`, sqlite, currentSchema), { code: 'ENOENT', syscall: 'open' })
})

t.test('a file is held by one process, does not wait, and is on disk after each write', async (t) => {
  const { state, open } = watched()
  opened(t, ledgerPath(t), open)
  const settings = ['locking_mode', 'journal_mode', 'synchronous', 'temp_store', 'busy_timeout']
  t.same(
    settings.map((name) => firstCell(state.database?.prepare(`PRAGMA ${name}`).get())),
    ['exclusive', 'wal', 2, 2, 0],
  )
})

t.test('a file that another has is busy, whether it is new or not, and is free again after', async (t) => {
  const path = ledgerPath(t)
  const first = openLedgerFile(path, sqlite, currentSchema)
  const { state, open } = watched()
  t.same(openLedgerFile(path, open, currentSchema), { state: 'busy' })
  t.equal(state.closed, 1)
  if (first.state === 'open') first.file.close()
  t.match(openLedgerFile(path, sqlite, currentSchema), { state: 'open', isNew: false })
})

t.test('what is no database, or not whole, is damaged and says how', async (t) => {
  const path = ledgerPath(t)
  writeFileSync(path, 'no ledger')
  t.same(openLedgerFile(path, sqlite, currentSchema), { state: 'damaged', reason: 'file is not a database' })
  const found = '*** in database main ***\nTree 2 page 3: broken\nTree 4: broken'
  const { state, open } = watched({ 'PRAGMA quick_check(1)': () => [{ quick_check: found }] })
  t.same(openLedgerFile(ledgerPath(t), open, currentSchema), {
    state: 'damaged',
    reason: '*** in database main ***: Tree 2 page 3: broken',
  })
  t.equal(state.closed, 1)
})

t.test('what is no fault of the file is thrown, and the file is closed', async (t) => {
  const path = ledgerPath(t)
  const theirs = sqlite(path)
  theirs.exec('CREATE TABLE theirs (x)')
  theirs.close()
  const { state, open } = watched()
  t.throws(() => openLedgerFile(path, open, currentSchema), { name: 'UserError' })
  t.equal(state.closed, 1)
  const full = Object.assign(new Error('disk full'), { errcode: 13 })
  const refuses: OpenDatabase = () => {
    throw full
  }
  t.throws(() => openLedgerFile(ledgerPath(t), refuses, currentSchema), full)
})

t.test('records are written, read, listed and removed', async (t) => {
  const file = opened(t, ledgerPath(t))
  file.write([
    ['b:2', 'two'],
    ['b:1', 'one'],
    ['a', ''],
    ['c', 'x'],
  ])
  file.write([
    ['b:1', 'first'],
    ['c', null],
  ])
  t.strictSame([file.read('b:1'), file.read('a'), file.read('c')], ['first', '', undefined])
  t.same(file.keys(''), ['a', 'b:1', 'b:2'])
  t.same(file.keys('b:'), ['b:1', 'b:2'])
  t.same(file.keys('b:1'), ['b:1'])
})

t.test('a write that fails changes nothing', async (t) => {
  const file = opened(t, ledgerPath(t))
  file.write([['a', '1']])
  function* broken(): Generator<readonly [string, string]> {
    yield ['a', '2']
    throw new Error('broken')
  }
  t.throws(() => file.write(broken()), { message: 'broken' })
  t.equal(file.read('a'), '1')
})

t.test('a changed record is damaged, and is named and removed; a whole file is left alone', async (t) => {
  const { state, open } = watched()
  const file = opened(t, ledgerPath(t), open)
  file.write([
    ['b', '1'],
    ['a', '1'],
    ['c', '1'],
  ])
  const begun = state.texts.length
  t.same(file.removeDamaged(), [])
  t.equal(state.texts.length, begun, 'nothing is written')
  state.database?.exec("UPDATE record SET value = '2' WHERE key <> 'c'")
  t.equal(file.read('a'), null)
  t.same(file.removeDamaged(), ['a', 'b'])
  t.strictSame([file.read('a'), file.read('b'), file.read('c')], [undefined, undefined, '1'])
})

t.test('a file may be closed twice', async (t) => {
  const { state, open } = watched()
  const file = opened(t, ledgerPath(t), open)
  file.close()
  file.close()
  t.equal(state.closed, 2)
  t.throws(() => state.database?.exec('SELECT 1'))
})
