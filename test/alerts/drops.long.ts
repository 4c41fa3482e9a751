import t from 'tap'
import { replayDrops, scoreDrops } from '../support/drop-replay.ts'
import { missingPrograms } from '../support/programs.ts'
import { week, weekJobs } from '../support/week-world.ts'

/*
 * Six weeks of 36 jobs, after four to learn from: holidays, growth, deploys, a change to summer time, and losses that no
 * counter of failures shows. Prints what stands in alerts/evidence.md.
 */

t.setTimeout(1_800_000)

const seed = 1
const plan = { weeks: 10, learnedBy: 4 * week, jobs: 12 }

t.test('a drop that is warned of is one', { skip: missingPrograms('promtool') }, async (t) => {
  const jobs = weekJobs(plan, seed)
  const { losses, falseOnes } = scoreDrops(jobs, await replayDrops(jobs, { ...plan, seed }), seed)
  t.comment('| what is lost | times | heard | after |')
  for (const { kind, count, heard, hours } of losses)
    t.comment(`| ${kind} | ${count} | ${heard} | ${hours ?? '–'} h |`)
  t.same(
    falseOnes.map(({ job, during }) => `${job.account} ${job.id} (${job.shape}) during ${during}`),
    [],
    'nothing else is warned of',
  )
  for (const { kind, count, heard } of losses)
    t.ok(heard >= 0.8 * count, `${kind}: ${heard} of ${count} are heard`)
})
