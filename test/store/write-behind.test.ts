import t from 'tap'
import { createWriteBehind, reasonOf, type WriteBehindDeps } from '../../src/store/write-behind.ts'

type Batch = readonly (readonly [string, string | null])[]

/** Writes into a list until it is told to refuse, and waits until it is told to go on. */
function setUp(edit: Partial<WriteBehindDeps> = {}, startTrouble: string | null = null) {
  const batches: Batch[] = []
  const told: (string | null)[] = []
  const state: { now: number; refusal: unknown } = { now: 1e6, refusal: null }
  const waiting: (() => void)[] = []
  const behind = createWriteBehind(
    {
      now: () => state.now,
      defer: (work) => waiting.push(work),
      trouble: (reason) => told.push(reason),
      write(records) {
        batches.push([...records])
        if (state.refusal !== null) throw state.refusal
      },
      ...edit,
    },
    startTrouble,
  )
  /** Puts the records and lets the turn end. */
  const put = async (...keys: readonly string[]) => {
    const done = behind.put(keys.map((key) => [key, `${key} at ${state.now}`]))
    for (const work of waiting.splice(0)) work()
    await done
  }
  return { behind, batches, told, state, waiting, put }
}

t.test('what is put within one turn is one write, and is over when it is written', async (t) => {
  const { behind, batches, waiting } = setUp()
  const all = [
    behind.put([['a', '1']]),
    behind.put([
      ['b', '2'],
      ['a', null],
    ]),
  ]
  t.same(
    [...behind.unwritten],
    [
      ['a', null],
      ['b', '2'],
    ],
  )
  t.equal(waiting.length, 1)
  t.same(batches, [])
  for (const work of waiting.splice(0)) work()
  await Promise.all(all)
  t.same(batches, [
    [
      ['a', null],
      ['b', '2'],
    ],
  ])
  t.equal(behind.unwritten.size, 0)
  t.same(behind.health(), { writes: 2, failures: 0, trouble: null })
})

t.test('a write that works adds to the count, and nothing to write is no write', async (t) => {
  const { behind, batches, put } = setUp()
  await put('a')
  await put('b', 'c')
  await put()
  t.equal(behind.health().writes, 3)
  t.equal(batches.length, 2)
})

t.test('while the place refuses it is tried every 30 s, and each record is a failure', async (t) => {
  const { behind, batches, told, state, put } = setUp()
  state.refusal = new Error('disk full')
  await put('a')
  t.same(behind.health(), { writes: 0, failures: 1, trouble: 'disk full' })
  state.now += 29_999
  await put('b', 'c')
  t.equal(batches.length, 1, 'it is too early')
  t.equal(behind.health().failures, 3)
  state.now += 1
  await put('d')
  t.equal(batches.length, 2)
  t.equal(behind.health().failures, 4)
  state.now += 29_999
  await put('e')
  t.equal(batches.length, 2, 'the last try counts')
  state.refusal = null
  state.now += 1
  await put('f')
  t.same(
    batches.at(-1)?.map(([key]) => key),
    ['a', 'b', 'c', 'd', 'e', 'f'],
  )
  t.same(behind.health(), { writes: 6, failures: 5, trouble: null })
  t.same(told, ['disk full', null])
  t.equal(behind.unwritten.size, 0)
})

t.test('a clock that goes back a long way does not put off the next try', async (t) => {
  const { batches, state, put } = setUp()
  state.refusal = new Error('disk full')
  await put('a')
  state.now -= 30_000
  await put('b')
  t.equal(batches.length, 2)
})

t.test('trouble is told when it begins and when it ends, and the last reason is kept', async (t) => {
  const { behind, told, state, put } = setUp()
  behind.settle(null)
  state.refusal = new Error('disk full')
  await put('a')
  state.refusal = 'no disk'
  state.now += 30_000
  await put('b')
  t.same(told, ['disk full'])
  t.equal(behind.health().trouble, 'no disk')
  behind.settle(null)
  behind.settle('cannot be read')
  t.same(told, ['disk full', null, 'cannot be read'])
})

t.test(
  'a place that refused at the start is in trouble from the start, and is not tried at once',
  async (t) => {
    const { behind, batches, told, state, put } = setUp({}, 'no folder')
    t.same(told, ['no folder'])
    t.same(behind.health(), { writes: 0, failures: 1, trouble: 'no folder' })
    await put('a')
    t.same(batches, [])
    state.now += 30_000
    await put('b')
    t.equal(batches.length, 1)
    t.same(told, ['no folder', null])
  },
)

t.test('what is put during a write is written after it, and not forgotten', async (t) => {
  const writing: (() => void)[] = []
  const seen: Batch[] = []
  const { behind, waiting } = setUp({
    write(records) {
      seen.push([...records])
      return new Promise((resolve) => writing.push(resolve))
    },
  })
  const next = () => {
    for (const work of waiting.splice(0)) work()
    return new Promise(setImmediate)
  }
  const first = behind.put([
    ['a', '1'],
    ['b', '1'],
  ])
  await next()
  const second = behind.put([['a', '2']])
  await next()
  t.equal(seen.length, 1, 'one write at a time')
  writing.shift()?.()
  await first
  t.same([...behind.unwritten], [['a', '2']])
  await next()
  writing.shift()?.()
  await second
  t.same(seen, [
    [
      ['a', '1'],
      ['b', '1'],
    ],
    [['a', '2']],
  ])
  t.equal(behind.unwritten.size, 0)
})

t.test('a failure that is final is told to who put, and the next write goes on', async (t) => {
  const final = new Error('the shard is lost')
  const { behind, state, put } = setUp({
    giveUp(error) {
      throw error
    },
  })
  state.refusal = final
  await t.rejects(put('a'), final)
  t.equal(behind.health().failures, 1)
  state.refusal = null
  await put('b')
  t.equal(behind.health().writes, 2)
})

t.test('closing waits for the write under way, and tries once more, however early', async (t) => {
  const { behind, batches, state, put, waiting } = setUp()
  state.refusal = new Error('disk full')
  await put('a')
  const late = behind.put([['b', '2']])
  const closing = behind.close()
  t.equal(batches.length, 1)
  state.refusal = null
  for (const work of waiting.splice(0)) work()
  await Promise.all([late, closing])
  t.same(
    batches.map((batch) => batch.map(([key]) => key)),
    [['a'], ['a', 'b']],
  )
  await behind.close()
  t.equal(batches.length, 2, 'nothing is left')
})

t.test('closing does not fail, whatever the last write does', async (t) => {
  const { behind, state, put } = setUp({
    giveUp(error) {
      throw error
    },
  })
  state.refusal = new Error('the shard is lost')
  await t.rejects(put('a'))
  await behind.close()
})

t.test('the reason is the text of an error, or what was thrown', async (t) => {
  t.equal(reasonOf(new Error('disk full')), 'disk full')
  t.equal(reasonOf('disk full'), 'disk full')
})
