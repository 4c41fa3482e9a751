import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { describeDestination } from '../../domain/destination/destination.ts'
import { scopeKey } from '../../domain/scope.ts'
import type { JobsApi } from '../../ports/cloudflare.ts'
import { problemOf } from '../resource/problem.ts'
import type { DesiredJob } from '../resource/resource.ts'
import type { Change } from './change.ts'
import { type Findings, grouped, isRefusal, namedObjects, noFindings, together } from './findings.ts'
import type { OnPlanning } from './planning-event.ts'
import { inParallel } from './read-actual.ts'

export interface DestinationDeps {
  readonly jobs: Pick<JobsApi, 'validateDestination'>
  readonly call: Caller
  readonly parallel: number
  readonly onPlanning?: OnPlanning
}

/** Destinations that are new or changed, each asked about once in its account or zone. */
export async function checkDestinations(
  changes: readonly Change[],
  deps: DestinationDeps,
): Promise<Findings> {
  const advice = deps.call.with({ reads: 'adviceRead' })
  const changed = changes.flatMap((change) =>
    change.kind === 'job' && change.change !== 'delete' && touches(change, 'destination')
      ? [change.desired]
      : [],
  )
  const groups = grouped(
    changed,
    ({ resource: { scope, destinationConf } }) => `${scopeKey(scope)} ${destinationConf.reveal()}`,
  )
  const unknown: { readonly jobs: readonly DesiredJob[]; readonly reason: string }[] = []
  let done = 0
  const tell = (): void => deps.onPlanning?.({ reading: 'destinations', done, total: groups.length })
  tell()
  const checked = await inParallel(groups, deps.parallel, async (jobs): Promise<Findings> => {
    const [first] = jobs
    if (first === undefined) return noFindings
    const { scope, destinationConf: conf } = first.resource
    const answer = await attempt(() =>
      advice.read((options) => deps.jobs.validateDestination(scope, conf, options)),
    )
    done += 1
    tell()
    if (answer.ok && answer.value.valid) return noFindings
    if (!answer.ok && !isRefusal(answer.failure)) {
      const { message, kind } = answer.failure
      unknown.push({ jobs, reason: `${message}${kind === 'unavailable' ? hintFor(conf.reveal()) : ''}` })
      return noFindings
    }
    const { redacted } = describeDestination(conf)
    const why = answer.ok ? answer.value.message : answer.failure.message
    const message = `Cloudflare does not accept the destination ${redacted}: ${why}`
    return { problems: jobs.map((job) => problemOf(job, message)), notes: [] }
  })
  const notes = grouped(unknown, ({ reason }) => reason).map(
    (group) =>
      `the destination was not checked of ${namedObjects(group.flatMap(({ jobs }) => jobs))}: ${group[0]?.reason}`,
  )
  return together([...checked, { problems: [], notes }])
}

/** By Cloudflare's documentation that is how it answers where it cannot reach a Splunk address. */
function hintFor(conf: string): string {
  return conf.startsWith('splunk://') ? '; check the address: Cloudflare may not reach it' : ''
}

/** Whether a field, or a part of it, is new or different. */
function touches(change: Change, field: string): boolean {
  if (change.change === 'create' || change.change === 'replace') return true
  return change.fields.some(({ path }) => path === field || path.startsWith(`${field}.`))
}
