/*
 * Reads the destinations that the rules name, each place on its own beat. A failing place keeps its counts and says
 * why; its neighbours are read all the same. What is counted is stored before it is shown.
 */
import type { ServerClock } from '../../access/server-clock.ts'
import { arrivalTitle, hasFiles } from '../../domain/arrival/arrival-place.ts'
import type { ArrivalRule } from '../../domain/arrival/arrival-rule.ts'
import { type AmountBetween, isNotArriving, missingShare } from '../../domain/arrival/comparison.ts'
import type { JobId } from '../../domain/job/job.ts'
import type { Ledger, MinuteCounts } from '../../domain/ledger/ledger.ts'
import type { ScopeKey } from '../../domain/scope.ts'
import { type EpochMs, minuteMs } from '../../domain/time.ts'
import { ApiFailure } from '../../errors.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { JobArrival } from '../state/job-arrival.ts'
import { failed, neverPolled, type PollState, succeeded } from '../state/poll-state.ts'
import type { SelfState } from '../state/self-state.ts'
import type { ExporterState } from '../state/state.ts'
import { type ArrivalGroup, arrivalGroups } from './arrival-groups.ts'
import type { ArrivalMemory } from './arrival-memory.ts'
import type { ArrivalReaders } from './arrival-readers.ts'
import { createFileWatch } from './file-watch.ts'
import { createMinuteTally, type MinuteTally } from './minute-tally.ts'
import type { PlaceWatch } from './place-watch.ts'
import { createPushTally, type PushTally } from './push-tally.ts'
import { createRecordWatch } from './record-watch.ts'

export const arrivalPoller = 'arrival'

export interface ArrivalDeps {
  readonly state: ExporterState
  readonly self: SelfState
  readonly memory: ArrivalMemory
  readonly server: Pick<ServerClock, 'now'>
  readonly clock: Clock
  readonly log: Log
  readonly rules: () => readonly ArrivalRule[]
  readonly readers: ArrivalReaders
}

export interface ArrivalPoll {
  /** The shortest interval of all rules; null while there is neither a rule nor a place remembered. */
  everyMs(): number | null
  cycle(signal: AbortSignal): Promise<void>
  /** Takes note of uploads as they are counted. */
  pushed(scope: ScopeKey, before: Ledger, added: Iterable<MinuteCounts>): void
  /** Pushed and arrived by minute, for pages. */
  readonly tallies: { readonly pushed: PushTally; readonly arrived: MinuteTally }
  close(): void
}

/** Places that are read at the same time. */
const parallel = 8
/** How often places that are not watched any more are looked for in the store. */
const sweepEveryMs = 60 * minuteMs
/** Looks after which the state is told, so that a long cycle shows what it has. */
const batchSize = 50

interface Place {
  readonly watch: PlaceWatch
  poll: PollState
  completeTo: EpochMs | null
  /** By the monotonic clock; null before the first. */
  lookedAt: number | null
}

