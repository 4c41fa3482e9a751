import { accountOf } from '../../domain/scope.ts'
import { matchObjects } from '../plan/match.ts'
import type { Planned } from '../plan/planning.ts'
import type { Actual, Desired } from '../resource/resource.ts'
import type { Portable, PortableJob, PortablePolicy, PortableWebhook } from './portable.ts'
import { portablePolicy } from './portable-live.ts'

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
        const nothingLeft = { logpullOptions: null, frequency: null, hadChallenge: false }
        jobs.push({ id, resource: wanted.resource, ...nothingLeft })
        break
      }
      case 'webhook':
        webhooks.push({ id, resource: wanted.resource, secret: wanted.secret })
        break
      case 'policy': {
        const hasFilters = twin?.kind === 'policy' && portablePolicy(twin).hasFilters
        policies.push({ id, resource: wanted.resource, hasFilters })
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
