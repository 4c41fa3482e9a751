/*
 * Reads upload health of every scope that has jobs, and enters it in the scope's ledger. A failure anywhere leaves
 * the ledgers as they were, and the next cycle reads on from there.
 */

import { type Priority, priority } from '../../access/budget.ts'
import { forScope } from '../../access/caller.ts'
import { askApart } from '../../access/isolation.ts'
import { settleAll } from '../../access/settle-all.ts'
import { safeLimits } from '../../domain/ledger/window.ts'
import { type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { type EpochMinute, minuteMs } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import { createFailureReport } from '../state/failure-report.ts'
import { isUp } from '../state/poll-state.ts'
import { mayHaveJobs, priorityOf, type ScopeState } from '../state/scope-state.ts'
import { type Batch, batches, type Due } from './health-batch.ts'
import type { HealthDeps } from './health-deps.ts'
import { healthDue } from './health-due.ts'
import { createIsolation } from './health-isolation.ts'
import { createHealthLessons } from './health-lessons.ts'
import { createHealthLimits } from './health-limits.ts'
import { setLedgersRight } from './ledgers-ahead.ts'
import { createWindowReader, type WindowDone } from './window-reader.ts'

export const healthPoller = 'health'

/** A scope with this many rows in its window has the whole window read on every second poll only. */
const manyRows = 200

export interface HealthPoll {
  cycle(signal: AbortSignal): Promise<void>
  /** Reads those of the scopes, just listed, that have jobs and were never read; before all others. */
  readNew(keys: readonly ScopeKey[], signal: AbortSignal): Promise<void>
}

interface DueBatch extends Batch {
  /**
   * The cycle has more batches than requests. Each then reads an hour, or one window: while those that are behind read
   * all they missed, the others would fall so far behind that they need several windows too, and so on for ever.
   */
  readonly isCrowded: boolean
}

/** What a batch of a crowd reads in a cycle, in minutes: more than those that are not settled, or it would never end. */
const crowdMinutes = (revisionWindowMs: number): number => Math.max(60, revisionWindowMs / minuteMs + 30)

export function createHealthPoll(deps: HealthDeps): HealthPoll {
  const { state, server } = deps
  const lessons = createHealthLessons(deps.clock, deps.log, () => deps.settings().healthPollIntervalMs)
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

  const readWindow = createWindowReader(deps)

  const fail = (scope: Scope, failure: ApiFailure): void => {
    deps.self.pollFailed(healthPoller, failure.kind)
    state.healthFailed(scopeKey(scope), failure, deps.clock.now())
  }

  const failApart = (failures: WindowDone['failed']): void => {
    for (const [scope, failure] of failures) {
      const key = scopeKey(scope)
      // A scope that is missing where it was before is believed to be out of reach the second time.
      if (state.scope(key)?.health.failure === null) triedAt.delete(key)
      fail(scope, failure)
    }
  }

  /** Reads on until the newest minute, or for an hour of it. A scope that fails in one window is left behind. */
  const readBatch = async (batch: DueBatch, signal: AbortSignal): Promise<void> => {
    const [first] = batch.scopes
    if (first === undefined) return
    const call = deps.call.with(forScope('graphql', first, batch.priority, signal))
    const seen = new Map<string, number>()
    let { scopes } = batch
    const most = batch.isCrowded ? crowdMinutes(deps.settings().revisionWindowMs) : Number.POSITIVE_INFINITY
    let begun: EpochMinute | null = null
    for (let from: EpochMinute | null = null; scopes.length > 0; ) {
      const done: WindowDone = await readWindow(call, { ...batch, scopes }, from)
      for (const [id, count] of done.rows) seen.set(id, (seen.get(id) ?? 0) + count)
      failApart(done.failed)
      scopes = done.read
      begun ??= done.from
      if (done.next === null || done.next - begun >= most) break
      from = done.next
    }
    for (const scope of scopes) {
      const key = scopeKey(scope)
      lessons.read(key)
      if (batch.whole && (seen.get(scope.id) ?? 0) >= manyRows) restedScopes.add(key)
      else restedScopes.delete(key)
    }
  }

  const run = async (batch: DueBatch, signal: AbortSignal): Promise<void> => {
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
    const normalMs = deps.settings().revisionWindowMs + 10 * minuteMs
    return {
      scope: scope.scope,
      priority: priorityOf(scope, deps.clock.now()),
      whole: !restedScopes.has(key),
      alone: lessons.isApart(key),
      behind: scope.readTo === null ? Number.POSITIVE_INFINITY : (now - scope.readTo * minuteMs) / normalMs,
      ...asksOf(scope.scope),
    }
  }

  /** Scopes that are being read: reading one twice at once would count its rows twice in the history. */
  const underWay = new Set<ScopeKey>()

  const readAll = async (
    due: readonly ScopeState[],
    signal: AbortSignal,
    urgency?: Priority,
  ): Promise<void> => {
    const scopes = due.filter(({ scope }) => !underWay.has(scopeKey(scope)))
    const keys = scopes.map(({ scope }) => scopeKey(scope))
    for (const key of keys) underWay.add(key)
    try {
      await limits.refresh(scopes, signal, urgency)
      const readable = (await setLedgersRight(scopes, deps))
        .flatMap(({ scope }) => state.scope(scopeKey(scope)) ?? [])
        .filter(({ limits: own }) => own?.enabled !== false)
      for (const { scope } of readable) triedAt.set(scopeKey(scope), deps.clock.monotonic())
      const asked = readable.map(toDue).map((one) => ({ ...one, priority: urgency ?? one.priority }))
      const all = batches(asked, deps.settings().rateLimitType, lessons.batchSize())
      const isCrowded = all.length > deps.requestsPerCycle()
      await settleAll(all.map((batch) => run({ ...batch, isCrowded }, signal)))
    } finally {
      for (const key of keys) underWay.delete(key)
    }
  }

  return {
    async readNew(keys, signal) {
      const found = keys.flatMap((key) => state.scope(key) ?? [])
      const isNew = (scope: ScopeState): boolean => mayHaveJobs(scope) && isUp(scope.health) === null
      await readAll(found.filter(isNew), signal, priority.failing)
    },
    async cycle(signal) {
      const scopes = healthDue([...state.scopes.values()], {
        monotonic: deps.clock.monotonic(),
        triedAt,
        sweepEveryMs: deps.settings().sweepEveryMs,
        requests: deps.requestsPerCycle(),
        isAlone: lessons.isApart,
        rests: lessons.rests,
      })
      await readAll(scopes, signal)
      for (const key of triedAt.keys()) if (!state.scopes.has(key)) triedAt.delete(key)
      for (const key of restedScopes) if (!state.scopes.has(key)) restedScopes.delete(key)
      lessons.keepOnly((key) => state.scopes.has(key))
      deps.history?.keepScopes(state.scopes)
      report(state.scopes.values())
    },
  }
}
