import t from 'tap'
import { deletionProperty } from '../../support/deletion-property.ts'
import { holds } from '../../support/property.ts'

t.test('in fifty thousand worlds of two owners only what is owned or named is deleted', async (t) => {
  const tally = { deleted: 0, replaced: 0, spared: 0, adopted: 0 }
  holds(t, deletionProperty(tally), 25_000)
  for (const [what, count] of Object.entries(tally)) t.ok(count > 500, `${what}: ${count}`)
})
