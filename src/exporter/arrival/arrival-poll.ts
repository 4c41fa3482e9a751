/*
 * Reads the destinations that the rules name, each place on its own beat. A failing place keeps its counts and says
 * why; its neighbours are read all the same. What is counted is stored before it is shown.
 */
import type { ServerClock } from '../../access/server-clock.ts'
import { type ArrivalLedger, beginLedger } from '../../domain/arrival/arrival-ledger.ts'
import type { ArrivalReader, ArrivalRule } from '../../domain/arrival/arrival-rule.ts'
import { type AmountBetween, isNotArriving, missingShare } from '../../domain/arrival/comparison.ts'
import { placeTitle } from '../../domain/destination/store-place.ts'
import type { JobId } from '../../domain/job/job.ts'
import type { Ledger, MinuteCounts } from '../../domain/ledger/ledger.ts'
import type { ScopeKey } from '../../domain/scope.ts'
import { type EpochMs, minuteMs, minuteOf } from '../../domain/time.ts'
import { ApiFailure } from '../../errors.ts'
import type { ObjectLister } from '../../ports/object-lister.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import type { JobArrival } from '../state/job-arrival.ts'
import { failed, neverPolled, type PollState, succeeded } from '../state/poll-state.ts'
import type { SelfState } from '../state/self-state.ts'
import type { ExporterState } from '../state/state.ts'
import { type ArrivalGroup, arrivalGroups } from './arrival-groups.ts'
import { type Look, lookAt, settled } from './arrival-look.ts'
import type { ArrivalMemory } from './arrival-memory.ts'
import { createMinuteTally, type MinuteTally } from './minute-tally.ts'
import { createPushTally, type PushTally } from './push-tally.ts'

export const arrivalPoller = 'arrival'

export interface ArrivalDeps {
  readonly state: ExporterState
  readonly self: SelfState
  readonly memory: ArrivalMemory
  readonly server: Pick<ServerClock, 'now'>
  readonly clock: Clock
  readonly log: Log
  readonly rules: () => readonly ArrivalRule[]
  /** Opens what a rule reads with; asked once for each. */
  readonly open: (read: ArrivalReader) => ObjectLister
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
/** How often late files are looked for. */
const deepEveryMs = 10 * minuteMs
/** Looks after which the state is told, so that a long cycle shows what it has. */
const batchSize = 50

interface Place {
  poll: PollState
  ledger: ArrivalLedger | null
  completeTo: EpochMs | null
  /** Whether the last look saw all there was. */
  caughtUp: boolean
  /** By the monotonic clock; null before the first. */
  lookedAt: number | null
  deepAt: number | null
}

export function createArrivalPoll(deps: ArrivalDeps): ArrivalPoll {
  const { state, memory, server, clock, log } = deps
  const places = new Map<string, Place>()
  const listers = new Map<string, ObjectLister>()
  const arrived = createMinuteTally()
  const pushed = createPushTally(state, deps.rules)
  let sweptAt: number | null = null

  const placeOf = ({ key }: ArrivalGroup): Place => {
    const known = places.get(key)
    if (known !== undefined) return known
    const place = {
      poll: neverPolled,
      ledger: memory.ledger(key),
      completeTo: null,
      caughtUp: false,
      lookedAt: null,
      deepAt: null,
    }
    places.set(key, place)
    return place
  }
  const listerOf = (read: ArrivalReader): ObjectLister => {
    const key = JSON.stringify(read)
    const lister = listers.get(key) ?? deps.open(read)
    listers.set(key, lister)
    return lister
  }
  const pushedBy = ({ jobs }: ArrivalGroup): AmountBetween => pushed.together(jobs.map(({ id }) => id))

  /** The watch of a place begins with the first try: what is written from then on counts, even if the try fails. */
  const begun = async (group: ArrivalGroup, now: EpochMs): Promise<ArrivalLedger> => {
    const ledger = beginLedger(now, group.rule.lateWindowMs)
    await memory.save(group.key, ledger)
    placeOf(group).ledger = ledger
    return ledger
  }

  /** Counts by minute: at the first look all that is there, afterwards what is new. */
  const tally = (group: ArrivalGroup, { from, listed, added }: Look, first: boolean): void => {
    if (first) arrived.begin(group.key, minuteOf(from + minuteMs - 1))
    for (const { written, bytes } of first ? listed : added)
      arrived.add(group.key, minuteOf(written), { files: 1, bytes })
  }

  const look = async (group: ArrivalGroup, signal: AbortSignal): Promise<void> => {
    const place = placeOf(group)
    const [now, monotonic] = [server.now(), clock.monotonic()]
    const first = place.deepAt === null
    const deep = place.deepAt === null || monotonic - place.deepAt >= deepEveryMs
    const { caughtUp } = place
    place.caughtUp = false
    place.lookedAt = monotonic
    try {
      const ledger = place.ledger ?? (await begun(group, now))
      const look = { group, ledger, deep, caughtUp, now }
      const seen = await lookAt(listerOf(group.rule.read), look, { signal })
      tally(group, seen, first)
      const next = settled(seen.ledger, {
        complete: seen.complete,
        lateWindowMs: group.rule.lateWindowMs,
        now,
        pushed: pushedBy(group),
        arrived: arrived.between(group.key),
      })
      if (next !== ledger) await memory.save(group.key, next)
      place.ledger = next
      if (deep) place.deepAt = monotonic
      place.caughtUp = seen.complete
      if (seen.complete) place.completeTo = now
      if (place.poll.failure !== null)
        log.info({ place: placeTitle(group.place) }, 'reading the destination works again')
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
    const { poll, ledger, completeTo } = placeOf(group)
    const now = server.now()
    const jobs = group.jobs.map(({ id }) => id)
    return {
      place: group.place,
      jobs,
      poll,
      completeTo,
      ledger,
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
    close() {
      for (const lister of listers.values()) lister.close()
      listers.clear()
    },
  }
}

function isDue({ lookedAt }: Place, { intervalMs }: ArrivalRule, monotonic: number): boolean {
  // A beat has some jitter: what would be due a moment later is due now.
  return lookedAt === null || monotonic - lookedAt >= intervalMs * 0.9
}
