import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { describeDestination } from '../../domain/destination/destination.ts'
import { didYouMean, quoted } from '../../domain/positioned.ts'
import { scopeKey, scopeTitle } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { JobsApi, NotificationsApi, TokenApi, TokenStatus } from '../../ports/cloudflare.ts'
import type { Problem } from '../resource/problem.ts'
import type { DesiredJob, DesiredPolicy, DesiredState } from '../resource/resource.ts'
import type { Change, Plan } from './change.ts'
import { inParallel } from './read-actual.ts'

/*
 * Asks Cloudflare, before anything is written, what would fail: destinations that are new or changed, alert
 * types and mechanisms of policies that are new or changed, and the token itself. Nothing here writes, and
 * nothing is claimed that cannot be known: whether a webhook's receiver answers is only seen when it is made.
 */

export interface PreflightDeps {
  readonly jobs: Pick<JobsApi, 'validateDestination'>
  readonly notifications: Pick<NotificationsApi, 'listAvailableAlerts' | 'listEligibleMechanisms'>
  readonly token: TokenApi
  readonly call: Caller
  readonly parallel: number
  readonly now: EpochMs
}

/** @throws ApiFailure when Cloudflare does not answer. */
export async function preflight(
  plan: Plan,
  desired: DesiredState,
  deps: PreflightDeps,
): Promise<readonly Problem[]> {
  return [
    ...(await checkToken(plan, desired, deps)),
    ...(await checkDestinations(plan.changes, deps)),
    ...(await checkPolicies(plan.changes, deps)),
  ]
}

const soonMs = 7 * 86_400_000

async function checkToken(
  plan: Plan,
  desired: DesiredState,
  deps: PreflightDeps,
): Promise<readonly Problem[]> {
  const [first] = desired.resources
  if (plan.changes.length === 0 || first === undefined) return []
  const status = await tokenStatus(desired, deps)
  const warn = (message: string): Problem => ({ at: first.origin, level: 'warning', message })
  if (status === null) return []
  if (status.status === 'disabled' || status.status === 'expired') {
    return [{ at: first.origin, level: 'error', message: `the API token is ${status.status}` }]
  }
  return status.expiresOn !== null && status.expiresOn - deps.now < soonMs
    ? [warn(`the API token expires at ${new Date(status.expiresOn).toISOString()}`)]
    : []
}

/** A token of a user and one of an account are asked about in different places; the wrong one refuses a good token. */
async function tokenStatus(
  desired: DesiredState,
  { token, call }: PreflightDeps,
): Promise<TokenStatus | null> {
  const accounts = desired.scopes.flatMap((scope) =>
    scope.kind === 'account' ? [scope.id] : [scope.account.id],
  )
  for (const account of [null, ...new Set(accounts)]) {
    const status = await attempt(() => call.read((options) => token.verifyToken(account, options)))
    if (status.ok) return status.value
    if (!['auth', 'forbidden', 'not_found', 'invalid_request'].includes(status.failure.kind))
      throw status.failure
  }
  return null
}

async function checkDestinations(
  changes: readonly Change[],
  deps: PreflightDeps,
): Promise<readonly Problem[]> {
  const jobs = new Map<string, DesiredJob>()
  for (const change of changes) {
    if (change.kind !== 'job' || change.change === 'delete' || !touches(change, 'destination')) continue
    const { scope, destinationConf } = change.desired.resource
    jobs.set(`${scopeKey(scope)} ${destinationConf.reveal()}`, change.desired)
  }
  const problems = await inParallel([...jobs.values()], deps.parallel, async ({ origin, resource }) => {
    const { scope, destinationConf: conf, name } = resource
    const { valid, message } = await deps.call.read((options) =>
      deps.jobs.validateDestination(scope, conf, options),
    )
    if (valid) return []
    const { redacted } = describeDestination(conf)
    const text = `job ${name}: Cloudflare does not accept the destination ${redacted}: ${message}`
    return [{ at: origin, level: 'error', message: text } satisfies Problem]
  })
  return problems.flat()
}

/** Whether a field, or a part of it, is new or different. */
function touches(change: Change, field: string): boolean {
  if (change.change === 'create' || change.change === 'replace') return true
  return change.fields.some(({ path }) => path === field || path.startsWith(`${field}.`))
}

async function checkPolicies(changes: readonly Change[], deps: PreflightDeps): Promise<readonly Problem[]> {
  const policies = changes.flatMap((change) =>
    change.kind === 'policy' && change.change !== 'delete' ? [change.desired] : [],
  )
  const accounts = [...new Map(policies.map(({ resource: { scope } }) => [scope.id, scope])).values()]
  const problems = await inParallel(accounts, deps.parallel, async (account) => {
    const alerts = await deps.call.read((options) =>
      deps.notifications.listAvailableAlerts(account.id, options),
    )
    const mechanisms = await deps.call.read((options) =>
      deps.notifications.listEligibleMechanisms(account.id, options),
    )
    const barred = mechanisms.filter(({ eligible }) => !eligible).map(({ type }) => type)
    return policies
      .filter(({ resource }) => resource.scope.id === account.id)
      .flatMap((policy) => [...alertProblems(policy, alerts), ...mechanismProblems(policy, barred)])
  })
  return problems.flat()
}

function alertProblems(
  { origin, resource }: DesiredPolicy,
  alerts: readonly { readonly type: string; readonly hasFilters: boolean }[],
): readonly Problem[] {
  const { alertType, name, scope } = resource
  const alert = alerts.find(({ type }) => type === alertType)
  const error = (message: string): Problem => ({
    at: origin,
    level: 'error',
    message: `policy ${name}: ${message}`,
  })
  if (alert?.hasFilters === true) {
    return [error(`the alert ${quoted(alertType)} takes filters, which manifests do not support yet`)]
  }
  if (alert !== undefined) return []
  const hint = didYouMean(
    alertType,
    alerts.map(({ type }) => type),
  )
  return [error(`the alert ${quoted(alertType)} is not available to ${scopeTitle(scope)}${hint}`)]
}

function mechanismProblems(
  { origin, resource }: DesiredPolicy,
  barred: readonly string[],
): readonly Problem[] {
  const used = [
    ...(resource.email.length > 0 ? ['email'] : []),
    ...(resource.webhooks.length > 0 ? ['webhook'] : []),
    ...(resource.pagerduty.length > 0 ? ['pagerduty'] : []),
  ]
  return used
    .filter((type) => barred.includes(type))
    .map((type) => ({
      at: origin,
      level: 'error',
      message: `policy ${resource.name}: ${scopeTitle(resource.scope)} cannot use ${type} notifications; its plan does not include them`,
    }))
}
