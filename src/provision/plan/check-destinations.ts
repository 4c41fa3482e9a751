import { describeDestination } from '../../domain/destination/destination.ts'
import { problemOf } from '../resource/problem.ts'
import { askDestinations, type DestinationDeps } from './ask-destinations.ts'
import { type Change, sendsDestination } from './change.ts'
import { type Findings, grouped, namedObjects } from './findings.ts'

/** Destinations that are new or changed, each asked about once in its account or zone. */
export async function checkDestinations(
  changes: readonly Change[],
  deps: DestinationDeps,
): Promise<Findings> {
  const changed = changes.flatMap((change) =>
    change.kind === 'job' && change.change !== 'delete' && sendsDestination(change) ? [change.desired] : [],
  )
  const answers = await askDestinations(changed, deps)
  const problems = answers
    .filter(({ state }) => state === 'refused')
    .flatMap(({ jobs, reason }) =>
      jobs.map((job) => {
        const { redacted } = describeDestination(job.resource.destinationConf)
        return problemOf(job, `Cloudflare does not accept the destination ${redacted}: ${reason}`)
      }),
    )
  const unknown = answers.filter(({ state }) => state === 'unknown')
  const notes = grouped(unknown, ({ reason }) => reason).map(
    (group) =>
      `the destination was not checked of ${namedObjects(group.flatMap(({ jobs }) => jobs))}: ${group[0]?.reason}`,
  )
  return { problems, notes }
}
