import t from 'tap'
import { takeShard } from '../../src/store/postgres-shard.ts'
import { fakeSession } from '../support/fake-session.ts'

const claim = { totalShards: 3, shards: [0, 2], holder: 'pod-1', migrations: ['STEP 1'] }
const present = { 'SELECT count(*)': [{ count: 1 }], 'SELECT version': [{ version: 1 }] }
const free = 'SELECT shard FROM unnest'
const taken = 'INSERT INTO logpush_exporter.shard'
const records = 'SELECT key, value'
const write = 'WITH held'

const sessionWith = (more: Readonly<Record<string, readonly unknown[]>>) =>
  fakeSession({
    ...present,
    [free]: [{ shard: 2 }],
    [taken]: [{ epoch: '8' }],
    [write]: [{ held: 1 }],
    ...more,
  })

t.test('a free shard is taken in one transaction, with the records of its last holder', async (t) => {
  const session = sessionWith({
    [records]: [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ],
  })
  const held = await takeShard(session, claim)
  t.match(held, { shard: 2, epoch: 8 })
  t.same(
    [...(held?.records ?? [])],
    [
      ['a', '1'],
      ['b', '2'],
    ],
  )
  const asked = session.asked.slice(2)
  t.same(
    asked.map(([text, values]) => [text.split(' (')[0]?.slice(0, 40), values]),
    [
      // The numbers of the locks are the same in every version: two of them may run side by side.
      ['SELECT shard FROM unnest($1::int[]) AS s', [[0, 2], 1_819_305_072, 3, 10_001]],
      ['BEGIN', []],
      ['INSERT INTO logpush_exporter.shard AS s', [3, 2, 'pod-1']],
      ['SELECT key, value FROM logpush_exporter.', [3, 2]],
      ['COMMIT', []],
    ],
  )
})

t.test('where others hold all shards nothing is begun', async (t) => {
  const session = sessionWith({ [free]: [] })
  t.equal(await takeShard(session, claim), null)
  t.notOk(session.asked.some(([text]) => text === 'BEGIN'))
})

t.test(
  'records are written and removed at once, under the epoch and the version of the tables',
  async (t) => {
    const session = sessionWith({})
    const held = await takeShard(session, claim)
    const batch = new Map([
      ['a', '1'],
      ['b', null],
      ['c', '3'],
      ['d', null],
    ])
    t.equal(await held?.write(batch), true)
    t.same(session.asked.at(-1)?.[1], [3, 2, 8, 1, ['b', 'd'], ['a', 'c'], ['1', '3']])
  },
)

t.test('a write that finds no row of the shard says that it is lost', async (t) => {
  const held = await takeShard(sessionWith({ [write]: [{ held: 0 }] }), claim)
  t.equal(await held?.write(new Map([['a', '1']])), false)
})

t.test('rows that are not as they were asked for are an error', async (t) => {
  await t.rejects(takeShard(sessionWith({ [taken]: [] }), claim), { message: 'no number in column epoch' })
  await t.rejects(takeShard(sessionWith({ [records]: [{ key: 'a' }] }), claim), {
    message: 'no text in column value',
  })
})
