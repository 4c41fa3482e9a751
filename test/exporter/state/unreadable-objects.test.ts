import t from 'tap'
import { createSelfState } from '../../../src/exporter/state/self-state.ts'
import { forgetUnreadable, noteUnreadable } from '../../../src/exporter/state/unreadable-objects.ts'
import type { Unreadable } from '../../../src/ports/listing.ts'
import { logSink } from '../../support/log-sink.ts'

const odd = (id: string, field = 'enabled'): Unreadable => ({ id, name: `job ${id}`, field, leftOut: true })

/** Lists of one zone's jobs, one after the other; each gives the level of the lines it wrote. */
function lists(of = 'zone') {
  const log = logSink()
  const self = createSelfState([])
  const read = (...found: readonly Unreadable[]) => {
    noteUnreadable({ kind: 'job', of, found, fields: { zone: of } }, { self, log })
    return log.taken()
  }
  return { self, read }
}
const whole = 5

t.test(
  'an object that cannot be read is told once, and again when something else of it is odd',
  async (t) => {
    const { self, read } = lists()
    t.match(read(odd('1'), odd('2')), [
      {
        level: 'warn',
        kind: 'job',
        zone: 'zone',
        objects: 2,
        first: [
          { id: '1', name: 'job 1', field: 'enabled', left_out: true },
          { id: '2', name: 'job 2', field: 'enabled', left_out: true },
        ],
      },
    ])
    t.same(read(odd('1')), [])
    t.match(read(odd('1'), odd('1', 'name'), odd('3')), [{ objects: 2 }])
    t.equal(self.unreadable.get('job zone')?.found.length, 3, 'the metric counts those of the last list')
  },
)

t.test('of many, five are named, each once', async (t) => {
  const { read } = lists()
  const [line] = read(odd('1'), ...['1', '2', '3', '4', '5', '6'].map((id) => odd(id)))
  t.match(line, { objects: 7, first: ['1', '2', '3', '4', '5'].map((id) => ({ id })) })
  t.equal((line as { first: readonly object[] }).first.length, 5)
})

t.test('that all can be read again is believed after five whole lists in a row', async (t) => {
  const { read } = lists()
  read(odd('1'))
  for (let list = 1; list < whole; list += 1) t.same(read(), [])
  t.same(read(odd('1')), [], 'known, and the row begins anew')
  for (let list = 1; list < whole; list += 1) t.same(read(), [])
  t.match(read(), [{ level: 'info', kind: 'job', zone: 'zone' }])
  t.same(read(), [])
  t.match(read(odd('1')), [{ level: 'warn' }])
})

t.test('a list that always was whole says nothing', async (t) => {
  const { read } = lists()
  for (let list = 0; list <= whole; list += 1) t.same(read(), [])
})

t.test('a list that is read no more has no count', async (t) => {
  const { self, read } = lists()
  read(odd('1'))
  forgetUnreadable('job', 'other', self)
  t.equal(self.unreadable.size, 1)
  forgetUnreadable('job', 'zone', self)
  t.equal(self.unreadable.size, 0)
})

t.test('a thousand objects of a list are remembered as told, the last ones', async (t) => {
  const { read } = lists()
  const many = Array.from({ length: 1_001 }, (_, index) => odd(String(index)))
  t.match(read(...many), [{ objects: 1_001 }])
  t.same(read(...many.slice(1)), [])
  t.match(read(...many), [{ objects: 1, first: [{ id: '0' }] }])
})

t.test('each list is told for itself', async (t) => {
  const log = logSink()
  const self = createSelfState([])
  const read = (kind: 'job' | 'row', of: string) => {
    noteUnreadable({ kind, of, found: [odd('1')], fields: {} }, { self, log })
    return log.taken().length
  }
  t.same([read('job', 'a'), read('job', 'b'), read('row', 'a'), read('job', 'a')], [1, 1, 1, 0])
  t.same([...self.unreadable.keys()], ['job a', 'job b', 'row a'])
})
