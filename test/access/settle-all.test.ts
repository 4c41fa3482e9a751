import t from 'tap'
import { settleAll } from '../../src/access/settle-all.ts'

t.test('all that began has ended when the first failure is thrown', async (t) => {
  let ended = false
  const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    ended = true
  })
  const failing = ['first', 'second'].map((name) => Promise.reject(new Error(name)))
  await t.rejects(settleAll([Promise.resolve(1), ...failing, slow]), /first/)
  t.ok(ended)
})

t.test('where nothing fails nothing is thrown', async (t) => {
  await t.resolves(settleAll([Promise.resolve(1), Promise.resolve(undefined)]))
})
