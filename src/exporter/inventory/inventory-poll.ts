/*
 * Lists the jobs of each scope. Scopes that have jobs are listed on every cycle, the broken ones first; the
 * others in a rolling sweep, as far as the budget has room, so that a new job is found without ten thousand
 * empty zones holding up the rest.
 */

import { attempt } from '../../access/attempt.ts'
import { type Priority, priority } from '../../access/budget.ts'
import { forScope } from '../../access/caller.ts'
import { settleAll } from '../../access/settle-all.ts'
import type { JobId } from '../../domain/job/job.ts'
import { summarise } from '../../domain/job/job-summary.ts'
import { type ScopeKey, scopeKey } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import { isTransient } from '../../errors.ts'
import type { JobsApi } from '../../ports/cloudflare.ts'
import type { Unreadable } from '../../ports/listing.ts'
import { createFailureReport } from '../state/failure-report.ts'
import { type JobChange, sameMemory } from '../state/job-change.ts'
import { newTokenNote } from '../state/new-token.ts'
import type { PollDeps } from '../state/poll-deps.ts'
import type { ScopeMemory } from '../state/scope-memory.ts'
import { priorityOf, type ScopeState } from '../state/scope-state.ts'
import { type SweepRules, sweepOf } from '../state/sweep.ts'
import { forgetUnreadable, noteUnreadable } from '../state/unreadable-objects.ts'
import { logChanges } from './change-log.ts'

export interface InventoryDeps extends PollDeps {
  readonly api: Pick<JobsApi, 'listJobs'>
  readonly memory: ScopeMemory
  /** Told of what a listing showed; `seenBefore` is when the scope was listed before. */
  readonly onChanges: (scope: ScopeState, changes: readonly JobChange[], seenBefore: EpochMs | null) => void
  /** How often a scope without jobs is looked at again. */
  readonly sweepEveryMs: () => number
  /** REST requests that one cycle may spend at its usual interval. */
  readonly requestsPerCycle: () => number
}

export const inventoryPoller = 'inventory'

/**
 * What the sweep gets for each scope with jobs even when those would use the whole budget: four times as much while
 * there are scopes nobody has looked at yet, later a quarter.
 */
const sweepShare = { first: 4, later: 0.25 }

/** What scopes that discovery has just found get of a cycle's requests, out of their turn. */
const newShare = 0.5

/** What further tries of listings that never worked get of a cycle's requests. */
const firstTryShare = 0.25

