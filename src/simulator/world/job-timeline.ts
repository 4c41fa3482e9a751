import { schemeOf } from './destination-conf.ts'
import { hashText, mix } from './prng.ts'
import {
  defaultRetryDelaysMs,
  defaultTraffic,
  type JobSpec,
  type Scenario,
  type ScopeRef,
  type Traffic,
} from './world-spec.ts'

/** A stretch of a job's life in which nothing about it changes; it lasts until the next one begins. */
export interface Phase {
  readonly fromMs: number
  readonly enabled: boolean
  readonly scenario: Scenario
  readonly destinationConf: string
  readonly destinationType: string
  /** Status of a successful upload. */
  readonly okStatus: number
  /** When the job was last enabled: what it did before does not show in its fields any more. */
  readonly enabledSinceMs: number
}

/** How a job's last uploads went, as its REST fields show it. */
export interface JobStatus {
  /** Upper end of the last range that was delivered. */
  readonly lastCompleteMs: number | null
  /** End of the last attempt, if it failed. */
  readonly lastErrorMs: number | null
  readonly errorText: string | null
}

/**
 * One job and all that was ever decided about it. Phases are only ever appended, at or after the
 * present, so what the past holds never changes and can be computed instead of stored.
 */
export interface JobTimeline {
  readonly id: number
  readonly scope: ScopeRef
  readonly seed: number
  readonly traffic: Traffic
  readonly retryDelaysMs: readonly number[]
  readonly phases: Phase[]
  deletedAtMs: number | null
  /** When Cloudflare will disable it unless something changes. */
  disableAtMs: number | null
  /** When a disable notification was last sent. */
  notifiedAtMs: number | null
  /** Ties the end of a notification to its start; null while none is open. */
  openAlertId: string | null
  /** What is known of its last success and error, so that the past is not searched again and again. */
  statusMemo: { readonly atMs: number; readonly status: JobStatus } | null
  /** The job as the API shows it, without what the phases and the events say. */
  fields: Record<string, unknown>
}

export const thirtyDaysMs = 30 * 86_400_000

export function createTimeline(worldSeed: number, startMs: number, spec: JobSpec): JobTimeline {
  const createdMs = startMs + (spec.createdMs ?? -thirtyDaysMs)
  const scenario = spec.scenario ?? { kind: 'healthy' }
  const scenarioSinceMs =
    spec.scenarioSinceMs === undefined
      ? scenario.kind === 'dead'
        ? startMs
        : createdMs
      : startMs + spec.scenarioSinceMs
  if (scenarioSinceMs > Math.max(startMs, createdMs))
    throw new RangeError('a later scenario is a step of the script')
  const job: JobTimeline = {
    id: spec.id,
    scope: spec.scope,
    seed: mix(worldSeed, spec.id, hashText(worldSeed, spec.scope.id)),
    traffic: { ...defaultTraffic, ...spec.traffic },
    retryDelaysMs: spec.retryDelaysMs ?? defaultRetryDelaysMs,
    phases: [
      {
        fromMs: createdMs,
        enabled: spec.enabled ?? true,
        scenario: scenarioSinceMs > createdMs ? { kind: 'healthy' } : scenario,
        ...destination(spec.destinationConf),
        enabledSinceMs: createdMs,
      },
    ],
    deletedAtMs: null,
    disableAtMs: null,
    notifiedAtMs: null,
    openAlertId: null,
    statusMemo: null,
    fields: { name: spec.name, dataset: spec.dataset, kind: spec.kind ?? '', ...spec.fields },
  }
  if (scenarioSinceMs > createdMs) changePhase(job, scenarioSinceMs, { scenario })
  return job
}

function destination(conf: string): Pick<Phase, 'destinationConf' | 'destinationType' | 'okStatus'> {
  const { type, okStatus } = schemeOf(conf)
  return { destinationConf: conf, destinationType: type, okStatus }
}

/** The phase in force at an instant; undefined before the job was made. */
export function phaseAt(job: JobTimeline, ms: number): Phase | undefined {
  for (let i = job.phases.length - 1; i >= 0; i -= 1) {
    const phase = job.phases[i]
    if (phase !== undefined && phase.fromMs <= ms) return phase
  }
  return undefined
}

/** The last phase that was decided. A job always has one. */
export function latestPhase(job: JobTimeline): Phase {
  const phase = job.phases.at(-1)
  if (phase === undefined) throw new Error(`job ${job.id} has no phase`)
  return phase
}

/** Appends a phase that differs from the latest one as said. */
export function changePhase(
  job: JobTimeline,
  atMs: number,
  change: Partial<Pick<Phase, 'enabled' | 'scenario' | 'destinationConf'>>,
): void {
  const latest = latestPhase(job)
  const enabled = change.enabled ?? latest.enabled
  const switchedOn = enabled && !latest.enabled
  job.phases.push({
    ...latest,
    ...change,
    ...(change.destinationConf === undefined ? {} : destination(change.destinationConf)),
    fromMs: Math.max(atMs, latest.fromMs),
    enabledSinceMs: switchedOn ? atMs : latest.enabledSinceMs,
  })
}
