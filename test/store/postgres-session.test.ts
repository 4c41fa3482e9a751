import { mock } from 'node:test'
import t from 'tap'
import { connectPostgres, numberIn, sqlState, textIn } from '../../src/store/postgres-session.ts'
import { type Answer, fakePostgres } from '../support/fake-postgres.ts'
import { createSteppedClock, settle } from '../support/stepped-clock.ts'
import { until } from '../support/until.ts'

type Ends = Pick<typeof t, 'teardown'>

/** A session with a server that answers each beat, unless told otherwise. */
async function sessionWith(t: Ends, answers: Readonly<Record<string, Answer>> = {}, { deaf = false } = {}) {
  const server = await fakePostgres(
    ({ text }) => answers[text] ?? (text.includes('server_version_num') ? [{ number: 140_000 }] : []),
    { deaf },
  )
  t.teardown(server.close)
  const clock = createSteppedClock()
  /** How much longer the process was stopped, without a tick of its clock. */
  const stopped = { ms: 0 }
  const session = await connectPostgres(server.address, {
    ...clock,
    monotonic: () => clock.monotonic() + stopped.ms,
  })
  t.teardown(() => session.lose('the test is over'))
  const beats = () => server.asked.filter(({ text }) => text === 'SELECT 1').length
  return { server, clock, stopped, session, beats }
}

t.test('the server learns who connects, and how long it may be silent', async (t) => {
  const { server, session } = await sessionWith(t)
  t.match(server.startups, [{ application_name: 'logpush-exporter', database: 'ledger' }])
  t.same(
    server.asked.map(({ text }) => text),
    ["SELECT current_setting('server_version_num')::int AS number", 'SET idle_session_timeout = 9000'],
  )
  t.equal(session.alive(), true)
  t.equal(session.lost.aborted, false)
})

t.test('a server older than version 14 is refused, and left', async (t) => {
  const server = await fakePostgres(({ text }) => (text.includes('version_num') ? [{ number: 139_999 }] : []))
  t.teardown(server.close)
  await t.rejects(connectPostgres(server.address, createSteppedClock()), {
    name: 'UserError',
    message: '--state.path: PostgreSQL 14 or newer is needed. Upgrade the server.',
  })
  await until(() => server.open() === 0)
})

t.test('a server that lets nobody in is given up after 5 s', async (t) => {
  const server = await fakePostgres(() => [], { mute: true })
  t.teardown(server.close)
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  let failure: unknown = null
  connectPostgres(server.address, createSteppedClock()).catch((error: unknown) => {
    failure = error
  })
  await until(() => server.startups.length > 0)
  mock.timers.tick(4_999)
  await settle()
  t.equal(failure, null)
  mock.timers.tick(1)
  await settle()
  t.match(failure, { message: /timeout/ })
})

t.test('a server that falls silent after the login is given up after 7 s', async (t) => {
  const server = await fakePostgres(() => 'silence')
  t.teardown(server.close)
  const clock = createSteppedClock()
  const connecting = t.rejects(connectPostgres(server.address, clock), { message: /./ })
  await until(() => server.asked.length > 0)
  await clock.advance(7_000)
  await connecting
})

t.test('a statement is asked with its values, and several at once have no rows', async (t) => {
  const { server, session } = await sessionWith(t, { 'SELECT $1': [{ value: 'x' }, { value: 'y' }] })
  t.same(await session.query('SELECT $1', ['x', null]), [{ value: 'x' }, { value: 'y' }])
  t.same(server.asked.at(-1)?.values, ['x', null])
  t.same(await session.query('BEGIN; COMMIT'), [])
})

t.test('the server is asked every 1.5 s, and who is answered lives on', async (t) => {
  const { session, clock, beats } = await sessionWith(t)
  await clock.advance(1_499)
  t.equal(beats(), 0)
  await clock.advance(1)
  t.equal(beats(), 1)
  await clock.advance(1_499)
  t.equal(beats(), 1)
  await clock.advance(1)
  t.equal(beats(), 2)
  await clock.advance(27_000)
  t.equal(beats(), 20)
  t.equal(session.alive(), true)
})