export function createInventoryPoll(deps: InventoryDeps) {
  const { state, clock } = deps
  const startedAt = clock.monotonic()
  const upMs = (): number => clock.monotonic() - startedAt
  const triedAt = new Map<ScopeKey, number>()
  /** Scopes that had jobs, and none in their last list. */
  const emptied = new Set<ScopeKey>()
  const report = createFailureReport(deps.log, {
    begins: (kind) =>
      kind === 'forbidden'
        ? `cannot list jobs: the token may not list jobs there (needs Logs Write), or the plan has no Logpush; continuing with health data only${newTokenNote(upMs())}`
        : `cannot list jobs; keeping the last known state${kind === 'auth' ? newTokenNote(upMs()) : ''}`,
    ends: 'listing jobs works again',
    of: ({ inventory }) => inventory,
  })

  const list = async (scope: ScopeState, signal: AbortSignal, first?: Priority): Promise<void> => {
    const key = scopeKey(scope.scope)
    triedAt.set(key, clock.monotonic())
    const urgency = first ?? priorityOf(scope, clock.now())
    const call = deps.call.with(forScope('rest', scope.scope, urgency, signal))
    const records = await attempt(() => call.read((options) => deps.api.listJobs(scope.scope, options)))
    if (!records.ok) {
      deps.self.pollFailed(inventoryPoller, records.failure.kind)
      state.jobsFailed(key, records.failure, clock.now())
      return
    }
    const { items, unreadable } = records.value
    const { account, zone } = scope.labels
    noteUnreadable({ kind: 'job', of: key, found: unreadable, fields: { account, zone } }, deps)
    const before = state.scope(key)?.jobs ?? new Map()
    const isEmpty = items.length + unreadable.length === 0 && before.size > 0
    // A list that is empty for a moment must not end the counters of all its jobs: believed the second time.
    if (isEmpty && !emptied.has(key)) {
      emptied.add(key)
      deps.log.debug({ account, zone, jobs: before.size }, 'the list of jobs is empty; asking once more')
      return
    }
    emptied.delete(key)
    const seenBefore = state.scope(key)?.inventory.lastSuccess ?? null
    const changes = state.jobsListed(key, items.map(summarise), clock.now(), isAmong(unreadable))
    logChanges(deps.log, scope, changes)
    if (changes.length > 0) deps.onChanges(scope, changes, seenBefore)
    const after = state.scope(key)
    if (after !== undefined && !sameMemory(before, after.jobs))
      await deps.memory.saveJobs(after.scope, after.jobs.values())
  }

  return {
    async cycle(signal: AbortSignal): Promise<void> {
      const due = dueScopes([...state.scopes.values()], {
        now: clock.now(),
        monotonic: clock.monotonic(),
        triedAt,
        sweepEveryMs: deps.sweepEveryMs(),
        requests: deps.requestsPerCycle(),
      })
      await settleAll(due.map((scope) => list(scope, signal)))
      for (const key of triedAt.keys()) {
        if (state.scopes.has(key)) continue
        triedAt.delete(key)
        emptied.delete(key)
        forgetUnreadable('job', key, deps.self)
      }
      report(state.scopes.values())
    },
    /** Scopes whose jobs could not be listed yet, for a reason that may pass. */
    firstTries: {
      pending: () => [...state.scopes.values()].some(neverWorked),
      async cycle(signal: AbortSignal): Promise<void> {
        const room = Math.max(1, Math.floor(deps.requestsPerCycle() * firstTryShare))
        const pending = [...state.scopes.values()].filter(neverWorked)
        const since = ({ scope }: ScopeState): number => triedAt.get(scopeKey(scope)) ?? 0
        pending.sort((a, b) => since(a) - since(b))
        await settleAll(pending.slice(0, room).map((scope) => list(scope, signal)))
        report(state.scopes.values())
      },
    },
    /** Lists scopes that were never listed, before all others, and the newest at least. Resolves to those. */
    async listNew(signal: AbortSignal): Promise<readonly ScopeKey[]> {
      const found = [...state.scopes.values()].filter(({ scope }) => !triedAt.has(scopeKey(scope)))
      const room = Math.max(1, Math.floor(deps.requestsPerCycle() * newShare))
      // Scopes stand in the order in which they came up. While the first look at all is under way, the sweep sees to
      // the older ones.
      const chosen = found.slice(-room)
      await settleAll(chosen.map((scope) => list(scope, signal, priority.failing)))
      return chosen.map(({ scope }) => scopeKey(scope))
    },
    /** Lists one scope now, for when something is known to have changed. */
    async refresh(key: ScopeKey, signal: AbortSignal): Promise<void> {
      const scope = state.scope(key)
      if (scope !== undefined) await list(scope, signal)
    },
  }
}

/** A refusal may pass too: Cloudflare takes up new tokens by and by. */
function neverWorked({ inventory: { lastSuccess, failure } }: ScopeState): boolean {
  if (lastSuccess !== null || failure === null) return false
  const { kind } = failure
  return isTransient(kind) || kind === 'rate_limited' || kind === 'auth' || kind === 'forbidden'
}

interface DueRules extends SweepRules {
  readonly now: number
  readonly requests: number
}

/** What a cycle lists: everything with jobs and every account, then as many of the rest as there is room for. */
export function dueScopes(scopes: readonly ScopeState[], rules: DueRules): readonly ScopeState[] {
  const isWatched = (scope: ScopeState): boolean =>
    scope.inventory.failure?.kind !== 'forbidden' &&
    (priorityOf(scope, rules.now) < priority.discovery || scope.scope.kind === 'account')
  const watched = scopes.filter(isWatched)
  const sweep = sweepOf(
    scopes.filter((scope) => !isWatched(scope)),
    rules,
  )
  const isFirst = sweep.some(({ tried }) => tried === Number.NEGATIVE_INFINITY)
  const share = watched.length * (isFirst ? sweepShare.first : sweepShare.later)
  const room = Math.max(rules.requests - watched.length, share, 1)
  return [...watched, ...sweep.slice(0, Math.ceil(room)).map(({ scope }) => scope)]
}

/** Whether a job may be one of those that were left out; one without an id may be any. */
function isAmong(unreadable: readonly Unreadable[]): (id: JobId) => boolean {
  const leftOut = unreadable.filter((one) => one.leftOut)
  const ids = new Set(leftOut.map(({ id }) => id))
  return (id) => ids.has(null) || ids.has(id)
}
