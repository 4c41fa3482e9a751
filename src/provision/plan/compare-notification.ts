import type { Secret } from '../../domain/secret.ts'
import type { JsonValue } from '../resource/json-value.ts'
import { type PolicyFilters, policyFilters } from '../resource/policy-filters.ts'
import type { ActualWebhook, DesiredWebhook, PolicyResource, WebhookResource } from '../resource/resource.ts'
import { visibleUrl } from '../resource/visible-url.ts'
import { isSecretOfRecord, isUrlOfRecord, type WebhookRecord } from '../resource/webhook-record.ts'
import { type FieldDiff, secretAfter, secretBefore } from './change.ts'
import { nameDiff, valueDiff } from './compare-job.ts'

/** Services whose address holds the secret: Cloudflare takes it out and gives back a shorter address. */
const rewritten: readonly string[] = ['slack', 'gchat', 'discord', 'feishu']

export interface WebhookMemory {
  /** What was sent last; null when nothing is known of it. */
  readonly record: WebhookRecord | null
  readonly rotate: boolean
}

export function webhookDiff(
  wanted: DesiredWebhook,
  live: ActualWebhook,
  { record, rotate }: WebhookMemory,
): readonly FieldDiff[] {
  const { url } = wanted.resource
  const secretChanged = rotate || (record !== null && !isSecretOfRecord(record, wanted.secret))
  return [
    ...nameDiff(wanted.resource, live.resource),
    ...(isSameUrl(url, live, record) ? [] : [urlDiff(live.resource.url, url)]),
    ...(secretChanged ? [{ path: 'secret', from: secretBefore, to: secretAfter }] : []),
  ]
}

function urlDiff(from: Secret, to: Secret): FieldDiff {
  return visibleUrl(from) === visibleUrl(to)
    ? { path: 'url', from: secretBefore, to: secretAfter }
    : { path: 'url', from: visibleUrl(from), to: visibleUrl(to) }
}

function isSameUrl(url: Secret, live: ActualWebhook, record: WebhookRecord | null): boolean {
  if (url.equals(live.resource.url)) return true
  return isShortened(url, live) && (record === null || isUrlOfRecord(record, url))
}

/** Whether the live address is the beginning of the wanted one, as Cloudflare gives it back for these services. */
export function isShortened(url: Secret, { live, resource }: ActualWebhook): boolean {
  const [whole, start] = [url.reveal(), resource.url.reveal()]
  if (!rewritten.includes(live.type) || whole === start || !whole.startsWith(start)) return false
  return start.endsWith('/') || /^[/?#&]/.test(whole.slice(start.length))
}

export function newWebhookFields(webhook: WebhookResource, secret: Secret | null): readonly FieldDiff[] {
  const url = { path: 'url', from: null, to: visibleUrl(webhook.url) }
  return secret === null ? [url] : [url, { path: 'secret', from: null, to: secretBefore }]
}

export function policyDiff(wanted: PolicyResource, live: PolicyResource): readonly FieldDiff[] {
  return [
    ...nameDiff(wanted, live),
    ...valueDiff('alert', live.alertType, wanted.alertType),
    ...valueDiff('enabled', live.enabled, wanted.enabled),
    ...(wanted.description === null ? [] : valueDiff('description', live.description, wanted.description)),
    ...filtersDiff(wanted.filters, live.filters ?? {}),
    ...valueDiff('email', names(live.email), names(wanted.email)),
    ...valueDiff('webhooks', names(live.webhooks), names(wanted.webhooks)),
    ...valueDiff('pagerduty', names(live.pagerduty), names(wanted.pagerduty)),
  ]
}

export function newPolicyFields(policy: PolicyResource): readonly FieldDiff[] {
  const fields: readonly (readonly [string, JsonValue])[] = [
    ['alert', policy.alertType],
    ['enabled', policy.enabled],
    ['description', policy.description],
    ...Object.entries(policyFilters(policy.filters ?? {})).map(
      ([name, values]) => [`filters.${name}`, values] as const,
    ),
    ['email', names(policy.email)],
    ['webhooks', names(policy.webhooks)],
    ['pagerduty', names(policy.pagerduty)],
  ]
  return fields
    .filter(([, to]) => to !== null && !(Array.isArray(to) && to.length === 0))
    .map(([path, to]) => ({ path, from: null, to }))
}

/** Each filter by itself; those that a manifest says nothing of are kept. */
function filtersDiff(wanted: PolicyFilters | null, live: PolicyFilters): readonly FieldDiff[] {
  if (wanted === null) return []
  const [to, from] = [policyFilters(wanted), policyFilters(live)]
  const all = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort()
  return all.flatMap((name) => valueDiff(`filters.${name}`, from[name] ?? null, to[name] ?? null))
}

/** Mechanisms are sets: their order says nothing. */
function names(list: readonly string[]): JsonValue {
  return [...new Set(list)].sort()
}
