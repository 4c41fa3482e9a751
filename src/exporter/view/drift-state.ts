/* How the manifest and what is live differ, as last compared. */
import type { EpochMs } from '../../domain/time.ts'

export interface DriftObject {
  readonly account: string
  /** Empty for what belongs to the account. */
  readonly zone: string
  /** `job`, `webhook` or `policy`. */
  readonly kind: string
  readonly name: string
  /** What applying the manifest would do: `create`, `update`, `delete`, or `none`. */
  readonly change: string
}

/** Zones of an account that have no job of a dataset which the manifest declares for many. */
export interface UncoveredZones {
  readonly account: string
  readonly dataset: string
  readonly zones: number
}

export interface DriftState {
  /** The last complete comparison; null before the first. */
  readonly compared: {
    readonly at: EpochMs
    readonly objects: readonly DriftObject[]
    readonly uncovered: readonly UncoveredZones[]
  } | null
  /** Why the last try failed; null when it did not. */
  readonly problem: string | null
}

/** How the manifest and what is live differ. Null where there is no manifest. */
export interface DriftStatus {
  /** When they were last compared; null before the first time. */
  readonly comparedAt: EpochMs | null
  /** Why the last comparison failed. */
  readonly problem: string | null
  readonly changes: readonly DriftObject[]
}

export const neverCompared: DriftState = { compared: null, problem: null }

/** Of several with one kind and name in a scope, those that differ say so, and only without any the rest count. */
export function driftObjects({ compared }: DriftState): readonly DriftObject[] {
  const objects = compared?.objects ?? []
  const differs = new Set(objects.filter(({ change }) => change !== 'none').map(nameKey))
  const shown = objects.filter((object) => object.change !== 'none' || !differs.has(nameKey(object)))
  return [...new Map(shown.map((object) => [`${nameKey(object)} ${object.change}`, object])).values()]
}

function nameKey({ account, zone, kind, name }: DriftObject): string {
  return JSON.stringify([account, zone, kind, name])
}

export function driftStatus(state: DriftState): DriftStatus {
  return {
    comparedAt: state.compared?.at ?? null,
    problem: state.problem,
    changes: (state.compared?.objects ?? []).filter(({ change }) => change !== 'none'),
  }
}
