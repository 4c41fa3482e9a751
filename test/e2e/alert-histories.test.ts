import t from 'tap'
import { findAlertPrograms } from '../../src/commands/demo/alert-chain.ts'
import { allHistories } from '../alerts/history-table.ts'
import { playHistories } from '../support/history-player.ts'

/* The short ones of the histories that test/alerts/histories.long.ts plays: the same, but over in half a minute. */

t.setTimeout(120_000)

const factor = 180
const short = [
  'nothing happens',
  'failing, then well',
  'a person disables a failing job',
  'Cloudflare disables a job, a person enables it',
  'still disabled at the end',
  'the exporter restarts',
  'a job is renamed in a failure',
  'a zone is renamed in a failure',
  'a failing job gets another destination',
  'the exporter moves while all is well',
]
const found = findAlertPrograms(process.env.PATH)

t.test('what is over resolves, and what is well is silent', { skip: !found.ok }, async (t) => {
  if (!found.ok) return
  const histories = allHistories(factor).filter(({ name }) => short.includes(name))
  t.equal(histories.length, short.length)
  const played = await playHistories(found.programs, histories, { factor, minutes: 75 })
  for (const [index, { name, incidents, open }] of played.entries()) {
    const { opens = [], openAtEnd = [] } = histories[index] ?? {}
    const missing = opens.filter((each) => !incidents.includes(each))
    t.same(missing, [], `${name}: opened ${incidents.join(', ')}`)
    if (opens.length === 0) t.same(incidents, [], `${name}: is silent`)
    t.same(open, openAtEnd, `${name}: open at the end`)
  }
})
