import { createAuditTrail } from './audit-trail.ts'
import type { FailureName } from './failures.ts'
import { createTimeline, type JobTimeline } from './job-timeline.ts'
import { createNotificationState, type Delivery } from './notification-state.ts'
import { type UploadEvent, visitUploads } from './upload-events.ts'
import {
  defaultHealthSettings,
  defaultIngestion,
  type HealthSettings,
  type JobSpec,
  type ScopeRef,
  type WorldSpec,
} from './world-spec.ts'

/** Something that happened to a job, as news for people. */
export interface News {
  readonly atMs: number
  readonly jobId: number
  readonly jobName: string
  /** E.g. `its destination fails (dns)`. */
  readonly what: string
}

export type WorldState = ReturnType<typeof createWorldState>

/** Everything that is, and was, true in a world. Only the files that name it change it. */
export function createWorldState(spec: WorldSpec, startMs: number) {
  const state = {
    seed: spec.seed,
    startMs,
    ingestion: { ...defaultIngestion, ...spec.ingestion },
    disableAfterMs: spec.disableAfterMs ?? 86_400_000,
    accountHoldsZoneJobs: spec.accountHoldsZoneJobs ?? false,
    announcesEnd: spec.announcesEnd ?? true,
    accounts: new Map(spec.accounts.map((account) => [account.id, account])),
    zones: new Map(spec.zones.map((zone) => [zone.id, zone])),
    /** By id, deleted jobs included. */
    jobs: new Map<number, JobTimeline>(),
    /** By scope id, deleted jobs included. */
    jobsByScope: new Map<string, JobTimeline[]>(),
    tokens: new Map(spec.tokens.map((token) => [token.text, token])),
    /** Steps still to come. */
    script: [...(spec.script ?? [])],
    /** Jobs that Cloudflare will disable unless something changes. */
    doomed: new Set<JobTimeline>(),
    /** Events put in by hand, by scope id. */
    injected: new Map<string, UploadEvent[]>(),
    /** Beginnings of `destination_conf` that are out of order. */
    brokenDestinations: new Map<string, FailureName>(),
    /** Changes of GraphQL limits by scope id, on top of what the spec says. */
    healthSettings: new Map<string, Partial<HealthSettings>>(),
    notifications: createNotificationState(spec, startMs),
    audit: createAuditTrail(spec.seed),
    transformers: spec.transformers ?? [],
    /** Told what happens after the start. */
    tell: (_news: News): void => {},
    /** Sends to webhooks. */
    deliver: (_delivery: Delivery): void => {},
    nextJobId: 1,
  }
  for (const job of spec.jobs) addTimeline(state, job)
  return state
}

export function addTimeline(state: WorldState, spec: JobSpec): JobTimeline {
  if (state.jobs.has(spec.id)) throw new Error(`job ${spec.id} exists already`)
  const job = createTimeline(state.seed, state.startMs, spec)
  state.jobs.set(job.id, job)
  const ofScope = state.jobsByScope.get(job.scope.id)
  if (ofScope === undefined) state.jobsByScope.set(job.scope.id, [job])
  else ofScope.push(job)
  state.nextJobId = Math.max(state.nextJobId, job.id + 1)
  return job
}

/** The account that a scope belongs to; for an account, itself. Undefined when the scope is unknown. */
export function accountIdOf(state: WorldState, scope: ScopeRef): string | undefined {
  return scope.kind === 'account' ? state.accounts.get(scope.id)?.id : state.zones.get(scope.id)?.accountId
}

export function healthSettingsOf(state: WorldState, scope: ScopeRef): HealthSettings {
  const spec = scope.kind === 'account' ? state.accounts.get(scope.id) : state.zones.get(scope.id)
  return { ...defaultHealthSettings, ...spec?.health, ...state.healthSettings.get(scope.id) }
}

/** The jobs whose health data a scope holds, deleted ones included. */
export function jobsSeenBy(state: WorldState, scope: ScopeRef): readonly JobTimeline[] {
  const own = state.jobsByScope.get(scope.id) ?? []
  if (scope.kind === 'zone' || !state.accountHoldsZoneJobs) return own
  const zones = [...state.zones.values()].filter((zone) => zone.accountId === scope.id)
  return own.concat(zones.flatMap((zone) => state.jobsByScope.get(zone.id) ?? []))
}

/** Every attempt of a job that ended in [fromMs, toMs), made by the simulation or put in by hand. */
export function visitJobEvents(
  state: WorldState,
  job: JobTimeline,
  fromMs: number,
  toMs: number,
  visit: (event: UploadEvent) => void,
): void {
  visitUploads(job, state.ingestion, fromMs, toMs, visit)
  for (const event of state.injected.get(job.scope.id) ?? []) {
    if (event.jobId === job.id && event.endMs >= fromMs && event.endMs < toMs) visit(event)
  }
}
