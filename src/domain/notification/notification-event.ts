/*
 * Cloudflare's notifications as they reach us: the body of a webhook, or a row of the history. Cloudflare says of
 * no field that it is always there, and nothing of what `data` holds for a Logpush job, so every field is optional
 * and jobs are looked for wherever they may be named. What comes out is bounded and holds none of the free text,
 * which may carry a destination with its credentials.
 */
import type { JobId } from '../job/job.ts'
import { isObject } from '../plain-value.ts'
import type { Secret } from '../secret.ts'
import type { EpochMs } from '../time.ts'
import { jobDisabledAlert } from './notification.ts'

/** Alert types as a label shows them: those that matter to logs, and `other` for all else. */
export const alertTypes = [
  jobDisabledAlert,
  'billing_usage_alert',
  'incident_alert',
  'maintenance_event_notification',
  'other',
] as const

export type AlertType = (typeof alertTypes)[number]

export function isAlertType(value: unknown): value is AlertType {
  return alertTypes.some((type) => type === value)
}

export interface NotificationEvent {
  readonly alertType: AlertType
  readonly accountId: string | null
  readonly policyId: string | null
  /** The same for the start and the end of one alert. */
  readonly correlationId: string | null
  /** Null when it does not say. */
  readonly phase: 'start' | 'end' | null
  /** The jobs it names, each once; at most `mostJobs`. */
  readonly jobIds: readonly JobId[]
  /** When Cloudflare sent it, null when it does not say. */
  readonly sent: EpochMs | null
  /** Tells texts apart, for events that name no job. */
  readonly fingerprint: number
}

export type WebhookMessage =
  | { readonly kind: 'event'; readonly event: NotificationEvent }
  /** Sent when a webhook is made or tried: nothing but a text. */
  | { readonly kind: 'test' }
  /** Not an object. */
  | { readonly kind: 'foreign' }

/** Reads a webhook's body, which is any JSON. */
export function readWebhookBody(body: unknown): WebhookMessage {
  if (!isObject(body)) return { kind: 'foreign' }
  if (eventFields.every((field) => (body[field] ?? null) === null)) return { kind: 'test' }
  const texts = [body.text, body.name, body.policy_name].filter((text) => typeof text === 'string')
  return {
    kind: 'event',
    event: {
      alertType: alertTypeOf(body.alert_type, texts),
      accountId: accountIdOf(body.account_id),
      policyId: identifier(body.policy_id),
      correlationId: identifier(body.alert_correlation_id),
      phase: phaseOf(body.alert_event),
      jobIds: jobsNamed(body.data, texts),
      sent: instantOf(body.ts),
      fingerprint: fingerprintOf(texts.join('\n')),
    },
  }
}

/** A row of the history as an event. */
export function readHistoryRow(
  accountId: string,
  row: {
    readonly policyId: string | null
    readonly alertType: string
    readonly sent: EpochMs
    readonly alertBody: Secret
  },
): NotificationEvent {
  const text = row.alertBody.reveal()
  return {
    alertType: alertTypeOf(row.alertType, []),
    accountId,
    policyId: identifier(row.policyId),
    correlationId: null,
    phase: null,
    jobIds: jobsNamed(text, [text]),
    sent: row.sent,
    fingerprint: fingerprintOf(text),
  }
}

/** A body with none of them is not about anything that happened. */
const eventFields = [
  'alert_type',
  'alert_event',
  'alert_correlation_id',
  'policy_id',
  'account_id',
  'data',
  'ts',
]

function alertTypeOf(value: unknown, texts: readonly string[]): AlertType {
  if (typeof value === 'string' && value !== '') return isAlertType(value) ? value : 'other'
  return texts.some((text) => /logpush/i.test(text)) ? jobDisabledAlert : 'other'
}

function accountIdOf(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-f]{32}$/i.test(value) ? value.toLowerCase() : null
}

function identifier(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : null
}

function phaseOf(value: unknown): NotificationEvent['phase'] {
  if (typeof value !== 'string') return null
  if (/_END$/i.test(value)) return 'end'
  return /_START$/i.test(value) ? 'start' : null
}

/** Seconds as documented; milliseconds and dates as texts are taken too. */
function instantOf(value: unknown): EpochMs | null {
  const number = typeof value === 'string' && /^\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof number === 'string') {
    const parsed = Date.parse(number)
    return Number.isNaN(parsed) ? null : parsed
  }
  if (typeof number !== 'number' || !(number > 0)) return null
  const instant = number < 1e11 ? number * 1000 : number
  return instant < 1e14 ? Math.floor(instant) : null
}

/** Jobs that one event may name. */
export const maxJobs = 100

/** `data` of strangers is searched so deep, and so far in each list and object. */
const maxDepth = 6
const maxItems = 1_000
const maxTextLength = 10_000

const jobKey = /^(?:logpush[_-]?)?jobs?(?:[_-]?ids?)?$/i
const jobInText = /\bjobs?(?:[ _-]?ids?)?[ :=#"'([]{1,3}(\d{1,20})\b/gi

/** Ids in the structured part, else those that a text calls a job's. */
function jobsNamed(data: unknown, texts: readonly string[]): readonly JobId[] {
  const found = new Set<JobId>()
  search(data, { ofJob: false, depth: 0 }, found)
  if (found.size > 0) return [...found]
  for (const text of texts)
    for (const [, id = ''] of text.slice(0, maxTextLength).matchAll(jobInText)) addJob(id, found)
  return [...found]
}

function search(
  value: unknown,
  at: { readonly ofJob: boolean; readonly depth: number },
  found: Set<JobId>,
): void {
  if (at.depth > maxDepth || found.size >= maxJobs) return
  const depth = at.depth + 1
  if (Array.isArray(value)) {
    for (const item of value.slice(0, maxItems)) search(item, { ofJob: at.ofJob, depth }, found)
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value).slice(0, maxItems))
      search(item, { ofJob: jobKey.test(key) || (at.ofJob && key === 'id'), depth }, found)
  } else if (at.ofJob) addJob(value, found)
  else if (typeof value === 'string') search(parsed(value), { ofJob: false, depth }, found)
}

/** JSON inside a text. */
function parsed(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function addJob(value: unknown, found: Set<JobId>): void {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text === 'string' && /^[1-9]\d{0,19}$/.test(text) && found.size < maxJobs) found.add(text)
}

/** FNV-1a. Collisions only make two of many notifications without a job seem one. */
function fingerprintOf(text: string): number {
  let hash = 2166136261
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  return hash >>> 0
}
