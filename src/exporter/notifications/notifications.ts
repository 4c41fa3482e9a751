/*
 * Takes in what Cloudflare notifies. What is certain takes effect at once: a job that Cloudflare says it has just
 * disabled is shown so before any API is asked. Everything else (which job, whether it is still so) is left open
 * for the follow-up. The book is stored before the sender gets its answer, so nothing that was accepted is
 * forgotten, and nothing is counted twice, whenever the process ends.
 */

import type { ServerClock } from '../../access/server-clock.ts'
import type { JobId } from '../../domain/job/job.ts'
import { notificationLeadMs } from '../../domain/job/job-state.ts'
import { jobDisabledAlert } from '../../domain/notification/notification.ts'
import {
  closeEvents,
  emptyBook,
  historyRead,
  type NotificationBook,
  type NotificationSource,
  type OpenEvent,
  recordEvent,
  type SeenEvent,
} from '../../domain/notification/notification-book.ts'
import type { NotificationEvent } from '../../domain/notification/notification-event.ts'
import {
  notificationsFromRecord,
  notificationsToRecord,
} from '../../domain/notification/stored-notifications.ts'
import type { ScopeKey } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { RecordStore } from '../../ports/record-store.ts'
import type { Log } from '../../ports/runtime.ts'
import { pushFailureReason } from '../state/push-failure.ts'
import type { ScopeMemory } from '../state/scope-memory.ts'
import type { ExporterState } from '../state/state.ts'
import { knownAccount } from './known-account.ts'
import { createLineLimit } from './line-limit.ts'

export interface NotificationDeps {
  readonly store: RecordStore
  readonly memory: Pick<ScopeMemory, 'saveJobs'>
  readonly state: ExporterState
  readonly server: Pick<ServerClock, 'now'>
  readonly log: Log
}

const recordKey = 'notifications'

/** A webhook's event that is older was told long ago: it takes effect where it still holds, but is not counted. */
const countedMs = 86_400_000
/** What says it was sent later than so far in the future has its time wrong. */
const aheadMs = 86_400_000

export type Notifications = ReturnType<typeof createNotifications>

export function createNotifications(deps: NotificationDeps) {
  const { state, log, server } = deps
  const listeners: (() => void)[] = []
  const lineLimit = createLineLimit()
  let book = recalled(deps.store, log)

  const save = (): Promise<void> => deps.store.put(recordKey, notificationsToRecord(book))

  const take = (event: NotificationEvent, source: NotificationSource, count: boolean): SeenEvent | null => {
    const now = server.now()
    const { sent, ...rest } = event
    const at = sent !== null && sent < now + aheadMs ? sent : now
    const seen = { ...rest, accountId: knownAccount(state.scopes.values(), event), source, at }
    const concernsUs = seen.accountId !== null || event.accountId === null
    const followUp = event.alertType === jobDisabledAlert && concernsUs
    const next = recordEvent(book, seen, { now, count, followUp })
    if (next === null) return null
    book = next
    const { alertType, phase, jobIds } = seen
    const leftOut = lineLimit(now)
    if (leftOut !== null) {
      const more = leftOut === 0 ? {} : { more: leftOut }
      log.info(
        { source, account_id: seen.accountId, alert_type: alertType, phase, job_ids: jobIds, ...more },
        'notification received',
      )
    }
    return seen
  }

  const takeEffect = (event: SeenEvent): readonly ScopeKey[] => {
    if (event.alertType !== jobDisabledAlert) return []
    if (event.phase === 'end') return event.jobIds.flatMap((id) => state.jobAlertEnded(id) ?? [])
    const now = server.now()
    if (now - event.at > notificationLeadMs) return []
    return event.jobIds.flatMap((id) => markDisabled(id, Math.min(event.at, now)))
  }

  const markDisabled = (id: JobId, at: EpochMs): readonly ScopeKey[] => {
    const key = state.jobDisabled(id, at)
    const scope = key === null ? undefined : state.scope(key)
    const job = scope?.jobs.get(id)
    if (key === null || scope === undefined || job === undefined) return []
    const { summary } = job
    log.warn(
      {
        ...scope.labels,
        job_id: id,
        job_name: summary.name,
        dataset: summary.dataset,
        destination: summary.destination,
        reason: pushFailureReason(job, scope.failedAttempts.get(id)) ?? 'other',
      },
      'Cloudflare reported that it disabled a failing job',
    )
    return [key]
  }

  const saveJobs = async (keys: Iterable<ScopeKey>): Promise<void> => {
    for (const key of new Set(keys)) {
      const scope = state.scope(key)
      if (scope !== undefined) await deps.memory.saveJobs(scope.scope, scope.jobs.values())
    }
  }

  const tellOpen = (): void => {
    if (book.open.length > 0) for (const listener of listeners) listener()
  }

  return {
    get book(): NotificationBook {
      return book
    },
    /** A webhook's event. Resolves when a crash can no longer lose it, to whether it was news. */
    async receive(event: NotificationEvent): Promise<boolean> {
      const recent = event.sent === null || server.now() - event.sent < countedMs
      const seen = take(event, 'webhook', recent)
      if (seen === null) return false
      const changed = takeEffect(seen)
      // Begun before the first wait, so that two events that come together are stored in their order.
      await Promise.all([saveJobs(changed), save()])
      tellOpen()
      return true
    },
    /** An account's history, complete up to `to`, oldest first. */
    async historyRead(accountId: string, events: readonly NotificationEvent[], to: EpochMs): Promise<void> {
      // What was sent before anybody watched is not news, but may still hold.
      const watched = book.readTo.has(accountId)
      for (const event of events) take(event, 'history', watched)
      book = historyRead(book, accountId, to)
      await save()
      tellOpen()
    },
    /** Marks the job as disabled by failure where it is known, and remembers it. */
    async jobDisabled(id: JobId, at: EpochMs): Promise<void> {
      await saveJobs(markDisabled(id, at))
    },
    /** These need no more looking into. */
    async close(events: ReadonlySet<OpenEvent>): Promise<void> {
      book = closeEvents(book, events)
      await save()
    },
    /** Called when something is there to be followed up. */
    onOpen(listener: () => void): void {
      listeners.push(listener)
    },
  }
}

function recalled(store: RecordStore, log: Log): NotificationBook {
  const record = store.get(recordKey)
  if (record === undefined) return emptyBook
  const book = notificationsFromRecord(record)
  if (book !== null) return book
  log.error({ key: recordKey }, 'the notification record is damaged; counting from zero')
  return emptyBook
}
