import t from 'tap'
import { findAlertPrograms } from '../../src/commands/demo/alert-chain.ts'
import { playHistories } from '../support/history-player.ts'
import { allHistories } from './history-table.ts'

/* Six of the histories; histories.long.ts plays them all. */

t.setTimeout(240_000)

const factor = 120
const slice = [
  'nothing happens',
  'failing, then well',
  'a person disables a failing job',
  'Cloudflare disables a job, a person enables it',
  'still disabled at the end',
  'a replica that reads nothing keeps a disabled job',
]
const found = findAlertPrograms(process.env.PATH)

t.test('incidents end when their cause does', { skip: !found.ok }, async (t) => {
  if (!found.ok) return
  const histories = allHistories(factor).filter(({ name }) => slice.includes(name))
  t.equal(histories.length, slice.length)
  const played = await playHistories(found.programs, histories, { factor, minutes: 60 })
  for (const [index, one] of played.entries()) {
    const { opens = [], openAtEnd = [] } = histories[index] ?? {}
    t.same(one.incidents, opens, one.name)
    t.same(one.open, openAtEnd, `${one.name}: open at the end`)
  }
})
