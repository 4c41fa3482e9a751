import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { scopeKey } from '../../domain/scope.ts'
import type { JobsApi } from '../../ports/cloudflare.ts'
import type { DesiredJob } from '../resource/resource.ts'
import { grouped, isRefusal } from './findings.ts'
import type { OnPlanning } from './planning-event.ts'
import { inParallel } from './read-actual.ts'

export interface DestinationDeps {
  readonly jobs: Pick<JobsApi, 'validateDestination'>
  readonly call: Caller
  readonly parallel: number
  readonly onPlanning?: OnPlanning
}

/** What Cloudflare says of a destination in one account or zone. */
export interface DestinationAnswer {
  readonly jobs: readonly [DesiredJob, ...DesiredJob[]]
  /** `unknown`: there was no answer. */
  readonly state: 'accepted' | 'refused' | 'unknown'
  /** Why it is not accepted; empty when it is. */
  readonly reason: string
}

/** Has Cloudflare try each destination once in each account or zone; it writes a test file there. */
export async function askDestinations(
  jobs: readonly DesiredJob[],
  deps: DestinationDeps,
): Promise<readonly DestinationAnswer[]> {
  const advice = deps.call.with({ reads: 'adviceRead' })
  const groups = grouped(
    jobs,
    ({ resource: { scope, destinationConf } }) => `${scopeKey(scope)} ${destinationConf.reveal()}`,
  )
  let done = 0
  const tell = (): void => deps.onPlanning?.({ reading: 'destinations', done, total: groups.length })
  tell()
  const answers = await inParallel(groups, deps.parallel, async ([first, ...more]) => {
    if (first === undefined) return []
    const { scope, destinationConf: conf } = first.resource
    const answer = await attempt(() =>
      advice.read((options) => deps.jobs.validateDestination(scope, conf, options)),
    )
    done += 1
    tell()
    const asked = { jobs: [first, ...more] } as const
    if (!answer.ok) {
      const { message, kind } = answer.failure
      const hint = kind === 'unavailable' ? hintFor(conf.reveal()) : ''
      return isRefusal(answer.failure)
        ? [{ ...asked, state: 'refused' as const, reason: message }]
        : [{ ...asked, state: 'unknown' as const, reason: `${message}${hint}` }]
    }
    const { valid, message } = answer.value
    return [
      { ...asked, state: valid ? ('accepted' as const) : ('refused' as const), reason: valid ? '' : message },
    ]
  })
  return answers.flat()
}

/** By Cloudflare's documentation that is how it answers where it cannot reach a Splunk address. */
function hintFor(conf: string): string {
  return conf.startsWith('splunk://') ? '; check the address: Cloudflare may not reach it' : ''
}
