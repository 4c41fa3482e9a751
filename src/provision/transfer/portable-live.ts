import { attempt } from '../../access/attempt.ts'
import { type Account, type Scope, scopeTitle } from '../../domain/scope.ts'
import type { DirectoryApi } from '../../ports/cloudflare.ts'
import type { NotificationPolicy } from '../../ports/notifications.ts'
import { type ReadActualDeps, readJobs, readNotifications } from '../plan/read-actual.ts'
import type { ActualJob, ActualWebhook, UnreadableObject } from '../resource/resource.ts'
import type { Portable } from './portable.ts'

export interface LiveDeps extends ReadActualDeps {
  readonly directory: DirectoryApi
}

export async function listAllAccounts({
  directory,
  call,
}: Pick<LiveDeps, 'directory' | 'call'>): Promise<readonly Account[]> {
  return (await call.all((page, options) => directory.listAccounts(page, options))).items
}

/**
 * Everything of one account: the jobs of the account and of the zones that `isWanted` picks, webhooks, policies.
 * @throws ApiFailure when any list of jobs cannot be read: half a picture is no picture.
 */
export async function readPortable(
  account: Account,
  isWanted: (scope: Scope) => boolean,
  deps: LiveDeps,
): Promise<Portable> {
  const home = { kind: 'account', ...account } as const
  const zones = await deps.call.all((page, options) =>
    deps.directory.listZones({ page, accountId: account.id }, options),
  )
  const scopes: readonly Scope[] = [home, ...zones.items].filter(isWanted)
  const found = await readJobs(scopes, deps)
  const jobs = withoutZoneTwins(found.jobs).sort(byId).map(portableJob)
  const unread = found.unreadable.map(unreadableNote)
  const usesServices = (policies: readonly NotificationPolicy[]) =>
    policies.some(({ mechanisms }) => mechanisms.pagerduty.length > 0)
  const read = await attempt(() => readNotifications(home, usesServices, deps))
  if (!read.ok) {
    if (read.failure.kind !== 'forbidden') throw read.failure
    const notes = [
      ...unread,
      'Webhooks and policies are skipped: the token may not read them (Notifications Read).',
    ]
    return { account, jobs, webhooks: [], policies: [], pagerduty: [], notes }
  }
  const { webhooks, policies, services, unreadable } = read.value
  return {
    account,
    jobs,
    webhooks: webhooks.map(portableWebhook),
    policies: policies.map(({ id, resource }) => ({ id, resource })),
    pagerduty: services ?? [],
    notes: [...unread, ...unreadable.map(unreadableNote)],
  }
}

function unreadableNote({ kind, scope, id, name, field, leftOut }: UnreadableObject): string {
  const object = `A ${kind} of ${scopeTitle(scope)} (id ${id ?? 'unknown'}, name ${name === '' ? 'none' : (name ?? 'unknown')})`
  return leftOut
    ? `${object} is skipped: Cloudflare's answer cannot be read at ${field}.`
    : `${object} lacks ${field}, where Cloudflare's answer cannot be read.`
}

/** An account's list may name jobs of its zones as well: there the zone has them. */
function withoutZoneTwins(jobs: readonly ActualJob[]): ActualJob[] {
  const inZones = new Set(jobs.flatMap(({ id, resource }) => (resource.scope.kind === 'zone' ? [id] : [])))
  return jobs.filter(({ id, resource }) => resource.scope.kind === 'zone' || !inZones.has(id))
}

/** Job ids grow: the older first, scope by scope. */
function byId(a: ActualJob, b: ActualJob): number {
  const scopes = scopeText(a).localeCompare(scopeText(b), 'en')
  return scopes || a.id.length - b.id.length || (a.id < b.id ? -1 : 1)
}

function scopeText({ resource: { scope } }: ActualJob): string {
  return `${scope.kind} ${scope.name} ${scope.id}`
}

export function portableJob({ id, resource, live }: ActualJob): Portable['jobs'][number] {
  const { logpullOptions, frequency, filter: filterText, outputOptions } = live
  const outputOfLogpull = outputOptions === null && logpullOptions !== null
  return { id, resource, filterText, logpullOptions, outputOfLogpull, frequency, hadChallenge: false }
}

/** Chat services have the secret in the address; elsewhere there may be one. */
function portableWebhook({ id, resource, live }: ActualWebhook): Portable['webhooks'][number] {
  return { id, resource, secret: live.type === 'generic' ? 'unknown' : null }
}
