import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { didYouMean, quoted } from '../../domain/positioned.ts'
import { scopeTitle } from '../../domain/scope.ts'
import type { Listing } from '../../ports/listing.ts'
import type { AvailableAlert, NotificationsApi } from '../../ports/notifications.ts'
import { type Problem, problemOf } from '../resource/problem.ts'
import type { DesiredPolicy } from '../resource/resource.ts'
import type { Change } from './change.ts'
import { filterProblems, type PolicyChange } from './check-filters.ts'
import { type Findings, grouped, namedObjects, together } from './findings.ts'
import { inParallel } from './read-actual.ts'

export interface PolicyDeps {
  readonly notifications: Pick<NotificationsApi, 'listAvailableAlerts' | 'listEligibleMechanisms'>
  readonly call: Caller
  readonly parallel: number
}

/** Alert types and mechanisms of policies that are new or changed, asked about once in each account. */
export async function checkPolicies(changes: readonly Change[], deps: PolicyDeps): Promise<Findings> {
  const advice = deps.call.with({ reads: 'adviceRead' })
  const changed = changes.flatMap((change) =>
    change.kind === 'policy' && change.change !== 'delete' ? [change] : [],
  )
  const accounts = grouped(changed, ({ desired: { resource } }) => resource.scope.id)
  const found = await inParallel(accounts, deps.parallel, async (here): Promise<Findings> => {
    const policies = here.map(({ desired }) => desired)
    const account = policies[0]?.resource.scope.id ?? ''
    const [alerts, mechanisms] = await Promise.all([
      attempt(() => advice.read((options) => deps.notifications.listAvailableAlerts(account, options))),
      attempt(() => advice.read((options) => deps.notifications.listEligibleMechanisms(account, options))),
    ])
    const barred = mechanisms.ok
      ? mechanisms.value.filter(({ eligible }) => !eligible).map(({ type }) => type)
      : []
    const notChecked = (what: string, why: string) =>
      `${what} of ${namedObjects(policies)} were not checked: ${why}`
    return together([
      alerts.ok
        ? alertFindings(here, alerts.value)
        : { problems: [], notes: [notChecked('alert types', alerts.failure.message)] },
      {
        problems: policies.flatMap((policy) => mechanismProblems(policy, barred)),
        notes: mechanisms.ok ? [] : [notChecked('mechanisms', mechanisms.failure.message)],
      },
    ])
  })
  return together(found)
}

function alertFindings(
  changes: readonly PolicyChange[],
  { items, unreadable }: Listing<AvailableAlert>,
): Findings {
  // A type that is not among them may be one that could not be read.
  const isWhole = items.length > 0 && unreadable.length === 0
  const known = new Map(items.map((alert) => [alert.type, alert]))
  const policies = changes.map(({ desired }) => desired)
  const unknown = policies.filter(({ resource }) => !known.has(resource.alertType))
  const why = items.length === 0 ? 'Cloudflare lists none' : "part of Cloudflare's list cannot be read"
  return {
    problems: [
      ...changes.flatMap((change) => {
        const alert = known.get(change.desired.resource.alertType)
        return alert === undefined ? [] : filterProblems(change, alert)
      }),
      ...(isWhole ? unknown.map((policy) => unavailable(policy, [...known.keys()])) : []),
    ],
    notes:
      isWhole || unknown.length === 0
        ? []
        : [`alert types of ${namedObjects(unknown)} were not checked: ${why}`],
  }
}

function unavailable(policy: DesiredPolicy, types: readonly string[]): Problem {
  const { alertType, scope } = policy.resource
  const hint = didYouMean(alertType, types)
  return problemOf(policy, `the alert ${quoted(alertType)} is not available to ${scopeTitle(scope)}${hint}`)
}

function mechanismProblems(policy: DesiredPolicy, barred: readonly string[]): readonly Problem[] {
  const { resource } = policy
  const used = [
    ...(resource.email.length > 0 ? ['email'] : []),
    ...(resource.webhooks.length > 0 ? ['webhook'] : []),
    ...(resource.pagerduty.length > 0 ? ['pagerduty'] : []),
  ]
  return used
    .filter((type) => barred.includes(type))
    .map((type) =>
      problemOf(
        policy,
        `${scopeTitle(resource.scope)} cannot use ${type} notifications; its plan does not include them`,
      ),
    )
}
