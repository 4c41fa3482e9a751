import { type FailureName, failures } from './failures.ts'
import type { JobTimeline, Phase } from './job-timeline.ts'
import { uniform } from './prng.ts'

/** How one attempt to upload a batch ends. */
export interface AttemptOutcome {
  readonly success: boolean
  readonly status: number
  readonly error: string
  readonly durationMs: number
}

export const maxFailureMs = 10_000
export const maxSuccessMs = 60_000

const salt = { doomed: 21, failures: 22, duration: 23, failure: 24 } as const

const passingFailures: readonly FailureName[] = ['throttled', 'server_error', 'timeout', 'dns']

/** Null when the phase has nothing to send. */
export function attempt(job: JobTimeline, phase: Phase, batch: number, index: number): AttemptOutcome | null {
  const scenario = phase.scenario
  const spread = uniform(job.seed, batch * 8 + index, salt.duration)
  switch (scenario.kind) {
    case 'idle':
      return null
    case 'healthy':
      return success(phase, 120 + spread * 900)
    case 'slow':
      return success(phase, 12_000 + spread * 45_000)
    case 'retrying': {
      const failing = uniform(job.seed, batch, salt.doomed) < scenario.share
      const failures = failing ? 1 + Math.floor(uniform(job.seed, batch, salt.failures) * 3) : 0
      // The last attempt always gets through: this scenario delays, it does not lose.
      if (index >= Math.min(failures, job.retryDelaysMs.length)) return success(phase, 200 + spread * 2_000)
      const pick = Math.floor(uniform(job.seed, batch, salt.failure) * passingFailures.length)
      return failure(passingFailures[pick] ?? 'throttled', phase, spread)
    }
    case 'losing':
      return uniform(job.seed, batch, salt.doomed) < scenario.share
        ? failure(scenario.failure, phase, spread)
        : success(phase, 150 + spread * 1_200)
    case 'dead':
      return failure(scenario.failure, phase, spread)
  }
}

function success(phase: Phase, durationMs: number): AttemptOutcome {
  return { success: true, status: phase.okStatus, error: '', durationMs: Math.floor(durationMs) }
}

function failure(name: FailureName, phase: Phase, spread: number): AttemptOutcome {
  const durationMs = name === 'timeout' ? maxFailureMs : Math.floor(80 + spread * 1_500)
  return {
    success: false,
    status: failures[name].status,
    error: failures[name].text(phase.destinationConf),
    durationMs,
  }
}
