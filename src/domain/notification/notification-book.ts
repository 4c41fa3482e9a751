/*
 * What is remembered of notifications: how many came, which have been seen, and which still have to be followed
 * up. One value, stored in one write, so that after a crash a notification is either wholly known or not at all.
 *
 * The same event can reach us as a webhook and as several rows of the history, one for each mechanism it was sent
 * by, and again by replay. It is the same when its correlation id and phase are, or when it is about the same jobs
 * (without those: the same policy) at about the same time. The first that comes is counted, under the way it came.
 */

import type { EpochMs } from '../time.ts'
import type { AlertType, NotificationEvent } from './notification-event.ts'

/** The ways by which notifications come. */
export const notificationSources = ['webhook', 'history'] as const
export type NotificationSource = (typeof notificationSources)[number]

/** An event with what was found out about it when it came. */
export interface SeenEvent extends Omit<NotificationEvent, 'sent'> {
  readonly source: NotificationSource
  /** When it was sent, or when it came if it does not say. */
  readonly at: EpochMs
}

export interface NotificationCount {
  /** Empty: an account that is not known. */
  readonly accountId: string
  readonly alertType: AlertType
  readonly source: NotificationSource
  readonly count: number
}

export interface NotificationBook {
  readonly counts: readonly NotificationCount[]
  /** In the order of their coming, at most `mostSeen`. */
  readonly seen: readonly SeenEvent[]
  /** Those of `seen` whose consequences have not been looked into yet, at most `mostOpen`. */
  readonly open: readonly OpenEvent[]
  /** Up to when each account's history has been read. */
  readonly readTo: ReadonlyMap<string, EpochMs>
}

export interface OpenEvent {
  readonly event: SeenEvent
  readonly cameAt: EpochMs
}

export const emptyBook: NotificationBook = { counts: [], seen: [], open: [], readTo: new Map() }

const maxSeen = 500
const maxOpen = 200

/** Two reports of one event are not further apart, by the time they were sent at. */
const sameMs = 10 * 60_000

/** The book with the event in it; null when it knows it already. */
export function recordEvent(
  book: NotificationBook,
  event: SeenEvent,
  how: { readonly now: EpochMs; readonly count: boolean; readonly followUp: boolean },
): NotificationBook | null {
  if (book.seen.some((seen) => isSame(seen, event))) return null
  // So old that it may have been forgotten: a replay.
  const oldest = book.seen[0]
  if (book.seen.length >= maxSeen && oldest !== undefined && event.at < oldest.at) return null
  return {
    ...book,
    counts: how.count ? counted(book.counts, event) : book.counts,
    seen: [...book.seen, event].slice(-maxSeen),
    open: how.followUp ? [...book.open, { event, cameAt: how.now }].slice(-maxOpen) : book.open,
  }
}

/** Without what has been followed up. */
export function closeEvents(book: NotificationBook, done: ReadonlySet<OpenEvent>): NotificationBook {
  return done.size === 0 ? book : { ...book, open: book.open.filter((open) => !done.has(open)) }
}

export function historyRead(book: NotificationBook, accountId: string, to: EpochMs): NotificationBook {
  return { ...book, readTo: new Map(book.readTo).set(accountId, to) }
}

export function countOf(book: NotificationBook, wanted: Omit<NotificationCount, 'count'>): number {
  return book.counts.find((known) => isOf(known, wanted))?.count ?? 0
}

function counted(
  counts: readonly NotificationCount[],
  { accountId, alertType, source }: SeenEvent,
): readonly NotificationCount[] {
  const wanted = { accountId: accountId ?? '', alertType, source }
  const known = counts.find((one) => isOf(one, wanted))
  if (known === undefined) return [...counts, { ...wanted, count: 1 }]
  return counts.map((one) => (one === known ? { ...one, count: one.count + 1 } : one))
}

function isOf(one: Omit<NotificationCount, 'count'>, other: Omit<NotificationCount, 'count'>): boolean {
  return one.accountId === other.accountId && one.alertType === other.alertType && one.source === other.source
}

function isSame(seen: SeenEvent, event: SeenEvent): boolean {
  if (seen.alertType !== event.alertType) return false
  if (differ(seen.accountId, event.accountId) || differ(seen.phase, event.phase)) return false
  if (seen.correlationId !== null && event.correlationId !== null)
    return seen.correlationId === event.correlationId
  if (Math.abs(seen.at - event.at) > sameMs) return false
  if (seen.jobIds.length > 0 && event.jobIds.length > 0)
    return event.jobIds.some((id) => seen.jobIds.includes(id))
  if (differ(seen.policyId, event.policyId)) return false
  // By different ways the texts may differ; by the same way they tell one job from another.
  return seen.source !== event.source || seen.fingerprint === event.fingerprint
}

/** Both say something, and not the same. */
function differ(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other
}
