import type { JobRecord } from '../../domain/job/job.ts'
import { type AccountScope, type Scope, scopeKey, scopeTitle, type ZoneScope } from '../../domain/scope.ts'
import type { Secret } from '../../domain/secret.ts'
import type { Unreadable } from '../../ports/listing.ts'
import type { NotificationPolicy, WebhookDestination } from '../../ports/notifications.ts'
import type { JsonValue } from './json-value.ts'
import type { OutputForm } from './output-form.ts'
import type { NamedInManifest, Owner } from './owner.ts'
import type { PolicyFilters } from './policy-filters.ts'

/*
 * The things that are provisioned, each in one normal form that what is wanted and what is live share, so
 * that they can be compared field by field. An object is known by its address: kind, scope and name.
 */

export type ResourceKind = 'job' | 'webhook' | 'policy'

/** The address of an object; names are not unique at Cloudflare, so two live objects may share one. */
export interface Address {
  readonly kind: ResourceKind
  readonly scope: Scope
  readonly name: string
}

export function addressKey({ kind, scope, name }: Address): string {
  return `${kind} ${scopeKey(scope)} ${name}`
}

/** An object as messages name it, e.g. `job sre-http in zone quay.example`. */
export function addressTitle({ kind, name, scope }: Address): string {
  return `${kind} ${name} in ${scopeTitle(scope)}`
}

export interface JobResource extends Address {
  readonly kind: 'job'
  readonly dataset: string
  /** `''` or `'edge'`. */
  readonly jobKind: string
  readonly enabled: boolean
  /** The whole `destination_conf`. */
  readonly destinationConf: Secret
  readonly output: OutputForm
  /** The filter as a value, `{ where: … }`; null is no filter; a text when a live one is not JSON. */
  readonly filter: JsonValue
  readonly filterAttackTraffic: boolean
  /** `max_upload_*`; 0 leaves it to Cloudflare. */
  readonly upload: { readonly bytes: number; readonly records: number; readonly intervalSeconds: number }
  /** Null: none. */
  readonly transformerId: number | null
}

export interface WebhookResource extends Address {
  readonly kind: 'webhook'
  readonly url: Secret
}

export interface PolicyResource extends Address {
  readonly kind: 'policy'
  readonly alertType: string
  readonly enabled: boolean
  /** Null: not said, so whatever is there is right. */
  readonly description: string | null
  /** Null: not said, so whatever is there is right. Zones by their ids. */
  readonly filters: PolicyFilters | null
  readonly email: readonly string[]
  /** Names of webhook destinations; of a live one without a name, its id. */
  readonly webhooks: readonly string[]
  /** Names of PagerDuty services; of a live one that is not connected any more, its id. */
  readonly pagerduty: readonly string[]
}

/** Where in a manifest something stands. Line and column start at 1. */
export interface Origin {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** How the proof of ownership comes about, where Cloudflare asks for one. */
export type OwnershipSource =
  | { readonly how: 'read' }
  /** Read by hand. */
  | { readonly how: 'token'; readonly token: Secret }

interface Wanted<K extends ResourceKind, R> {
  readonly kind: K
  readonly resource: R
  readonly origin: Origin
  /** The manifest says itself that it takes over an object that does not bear its owner's prefix. */
  readonly adopt: boolean
  /** The live object it takes over by its id, whatever that one is called; null: the one of its name. */
  readonly adoptId: string | null
}

export interface DesiredJob extends Wanted<'job', JobResource> {
  readonly ownership: OwnershipSource
  /** Name of the transformer, whose id is looked up; null: given by its id, or none. */
  readonly transformer: string | null
}
export interface DesiredWebhook extends Wanted<'webhook', WebhookResource> {
  /** What Cloudflare is to send in `cf-webhook-auth`. It can never be read back. */
  readonly secret: Secret | null
}
export type DesiredPolicy = Wanted<'policy', PolicyResource>
export type Desired = DesiredJob | DesiredWebhook | DesiredPolicy

interface Live<K extends ResourceKind, R, L> {
  readonly kind: K
  readonly id: string
  readonly resource: R
  readonly live: L
}

export type ActualJob = Live<'job', JobResource, JobRecord>
export type ActualWebhook = Live<'webhook', WebhookResource, WebhookDestination>
export type ActualPolicy = Live<'policy', PolicyResource, NotificationPolicy>
export type Actual = ActualJob | ActualWebhook | ActualPolicy

/** Everything a manifest wants, secrets resolved. */
export interface DesiredState {
  /** The scopes the manifest names: the only ones looked at. */
  readonly scopes: readonly Scope[]
  /** Accounts whose webhooks and policies the manifest looks after. */
  readonly notificationAccounts: readonly AccountScope[]
  readonly owners: readonly Owner[]
  /** Every name that the manifest declares, also where its objects are not resolved. */
  readonly declared: readonly NamedInManifest[]
  /** Names that may be deleted, whoever's they are. */
  readonly removed: readonly NamedInManifest[]
  readonly resources: readonly Desired[]
  /** Coverage of the datasets that are declared with `zones`, whole or not. */
  readonly coverage?: readonly Coverage[]
}

/** How far a dataset that a manifest declares for many zones reaches in an account. */
export interface Coverage {
  readonly account: AccountScope
  readonly dataset: string
  /** Zones that the API token sees and that have no job of it in the manifest; those excluded by name do not count. */
  readonly uncovered: readonly ZoneScope[]
}

/** A live object of which too little can be read to change it: what is not known would be overwritten. */
export interface UnreadableObject extends Unreadable {
  readonly kind: ResourceKind
  readonly scope: Scope
}

export interface ActualState {
  readonly resources: readonly Actual[]
  /** Live objects that could not be read, or not in full. They are not among the resources. */
  readonly unreadable: readonly UnreadableObject[]
  /** Connected PagerDuty services by account id; an account that was not asked is missing. */
  readonly pagerduty: ReadonlyMap<string, readonly { readonly id: string; readonly name: string }[]>
}
