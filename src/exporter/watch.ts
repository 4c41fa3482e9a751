/*
 * Puts the polls together: discovery finds scopes, the inventory lists their jobs, health reads what became of
 * the uploads, what was notified is followed up, and the token is verified now and then. Each starts when it has
 * something to work with, and then runs at its own interval.
 */

import type { Budget } from '../access/budget.ts'
import type { ServerClock } from '../access/server-clock.ts'
import { settleAll } from '../access/settle-all.ts'
import { createWake, type Wake } from '../access/wake.ts'
import type { ActorNaming } from '../domain/job/audit-entry.ts'
import { type Scope, type ScopeKey, scopeKey } from '../domain/scope.ts'
import type { AuditApi } from '../ports/audit-log.ts'
import type { DirectoryApi, HealthApi, JobsApi, TokenApi } from '../ports/cloudflare.ts'
import type { NotificationsApi } from '../ports/notifications.ts'
import type { Random, Turns } from '../ports/runtime.ts'
import { type ArrivalPoll, arrivalPoller } from './arrival/arrival-poll.ts'
import { auditPoller, createAuditPoll } from './audit/audit-poll.ts'
import type { HealthSettings } from './health/health-deps.ts'
import { createHealthPoll, healthPoller } from './health/health-poll.ts'
import { discover, discoveryPoller } from './inventory/discovery-poll.ts'
import { createInventoryPoll, inventoryPoller } from './inventory/inventory-poll.ts'
import { isSelected, type Selection } from './inventory/selection.ts'
import { createHistoryPoll, historyPoller, type WebhookReports } from './notifications/history-poll.ts'
import { createFollowUp } from './notifications/notification-follow-up.ts'
import type { Notifications } from './notifications/notifications.ts'
import { type PollLoop, runPollLoop } from './poll-loop.ts'
import type { ReadinessGate } from './readiness.ts'
import type { PollDeps } from './state/poll-deps.ts'
import { isUp } from './state/poll-state.ts'
import type { ScopeMemory } from './state/scope-memory.ts'
import { mayHaveJobs, type ScopeState } from './state/scope-state.ts'
import type { ExporterState } from './state/state.ts'
import type { UploadHistory } from './state/upload-history.ts'
import { createTokenPoll, tokenPoller } from './token-poll.ts'

export interface WatchSettings extends Omit<HealthSettings, 'sweepEveryMs'> {
  readonly selection: Selection
  readonly inventoryPollIntervalMs: number
  readonly discoveryPollIntervalMs: number
  /** Null: the list of sent notifications is not read. */
  readonly historyPollIntervalMs: number | null
  /** Null: the audit log is not read. */
  readonly actorNaming: ActorNaming | null
}

export interface WatchDeps extends PollDeps {
  readonly rest: DirectoryApi & JobsApi & NotificationsApi & TokenApi & AuditApi
  readonly graphql: HealthApi
  readonly budget: Pick<Budget, 'perMinute'>
  readonly memory: ScopeMemory
  readonly server: ServerClock
  readonly gate: ReadinessGate
  /** Told of the uploads that are newly counted. */
  readonly uploads: UploadHistory
  readonly notifications: Notifications
  readonly webhooks: WebhookReports
  readonly arrival: Pick<ArrivalPoll, 'everyMs' | 'cycle'>
  readonly random: Random
  readonly turns: Turns
  readonly settings: () => WatchSettings
}

/** The steps that must have ended once before the exporter is ready, in their order. */
export const watchSteps = [discoveryPoller, inventoryPoller, healthPoller] as const

/** How often the token is verified while it is good, and while it is not: a new one should show soon. */
const tokenEveryMs = 3_600_000
const badTokenEveryMs = 60_000

export type Watch = ReturnType<typeof createWatch>

