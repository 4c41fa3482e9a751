import t from 'tap'
import { isSameId } from '../../../src/domain/notification/object-id.ts'

t.test('ids are the same with and without dashes, in any case', async (t) => {
  const dashed = '1d2dc92b-f84e-4aff-bd9c-205d94b0b4e8'
  t.ok(isSameId(dashed, '1d2dc92bf84e4affbd9c205d94b0b4e8'))
  t.ok(isSameId(dashed.toUpperCase(), dashed))
  t.notOk(isSameId(dashed, '1d2dc92bf84e4affbd9c205d94b0b4e9'))
})
