import t from 'tap'
import { bringToSchema, currentSchema, type SchemaDeps } from '../../src/store/ledger-schema.ts'
import { firstCell, loadSqlite, type SqliteDatabase } from '../../src/store/sqlite-driver.ts'

const open = await loadSqlite()

function memory(t: { teardown(end: () => void): unknown }): SqliteDatabase {
  const database = open(':memory:')
  t.teardown(() => database.close())
  return database
}

const pragma = (database: SqliteDatabase, name: string) => firstCell(database.prepare(`PRAGMA ${name}`).get())
const version = (database: SqliteDatabase) => pragma(database, 'user_version')

t.test('an empty file gets the layout, its number and the sign of this program', async (t) => {
  const database = memory(t)
  t.equal(bringToSchema(database, 'x.db', currentSchema), true)
  t.equal(version(database), 1)
  // "LPXL" in ASCII: files of all versions have it.
  t.equal(pragma(database, 'application_id'), Buffer.from('LPXL').readInt32BE())
  database.exec("INSERT INTO record VALUES ('a', 'text', 7)")
  t.equal(bringToSchema(database, 'x.db', currentSchema), false)
  t.equal(firstCell(database.prepare('SELECT value FROM record').get()), 'text', 'nothing is made twice')
})

t.test("another program's file is refused", async (t) => {
  const database = memory(t)
  database.exec('CREATE TABLE theirs (x)')
  t.throws(() => bringToSchema(database, 'x.db', currentSchema), {
    name: 'UserError',
    message: '--state.path: x.db is an SQLite database of another program. Name another file for the ledger.',
  })
})

t.test('a newer layout is refused', async (t) => {
  const database = memory(t)
  bringToSchema(database, 'x.db', { version: 3, migrations: [] })
  t.throws(() => bringToSchema(database, 'x.db', { version: 2, migrations: [] }), {
    name: 'UserError',
    message:
      '--state.path: x.db was written by a newer version (schema 3, this program knows up to 2). Run that version, or start with an empty path.',
  })
})

/** Steps that note their number, in the wrong order. */
const steps = (version: number, ...from: readonly number[]): SchemaDeps => ({
  version,
  migrations: from.map((number) => ({
    from: number,
    migrate: (database) => database.exec(`INSERT INTO record VALUES ('step ${number}', '', 0)`),
  })),
})
const done = (database: SqliteDatabase) =>
  database.prepare('SELECT key FROM record ORDER BY rowid').all().map(firstCell)

t.test('an older layout goes forward step by step, each carried out once', async (t) => {
  const database = memory(t)
  bringToSchema(database, 'x.db', steps(1))
  t.equal(bringToSchema(database, 'x.db', steps(4, 3, 2, 1, 0)), false)
  t.same(done(database), ['step 1', 'step 2', 'step 3'])
  t.equal(version(database), 4)
  bringToSchema(database, 'x.db', steps(4, 3, 2, 1, 0))
  t.equal(done(database).length, 3)
})

t.test('a step that is missing or fails leaves the layout before it', async (t) => {
  const database = memory(t)
  bringToSchema(database, 'x.db', steps(1))
  t.throws(() => bringToSchema(database, 'x.db', steps(4, 1, 3)), {
    name: 'UserError',
    message:
      '--state.path: x.db has schema 2, which cannot be migrated. Run an older version, or start with an empty path.',
  })
  t.equal(version(database), 2)
  t.same(done(database), ['step 1'])
  const fails = {
    from: 2,
    migrate(database: SqliteDatabase) {
      database.exec("INSERT INTO record VALUES ('half', '', 0)")
      throw new Error('disk full')
    },
  }
  t.throws(() => bringToSchema(database, 'x.db', { version: 3, migrations: [fails] }), {
    message: 'disk full',
  })
  t.equal(version(database), 2)
  t.same(done(database), ['step 1'])
})