export function createWatch(deps: WatchDeps) {
  const { state, settings, gate } = deps
  const wakes = new Map<string, Wake>()
  let refresh: (key: ScopeKey, signal: AbortSignal) => Promise<void> = async () => {}
  let refusedAt = Number.NEGATIVE_INFINITY

  return {
    /** Runs all polls until `told` to stop; what is under way then ends, at the latest when `abort` comes. */
    async run(told: AbortSignal, abort: AbortSignal): Promise<void> {
      // A bug in one poll ends them all: going on would show numbers that nobody updates.
      const end = new AbortController()
      const stop = end.signal
      if (told.aborted) end.abort()
      else told.addEventListener('abort', () => end.abort(), { once: true })
      const guarded = (poll: Promise<void>): Promise<void> =>
        poll.catch((error: unknown) => {
          end.abort()
          throw error
        })
      const call = deps.call.with({ stop })
      const common = { call, state, self: deps.self, memory: deps.memory, clock: deps.clock, log: deps.log }
      const naming = () => settings().actorNaming
      const audit = createAuditPoll({ ...common, api: deps.rest, server: deps.server, naming })
      const inventory = createInventoryPoll({
        ...common,
        api: deps.rest,
        onChanges: (...seen) => {
          if (audit.noticed(...seen)) wakes.get(auditPoller)?.trigger()
        },
        sweepEveryMs: () => settings().discoveryPollIntervalMs,
        requestsPerCycle: () => (deps.budget.perMinute('rest') * settings().inventoryPollIntervalMs) / 60_000,
      })
      const health = createHealthPoll({
        ...common,
        api: deps.graphql,
        server: deps.server,
        history: deps.uploads,
        turns: deps.turns,
        settings: () => ({ ...settings(), sweepEveryMs: settings().discoveryPollIntervalMs }),
        requestsPerCycle: () => (deps.budget.perMinute('graphql') * settings().healthPollIntervalMs) / 60_000,
      })
      const accountIds = (): readonly string[] =>
        [...state.scopes.values()].flatMap(({ scope }) => (scope.kind === 'account' ? [scope.id] : []))
      const token = createTokenPoll({ ...common, api: deps.rest, accountIds })
      const history = createHistoryPoll({ ...deps, ...common, api: deps.rest })
      const followUp = createFollowUp({ ...deps, refresh: inventory.refresh })
      refresh = inventory.refresh

      const emptied = new Set<Scope['kind']>()
      const findScopes = async (signal: AbortSignal): Promise<void> => {
        const before = state.scopes.size
        const selection = () => settings().selection
        await discover({ ...common, api: deps.rest, selection, emptied }, signal)
        if (state.directory.failure === null) await deps.memory.seen(new Set(state.scopes.keys()))
        if (state.scopes.size > before) wakes.get(inventoryPoller)?.trigger()
        // After the first time, what is new does not wait for a cycle that may take an hour.
        if (gate.progress().waitingFor === discoveryPoller) return
        await health.readNew(await inventory.listNew(signal), signal)
      }
      const hurryHealth = (): void => {
        if ([...state.scopes.values()].some(isNewToHealth)) wakes.get(healthPoller)?.trigger()
      }

      const loop = (after: Promise<void>, poll: PollLoop): Promise<void> => {
        const wake = createWake(deps.clock)
        wakes.set(poll.name, wake)
        const whenDone = { ...poll, ended: () => gate.done(poll.name) }
        return guarded(after.then(() => runPollLoop(whenDone, wake, { ...deps, stop, abort })))
      }
      const stopped = new Promise<void>((resolve) => {
        if (stop.aborted) resolve()
        stop.addEventListener('abort', () => resolve(), { once: true })
      })
      const after = (step: string): Promise<void> => Promise.race([gate.after(step), stopped])
      const known = state.scopes.size > 0 ? Promise.resolve() : after(discoveryPoller)
      await settleAll([
        loop(Promise.resolve(), {
          name: discoveryPoller,
          everyMs: () => settings().discoveryPollIntervalMs,
          cycle: findScopes,
          firstTries: { pending: () => state.directory.lastSuccess === null, cycle: findScopes },
        }),
        loop(known, {
          name: inventoryPoller,
          everyMs: () => settings().inventoryPollIntervalMs,
          cycle: (signal) => inventory.cycle(signal).then(hurryHealth),
          firstTries: {
            pending: inventory.firstTries.pending,
            cycle: (signal) => inventory.firstTries.cycle(signal).then(hurryHealth),
          },
        }),
        loop(
          known.then(() => after(inventoryPoller)),
          {
            name: healthPoller,
            everyMs: () => settings().healthPollIntervalMs,
            cycle: health.cycle,
          },
        ),
        loop(after(inventoryPoller), {
          name: historyPoller,
          everyMs: () => settings().historyPollIntervalMs,
          cycle: history.cycle,
        }),
        loop(after(inventoryPoller), { name: auditPoller, ...audit }),
        loop(after(inventoryPoller), { name: arrivalPoller, ...deps.arrival }),
        guarded(after(inventoryPoller).then(() => followUp.run(stop, abort))),
        loop(after(discoveryPoller), {
          name: tokenPoller,
          everyMs: () => (deps.self.token?.active === false ? badTokenEveryMs : tokenEveryMs),
          cycle: token.cycle,
          firstTries: { pending: () => deps.self.token?.active !== true, cycle: token.cycle },
        }),
      ])
    },
    /** Lists one scope's jobs now. */
    refresh: (key: ScopeKey, signal: AbortSignal) => refresh(key, signal),
    /** Makes all polls begin a cycle now, e.g. with new settings. */
    hurry(): void {
      for (const wake of wakes.values()) wake.trigger()
    },
    /** Cloudflare did not accept the token in a call: it is verified soon. */
    tokenRefused(): void {
      const now = deps.clock.monotonic()
      // Scopes out of its reach may refuse a good token again and again.
      if (deps.self.token?.active !== true || now - refusedAt < badTokenEveryMs) return
      refusedAt = now
      wakes.get(tokenPoller)?.trigger()
    },
  }
}

/** A scope whose jobs have just been found: its counts should not wait for the next poll. */
function isNewToHealth(scope: ScopeState): boolean {
  return mayHaveJobs(scope) && isUp(scope.health) === null
}

/** Takes up what the store remembers, so that counts are shown from the first scrape on. */
export function recall(state: ExporterState, memory: ScopeMemory, selection: Selection): void {
  const remembered = memory.scopes().filter(({ scope }) => isSelected(scope, selection))
  state.setScopes(remembered.map(({ scope }) => scope))
  for (const { scope, jobs } of remembered) {
    const key = scopeKey(scope)
    state.remembered(key, jobs, memory.ledger(key))
  }
}
