import t from 'tap'
import { deletionProperty } from '../../support/deletion-property.ts'
import { holds } from '../../support/property.ts'

/*
 * deletion.long.ts asks the same of fifty thousand worlds.
 */

t.test('no object that the manifest does not own or name is ever deleted', async (t) => {
  const tally = { deleted: 0, replaced: 0, spared: 0, adopted: 0 }
  holds(t, deletionProperty(tally), 400)
  for (const [what, count] of Object.entries(tally)) t.ok(count > 1, `${what}: ${count}`)
})
