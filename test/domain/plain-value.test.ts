import t from 'tap'
import { isObject } from '../../src/domain/plain-value.ts'

t.test('an object with keys is no list, no null and no text', async (t) => {
  for (const value of [{}, { a: 1 }, Object.create(null)]) t.ok(isObject(value))
  for (const value of [null, undefined, [], 'text', 7, true, () => 1]) t.notOk(isObject(value))
})
