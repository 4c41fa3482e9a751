import t from 'tap'
import { createTurns } from '../../src/runtime/turns.ts'

/** A loop that the test runs. */
function loop() {
  let queue: (() => void)[] = []
  const went: string[] = []
  return {
    went,
    turn: createTurns((work) => queue.push(work)),
    async pass(): Promise<void> {
      const [now, later] = [queue, []]
      queue = later
      for (const work of now) work()
      for (let i = 0; i < 5; i += 1) await Promise.resolve()
    },
  }
}

t.test('each of several has a turn of its own, in the order of asking', async (t) => {
  const { turn, went, pass } = loop()
  const work = async (name: string): Promise<void> => {
    for (let i = 1; i <= 2; i += 1) {
      await turn()
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

t.test('whoever asks after all have gone has a turn again', async (t) => {
  const { turn, went, pass } = loop()
  for (const name of ['a', 'b']) {
    void turn().then(() => went.push(name))
    await pass()
  }
  t.same(went, ['a', 'b'])
})
