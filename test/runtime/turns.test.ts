import t from 'tap'
import { createTurns } from '../../src/runtime/turns.ts'

/** A loop that the test runs. */
function loop() {
  let queue: (() => void)[] = []
  const went: string[] = []
  return {
    went,
    turns: createTurns((work) => queue.push(work)),
    /** Runs what was deferred until now, and what follows at once. */
    async pass(): Promise<void> {
      const now = queue
      queue = []
      for (const work of now) work()
      for (let i = 0; i < 5; i += 1) await Promise.resolve()
    },
  }
}

t.test('each of several has a turn of its own, in the order of asking', async (t) => {
  const { turns, went, pass } = loop()
  const work = async (name: string): Promise<void> => {
    for (let i = 1; i <= 2; i += 1) {
      await turns.toBegin()
      went.push(name + i)
    }
  }
  const done = Promise.all([work('a'), work('b'), work('c')])
  t.same(went, [], 'nobody goes at once')
  const perPass: number[] = []
  for (let i = 0; i < 6; i += 1) {
    const before = went.length
    await pass()
    perPass.push(went.length - before)
  }
  t.same(perPass, [1, 1, 1, 1, 1, 1])
  t.same(went, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
  await done
})

t.test('what is to be finished goes before what begins', async (t) => {
  const { turns, went, pass } = loop()
  void turns.toBegin().then(() => went.push('begin 1'))
  void turns.toBegin().then(() => went.push('begin 2'))
  void turns.toFinish().then(async () => {
    went.push('finish 1')
    await turns.toFinish()
    went.push('finish 2')
  })
  for (let i = 0; i < 4; i += 1) await pass()
  t.same(went, ['finish 1', 'finish 2', 'begin 1', 'begin 2'])
})

t.test('whoever asks after all have gone has a turn again', async (t) => {
  const { turns, went, pass } = loop()
  for (const name of ['a', 'b']) {
    void turns.toBegin().then(() => went.push(name))
    await pass()
  }
  t.same(went, ['a', 'b'])
})
