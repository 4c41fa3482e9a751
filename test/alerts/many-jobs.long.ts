import t from 'tap'
import { findAlertPrograms } from '../../src/commands/demo/alert-chain.ts'
import { playHistories } from '../support/history-player.ts'
import { breaks, each } from '../support/history-steps.ts'
import { type History, newJob, newWorld } from '../support/history-world.ts'

/* 2,000 jobs at 2,000 destinations: how many incidents they open when all of them, or two fifths, stop. */

t.setTimeout(1_800_000)

const jobs = 2_000
const found = findAlertPrograms(process.env.PATH)

const fleet = (name: string, steps: History['steps']): History => ({
  name,
  begin: (namespace) =>
    newWorld(
      namespace,
      Array.from({ length: jobs }, () => newJob({ account: 'Fleet', zone: 'fleet.example' })),
    ),
  steps,
  opens: [],
  openAtEnd: [],
})

/** 15 times faster: the rules of 2,000 jobs are evaluated each two seconds. */
async function incidentsOf(history: History): Promise<readonly string[]> {
  if (!found.ok) return []
  const [played] = await playHistories(found.programs, [history], { factor: 15, minutes: 45 })
  return played?.incidents ?? []
}

t.test('all at once: one page', { skip: !found.ok }, async (t) => {
  const incidents = await incidentsOf(fleet('all', [[5, each(breaks)]]))
  t.same(incidents, ['AccountOutage critical'])
})

t.test(
  'two fifths, 100 more each minute: one page and one ticket, beside the first ones',
  { skip: !found.ok },
  async (t) => {
    const steps = Array.from(
      { length: 8 },
      (_, minute) =>
        [5 + minute, each(breaks, (_job, index) => index % 5 < 2 && index % 8 === minute)] as const,
    )
    const incidents = await incidentsOf(fleet('two fifths', steps))
    const many = incidents.filter((one) => one.startsWith('ManyJobs'))
    t.same([...many].sort(), ['ManyJobs critical', 'ManyJobs warning'])
    t.comment(`${incidents.length - many.length} incidents of single jobs`)
    // As many pages, and as many tickets, as one person can read.
    t.ok(incidents.length - many.length <= 40, `${incidents.length - many.length} of single jobs`)
  },
)
