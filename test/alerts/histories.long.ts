import t from 'tap'
import { findAlertPrograms } from '../../src/commands/demo/alert-chain.ts'
import { playHistories } from '../support/history-player.ts'
import { allHistories } from './history-table.ts'

/* All histories at once, 120 times faster. Prints the table that stands in alerts/evidence.md. */

t.setTimeout(600_000)

const factor = 120
const found = findAlertPrograms(process.env.PATH)

/** Each name once, with how often it is there. */
function counted(names: readonly string[]): string {
  const parts = [...new Set(names)].map((name) => {
    const times = names.filter((one) => one === name).length
    return times === 1 ? name : `${times} × ${name}`
  })
  return parts.join(', ') || 'none'
}

t.test('every incident ends when its cause does', { skip: !found.ok }, async (t) => {
  if (!found.ok) return
  const histories = allHistories(factor)
  t.ok(histories.length >= 30)
  const played = await playHistories(found.programs, histories, { factor, minutes: 180 })
  t.comment('| history | alerts | incidents | open at the end | s to page | s to resolve |')
  for (const [index, one] of played.entries()) {
    const { opens = [], openAtEnd = [], steps = [] } = histories[index] ?? {}
    const seconds = (from: number | undefined, to: number | null): string =>
      from === undefined || to === null ? '–' : String(Math.max(0, Math.round((to - from) * 60)))
    const after = one.open.length > 0 ? null : one.resolvedAt
    t.comment(
      `| ${one.name} | ${one.alerts.join(', ') || '–'} | ${counted(one.incidents)} | ${counted(one.open)} | ${seconds(steps[0]?.[0], one.pagedAt)} | ${seconds(steps.at(-1)?.[0], after)} |`,
    )
    t.same(
      opens.filter((each) => !one.incidents.includes(each)),
      [],
      `${one.name}: opened ${one.incidents.join(', ')}`,
    )
    t.same([...one.open].sort(), [...openAtEnd].sort(), `${one.name}: open at the end`)
    if (opens.length === 0) t.same(one.incidents, [], `${one.name}: is silent`)
  }
})
