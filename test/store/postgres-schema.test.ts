import t from 'tap'
import { bringToPostgresSchema, migrations } from '../../src/store/postgres-schema.ts'
import { fakeSession } from '../support/fake-session.ts'

const lookUp =
  "SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'logpush_exporter' AND tablename = 'schema_version'"
const version = 'SELECT version FROM logpush_exporter.schema_version'
const setVersion = 'UPDATE logpush_exporter.schema_version SET version = $1'
// The same in every version of the program: processes of two versions may start at once.
const lock = ['SELECT pg_advisory_xact_lock($1)', [1_086_199]] as const

/** A database whose tables have this version. */
const found = (number: number) => ({ [lookUp]: [{ count: 1 }], [version]: [{ version: number }] })
const steps = ['STEP 1', 'STEP 2', 'STEP 3']

t.test('tables of the present layout are left as they are', async (t) => {
  const session = fakeSession(found(3))
  t.equal(await bringToPostgresSchema(session, steps), 3)
  t.same(session.asked, [
    [lookUp, []],
    [version, []],
  ])
})

t.test('an empty database gets all steps and the note, in one transaction under a lock', async (t) => {
  const session = fakeSession({ [lookUp]: [{ count: 0 }] })
  t.equal(await bringToPostgresSchema(session, steps), 3)
  const texts = session.asked.map(([text]) => text)
  t.same(texts.slice(0, 4), [lookUp, 'BEGIN', lock[0], lookUp])
  t.same(session.asked[2], lock)
  t.match(
    texts[4],
    /^CREATE SCHEMA IF NOT EXISTS logpush_exporter; CREATE TABLE .*; INSERT INTO .* VALUES \(0\);$/,
  )
  t.same(texts.slice(5), [...steps, setVersion, 'COMMIT'])
  t.same(session.asked.at(-2), [setVersion, [3]])
})

t.test('older tables get the steps that they lack', async (t) => {
  const session = fakeSession(found(1))
  t.equal(await bringToPostgresSchema(session, steps), 3)
  t.same(
    session.asked.slice(2).map(([text]) => text),
    ['BEGIN', lock[0], lookUp, version, 'STEP 2', 'STEP 3', setVersion, 'COMMIT'],
  )
})

t.test('tables of a newer program are refused, and nothing is begun', async (t) => {
  const session = fakeSession(found(4))
  await t.rejects(bringToPostgresSchema(session, steps), {
    name: 'UserError',
    message:
      '--state.path: the database was written by a newer version (schema 4, this program knows up to 3). Run that version, or use another database.',
  })
  t.equal(session.asked.length, 2)
})

t.test('a newer program may have been faster: nothing of its tables is changed', async (t) => {
  const session = fakeSession({ [lookUp]: [{ count: 1 }] })
  const versions = [1, 4]
  const { query } = session
  const racing = {
    ...session,
    query: async (...[text, values]: Parameters<typeof query>) =>
      text === version ? [{ version: versions.shift() }] : query(text, values),
  }
  await t.rejects(bringToPostgresSchema(racing, steps), { message: /schema 4/ })
  t.same(
    session.asked.map(([text]) => text),
    [lookUp, 'BEGIN', lock[0], lookUp, 'ROLLBACK'],
  )
})

t.test('a step that fails is undone, and its error told', async (t) => {
  const failure = new Error('disk full')
  const session = fakeSession({ ...found(1), 'STEP 3': failure, ROLLBACK: new Error('gone as well') })
  await t.rejects(bringToPostgresSchema(session, steps), failure)
  t.equal(session.asked.at(-1)?.[0], 'ROLLBACK')
})

t.test('the first step makes the tables of shards and records', async (t) => {
  const session = fakeSession({ [lookUp]: [{ count: 0 }] })
  t.equal(await bringToPostgresSchema(session), migrations.length)
  const made = session.asked.map(([text]) => text).join(' ')
  for (const table of ['shard', 'record']) t.match(made, `CREATE TABLE logpush_exporter.${table} (`)
})
