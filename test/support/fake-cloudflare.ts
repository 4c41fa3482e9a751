import type { JobRecord } from '../../src/domain/job/job.ts'
import type { Account, ZoneScope } from '../../src/domain/scope.ts'
import { scopeKey } from '../../src/domain/scope.ts'
import type { Secret } from '../../src/domain/secret.ts'
import type {
  DirectoryApi,
  JobsApi,
  OwnershipApi,
  ScopeRef,
  TokenApi,
  Transformer,
} from '../../src/ports/cloudflare.ts'
import type { NotificationPolicy, NotificationsApi, WebhookWrite } from '../../src/ports/notifications.ts'
import { pageOf } from './callers.ts'
import { createFakeCore, type FakeCall } from './fake-core.ts'
import { createFakeJobs, emptyJob } from './fake-jobs.ts'
import { createFakeNotifications, type FakeNotificationOptions } from './fake-notifications.ts'

/*
 * Cloudflare's REST API in memory, behind our ports. It forgets what the real one forgets (a webhook's
 * secret, a job's challenge), asks for challenges as the real one does, and can be made to fail before or
 * after any call.
 */

export interface FakeOptions extends FakeNotificationOptions {
  readonly accounts: readonly Account[]
  readonly zones?: readonly ZoneScope[]
  /** Field names by dataset; a dataset that is not named is not found. */
  readonly datasets?: Readonly<Record<string, readonly string[]>>
  readonly transformers?: readonly Transformer[]
}

export interface FakeCloudflare {
  readonly directory: DirectoryApi
  readonly jobs: JobsApi
  readonly ownership: OwnershipApi
  readonly notifications: NotificationsApi
  readonly token: TokenApi
  /** Every call made, in order: `list jobs account:…`. */
  readonly calls: string[]
  /** Has something called around every call; what it throws, the caller gets. */
  intercept(call: (call: FakeCall) => void): void
  /** Challenge files written so far: name → token. */
  readonly challengeFiles: Map<string, Secret>
  /** Destinations that `validateDestination` refuses: conf → message. */
  readonly badDestinations: Map<string, string>
  /** Puts a live job there without a call, every field given or empty. */
  addJob(scope: ScopeRef, job: Partial<JobRecord> & { readonly destinationConf: Secret }): JobRecord
  /** Changes a live job without a call, as a hand at the dashboard would. */
  editJob(scope: ScopeRef, name: string, change: Partial<JobRecord>): void
  addWebhook(accountId: string, body: WebhookWrite): string
  addPolicy(accountId: string, policy: Partial<NotificationPolicy> & { readonly name: string }): string
  /** Everything there is, secrets open, ids left out: two worlds are the same when their snapshots are. */
  snapshot(): unknown
}

export function createFakeCloudflare(options: FakeOptions): FakeCloudflare {
  const core = createFakeCore()
  const jobs = createFakeJobs(core, options.datasets ?? {}, options.transformers ?? [])
  const notifications = createFakeNotifications(core, options)
  return {
    calls: core.calls,
    challengeFiles: jobs.challengeFiles,
    badDestinations: jobs.badDestinations,
    intercept(around) {
      core.intercept = around
    },
    jobs: jobs.api,
    ownership: jobs.ownership,
    notifications: notifications.api,
    directory: {
      listAccounts: (page) => core.read('list accounts', '', () => pageOf(options.accounts, page)),
      listZones: (query) =>
        core.read('list zones', query.accountId ?? '', () =>
          pageOf(
            (options.zones ?? []).filter(
              (zone) =>
                (query.accountId === undefined || zone.account.id === query.accountId) &&
                (query.name === undefined || zone.name === query.name),
            ),
            query.page,
          ),
        ),
    },
    token: {
      verifyToken: (accountId) =>
        core.read('verify token', accountId ?? '', () => ({
          id: 'fake-token',
          status: 'active',
          expiresOn: null,
        })),
    },
    addJob(scope, job) {
      const record = { ...emptyJob, ...job, id: job.id ?? core.nextNumber() }
      jobs.shelf.of(scopeKey(scope)).set(record.id, record)
      return record
    },
    editJob(scope, name, change) {
      const job = [...jobs.shelf.of(scopeKey(scope)).values()].find((one) => one.name === name)
      if (job === undefined) throw new Error(`no job ${name} to edit`)
      jobs.shelf.of(scopeKey(scope)).set(job.id, { ...job, ...change })
    },
    addWebhook(accountId, body) {
      const id = core.nextId()
      notifications.putWebhook(accountId, id, body)
      return id
    },
    addPolicy(accountId, policy) {
      const id = policy.id ?? core.nextId()
      const empty = { email: [], webhooks: [], pagerduty: [] }
      notifications.policies.of(accountId).set(id, {
        description: '',
        enabled: true,
        alertType: 'failing_logpush_job_disabled_alert',
        mechanisms: empty,
        filters: null,
        alertInterval: null,
        createdAt: null,
        ...policy,
        id,
      })
      return id
    },
    snapshot: () => ({
      jobs: jobs.shelf.sorted(({ id: _, ...job }) => ({
        ...job,
        destinationConf: job.destinationConf.reveal(),
      })),
      webhooks: notifications.webhooks.sorted(({ id: _, ...webhook }) => ({
        ...webhook,
        url: webhook.url.reveal(),
        secret: webhook.secret?.reveal() ?? null,
      })),
      policies: notifications.policies.sorted(({ id: _, ...policy }, account) => ({
        ...policy,
        mechanisms: {
          ...policy.mechanisms,
          webhooks: policy.mechanisms.webhooks
            .map((id) => notifications.webhooks.of(account).get(id)?.name ?? id)
            .sort(),
        },
      })),
    }),
  }
}
