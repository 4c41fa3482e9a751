import { buildDestination, parseDestination } from '../../domain/destination/destination.ts'
import { accountOf } from '../../domain/scope.ts'
import { jobDiff } from '../plan/compare-job.ts'
import { matchObjects } from '../plan/match.ts'
import type { Planned } from '../plan/planning.ts'
import type { Actual, ActualJob, Desired, DesiredJob } from '../resource/resource.ts'
import type { Portable, PortableJob, PortablePolicy, PortableWebhook } from './portable.ts'
import { portableJob } from './portable-live.ts'

function plannedJob({ resource }: DesiredJob, id: string | null): PortableJob {
  const nothingLeft = { logpullOptions: null, outputOfLogpull: false, frequency: null, hadChallenge: false }
  return { id, resource, filterText: null, ...nothingLeft }
}

/** Whether the live job is the wanted one in all that it says: then its own texts are kept as they are. */
function isAsWanted({ resource: wanted }: DesiredJob, { resource: live }: ActualJob): boolean {
  const [to, from] = [wanted, live].map(({ destinationConf }) =>
    buildDestination(parseDestination(destinationConf.reveal())),
  )
  // Of a destination that comes back without its secrets, the manifest knows more.
  return jobDiff(wanted, live).length === 0 && to !== undefined && from?.equals(to) === true
}

/** What a manifest wants, with the ids of what is live already. */
export function portableOf({ desired, actual }: Pick<Planned, 'desired' | 'actual'>): Portable {
  const { matched } = matchObjects(desired.resources, actual.resources)
  const live = new Map<Desired, Actual>(matched.map((pair) => [pair.desired, pair.actual]))
  const jobs: PortableJob[] = []
  const webhooks: PortableWebhook[] = []
  const policies: PortablePolicy[] = []
  for (const wanted of desired.resources) {
    const twin = live.get(wanted)
    const id = twin?.id ?? null
    switch (wanted.kind) {
      case 'job': {
        jobs.push(
          twin?.kind === 'job' && isAsWanted(wanted, twin) ? portableJob(twin) : plannedJob(wanted, id),
        )
        break
      }
      case 'webhook':
        webhooks.push({ id, resource: wanted.resource, secret: wanted.secret })
        break
      case 'policy': {
        // What the manifest says nothing of stays as it is live.
        const filters = wanted.resource.filters ?? (twin?.kind === 'policy' ? twin.resource.filters : null)
        policies.push({ id, resource: { ...wanted.resource, filters } })
      }
    }
  }
  const scope = desired.scopes[0] ?? desired.notificationAccounts[0]
  return {
    account: scope === undefined ? null : accountOf(scope),
    jobs,
    webhooks,
    policies,
    pagerduty: [...actual.pagerduty.values()].flat(),
    notes: [],
  }
}
