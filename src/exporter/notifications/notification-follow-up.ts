/*
 * Looks into what was notified: lists the jobs of the account at once, finds out which job is meant where it was
 * not said, and whether a job that is said to be off still is. Where the API does not show it yet, it looks again
 * for a while.
 */

import type { ServerClock } from '../../access/server-clock.ts'
import { settleAll } from '../../access/settle-all.ts'
import { createWake } from '../../access/wake.ts'
import type { JobId } from '../../domain/job/job.ts'
import { type JobState, notificationLeadMs } from '../../domain/job/job-state.ts'
import type { OpenEvent, SeenEvent } from '../../domain/notification/notification-book.ts'
import { accountOf, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import { ApiFailure } from '../../errors.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { ScopeState } from '../state/scope-state.ts'
import type { ExporterState } from '../state/state.ts'
import type { Notifications } from './notifications.ts'

export interface FollowUpDeps {
  readonly notifications: Notifications
  readonly state: ExporterState
  /** Lists one scope's jobs now. */
  readonly refresh: (key: ScopeKey, signal: AbortSignal) => Promise<void>
  readonly server: Pick<ServerClock, 'now'>
  readonly clock: Clock
  readonly log: Log
}

const lookAgainMs = 30_000
/** For so long a job that nobody knows may still turn up. */
const unknownMs = 30 * 60_000
/** A job's last error lies so close to the moment when Cloudflare disables it. */
const errorBeforeMs = 2 * 3_600_000

export function createFollowUp(deps: FollowUpDeps) {
  const { notifications, state, server, clock } = deps
  const listed = new WeakSet<OpenEvent>()
  const wake = createWake(clock)
  notifications.onOpen(wake.trigger)

  const list = async (events: readonly OpenEvent[], signal: AbortSignal): Promise<void> => {
    const keys = new Set(events.flatMap(({ event }) => concerned(event)))
    await settleAll([...keys].map((key) => deps.refresh(key, signal)))
    for (const event of events) listed.add(event)
  }

  /** The scopes to list: first those of the jobs it names, then all of its account that may have jobs. */
  const concerned = ({ accountId, jobIds }: SeenEvent): readonly ScopeKey[] => {
    const own: ScopeKey[] = []
    const others: ScopeKey[] = []
    for (const scope of state.scopes.values()) {
      if (accountId !== null && accountOf(scope.scope).id !== accountId) continue
      if (jobIds.some((id) => scope.jobs.has(id))) own.push(scopeKey(scope.scope))
      else if (scope.jobs.size > 0 || scope.scope.kind === 'account') others.push(scopeKey(scope.scope))
    }
    return [...own, ...others]
  }

  /** Marks what the event says and the inventory bears out; whether that is the end of it. */
  const settle = async ({ event, cameAt }: OpenEvent): Promise<boolean> => {
    if (event.phase === 'end') return true
    const waited = server.now() - cameAt
    const late = cameAt - event.at > notificationLeadMs
    if (event.jobIds.length === 0) {
      const found = suspects(event)
      for (const id of found) await notifications.jobDisabled(id, event.at)
      return found.length > 0 || late || waited > notificationLeadMs
    }
    const outcomes = new Set<'settled' | 'unknown' | 'unreadable'>()
    for (const id of event.jobIds) outcomes.add(await settleJob(id, event.at))
    if (outcomes.has('unreadable') && waited < unknownMs) return false
    if (outcomes.has('unknown') && waited < unknownMs && !late) return false
    if (outcomes.has('unknown')) deps.log.info({ job_ids: event.jobIds }, 'notification for an unknown job')
    return true
  }

  const settleJob = async (id: JobId, at: EpochMs): Promise<'settled' | 'unknown' | 'unreadable'> => {
    const scope = [...state.scopes.values()].find(({ jobs }) => jobs.has(id))
    const job = scope?.jobs.get(id)
    if (scope === undefined || job === undefined) return 'unknown'
    if (scope.inventory.failure !== null) return 'unreadable'
    if (job.disabledByFailure === null && isOffSince(job, at)) await notifications.jobDisabled(id, at)
    return 'settled'
  }

  /** Jobs that may be the one that a notification does not name. */
  const suspects = (event: SeenEvent): readonly JobId[] =>
    [...state.scopes.values()]
      .filter(({ scope }) => event.accountId === null || accountOf(scope).id === event.accountId)
      .flatMap((scope) => failedAbout(scope, event.at))

  /** One round over all that is open. */
  const round = async (signal: AbortSignal): Promise<void> => {
    const { open } = notifications.book
    await list(
      open.filter((event) => !listed.has(event)),
      signal,
    )
    const done = new Set<OpenEvent>()
    for (const event of open) if (await settle(event)) done.add(event)
    if (done.size > 0) await notifications.close(done)
  }

  return {
    round,
    /** Rounds whenever something is open, until `stop`. */
    async run(stop: AbortSignal, abort: AbortSignal): Promise<void> {
      while (!stop.aborted) {
        wake.reset()
        try {
          if (notifications.book.open.length > 0) await round(abort)
        } catch (error) {
          if (error instanceof ApiFailure && error.kind === 'aborted') return
          throw error
        }
        const pause = notifications.book.open.length > 0 ? lookAgainMs : idleMs
        await wake.pause(pause, stop)
      }
    },
  }
}

/** With nothing open, only a trigger ends the pause. */
const idleMs = 86_400_000

/** Off, and nothing was delivered since. */
function isOffSince({ summary }: JobState, at: EpochMs): boolean {
  return !summary.enabled && (summary.lastComplete === null || summary.lastComplete < at)
}

/** Jobs that were failing when the notification was sent and are off now. */
function failedAbout({ jobs }: ScopeState, at: EpochMs): readonly JobId[] {
  return [...jobs.values()].flatMap((job) => {
    const { lastError, id } = job.summary
    const close = lastError !== null && Math.abs(at - lastError) < errorBeforeMs
    return close && job.disabledByFailure === null && isOffSince(job, at) ? [id] : []
  })
}
