/* What is worst about a job now, by the same rules and in the same order as the dashboards have it. */
import { isFailing, type JobState } from '../../domain/job/job-state.ts'
import type { ScopeState } from '../state/scope-state.ts'

/** From worst to best. `unknown`: only health data names the job, or it has not been listed since the start. */
export const healthStates = [
  'disabled_by_failure',
  'losing_data',
  'not_arriving',
  'failing',
  'late',
  'never_delivered',
  'unknown',
  'off',
  'ok',
] as const

export type HealthState = (typeof healthStates)[number]

/** 0 is the worst. */
export function healthStateRank(trouble: HealthState): number {
  return healthStates.indexOf(trouble)
}

/** Whether somebody should look at the job. */
export function needsHands(trouble: HealthState): boolean {
  return healthStateRank(trouble) <= healthStateRank('never_delivered')
}

export interface HealthStateFacts {
  readonly job: JobState | null
  readonly scope: ScopeState
  readonly maxLagMs: number
  /** Batches given up in the last hour. */
  readonly lostLately: number
  /** Whether Cloudflare delivers and nothing arrives at the destination. */
  readonly silent: boolean
}

export function healthStateOf({ job, scope, maxLagMs, lostLately, silent }: HealthStateFacts): HealthState {
  const listed = scope.inventory.lastSuccess !== null
  if (listed && job !== null && job.disabledByFailure !== null) return 'disabled_by_failure'
  if (lostLately > 0) return 'losing_data'
  if (silent) return 'not_arriving'
  // What the store remembers of a job says nothing of how it fares now.
  if (!listed || job === null) return 'unknown'
  const { summary } = job
  if (isFailing(summary)) return 'failing'
  if (!summary.enabled) return 'off'
  const lag = lagOf(job, scope)
  if (lag !== null && lag > maxLagMs) return 'late'
  return summary.lastComplete === null ? 'never_delivered' : 'ok'
}

/**
 * How far behind the job was when its scope was last listed, in milliseconds: an exporter that sees nothing does
 * not make jobs late. Null for a job that has never delivered.
 */
export function lagOf(job: JobState, scope: ScopeState): number | null {
  const { lastComplete } = job.summary
  const { lastSuccess } = scope.inventory
  return lastComplete === null || lastSuccess === null ? null : Math.max(0, lastSuccess - lastComplete)
}

/** Cloudflare disables a job after about this long without a success. */
export const disableAfterMs = 24 * 3_600_000
