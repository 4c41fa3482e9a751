import t from 'tap'
import { createMemoryStore } from '../../src/store/memory-store.ts'

t.test('the memory store behaves like the others, and forgets', async (t) => {
  const store = createMemoryStore()
  t.same(store.health(), { writes: 0, failures: 0, trouble: null, persistent: false })
  const record = { list: [1, 2] }
  await store.putAll([
    ['b:2', 2],
    ['b:1', record],
    ['a:b:', 3],
  ])
  record.list.push(3)
  t.same(store.get('b:1'), { list: [1, 2] }, 'it holds a copy')
  t.same(store.keys('b:'), ['b:1', 'b:2'])
  t.same(store.keys(''), ['a:b:', 'b:1', 'b:2'])
  await store.put('b:1', 'new')
  t.equal(store.get('b:1'), 'new')
  t.equal(store.health().writes, 4)
  await store.remove('b:1')
  t.equal(store.get('b:1'), undefined)
  t.same(store.keys('b:'), ['b:2'])
  await store.close()
})
