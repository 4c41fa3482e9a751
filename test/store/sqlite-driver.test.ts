import t from 'tap'
import { firstCell, inTransaction, loadSqlite, sqliteFault } from '../../src/store/sqlite-driver.ts'
import { warningsDuring } from '../support/warnings.ts'

/** What Node answers for its own module, which Node 20 does not have. */
function withBuiltIn(t: { teardown(end: () => void): unknown }, answer: (name: string) => unknown): void {
  const { getBuiltinModule } = process
  Object.assign(process, { getBuiltinModule: answer })
  t.teardown(() => Object.assign(process, { getBuiltinModule }))
}

t.test("Node's own SQLite is used where there is one, and its warning is not shown", async (t) => {
  class DatabaseSync {
    readonly path: string
    constructor(path: string) {
      this.path = path
    }
  }
  const asked: string[] = []
  withBuiltIn(t, (name) => {
    asked.push(name)
    process.emitWarning('SQLite is an experimental feature')
    return { DatabaseSync }
  })
  const { emitWarning } = process
  const warnings = await warningsDuring(async () => {
    const open = await loadSqlite()
    t.match(open(':memory:'), { path: ':memory:' })
  })
  t.same(warnings, [])
  t.same(asked, ['node:sqlite'])
  t.equal(process.emitWarning, emitWarning, 'other warnings are shown as before')
})

t.test('without it the package is used', async (t) => {
  for (const found of [undefined, null, 'a text', { Database: null }]) {
    withBuiltIn(t, () => found)
    const database = (await loadSqlite())(':memory:')
    t.equal(firstCell(database.prepare('SELECT 7').get()), 7)
    database.close()
  }
})

t.test('what an error of SQLite means is told by its primary code', async (t) => {
  const coded = (errcode: unknown) => Object.assign(new Error('x'), { errcode })
  for (const code of [5, 6, 261, 262, 517]) t.equal(sqliteFault(coded(code)), 'busy', `${code}`)
  for (const code of [11, 26, 267]) t.equal(sqliteFault(coded(code)), 'damaged', `${code}`)
  for (const code of [0, 1, 7, 8, 10, 12, 13, 14, 27, 266])
    t.equal(sqliteFault(coded(code)), 'disk', `${code}`)
  for (const error of [new Error('x'), coded('5'), { errcode: 5 }, null, 'a text'])
    t.equal(sqliteFault(error), null)
})

/** A database that keeps what it is told, and fails at some of it. */
function told(fails: readonly string[] = []) {
  const texts: string[] = []
  const exec = (text: string): void => {
    texts.push(text)
    if (fails.includes(text)) throw new Error(`${text} failed`)
  }
  return { texts, exec, prepare: () => ({ run: () => {}, get: () => {}, all: () => [] }), close: () => {} }
}

t.test('a transaction is kept whole or undone, and the first error is told', async (t) => {
  const good = told()
  inTransaction(good, () => good.exec('work'))
  t.same(good.texts, ['BEGIN IMMEDIATE', 'work', 'COMMIT'])
  const bad = told(['work'])
  t.throws(() => inTransaction(bad, () => bad.exec('work')), { message: 'work failed' })
  t.same(bad.texts, ['BEGIN IMMEDIATE', 'work', 'ROLLBACK'])
  const full = told(['COMMIT', 'ROLLBACK'])
  t.throws(() => inTransaction(full, () => {}), { message: 'COMMIT failed' })
})

t.test('the first cell of a row is that of its first column', async (t) => {
  t.equal(firstCell({ a: 1, b: 2 }), 1)
  for (const row of [{}, null, undefined, 'a text']) t.equal(firstCell(row), undefined)
})
