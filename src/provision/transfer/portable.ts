import type { Account } from '../../domain/scope.ts'
import type { Secret } from '../../domain/secret.ts'
import type { JobResource, PolicyResource, WebhookResource } from '../resource/resource.ts'

/*
 * What is brought from one system to another: the same objects whether they were read from a live account, from
 * Terraform or from another tool's files. Secrets are in it, wrapped; whoever writes it puts placeholders in their
 * place.
 */

export interface PortableJob {
  /** Of a zone known by one of the two, the other of name and id is empty. */
  readonly resource: JobResource
  /** Where it is live; null where that is not known. */
  readonly id: string | null
  /** The filter's text as it is there; null: none, or not known. */
  readonly filterText: string | null
  /** Deprecated settings that a manifest leaves behind. */
  readonly logpullOptions: string | null
  /** The output is what `logpull_options` say: there are no output options. */
  readonly outputOfLogpull: boolean
  readonly frequency: string | null
  /** The source holds a proof of ownership. It is good for 7 days, so it is not brought along. */
  readonly hadChallenge: boolean
}

export interface PortableWebhook {
  readonly resource: WebhookResource
  readonly id: string | null
  /** Null: none. Cloudflare never gives one back, so of a live webhook it is mostly not known. */
  readonly secret: Secret | 'unknown' | null
}

export interface PortablePolicy {
  readonly resource: PolicyResource
  readonly id: string | null
}

export interface Portable {
  /** Null when the source does not say; either id or name may be empty. */
  readonly account: Account | null
  readonly jobs: readonly PortableJob[]
  readonly webhooks: readonly PortableWebhook[]
  readonly policies: readonly PortablePolicy[]
  /** Connected PagerDuty services that policies name. */
  readonly pagerduty: readonly { readonly id: string; readonly name: string }[]
  /** What was left out or needs a look, in full sentences without secrets. */
  readonly notes: readonly string[]
}

/** Something an exported file refers to and that has to be set before it is used. */
export interface Variable {
  readonly name: string
  /** What it is, for people: `destination.token of job sre-http in zone quay.example`. */
  readonly what: string
  /** What it stands for, as far as the source knows it. */
  readonly value: Secret | null
}

/** A file to be written: its text, what it needs, and what to know about it. Free of secrets but for `value`. */
export interface Exported {
  readonly text: string
  readonly variables: readonly Variable[]
  readonly notes: readonly string[]
}
