/*
 * Reads upload health of every scope that has jobs, and enters it in the scope's ledger. For each batch of scopes,
 * in this order: read a complete window, work out the new ledgers, save them, and only then show them. A failure
 * anywhere leaves the ledgers as they were, and the next cycle reads on from there.
 */

import { type Caller, forScope } from '../../access/caller.ts'
import { askApart } from '../../access/isolation.ts'
import { settleAll } from '../../access/settle-all.ts'
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import { forgetJobs, type Ledger, observeCounts, type Window } from '../../domain/ledger/ledger.ts'
import { newestMinutes, safeLimits, settledBefore } from '../../domain/ledger/window.ts'
import { type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { type EpochMinute, type EpochMs, minuteMs } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import type { Unreadable } from '../../ports/listing.ts'
import { createFailureReport } from '../state/failure-report.ts'
import { jobsAreKnown, priorityOf, type ScopeState } from '../state/scope-state.ts'
import { noteUnreadable } from '../state/unreadable-objects.ts'
import { type Batch, batches, type Due } from './health-batch.ts'
import type { HealthDeps } from './health-deps.ts'
import { healthDue } from './health-due.ts'
import { createIsolation } from './health-isolation.ts'
import { createHealthLessons } from './health-lessons.ts'
import { createHealthLimits } from './health-limits.ts'
import { completeRows, type HealthReader } from './health-read.ts'
import { chooseWindow, isLastWindow, type ScopeToRead, type WindowRules } from './health-window.ts'
import { createLossReport } from './loss-report.ts'

export const healthPoller = 'health'

/** A scope with this many rows in its window has the whole window read on every second poll only. */
const manyRows = 200

export function createHealthPoll(deps: HealthDeps): { cycle(signal: AbortSignal): Promise<void> } {
  const { state, server } = deps
  const lessons = createHealthLessons(deps.clock, deps.log)
  const isolation = createIsolation(deps.clock)
  const limits = createHealthLimits(deps, lessons)
  /** Scopes whose last read was of the whole window and gave so much that the next one is short. */
  const restedScopes = new Set<ScopeKey>()
  const triedAt = new Map<ScopeKey, number>()
  const report = createFailureReport(deps.log, {
    begins: () => 'cannot read health data; counters pause and catch up later',
    ends: 'reading health data works again',
    of: ({ health }) => health,
  })

  const reportLoss = createLossReport(deps.log, deps.clock)

  const rules = (): Omit<WindowRules, 'whole'> => ({
    revisionMinutes: Math.ceil(deps.settings().revisionWindowMs / minuteMs),
    newestMinutes,
    initialLookbackMs: deps.settings().initialLookbackMs,
  })

  const enter = async (scope: Scope, ledger: Ledger, read: WindowRead): Promise<void> => {
    const key = scopeKey(scope)
    const rows = read.rows.get(scope.id) ?? []
    const settled = settledBefore(read.now, rules())
    const { ledger: seen, added } = observeCounts(ledger, read.window, rows, read.now, settled)
    const current = state.scope(key)
    const isGone = (id: string): boolean =>
      current !== undefined && jobsAreKnown(current) && !current.jobs.has(id)
    // An account's data may name its zones' jobs: gone from here, counted there.
    const next = isLastWindow(read) ? forgetJobs(seen, isGone) : seen
    await deps.memory.saveLedger(key, next)
    state.healthRead(key, next, read.now)
    state.attemptsRead(key, rows)
    const shown = state.scope(key)
    if (shown !== undefined)
      deps.history?.counted(
        key,
        ledger,
        added.filter(({ jobId }) => shown.totals.has(jobId)),
      )
    if (shown !== undefined && current !== undefined && current.readTo !== null)
      reportLoss(shown, current.totals)
  }

  const toRead = (scope: Scope): ScopeToRead => {
    const key = scopeKey(scope)
    return { scope, limits: state.scope(key)?.limits ?? safeLimits, ledger: deps.memory.ledger(key) }
  }

  /** One window of a batch with all its rows, entered. */
  const readWindow = async (
    call: Caller,
    { scopes, whole, pageSize: limit, fields }: Batch,
    from: EpochMinute | null,
    seen: Map<string, number>,
  ): Promise<WindowDone> => {
    // The window is chosen when the turn comes, which may take minutes: the query asks for the newest minute.
    const { chosen, answer } = await call.read(async (options) => {
      const chosen = chooseWindow(scopes.map(toRead), from, server.now(), { ...rules(), whole })
      const answer = await deps.api.readHealth({ scopes, ...chosen.window, limit, fields }, options)
      return { chosen, answer }
    })
    const { window, now } = chosen
    const reader: HealthReader = {
      ask: (query) => call.read((options) => deps.api.readHealth(query, options)),
      onSplit: () => deps.self.windowSplit(),
    }
    const read = await completeRows(reader, answer, { scopes, window, limit, fields, jobs: null })
    for (const [id, { length }] of read.rows) seen.set(id, (seen.get(id) ?? 0) + length)
    const good = chosen.ledgers.filter(({ scope }) => !read.failures.has(scope.id))
    await settleAll(good.map(({ scope, ledger }) => enter(scope, ledger, { window, rows: read.rows, now })))
    for (const scope of scopes) noteRows(scope, read.failures.get(scope.id)?.unreadable ?? [])
    for (const scope of scopes) {
      const failed = read.failures.get(scope.id)
      if (failed === undefined) continue
      // A scope that is missing where it was before is believed to be out of reach the second time.
      if (state.scope(scopeKey(scope))?.health.failure === null) triedAt.delete(scopeKey(scope))
      fail(scope, failed.failure)
    }
    return { left: good.map(({ scope }) => scope), next: isLastWindow(chosen) ? null : window.to }
  }

  const noteRows = (scope: Scope, found: readonly Unreadable[]): void => {
    const { account, zone } = state.scope(scopeKey(scope))?.labels ?? { account: '', zone: '' }
    noteUnreadable({ kind: 'row', of: scopeKey(scope), found, fields: { account, zone } }, deps)
  }

  const fail = (scope: Scope, failure: ApiFailure): void => {
    deps.self.pollFailed(healthPoller, failure.kind)
    state.healthFailed(scopeKey(scope), failure, deps.clock.now())
  }

  /** Reads on until the newest minute. A scope that fails in one window is left behind. */
  const readBatch = async (batch: Batch, signal: AbortSignal): Promise<void> => {
    const [first] = batch.scopes
    if (first === undefined) return
    const call = deps.call.with(forScope('graphql', first, batch.priority, signal))
    const seen = new Map<string, number>()
    let { left, next } = await readWindow(call, batch, null, seen)
    while (next !== null && left.length > 0)
      ({ left, next } = await readWindow(call, { ...batch, scopes: left }, next, seen))
    for (const scope of left) {
      const key = scopeKey(scope)
      lessons.read(key)
      if (batch.whole && (seen.get(scope.id) ?? 0) >= manyRows) restedScopes.add(key)
      else restedScopes.delete(key)
    }
  }

  const run = async (batch: Batch, signal: AbortSignal): Promise<void> => {
    const looksInto = isolation.begin(batch)
    const portions = await askApart(
      batch.scopes,
      (scopes) => readBatch({ ...batch, scopes }, signal),
      (failure) => {
        if (failure.allowed.fewerScopes === true) lessons.tooMany(batch.scopes.length)
        return looksInto(failure)
      },
    )
    const anyRead = portions.some(({ outcome }) => outcome.ok)
    isolation.end(batch, anyRead)
    for (const { parts, outcome } of portions) {
      if (outcome.ok) continue
      const [scope] = parts
      if (parts.length === 1 && scope !== undefined && learns(scope, outcome.failure)) {
        await run({ ...batch, ...asksOf(scope), scopes: [scope] }, signal)
        continue
      }
      for (const part of parts) {
        fail(part, outcome.failure)
        const key = scopeKey(part)
        if (parts.length === 1 && (anyRead || lessons.isApart(key)) && part.kind === 'zone')
          lessons.spoilt(key)
      }
    }
  }

  const learns = (scope: Scope, failure: ApiFailure): boolean => {
    const key = scopeKey(scope)
    const known = state.scope(key)?.limits ?? safeLimits
    if (!lessons.learn(key, failure, known)) return false
    state.limitsRead(key, lessons.limits(key, known))
    return true
  }

  const asksOf = (scope: Scope): Pick<Due, 'pageSize' | 'fields' | 'maxDurationSeconds'> => {
    const limits = state.scope(scopeKey(scope))?.limits ?? safeLimits
    return {
      pageSize: limits.maxPageSize,
      fields: limits.optionalFields ? 'all' : 'needed',
      maxDurationSeconds: limits.maxDurationSeconds,
    }
  }

  const toDue = (scope: ScopeState): Due => {
    const key = scopeKey(scope.scope)
    const now = server.now()
    const lag = scope.readTo === null ? 0 : now - scope.readTo * minuteMs
    return {
      scope: scope.scope,
      priority: priorityOf(scope, deps.clock.now()),
      whole: !restedScopes.has(key),
      alone: lessons.isApart(key) || lag > deps.settings().revisionWindowMs + 10 * minuteMs,
      ...asksOf(scope.scope),
    }
  }

  return {
    async cycle(signal) {
      const scopes = healthDue([...state.scopes.values()], {
        monotonic: deps.clock.monotonic(),
        triedAt,
        sweepEveryMs: deps.settings().sweepEveryMs,
        requests: deps.requestsPerCycle(),
        isAlone: lessons.isApart,
        rests: lessons.rests,
      })
      await limits.refresh(scopes, signal)
      const readable = scopes
        .flatMap(({ scope }) => state.scope(scopeKey(scope)) ?? [])
        .filter(({ limits: own }) => own?.enabled !== false)
      for (const { scope } of readable) triedAt.set(scopeKey(scope), deps.clock.monotonic())
      const all = batches(readable.map(toDue), deps.settings().rateLimitType, lessons.batchSize())
      await settleAll(all.map((batch) => run(batch, signal)))
      for (const key of triedAt.keys()) if (!state.scopes.has(key)) triedAt.delete(key)
      for (const key of restedScopes) if (!state.scopes.has(key)) restedScopes.delete(key)
      lessons.keepOnly((key) => state.scopes.has(key))
      deps.history?.keepScopes(state.scopes)
      report(state.scopes.values())
    },
  }
}

interface WindowDone {
  /** The scopes that could be read. */
  readonly left: readonly Scope[]
  /** Where the window ended; null when it was the last. */
  readonly next: EpochMinute | null
}

interface WindowRead {
  readonly window: Window
  readonly rows: ReadonlyMap<string, readonly HealthRow[]>
  /** Server time when the query was made. */
  readonly now: EpochMs
}
