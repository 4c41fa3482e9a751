import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { isSameId } from '../../domain/notification/object-id.ts'
import type { Secret } from '../../domain/secret.ts'
import { ApiFailure, exitCode, UserError } from '../../errors.ts'
import type { JobsApi } from '../../ports/cloudflare.ts'
import type { Listing, Unreadable } from '../../ports/listing.ts'
import type { NotificationsApi, PolicyWrite } from '../../ports/notifications.ts'
import { byAge } from '../plan/age.ts'
import type { Create, Edit } from '../plan/change.ts'
import { actualJob, actualPolicy, actualWebhook } from '../resource/live-resource.ts'
import type { Actual, ActualPolicy, Address, DesiredPolicy, DesiredWebhook } from '../resource/resource.ts'
import { createJobBody, updateJobBody } from './job-body.ts'

/* The live objects of an apply, read and written one at a time, the same way for every kind. */

export interface ObjectsDeps {
  readonly jobs: JobsApi
  readonly notifications: NotificationsApi
}

export interface LiveObjects {
  /** The live objects of exactly this kind, scope and name. @throws ApiFailure when one that may be cannot be read */
  named(address: Address): Promise<readonly Actual[]>
  /** The object as it is now, null when it is gone. @throws ApiFailure when it cannot be read */
  byId(object: Actual): Promise<Actual | null>
  create(change: Create | Edit, token: Secret | null): Promise<string>
  /** The object as the answer describes it; null where it does not. */
  update(change: Edit, token: Secret | null): Promise<Actual | null>
  remove(object: Actual): Promise<void>
}

export function createLiveObjects({ jobs, notifications }: ObjectsDeps, call: Caller): LiveObjects {
  async function all({ kind, scope }: Address): Promise<Listing<Actual>> {
    if (kind === 'job') {
      const { items, unreadable } = await call.read((options) => jobs.listJobs(scope, options))
      return { items: items.map((job) => actualJob(scope, job)), unreadable }
    }
    const account = accountScope(scope)
    if (kind === 'webhook') {
      const { items, unreadable } = await call.read((options) =>
        notifications.listWebhooks(account.id, options),
      )
      return { items: items.map((webhook) => actualWebhook(account, webhook)), unreadable }
    }
    const { items, unreadable } = await call.read((options) =>
      notifications.listPolicies(account.id, options),
    )
    // Ids will do: a policy is compared only with itself, read the same way.
    const noNames = { webhooks: new Map<string, string>(), pagerduty: new Map<string, string>() }
    return { items: items.map((policy) => actualPolicy(account, policy, noNames)), unreadable }
  }

  async function policyBody({ resource }: DesiredPolicy, actual: ActualPolicy | null): Promise<PolicyWrite> {
    const account = resource.scope.id
    const hooks = resource.webhooks.length === 0 ? [] : (await all({ ...resource, kind: 'webhook' })).items
    const webhooks = hooks.toSorted(byAge).map(({ id, resource: { name } }) => ({ id, name }))
    const services =
      resource.pagerduty.length === 0
        ? []
        : await call.read((options) => notifications.listPagerDuty(account, options))
    return {
      name: resource.name,
      description: resource.description ?? actual?.live.description ?? '',
      enabled: resource.enabled,
      alertType: resource.alertType,
      mechanisms: {
        email: resource.email,
        webhooks: resource.webhooks.map((name) => idOf('webhook', name, webhooks)),
        pagerduty: resource.pagerduty.map((name) => idOf('PagerDuty service', name, services)),
      },
      filters: resource.filters ?? actual?.live.filters ?? null,
      alertInterval: actual?.live.alertInterval ?? null,
    }
  }

  return {
    async named(address) {
      const { items, unreadable } = await all(address)
      const odd = unreadable.find(({ name }) => name === address.name || name === null)
      if (odd !== undefined) throw unclear(address.kind, odd)
      return items.filter(({ resource }) => resource.name === address.name)
    },
    async byId(object) {
      if (object.kind !== 'job') {
        const { items, unreadable } = await all(object.resource)
        const odd = unreadable.find(({ id }) => id !== null && isSameId(id, object.id))
        if (odd !== undefined) throw unclear(object.kind, odd)
        const found = items.find(({ id }) => isSameId(id, object.id))
        const nameless = unreadable.find(({ id }) => id === null)
        if (found === undefined && nameless !== undefined) throw unclear(object.kind, nameless)
        return found ?? null
      }
      const { scope } = object.resource
      const job = await attempt(() => call.read((options) => jobs.getJob(scope, object.id, options)))
      if (job.ok) return actualJob(scope, job.value)
      if (job.failure.kind === 'not_found') return null
      throw job.failure
    },
    async create(change, token) {
      const { id: account } = change.desired.resource.scope
      switch (change.kind) {
        case 'job': {
          const { resource } = change.desired
          const body = { ...createJobBody(resource), ...challengeField(token) }
          return (await call.write((options) => jobs.createJob(resource.scope, body, options))).id
        }
        case 'webhook': {
          const body = webhookBody(change.desired)
          return (await call.write((options) => notifications.createWebhook(account, body, options))).id
        }
        case 'policy': {
          const body = await policyBody(change.desired, null)
          return (await call.write((options) => notifications.createPolicy(account, body, options))).id
        }
      }
    },
    async update(change, token) {
      const { id } = change.actual
      const { id: account } = change.desired.resource.scope
      switch (change.kind) {
        case 'job': {
          const { resource } = change.desired
          const body = { ...updateJobBody(resource, change.actual, change.fields), ...challengeField(token) }
          const sent = await attempt(() =>
            call.write((options) => jobs.updateJob(resource.scope, id, body, options)),
          )
          if (!sent.ok) throw body.destinationConf === undefined ? withTestHint(sent.failure) : sent.failure
          return actualJob(resource.scope, sent.value)
        }
        case 'webhook': {
          const body = webhookBody(change.desired)
          await call.write((options) => notifications.updateWebhook(account, id, body, options))
          return null
        }
        case 'policy': {
          const body = await policyBody(change.desired, change.actual)
          await call.write((options) => notifications.updatePolicy(account, id, body, options))
          return null
        }
      }
    },
    async remove(object) {
      const { scope } = object.resource
      switch (object.kind) {
        case 'job':
          return call.write((options) => jobs.deleteJob(scope, object.id, options))
        case 'webhook':
          return call.write((options) => notifications.deleteWebhook(scope.id, object.id, options))
        case 'policy':
          return call.write((options) => notifications.deletePolicy(scope.id, object.id, options))
      }
    },
  }
}

