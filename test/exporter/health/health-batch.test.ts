import t from 'tap'
import { priority } from '../../../src/access/budget.ts'
import { batches, type Due } from '../../../src/exporter/health/health-batch.ts'
import { quay, quayAccount, zone } from '../../support/exporter-core.ts'

const other = { id: 'b'.repeat(32), name: 'Other' }

const due = (name: string, edit: Partial<Due> = {}): Due => ({
  scope: zone(name),
  priority: priority.enabled,
  whole: true,
  alone: false,
  behind: 0,
  pageSize: 10_000,
  fields: 'all',
  maxDurationSeconds: 3_600,
  ...edit,
})
const names = (all: ReturnType<typeof batches>) => all.map(({ scopes }) => scopes.map(({ name }) => name))
const grouped = (...all: readonly Due[]) => names(batches(all, 'user'))

t.test('ten zones go together at most, or as few as are allowed', async (t) => {
  const all = Array.from({ length: 21 }, (_, index) => due(`z${index + 10}`))
  const sizes = (most?: number) => batches(all, 'user', most).map(({ scopes }) => scopes.length)
  t.same(sizes(), [10, 10, 1])
  t.same(sizes(7), [7, 7, 7])
  t.same(
    names(batches(all.toReversed(), 'user')).flat(),
    all.map(({ scope }) => scope.name),
    'in the same order each time',
  )
  t.same(batches([], 'user'), [])
})

t.test('the most urgent go first, and what is less urgent fills up their batch', async (t) => {
  const failing = due('z', { priority: priority.failing })
  const known = due('a', { priority: priority.known })
  const [batch, ...more] = batches([known, due('m'), failing], 'user')
  t.same(
    batch?.scopes.map(({ name }) => name),
    ['z', 'm', 'a'],
  )
  t.equal(batch?.priority, priority.failing)
  t.equal(more.length, 0)
})

t.test('an account, and what is to be asked alone, goes alone', async (t) => {
  const account = { ...due('x'), scope: quayAccount }
  t.same(grouped(account, due('b', { alone: true }), due('c'), due('d')), [['Quay'], ['b'], ['c', 'd']])
})

t.test('zones that are asked in another way, or may be unreadable, go apart', async (t) => {
  for (const edit of [
    { whole: false },
    { pageSize: 500 },
    { fields: 'needed' },
    { maxDurationSeconds: 600 },
    { priority: priority.discovery },
  ] as const) {
    const all = batches([due('a'), due('b', edit), due('c')], 'user')
    t.same(names(all), [['a', 'c'], ['b']], Object.keys(edit).join())
    const { whole, pageSize, fields } = due('b', edit)
    t.match(all[1], { whole, pageSize, fields })
  }
  t.same(grouped(due('a'), due('b', { maxDurationSeconds: 86_400 })), [['a', 'b']], 'an hour is wide enough')
  t.same(grouped(due('a'), due('b', { behind: 1.1 }), due('c')), [['b'], ['a', 'c']], 'and it waits longest')
})

t.test('accounts that have a budget each are asked apart', async (t) => {
  const all = [due('a'), due('b', { scope: zone('b', other) }), due('c', { scope: zone('c', quay) })]
  t.same(names(batches(all, 'user')), [['a', 'b', 'c']])
  t.same(names(batches(all, 'account')), [['a', 'c'], ['b']])
})

t.test(
  'how far behind data is counts in doublings of what is normal, and those of one go together',
  async (t) => {
    const together = (...behind: readonly number[]) =>
      grouped(...behind.map((one, index) => due(`z${index + 10}`, { behind: one }))).map(
        ({ length }) => length,
      )
    t.same(together(0, 0.96, 1), [3])
    t.same(together(1.004, 2), [2])
    t.same(together(2.04, 4), [2])
    t.same(together(1, 1.004), [1, 1])
    t.same(together(2, 2.04), [1, 1])
    t.same(together(4, 4.04), [1, 1])
    t.same(together(513, 1024), [2])
    t.same(together(-0.04, 1), [2], 'a clock that was set back')
    t.same(together(Number.POSITIVE_INFINITY, 1), [2], 'what was never read')
  },
)

t.test(
  'what is furthest behind goes first, in a batch and of all batches, after what is urgent',
  async (t) => {
    const all = [
      due('a', { behind: 0.1 }),
      due('b', { behind: 3 }),
      due('c', { behind: Number.POSITIVE_INFINITY }),
      due('d', { behind: 0.2 }),
      due('e', { behind: 6, whole: false }),
      due('f', { behind: Number.POSITIVE_INFINITY, pageSize: 500 }),
    ]
    t.same(grouped(...all), [['c', 'd', 'a'], ['f'], ['e'], ['b']])
    const failing = due('g', { pageSize: 100, priority: priority.failing })
    t.same(grouped(...all, failing)[0], ['g'])
  },
)