export function createArrivalPoll(deps: ArrivalDeps): ArrivalPoll {
  const { state, memory, server, clock, log, readers } = deps
  const places = new Map<string, Place>()
  const arrived = createMinuteTally()
  const pushed = createPushTally(state, deps.rules)
  let sweptAt: number | null = null

  const watchOf = ({ key, place }: ArrivalGroup): PlaceWatch =>
    hasFiles(place)
      ? createFileWatch(key, { memory, arrived, listerOf: readers.lister })
      : createRecordWatch(key, { memory, arrived, counterOf: readers.counter })
  const placeOf = (group: ArrivalGroup): Place => {
    const known = places.get(group.key)
    if (known !== undefined) return known
    const place = { watch: watchOf(group), poll: neverPolled, completeTo: null, lookedAt: null }
    places.set(group.key, place)
    return place
  }
  const pushedBy = ({ jobs }: ArrivalGroup): AmountBetween => pushed.together(jobs.map(({ id }) => id))

  const look = async (group: ArrivalGroup, signal: AbortSignal): Promise<void> => {
    const place = placeOf(group)
    const monotonic = clock.monotonic()
    place.lookedAt = monotonic
    try {
      const time = { now: server.now(), monotonic, pushed: pushedBy(group) }
      place.completeTo = (await place.watch.look(group, time, signal)) ?? place.completeTo
      if (place.poll.failure !== null)
        log.info({ place: arrivalTitle(group.place) }, 'reading the destination works again')
      place.poll = succeeded(clock.now())
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      if (error.kind === 'aborted') throw error
      deps.self.pollFailed(arrivalPoller, error.kind)
      if (place.poll.failure?.kind !== error.kind)
        log.warn({ kind: error.kind, reason: error.message }, 'cannot read the destination')
      place.poll = failed(place.poll, error, clock.now())
    }
  }

  /** Estimates cannot be compared with a count. */
  const isSampled = ({ jobs }: ArrivalGroup): boolean =>
    jobs.some(({ id, scope }) => (state.scope(scope)?.totals.get(id)?.sampleInterval ?? 1) > 1)
  const missing = (group: ArrivalGroup, now: EpochMs): number | null => {
    const [push, arrival] = [pushed.since(group.jobs.map(({ id }) => id)), arrived.since(group.key)]
    if (push === null || arrival === null) return null
    return missingShare(pushedBy(group), arrived.between(group.key), { since: Math.max(push, arrival), now })
  }

  const shown = (group: ArrivalGroup): JobArrival => {
    const { watch, poll, completeTo } = placeOf(group)
    const now = server.now()
    const jobs = group.jobs.map(({ id }) => id)
    return {
      place: group.place,
      jobs,
      poll,
      completeTo,
      ledger: watch.ledger(),
      records: watch.records(),
      tolerance: group.rule.tolerance,
      silent: poll.failure === null && isNotArriving(pushedBy(group), arrived.between(group.key), now),
      missingShare: poll.failure === null && !isSampled(group) ? missing(group, now) : null,
    }
  }
  const show = (groups: Iterable<ArrivalGroup>, whole: boolean): void => {
    const byScope = new Map<ScopeKey, Map<JobId, JobArrival>>()
    for (const group of groups) {
      const arrival = shown(group)
      for (const { id, scope } of group.jobs) {
        const jobs = byScope.get(scope) ?? new Map<JobId, JobArrival>()
        byScope.set(scope, jobs.set(id, arrival))
      }
    }
    state.arrivalsRead(byScope, whole)
  }

  return {
    everyMs() {
      const intervals = deps.rules().map(({ intervalMs }) => intervalMs)
      if (intervals.length > 0) return Math.min(...intervals)
      return memory.isEmpty() ? null : sweepEveryMs
    },
    async cycle(signal) {
      const groups = arrivalGroups(state.scopes.values(), deps.rules())
      arrived.keep(groups)
      pushed.keep(new Set([...groups.values()].flatMap(({ jobs }) => jobs.map(({ id }) => id))))
      for (const key of places.keys()) if (!groups.has(key)) places.delete(key)
      if (sweptAt === null || clock.monotonic() - sweptAt >= sweepEveryMs) {
        sweptAt = clock.monotonic()
        await memory.seen(groups, clock.now())
      }
      const due = [...groups.values()].filter((group) => isDue(placeOf(group), group.rule, clock.monotonic()))
      let done: ArrivalGroup[] = []
      const queue = due.values()
      const work = async (): Promise<void> => {
        for (const group of queue) {
          if (signal.aborted) return
          await look(group, signal)
          done.push(group)
          if (done.length < batchSize) continue
          const batch = done
          done = []
          show(batch, false)
        }
      }
      await Promise.all(Array.from({ length: Math.min(parallel, due.length) }, work))
      show(groups.values(), true)
    },
    pushed: pushed.counted,
    tallies: { pushed, arrived },
    close: readers.close,
  }
}

function isDue({ lookedAt }: Place, { intervalMs }: ArrivalRule, monotonic: number): boolean {
  // A beat has some jitter: what would be due a moment later is due now.
  return lookedAt === null || monotonic - lookedAt >= intervalMs * 0.9
}
