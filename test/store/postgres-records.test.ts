import t from 'tap'
import { ApiFailure } from '../../src/errors.ts'
import { createPostgresStore } from '../../src/store/postgres-store.ts'
import { fakeSession } from '../support/fake-session.ts'

/** A store of a shard with one record, whose writes go as they are told. */
function setUp() {
  const state: { answer: boolean | Error; now: number; during: () => void } = {
    answer: true,
    now: 0,
    during: () => {},
  }
  const session = fakeSession()
  const batches: (readonly (readonly [string, string | null])[])[] = []
  const told: (string | null)[] = []
  const store = createPostgresStore({
    session,
    held: {
      shard: 0,
      epoch: 1,
      records: new Map([['old', '{"a":1}']]),
      async write(batch) {
        batches.push([...batch])
        state.during()
        if (state.answer instanceof Error) throw state.answer
        return state.answer
      },
    },
    clock: { monotonic: () => state.now },
    defer: (work) => void setImmediate(work),
    trouble: (reason) => told.push(reason),
  })
  return { store, session, state, batches, told }
}

t.test('records are read from memory, as they were left and as they are put', async (t) => {
  const { store, batches } = setUp()
  t.same(store.get('old'), { a: 1 })
  await store.putAll([
    ['a', [1]],
    ['b', 2],
  ])
  await store.put('c', 'x')
  await store.remove('old')
  t.same(store.keys(''), ['a', 'b', 'c'])
  t.strictSame([store.get('a'), store.get('b'), store.get('c'), store.get('old')], [[1], 2, 'x', undefined])
  t.same(batches, [
    [
      ['a', '[1]'],
      ['b', '2'],
    ],
    [['c', '"x"']],
    [['old', null]],
  ])
  t.same(store.health(), { writes: 4, failures: 0, trouble: null, persistent: true })
})

t.test('a server that refuses is trouble, and the shard is kept', async (t) => {
  const { store, session, state, told } = setUp()
  state.answer = new Error('disk full')
  await store.put('a', 1)
  t.same(store.health(), { writes: 0, failures: 1, trouble: 'disk full', persistent: true })
  t.equal(store.get('a'), 1)
  t.equal(session.lost.aborted, false)
  state.answer = true
  state.now += 30_000
  await store.put('b', 2)
  t.same(told, ['disk full', null])
})

t.test('a write under an old epoch loses the shard, and no later one is tried', async (t) => {
  const { store, session, state, batches } = setUp()
  state.answer = false
  const failure = await store.put('a', 1).catch((error: unknown) => error)
  t.ok(failure instanceof ApiFailure)
  t.match(failure, {
    kind: 'aborted',
    operation: 'write the ledger',
    message: 'the shard is lost: another process has taken the shard over',
    cause: Error,
  })
  t.match(session.lost.reason, { message: 'another process has taken the shard over' })
  state.answer = true
  state.now += 30_000
  await t.rejects(store.put('b', 2), {
    message: 'the shard is lost: another process has taken the shard over',
  })
  t.equal(batches.length, 1)
})

t.test('a session that is lost during a write makes the write fail, whatever it came to', async (t) => {
  const { store, session, state } = setUp()
  state.during = () => session.lose('no answer for 7 s')
  await t.rejects(store.put('a', 1), { message: 'the shard is lost: no answer for 7 s' })
})

t.test('closing writes what is left, then ends the session', async (t) => {
  const { store, session, state, batches } = setUp()
  state.answer = new Error('disk full')
  await store.put('a', 1)
  state.answer = true
  const closing = store.close()
  t.equal(session.ended(), 0)
  await closing
  t.equal(batches.length, 2)
  t.equal(session.ended(), 1)
})