t.test('after 7 s without an answer the session is given up, and asked only once meanwhile', async (t) => {
  const { server, session, clock, beats } = await sessionWith(t, { 'SELECT 1': 'silence' })
  await clock.advance(6_999)
  t.equal(session.alive(), true)
  t.equal(session.lost.aborted, false)
  t.equal(beats(), 1)
  await clock.advance(1)
  t.equal(session.alive(), false)
  t.match(session.lost.reason, { message: 'no answer for 7 s' })
  await until(() => server.open() === 0)
  await t.rejects(session.query('SELECT 2'), { message: 'no answer for 7 s' })
  t.equal(clock.sleepers, 0)
})

t.test('a process that was stopped for 7 s knows it before anything else runs', async (t) => {
  const { session, stopped } = await sessionWith(t)
  stopped.ms = 6_999
  t.equal(session.alive(), true)
  stopped.ms = 7_000
  t.equal(session.alive(), false)
  t.equal(session.lost.aborted, false, 'it is about to be')
})

t.test('a beat that the server refuses ends the session', async (t) => {
  const { session, clock } = await sessionWith(t, { 'SELECT 1': { code: '57P01', message: 'shutting down' } })
  await clock.advance(1_500)
  await until(() => session.lost.aborted)
  t.match(session.lost.reason, { message: 'shutting down' })
})

t.test('a connection that is cut is lost at once, for the first reason', async (t) => {
  const { server, session, clock } = await sessionWith(t)
  server.cut()
  await until(() => session.lost.aborted)
  t.equal(session.alive(), false)
  const { reason } = session.lost
  t.ok(reason instanceof Error)
  session.lose('later')
  t.equal(session.lost.reason, reason)
  await session.end()
  await clock.advance(10_000)
  t.equal(clock.sleepers, 0)
})

t.test('a session that is ended is closed on both sides', async (t) => {
  const { server, session, clock, beats } = await sessionWith(t)
  await session.end()
  t.match(session.lost.reason, { message: 'the connection ended' })
  await until(() => server.open() === 0)
  await clock.advance(3_000)
  t.equal(beats(), 0)
  t.equal(clock.sleepers, 0)
})

t.test('the end waits 1 s for a server that does not react', async (t) => {
  const { session, clock } = await sessionWith(t, {}, { deaf: true })
  let ended = false
  const ending = session.end().then(() => {
    ended = true
  })
  await clock.advance(999)
  t.equal(ended, false)
  await clock.advance(1)
  await ending
  t.match(session.lost.reason, { message: 'closed' })
})

t.test('a column is read as what it must be, or not at all', async (t) => {
  t.equal(numberIn({ a: 7 }, 'a'), 7)
  t.equal(numberIn({ a: '9007199254740991' }, 'a'), 9_007_199_254_740_991, 'a bigint comes as text')
  for (const row of [{ a: 'x' }, { a: null }, { a: true }, {}, null, undefined, 'a text'])
    t.throws(() => numberIn(row, 'a'), { name: 'TypeError', message: 'no number in column a' })
  t.equal(textIn({ a: 'x' }, 'a'), 'x')
  t.equal(textIn({ a: '' }, 'a'), '')
  for (const row of [{ a: 7 }, { a: null }, {}, null, undefined, 'a text'])
    t.throws(() => textIn(row, 'a'), { name: 'TypeError', message: 'no text in column a' })
})

t.test('only a code of the server is an SQLSTATE', async (t) => {
  const coded = (code: unknown) => Object.assign(new Error('x'), { code })
  t.equal(sqlState(coded('28P01')), '28P01')
  for (const error of [coded('ECONNREFUSED'), coded('28p01'), coded(28_101), new Error('x'), null])
    t.equal(sqlState(error), null)
})
