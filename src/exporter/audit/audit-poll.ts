/*
 * Finds out who changed a job. The audit log is asked when a listing shows a change, again for a while because its
 * entries come minutes late, and besides that once an hour, for what a listing does not show. It is an extra: where
 * it cannot be read, that is said once and nothing else suffers.
 */

import { attempt, isRefusal } from '../../access/attempt.ts'
import { priority } from '../../access/budget.ts'
import type { ServerClock } from '../../access/server-clock.ts'
import { settleAll } from '../../access/settle-all.ts'
import type { ActorNaming } from '../../domain/job/audit-entry.ts'
import { accountOf } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { AuditApi } from '../../ports/audit-log.ts'
import type { JobChange } from '../state/job-change.ts'
import type { PollDeps } from '../state/poll-deps.ts'
import type { ScopeState } from '../state/scope-state.ts'
import { forgetUnreadable, noteUnreadable } from '../state/unreadable-objects.ts'
import { createAuditIntake } from './audit-intake.ts'
import { createAuditQuestions } from './audit-questions.ts'

export interface AuditDeps extends PollDeps {
  readonly api: AuditApi
  readonly server: Pick<ServerClock, 'now'>
  /** Null: it is not read. */
  readonly naming: () => ActorNaming | null
}

export const auditPoller = 'audit'

const sweepMs = 3_600_000
/** Entries were seen to come 167 to 450 seconds late. */
const askAgainMs = 2 * 60_000
const lateMs = 15 * 60_000
const firstLookMs = 7 * 86_400_000
const aheadMs = 60_000
/** 200 entries each, of all products. */
const maxPages = 25

/** What is known of an account's log. */
interface Account {
  /** By the monotonic clock; null before the first try. */
  triedAt: number | null
  /** Read, or refused: the next time is an hour later. */
  answered: boolean
  refused: boolean
  /** Complete up to here but for late entries. */
  readTo: EpochMs | null
  /** Entries that may come again. */
  seen: ReadonlySet<string>
}

export function createAuditPoll(deps: AuditDeps) {
  const { state, clock, server, log } = deps
  const accounts = new Map<string, Account>()
  const questions = createAuditQuestions()
  const intake = createAuditIntake({ ...deps, questions, startedAt: server.now() })
  let isRefused = false

  const fetch = (id: string, since: EpochMs, before: EpochMs, signal: AbortSignal) => {
    let cursor: string | null = null
    return deps.call.with({ api: 'rest', priority: priority.known, accountId: id, signal }).all(
      async (_, options) => {
        const page = await deps.api.listAuditLog(id, { since, before, cursor }, options)
        cursor = page.cursor
        return page
      },
      {
        maxPages,
        onMore: () =>
          log.debug({ account_id: id, pages: maxPages }, 'the audit log is long; older entries are not read'),
      },
    )
  }

  const read = async (id: string, signal: AbortSignal): Promise<void> => {
    const account = accounts.get(id) ?? begun()
    accounts.set(id, account)
    account.triedAt = clock.monotonic()
    const now = server.now()
    const since = account.readTo === null ? now - firstLookMs : account.readTo - lateMs
    const result = await attempt(() => fetch(id, since, now + aheadMs, signal))
    if (!result.ok) {
      account.refused = isRefusal(result.failure)
      account.answered ||= account.refused
      if (account.refused) questions.drop({ accountId: id })
      else deps.self.pollFailed(auditPoller, result.failure.kind)
      if (account.refused && !isRefused) {
        isRefused = true
        log.info({ account_id: id, reason: result.failure.message }, refusedText)
      }
      return
    }
    const { items: entries, unreadable } = result.value
    noteUnreadable({ kind: 'audit_entry', of: id, found: unreadable, fields: { account_id: id } }, deps)
    intake(entries.filter((entry) => !account.seen.has(entry.id)))
    account.seen = new Set(entries.filter(({ at }) => at >= now - 2 * lateMs).map((entry) => entry.id))
    account.readTo = now
    account.answered = true
    account.refused = false
  }

  const isDue = (id: string): boolean => {
    const account = accounts.get(id)
    if (account === undefined || account.triedAt === null || !account.answered) return true
    // The pause between cycles is a little shorter or longer than the hour.
    return questions.accounts().has(id) || clock.monotonic() - account.triedAt >= 0.9 * sweepMs
  }

  const cycle = async (signal: AbortSignal): Promise<void> => {
    questions.drop({ before: server.now() - lateMs })
    const known = new Set([...accountsWithJobs(state.scopes.values()), ...questions.accounts()])
    await settleAll([...known].filter(isDue).map((id) => read(id, signal)))
    for (const id of accounts.keys()) {
      if (known.has(id)) continue
      accounts.delete(id)
      forgetUnreadable('audit_entry', id, deps.self)
    }
    if (isRefused && ![...accounts.values()].some(({ refused }) => refused)) {
      isRefused = false
      log.info({}, 'the audit log can be read')
    }
  }

  return {
    /** Until the next cycle; null: it is off. */
    everyMs: (): number | null =>
      deps.naming() === null ? null : questions.accounts().size > 0 ? askAgainMs : sweepMs,
    cycle,
    firstTries: { pending: () => [...accounts.values()].some(({ answered }) => !answered), cycle },
    /** A listing showed changes; `seenBefore` is when it was made before. Answers whether the log is to be asked. */
    noticed(scope: ScopeState, changes: readonly JobChange[], seenBefore: EpochMs | null): boolean {
      const isOff = deps.naming() === null || accounts.get(accountOf(scope.scope).id)?.refused === true
      return !isOff && questions.ask(scope, changes, seenBefore, server.now())
    },
  }
}

const refusedText =
  'the audit log cannot be read, so pages and log do not say who changed a job; this is optional and needs Account Settings Read'

function begun(): Account {
  return { triedAt: null, answered: false, refused: false, readTo: null, seen: new Set() }
}

function accountsWithJobs(scopes: Iterable<ScopeState>): ReadonlySet<string> {
  const ids = [...scopes].filter(({ jobs }) => jobs.size > 0).map(({ scope }) => accountOf(scope).id)
  return new Set(ids.filter((id) => id !== ''))
}
