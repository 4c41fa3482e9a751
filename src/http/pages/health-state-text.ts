/* The texts for what is wrong with a job. */

import type { HealthState } from '../../exporter/view/health-state.ts'
import type { StateFilter } from '../../exporter/view/job-query.ts'
import type { DisableExpected, JobStatus } from '../../exporter/view/job-status.ts'
import { type Html, html, nothing } from './page.ts'
import { counted, lasting, span } from './readable.ts'

export const troubleNames: Readonly<Record<HealthState, string>> = {
  disabled_by_failure: 'Disabled by failure',
  losing_data: 'Losing data',
  not_arriving: 'Not arriving',
  failing: 'Failing',
  late: 'Late',
  never_delivered: 'Never delivered',
  unknown: 'Unknown',
  off: 'Off',
  ok: 'OK',
}

export const stateNames: Readonly<Record<StateFilter, string>> = {
  trouble: 'Any problem',
  ...troubleNames,
  blind: 'Unreadable now',
}

export function badge(trouble: HealthState): Html {
  return html`<span class="badge ${trouble}">${troubleNames[trouble]}</span>`
}

/** A job's name, or its id where it has none. */
export function jobTitle({ name, id }: JobStatus): string {
  return name === '' ? `Job ${id}` : name
}

/** Where the job belongs, what it pushes, and where to. */
export function jobPlace({ zone, account, facts }: JobStatus): string {
  const place = zone === null ? account.name : zone.name
  return facts === null ? place : `${place} · ${facts.dataset} → ${facts.destinationType}`
}

/** For how long, in a cell. */
export function sinceText({ since }: JobStatus, now: number): Html {
  return since === null ? nothing : lasting(since, now)
}

/** Why, in a cell: the class of the error and its text, and how long is left until it gets worse. */
export function whyText(job: JobStatus, now: number): Html {
  const { trouble, reason, error, disableExpected } = job
  if (trouble === 'ok' || trouble === 'off' || reason === null) return html`${withoutError[trouble]}`
  const text = error === null ? nothing : html` <span class="error">${error}</span>`
  const left =
    disableExpected === null || !isDisableNear(disableExpected, now)
      ? nothing
      : html` <b class="left">Will be disabled ${timeLeft(disableExpected, now)}</b>`
  return html`<span class="clamp"><b>${reasonNames[reason]}</b>${text}</span>${left}`
}

/** What is known of the trouble where Cloudflare gives no error. */
const withoutError: Readonly<Record<HealthState, string>> = {
  disabled_by_failure: 'no error reported by Cloudflare',
  losing_data: 'batches were lost; the last push succeeded',
  not_arriving: 'delivered, but nothing is written at the destination',
  failing: 'no error reported by Cloudflare',
  late: 'nothing delivered; no error reported by Cloudflare',
  never_delivered: 'enabled, nothing delivered yet',
  unknown: 'not listed by the jobs API',
  off: 'disabled',
  ok: '',
}

/** Two estimates closer together than this are shown as one. */
const sameMs = 3_600_000

export function isOneGuess({ earliest, latest }: DisableExpected): boolean {
  return latest - earliest < sameMs
}

/** From here on it is news: that it will be disabled in about a day is true of every job that begins to fail. */
const nearMs = 12 * 3_600_000

export function isDisableNear({ earliest }: DisableExpected, now: number): boolean {
  return earliest - now <= nearMs
}

/** E.g. `in about 3 h`, `between 3 h and 5 h from now`, `at any moment`. */
export function timeLeft(expected: DisableExpected, now: number): string {
  const { earliest, latest } = expected
  if (latest <= now) return 'at any moment'
  if (isOneGuess(expected)) return `in about ${span(latest - now)}`
  return earliest <= now
    ? `at any moment, within ${span(latest - now)} at the latest`
    : `between ${span(earliest - now)} and ${span(latest - now)} from now`
}

export const reasonNames: Readonly<Record<NonNullable<JobStatus['reason']>, string>> = {
  auth: 'Access refused',
  not_found: 'Not found',
  dns: 'Name not resolved',
  tls: 'TLS',
  timeout: 'Timeout',
  throttled: 'Throttled',
  rejected: 'Rejected',
  server_error: 'Server error',
  other: 'Other error',
}

/** What was lost in the last hour, in a cell. */
export function lostText({ lastHour: { lostBatches, lostRecords } }: JobStatus): Html {
  if (lostBatches === 0) return nothing
  return html`<b>${counted(lostRecords, 'record')}</b> <span class="quiet">${counted(lostBatches, 'batch', 'batches')}</span>`
}

/** E.g. `12 min / 30 min`. */
export function lagText({ lagMs, maxLagMs }: JobStatus): string {
  return lagMs === null ? '–' : `${span(lagMs)} / ${span(maxLagMs)}`
}
