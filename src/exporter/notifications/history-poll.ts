/*
 * Reads the list of notifications that Cloudflare sent: what a webhook should have brought but did not, comes this
 * way. It also sees from Cloudflare's side how the webhooks fare by which Logpush alerts go out. An account's list
 * counts only when all its pages came.
 */

import { attempt } from '../../access/attempt.ts'
import { priority } from '../../access/budget.ts'
import { type Caller, forScope } from '../../access/caller.ts'
import type { ServerClock } from '../../access/server-clock.ts'
import { settleAll } from '../../access/settle-all.ts'
import { jobDisabledAlert } from '../../domain/notification/notification.ts'
import { readHistoryRow } from '../../domain/notification/notification-event.ts'
import { isSameId } from '../../domain/notification/object-id.ts'
import { type Scope, scopeKey } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { Listing, Unreadable } from '../../ports/listing.ts'
import type {
  HistoryEntry,
  NotificationPolicy,
  NotificationsApi,
  WebhookDestination,
} from '../../ports/notifications.ts'
import { createFailureReport } from '../state/failure-report.ts'
import type { PollDeps } from '../state/poll-deps.ts'
import { failed, neverPolled, type PollState, succeeded } from '../state/poll-state.ts'
import { forgetUnreadable, noteUnreadable } from '../state/unreadable-objects.ts'
import type { Notifications } from './notifications.ts'

export interface HistoryDeps extends PollDeps {
  readonly api: Pick<NotificationsApi, 'listHistory' | 'listPolicies' | 'listWebhooks'>
  readonly notifications: Notifications
  readonly webhooks: WebhookReports
  readonly server: Pick<ServerClock, 'now'>
}

/** How Cloudflare fares with a webhook. */
export interface WebhookReport {
  /** Its name, with the id where others have the same. */
  readonly webhook: string
  readonly lastSuccess: EpochMs | null
  readonly lastFailure: EpochMs | null
}

/** By account id: the webhooks that an enabled policy sends Logpush alerts to, as last read. */
export type WebhookReports = Map<string, readonly WebhookReport[]>

export const historyPoller = 'history'

/** The first read goes back this far: a job that was disabled since then, and still is, is news. */
const firstLookMs = 7 * 86_400_000
/** Rows may be listed some time after they were sent. */
const overlapMs = 10 * 60_000
/** More pages than a busy account fills between two polls. */
const maxPages = 40

/** What is listed of an account. */
const kinds = ['notification', 'webhook', 'policy'] as const
const none: Listing<NotificationPolicy> = { items: [], unreadable: [] }

export function createHistoryPoll(deps: HistoryDeps): { cycle(signal: AbortSignal): Promise<void> } {
  const { state, api, clock } = deps
  const polls = new Map<string, PollState>()
  const report = createFailureReport(deps.log, {
    begins: (kind) =>
      kind === 'forbidden'
        ? 'cannot read the notification history: the token needs Notifications Read there; continuing without it'
        : 'cannot read the notification history',
    ends: 'reading the notification history works again',
    of: ({ scope }) => polls.get(scope.id) ?? neverPolled,
  })

  const callFor = (account: Scope, signal: AbortSignal): Caller =>
    deps.call.with(forScope('rest', account, priority.known, signal))

  const note = (kind: (typeof kinds)[number], { id }: Scope, found: readonly Unreadable[]): void =>
    noteUnreadable({ kind, of: id, found, fields: { account_id: id } }, deps)

  const readHistory = async (account: Scope, signal: AbortSignal): Promise<void> => {
    const startedAt = deps.server.now()
    const readTo = deps.notifications.book.readTo.get(account.id)
    const since = readTo === undefined ? startedAt - firstLookMs : readTo - overlapMs
    const onMore = (): void =>
      deps.log.warn(
        { account_id: account.id, pages: maxPages },
        'too many notifications to read them all; older ones are skipped',
      )
    const { items: rows, unreadable } = await callFor(account, signal).all(
      (page, options) => api.listHistory(account.id, { page, since }, options),
      { idOf: rowId, maxPages, onMore },
    )
    note('notification', account, unreadable)
    const events = rows
      .filter(({ alertType, sent }) => alertType === jobDisabledAlert && sent >= since)
      .sort((a, b) => a.sent - b.sent)
      .map((row) => readHistoryRow(account.id, row))
    await deps.notifications.historyRead(account.id, events, startedAt)
  }

  const readWebhooks = async (account: Scope, signal: AbortSignal): Promise<void> => {
    const call = callFor(account, signal)
    const webhooks = await call.read((options) => api.listWebhooks(account.id, options))
    // Without webhooks the policies need not be asked for.
    const policies =
      webhooks.items.length === 0 ? none : await call.read((options) => api.listPolicies(account.id, options))
    note('webhook', account, webhooks.unreadable)
    note('policy', account, policies.unreadable)
    const used = policies.items
      .filter(({ enabled, alertType }) => enabled && alertType === jobDisabledAlert)
      .flatMap(({ mechanisms }) => mechanisms.webhooks)
    deps.webhooks.set(
      account.id,
      reports(webhooks.items.filter(({ id }) => used.some((other) => isSameId(id, other)))),
    )
  }

  const readAccount = async (account: Scope, signal: AbortSignal): Promise<void> => {
    const before = polls.get(account.id) ?? neverPolled
    const read = await attempt(async () => {
      await readHistory(account, signal)
      await readWebhooks(account, signal)
    })
    if (!read.ok) deps.self.pollFailed(historyPoller, read.failure.kind)
    polls.set(account.id, read.ok ? succeeded(clock.now()) : failed(before, read.failure, clock.now()))
  }

  return {
    async cycle(signal) {
      const accounts = [...state.scopes.values()].filter(({ scope }) => scope.kind === 'account')
      await settleAll(accounts.map(({ scope }) => readAccount(scope, signal)))
      for (const id of [...polls.keys(), ...deps.webhooks.keys()]) {
        if (state.scope(scopeKey({ kind: 'account', id })) !== undefined) continue
        polls.delete(id)
        deps.webhooks.delete(id)
        for (const kind of kinds) forgetUnreadable(kind, id, deps.self)
      }
      report(accounts)
    },
  }
}

/** A notification has a row for each mechanism by which it was sent. */
function rowId({ id, policyId, mechanismType, sent }: HistoryEntry): string {
  return JSON.stringify([id, policyId, mechanismType, sent])
}

function reports(webhooks: readonly WebhookDestination[]): readonly WebhookReport[] {
  return webhooks.map(({ id, name, lastSuccess, lastFailure }) => {
    const shared = webhooks.some((other) => other.id !== id && other.name === name)
    return { webhook: shared ? `${name} (${id})` : name, lastSuccess, lastFailure }
  })
}
