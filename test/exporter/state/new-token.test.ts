import t from 'tap'
import { newTokenNote } from '../../../src/exporter/state/new-token.ts'

t.test('a refusal in the first minute may come from the age of the token', async (t) => {
  for (const upMs of [0, 59_999]) t.match(newTokenNote(upMs), /^; a new token can take/, `${upMs}`)
  for (const upMs of [60_000, 3_600_000]) t.equal(newTokenNote(upMs), '', `${upMs}`)
})