/** A job's destination may be why an update is refused that does not touch it. */
function withTestHint(failure: ApiFailure): ApiFailure {
  const { kind, message, operation, status, codes } = failure
  if (kind !== 'invalid_request' || !/destination/i.test(message)) return failure
  const hint =
    'Cloudflare tests the destination at every update, also when only other fields change: repair it first'
  return new ApiFailure(kind, `${message}; ${hint}`, { operation, status, codes })
}

/** What cannot be read is neither gone nor as it was. */
function unclear(kind: Actual['kind'], { id, field }: Unreadable): ApiFailure {
  const which = id === null ? `a ${kind} of unknown id` : `the ${kind} with id ${id}`
  return new ApiFailure(
    'bad_response',
    `Cloudflare's answer about ${which} cannot be read at ${field}, so nothing is written`,
    { operation: 'read again' },
  )
}

function challengeField(token: Secret | null): { readonly ownershipChallenge?: Secret } {
  return token === null ? {} : { ownershipChallenge: token }
}

function webhookBody({ resource, secret }: DesiredWebhook) {
  return { name: resource.name, url: resource.url, ...(secret === null ? {} : { secret }) }
}

/** Webhooks and policies belong to accounts only. */
function accountScope(scope: Address['scope']): Extract<Address['scope'], { kind: 'account' }> {
  if (scope.kind === 'account') return scope
  throw new UserError(`zone ${scope.name} cannot have notifications; only accounts can`, exitCode.manifest)
}

interface Named {
  readonly id: string
  readonly name: string
}

/** An id may stand for an object that has no name. */
function idOf(what: string, name: string, known: readonly Named[]): string {
  const found = known.filter((one) => one.name === name || isSameId(one.id, name))
  const [only] = found
  // The oldest of several webhooks is the one that the manifest means, and that stays where two runs make it at once.
  if (only !== undefined && (found.length === 1 || what === 'webhook')) return only.id
  const problem = only === undefined ? `there is no ${what} named` : `there are ${found.length} named`
  throw new UserError(
    `${problem} "${name}"${what === 'webhook' || only !== undefined ? '' : '; connect it with "provision pagerduty connect"'}`,
    exitCode.failure,
  )
}
