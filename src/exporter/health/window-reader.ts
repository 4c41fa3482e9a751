import type { JobId } from '../../domain/job/job.ts'
import { shrunkRows } from '../../domain/ledger/shrunk-rows.ts'
/*
 * Reads one window of some scopes and enters it in their ledgers. In this order: read everything that the window
 * has, work out the new ledgers, save them, and only then show them.
 */

import type { Caller } from '../../access/caller.ts'
import { settleAll } from '../../access/settle-all.ts'
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import { forgetJobs, type Ledger, observe, type Window } from '../../domain/ledger/ledger.ts'
import { newestMinutes, safeLimits, settledBefore } from '../../domain/ledger/window.ts'
import { type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { type EpochMinute, type EpochMs, minuteMs } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import { jobsAreKnown } from '../state/scope-state.ts'
import { noteUnreadable } from '../state/unreadable-objects.ts'
import type { Batch } from './health-batch.ts'
import type { HealthDeps } from './health-deps.ts'
import { completeRows, type HealthReader } from './health-read.ts'
import { chooseWindow, isLastWindow, type ScopeToRead, type WindowRules } from './health-window.ts'
import { createLossReport } from './loss-report.ts'

/** A window that was read. */
export interface WindowDone {
  /** The scopes that were read, and how many rows each had, by scope id. */
  readonly read: readonly Scope[]
  readonly rows: ReadonlyMap<string, number>
  /** The scopes of which the answer had nothing that can be counted. */
  readonly failed: readonly (readonly [Scope, ApiFailure])[]
  /** Where the window ended; null when it was the last. */
  readonly next: EpochMinute | null
}

/** `from`: where the window before it in this cycle ended; null for the first. */
export type WindowReader = (call: Caller, batch: Batch, from: EpochMinute | null) => Promise<WindowDone>

interface WindowRead {
  readonly window: Window
  readonly isLast: boolean
  readonly rows: ReadonlyMap<string, readonly HealthRow[]>
  /** The earliest of our clock and Cloudflare's at the answer: what settles must not be ahead. */
  readonly now: EpochMs
}

/** In one answer, of all its scopes: some 20 MB. A scope that has more than its share is asked in parts. */
const maxRows = 50_000

export function createWindowReader(deps: HealthDeps): WindowReader {
  const { state, server, clock } = deps
  const reportLoss = createLossReport(deps.log, clock)
  const shrunk = createShrunkCount()

  const rules = (): Omit<WindowRules, 'whole'> => ({
    revisionMinutes: Math.ceil(deps.settings().revisionWindowMs / minuteMs),
    newestMinutes,
    initialLookbackMs: deps.settings().initialLookbackMs,
  })

  const enter = async (scope: Scope, ledger: Ledger, read: WindowRead): Promise<void> => {
    const key = scopeKey(scope)
    const rows = read.rows.get(scope.id) ?? []
    const settled = settledBefore(read.now, rules())
    const { ledger: seen, added } = observe(ledger, read.window, rows, read.now, settled)
    const current = state.scope(key)
    const isGone = (id: string): boolean =>
      current !== undefined && jobsAreKnown(current) && !current.jobs.has(id)
    // An account's data may name its zones' jobs: gone from here, counted there.
    const next = read.isLast ? forgetJobs(seen, isGone) : seen
    await deps.memory.saveLedger(key, next)
    state.healthRead(key, next, read.now)
    state.attemptsRead(key, rows)
    state.rowsShrank(key, shrunk(key, next, read.window, rows))
    const shown = state.scope(key)
    if (shown === undefined) return
    deps.history?.counted(
      key,
      ledger,
      added.filter(({ jobId }) => shown.totals.has(jobId)),
    )
    if (current !== undefined && current.readTo !== null) reportLoss(shown, current.totals)
  }

  const toRead = (scope: Scope): ScopeToRead => {
    const key = scopeKey(scope)
    return { scope, limits: state.scope(key)?.limits ?? safeLimits, ledger: deps.memory.ledger(key) }
  }

  return async (call, { scopes, whole, pageSize, fields }, from) => {
    const limit = Math.min(pageSize, Math.ceil(maxRows / scopes.length))
    // The window is chosen when the turn comes, which may take minutes: the query asks for the newest minute.
    const { chosen, own, answer } = await call.read(async (options) => {
      const own = clock.now()
      const chosen = chooseWindow(scopes.map(toRead), from, server.now(), { ...rules(), whole })
      const answer = await deps.api.readHealth({ scopes, ...chosen.window, limit, fields }, options)
      return { chosen, own, answer }
    })
    const { window } = chosen
    const reader: HealthReader = {
      ask: (query) => call.read((options) => deps.api.readHealth(query, options)),
      onSplit: () => deps.self.windowSplit(),
    }
    const { rows, failures, strays, date } = await completeRows(reader, answer, {
      scopes,
      window,
      limit,
      fields,
      jobs: null,
    })
    const now = Math.min(own, chosen.now, date ?? Number.POSITIVE_INFINITY)
    const read = { window, isLast: isLastWindow(chosen), rows, now }
    const good = chosen.ledgers.filter(({ scope }) => !failures.has(scope.id))
    await settleAll(good.map(({ scope, ledger }) => enter(scope, ledger, read)))
    for (const scope of scopes) {
      const { account, zone } = state.scope(scopeKey(scope))?.labels ?? { account: '', zone: '' }
      const found = failures.get(scope.id)?.unreadable ?? strays?.get(scope.id) ?? []
      noteUnreadable({ kind: 'row', of: scopeKey(scope), found, fields: { account, zone } }, deps)
    }
    return {
      read: good.map(({ scope }) => scope),
      rows: new Map([...rows].map(([id, { length }]) => [id, length])),
      failed: scopes.flatMap((scope) => {
        const failed = failures.get(scope.id)
        return failed === undefined ? [] : [[scope, failed.failure] as const]
      }),
      next: read.isLast ? null : window.to,
    }
  }
}

/**
 * Counts rows that shrank after they were counted, each once however often it is read again. Gives what is new of it
 * in a window that was just entered, by job.
 */
function createShrunkCount() {
  const known = new Map<ScopeKey, Map<string, number>>()
  return (
    key: ScopeKey,
    ledger: Ledger,
    window: Window,
    rows: readonly HealthRow[],
  ): ReadonlyMap<JobId, number> => {
    const seen = known.get(key) ?? new Map<string, number>()
    const added = new Map<JobId, number>()
    for (const { minute, jobId, series } of shrunkRows(ledger, window, rows)) {
      const id = `${minute} ${series}`
      if (seen.has(id)) continue
      seen.set(id, minute)
      added.set(jobId, (added.get(jobId) ?? 0) + 1)
    }
    for (const [id, minute] of seen) if (minute < ledger.watermark) seen.delete(id)
    if (seen.size === 0) known.delete(key)
    else known.set(key, seen)
    return added
  }
}
