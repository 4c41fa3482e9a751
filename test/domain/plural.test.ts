import t from 'tap'
import { plural } from '../../src/domain/plural.ts'

t.test('one is singular, every other number plural', async (t) => {
  t.same(
    [0, 1, 2].map((count) => plural(count, 'job')),
    ['0 jobs', '1 job', '2 jobs'],
  )
  t.same(
    [1, 2].map((count) => plural(count, 'entry', 'entries')),
    ['1 entry', '2 entries'],
  )
})
