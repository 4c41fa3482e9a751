import fc from 'fast-check'
import { Secret } from '../../src/domain/secret.ts'
import { makeDestroyPlan, makePlan } from '../../src/provision/plan/plan.ts'
import { planEverything } from '../../src/provision/plan/plan-options.ts'
import { actualJob, actualPolicy, actualWebhook } from '../../src/provision/resource/live-resource.ts'
import type { Actual, Desired } from '../../src/provision/resource/resource.ts'
import { emptyJob } from './fake-jobs.ts'
import { account, accountId, aJob, aPolicy, aWebhook, wanting, zone } from './provision-values.ts'

/** What the worlds of a property had in them, so that it is seen not to hold for want of cases. */
export interface DeletionTally {
  deleted: number
  replaced: number
  /** Objects of the other owner, whose prefix is longer, that were there and stayed. */
  spared: number
  adopted: number
}

const words = ['http', 'dns', 'old-logs']
const ownNames = words.map((word) => `sre-${word}`)
const otherNames = words.map((word) => `sre-prod-${word}`)
const foreignNames = ['', 'legacy', 'sre', 'sreold']
const anyName = fc.constantFrom(...ownNames, ...ownNames, ...ownNames, ...otherNames, ...foreignNames)
const anyPlace = fc.record({
  kind: fc.constantFrom('job', 'job', 'job', 'job', 'webhook', 'policy'),
  scope: fc.constantFrom(account, account, account, zone),
})
const ids = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']

const anyWanted = fc
  .tuple(
    anyPlace,
    fc.constantFrom(...ownNames, 'legacy'),
    fc.constantFrom('http_requests', 'dns_logs'),
    fc.constantFrom(null, null, null, 'name', 'name', ...ids),
  )
  .map(([{ kind, scope }, name, dataset, adopt]): Desired => {
    const adoption = { adopt: adopt !== null, adoptId: adopt === 'name' ? null : adopt }
    if (kind === 'job') return aJob({ scope, name, dataset }, adoption)
    if (kind === 'webhook') return aWebhook(name, adoption)
    return { ...aPolicy({ name }), ...adoption }
  })

const anyLive = fc
  .uniqueArray(fc.constantFrom(...ids), { maxLength: 8 })
  .chain((used) =>
    fc.tuple(
      ...used.map((id) =>
        fc
          .tuple(anyPlace, anyName, fc.constantFrom('http_requests', 'dns_logs'), fc.boolean())
          .map(([place, name, dataset, enabled]) => aLive(id, place, { name, dataset, enabled })),
      ),
    ),
  )

function aLive(
  id: string,
  { kind, scope }: { readonly kind: string; readonly scope: typeof account | typeof zone },
  { name, dataset, enabled }: { readonly name: string; readonly dataset: string; readonly enabled: boolean },
): Actual {
  if (kind === 'job') {
    const destinationConf = new Secret('gs://logs/x')
    return actualJob(scope, { ...emptyJob, id, name: name || null, dataset, enabled, destinationConf })
  }
  if (kind === 'webhook') {
    const url = new Secret('https://example.com/hook')
    const times = { createdAt: null, lastSuccess: null, lastFailure: null }
    return actualWebhook(account, { id, name, url, type: 'generic', ...times })
  }
  const mechanisms = { email: ['a@example.com'], webhooks: [], pagerduty: [] }
  const rest = { description: '', alertType: 'x', filters: null, alertInterval: null, createdAt: null }
  const names = { webhooks: new Map<string, string>(), pagerduty: new Map<string, string>() }
  return actualPolicy(account, { id, name, enabled, mechanisms, ...rest }, names)
}

/**
 * Two owners, `sre` and `sre-prod`, in one account, and a manifest of the first that may or may not know of the other:
 * neither apply nor destroy deletes what it does not own or name, and nothing that is taken over is replaced.
 */
export function deletionProperty(tally: DeletionTally) {
  const manifest = fc.record({
    wanted: fc.array(anyWanted, { maxLength: 6 }),
    removed: fc.array(anyName, { maxLength: 2 }),
    prune: fc.boolean(),
    knowsOther: fc.boolean(),
  })
  return fc.property(
    manifest,
    anyLive,
    fc.boolean(),
    ({ wanted, removed, prune, knowsOther }, live, isDestroy) => {
      const desired = wanting(wanted, {
        removed: removed.map((name) => ({ accountId, name })),
        owners: [
          { accountId, prefix: 'sre-', prune },
          ...(knowsOther ? [{ accountId, prefix: 'sre-prod-', prune: false }] : []),
        ],
      })
      const state = { resources: live, unreadable: [], pagerduty: new Map() }
      const { changes } = isDestroy
        ? makeDestroyPlan({ ...desired, resources: [] }, state, [])
        : makePlan(desired, state, planEverything)
      const isOther = (name: string) => name.startsWith('sre-prod-')
      const isOwn = (name: string) => name.startsWith('sre-') && !isOther(name)
      const isMeant = ({ resource: { name } }: Actual) => removed.includes(name) || isOwn(name)
      const isDeclared = ({ resource }: Actual) => wanted.some((one) => one.resource.name === resource.name)
      const gone = changes.flatMap((change) =>
        change.change === 'delete' || change.change === 'replace' ? [change.actual] : [],
      )
      tally.deleted += changes.filter(({ change }) => change === 'delete').length
      tally.replaced += changes.filter(({ change }) => change === 'replace').length
      tally.adopted += changes.filter(({ change }) => change === 'adopt').length
      tally.spared += live.filter((one) => isOther(one.resource.name) && !gone.includes(one)).length
      const isAllowed = (one: Actual) =>
        isMeant(one) && (prune || removed.includes(one.resource.name) || isDeclared(one) || isReplaced(one))
      const isReplaced = (one: Actual) =>
        changes.some(
          (change) => change.change === 'replace' && change.actual === one && !change.desired.adopt,
        )
      return gone.every(isAllowed)
    },
  )
}
