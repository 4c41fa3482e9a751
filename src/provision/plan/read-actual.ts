import type { Caller } from '../../access/caller.ts'
import { type AccountScope, type Scope, scopeKey } from '../../domain/scope.ts'
import type { JobsApi } from '../../ports/cloudflare.ts'
import type { NotificationPolicy, NotificationsApi } from '../../ports/notifications.ts'
import { actualJob, actualPolicy, actualWebhook } from '../resource/live-resource.ts'
import type {
  Actual,
  ActualJob,
  ActualState,
  Desired,
  DesiredState,
  UnreadableObject,
} from '../resource/resource.ts'
import type { OnPlanning } from './planning-event.ts'

/*
 * Reads what is live: one list of jobs for each scope the manifest names, however many jobs there are, and
 * the lists of webhooks, policies and PagerDuty services of an account only where they are needed.
 */

export interface ReadActualDeps {
  readonly jobs: Pick<JobsApi, 'listJobs'>
  readonly notifications: Pick<NotificationsApi, 'listWebhooks' | 'listPolicies' | 'listPagerDuty'>
  readonly call: Caller
  readonly parallel: number
  readonly onPlanning?: OnPlanning
}

/** @throws ApiFailure when any list cannot be read: half a picture is no picture. */
export async function readActual(
  desired: Pick<DesiredState, 'scopes' | 'notificationAccounts' | 'resources'>,
  deps: ReadActualDeps,
): Promise<ActualState> {
  const { jobs, unreadable: oddJobs } = await readJobs(desired.scopes, deps)
  const accounts = await inParallel(desired.notificationAccounts, deps.parallel, (account) =>
    readNotifications(account, (policies) => namesPagerDuty(desired.resources, policies), deps),
  )
  const unreadable = [...oddJobs, ...accounts.flatMap((account) => account.unreadable)]
  const found = [...jobs, ...accounts.flatMap(({ webhooks, policies }) => [...webhooks, ...policies])]
  return {
    resources: changeable(found, unreadable),
    unreadable,
    pagerduty: new Map(
      accounts.flatMap(({ account, services }) => (services === null ? [] : [[account, services] as const])),
    ),
  }
}

/** The jobs of several scopes, as far as they can be read. @throws ApiFailure when any list cannot be read. */
export async function readJobs(
  scopes: readonly Scope[],
  { jobs, call, parallel, onPlanning }: ReadActualDeps,
): Promise<{ readonly jobs: readonly ActualJob[]; readonly unreadable: readonly UnreadableObject[] }> {
  let done = 0
  const tell = (): void => onPlanning?.({ reading: 'jobs', done, total: scopes.length })
  tell()
  const lists = await inParallel(scopes, parallel, async (scope) => {
    const { items, unreadable } = await call.read((options) => jobs.listJobs(scope, options))
    done += 1
    tell()
    return {
      jobs: items.map((job) => actualJob(scope, job)),
      unreadable: unreadable.map((one): UnreadableObject => ({ ...one, kind: 'job', scope })),
    }
  })
  return {
    jobs: lists.flatMap((list) => list.jobs),
    unreadable: lists.flatMap(({ unreadable }) => unreadable),
  }
}

/** Those that could be read in full: what is not known of an object would be overwritten. */
function changeable(found: readonly Actual[], unreadable: readonly UnreadableObject[]): readonly Actual[] {
  const odd = new Set(unreadable.map(({ kind, scope, id }) => `${kind} ${scopeKey(scope)} ${id}`))
  return found.filter(({ kind, id, resource }) => !odd.has(`${kind} ${scopeKey(resource.scope)} ${id}`))
}

/** An account's webhooks and policies; its PagerDuty services only where somebody needs their names, else null. */
export async function readNotifications(
  account: AccountScope,
  needsServices: (policies: readonly NotificationPolicy[]) => boolean,
  { notifications, call }: Pick<ReadActualDeps, 'notifications' | 'call'>,
) {
  const [webhooks, policies] = await Promise.all([
    call.read((options) => notifications.listWebhooks(account.id, options)),
    call.read((options) => notifications.listPolicies(account.id, options)),
  ])
  const services = needsServices(policies.items)
    ? await call.read((options) => notifications.listPagerDuty(account.id, options))
    : null
  const names = {
    webhooks: new Map(webhooks.items.map(({ id, name }) => [id, name])),
    pagerduty: new Map((services ?? []).map(({ id, name }) => [id, name])),
  }
  return {
    account: account.id,
    webhooks: webhooks.items.map((webhook) => actualWebhook(account, webhook)),
    policies: policies.items.map((policy) => actualPolicy(account, policy, names)),
    services,
    unreadable: [
      ...webhooks.unreadable.map((one): UnreadableObject => ({ ...one, kind: 'webhook', scope: account })),
      ...policies.unreadable.map((one): UnreadableObject => ({ ...one, kind: 'policy', scope: account })),
    ],
  }
}

/** Names of services only matter where a policy that is wanted, or its live twin, has any. */
function namesPagerDuty(desired: readonly Desired[], live: readonly NotificationPolicy[]): boolean {
  const wanted = desired.filter((one) => one.kind === 'policy')
  return wanted.some(
    ({ resource }) =>
      resource.pagerduty.length > 0 ||
      live.some(({ name, mechanisms }) => name === resource.name && mechanisms.pagerduty.length > 0),
  )
}

/** Runs `work` over the items, `parallel` at a time; results in the order of the items. The first failure ends it. */
export async function inParallel<T, R>(
  items: readonly T[],
  parallel: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[][] = items.map(() => [])
  const queue = [...items.entries()]
  const worker = async (): Promise<void> => {
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [index, item] = next
        results[index] = [await work(item)]
      }
    } catch (error) {
      queue.length = 0
      throw error
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(parallel, items.length)) }, worker))
  return results.flat()
}
