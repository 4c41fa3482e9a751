/* The few numbers that say whether everything is well. */
import type { EpochMs } from '../../domain/time.ts'
import { mayHaveJobs, type ScopeState } from '../state/scope-state.ts'
import type { UploadHistory } from '../state/upload-history.ts'
import type { HealthState } from './health-state.ts'
import { type Blindness, blindness, healthTo, type JobCandidate } from './job-status.ts'

export interface Headline {
  readonly jobs: number
  /** Accounts and zones that are watched. */
  readonly scopes: number
  readonly byTrouble: Readonly<Record<HealthState, number>>
  /** Of the jobs that are losing data. */
  readonly lostLastHour: { readonly batches: number; readonly records: number }
  /** What cannot be read now. */
  readonly blind: { readonly scopes: number; readonly jobs: number; readonly longest: BlindScope | null }
  /** Of scopes with jobs, the oldest: when they were listed, and up to when their uploads are counted. */
  readonly dataAt: { readonly inventory: EpochMs | null; readonly health: EpochMs | null }
}

export interface BlindScope extends Blindness {
  readonly account: string
  readonly zone: string
}

export function headlineOf(
  scopes: readonly ScopeState[],
  sights: readonly JobCandidate[],
  history: UploadHistory,
  now: EpochMs,
): Headline {
  const byTrouble = noJobs()
  const lost = { batches: 0, records: 0 }
  let blindJobs = 0
  for (const { id, scope, lostLately, trouble } of sights) {
    byTrouble[trouble] += 1
    if (blindness(scope) !== null) blindJobs += 1
    if (lostLately === 0) continue
    const { lostBatches, lostRecords } = history.lastHour(id, now)
    lost.batches += lostBatches
    lost.records += lostRecords
  }
  const blind = scopes.flatMap((scope) => {
    const why = blindness(scope)
    return why === null ? [] : [{ ...why, ...scope.labels }]
  })
  const watched = scopes.filter(mayHaveJobs)
  return {
    jobs: sights.length,
    scopes: scopes.length,
    byTrouble,
    lostLastHour: lost,
    blind: {
      scopes: blind.length,
      jobs: blindJobs,
      longest: blind.reduce<BlindScope | null>((a, b) => (a === null || b.since < a.since ? b : a), null),
    },
    dataAt: {
      inventory: oldest(watched.map(({ inventory }) => inventory.lastSuccess)),
      health: oldest(watched.map(healthTo)),
    },
  }
}

function noJobs(): Record<HealthState, number> {
  return {
    disabled_by_failure: 0,
    losing_data: 0,
    not_arriving: 0,
    failing: 0,
    late: 0,
    never_delivered: 0,
    unknown: 0,
    off: 0,
    ok: 0,
  }
}

/** Null when none is known: what cannot be read at all is told apart. */
function oldest(instants: readonly (EpochMs | null)[]): EpochMs | null {
  return instants.reduce<EpochMs | null>((a, b) => (a === null || (b !== null && b < a) ? b : a), null)
}
