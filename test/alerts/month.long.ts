import t from 'tap'
import { findAlertPrograms } from '../../src/commands/demo/alert-chain.ts'
import { playHistories } from '../support/history-player.ts'
import { drawMonth, scoreMonth } from '../support/incident-month.ts'

/*
 * A month of 500 jobs, all incidents at once and 60 times faster: who was called for nothing, and what nobody was
 * called for. Prints the table that stands in alerts/evidence.md.
 */

t.setTimeout(1_200_000)

const found = findAlertPrograms(process.env.PATH)

t.test('a month of 500 jobs has no page too many and none too few', { skip: !found.ok }, async (t) => {
  if (!found.ok) return
  const month = drawMonth(1)
  const histories = month.map(({ history }) => history)
  // A slow job loses its last batch in minute 245, and has its ticket for the budget of the day for six hours more.
  const played = await playHistories(found.programs, histories, {
    factor: 60,
    minutes: 660,
    knowsYesterday: true,
  })
  t.comment(
    '| what happens | times | right is | pages | false | missed | tickets | for nothing | left open |',
  )
  for (const score of scoreMonth(month, played)) {
    const { kind, pages, falsePages, missedPages, tickets, falseTickets, leftOpen } = score
    t.comment(
      `| ${kind.name} | ${kind.perMonth} | ${kind.truth} | ${pages} | ${falsePages} | ${missedPages} | ${tickets} | ${falseTickets} | ${leftOpen} |`,
    )
    t.same(
      { falsePages, missedPages, falseTickets, leftOpen },
      { falsePages: 0, missedPages: 0, falseTickets: 0, leftOpen: 0 },
      kind.name,
    )
  }
})
