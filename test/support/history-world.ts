/*
 * A small world for histories: what one or two exporters in one namespace would expose of a few jobs. Steps change
 * it; nothing here knows of rules.
 */

export interface HistoryJob {
  readonly id: string
  name: string
  account: string
  zone: string
  bucket: string
  enabled: boolean
  disabledByFailure: boolean
  /** Epoch milliseconds. */
  failingSince: number | null
  /** Up to when logs are delivered; null is "up to now". */
  completeTo: number | null
  /** Milliseconds of logs delivered in each second while it catches up. */
  catchUp: { readonly from: number; readonly at: number } | null
  lost: number
  /** Minutes of the shipped rules between two batches of it. */
  readonly batchEvery: number
}

export interface Replica {
  readonly instance: string
  namespace: string
  running: boolean
  /** What it shows while it cannot read Cloudflare, and since when; null while it can. */
  frozen: {
    readonly at: number
    readonly jobs: readonly HistoryJob[]
    readonly zones: readonly string[] | null
  } | null
}

export interface HistoryWorld {
  readonly namespace: string
  readonly started: number
  jobs: HistoryJob[]
  readonly replicas: Replica[]
}

export interface StepContext {
  readonly now: number
  readonly alertmanager: string
}

export type Step = (world: HistoryWorld, context: StepContext) => void | Promise<void>

/** What happens, at which minutes of the shipped rules, and what must be open at the end. */
export interface History {
  readonly name: string
  readonly begin: (namespace: string) => HistoryWorld
  readonly steps: readonly (readonly [minute: number, step: Step])[]
  /** Incidents that must have been opened, at least, and those that must be open at the end, exactly. */
  readonly opens: readonly string[]
  readonly openAtEnd: readonly string[]
}

/** The next free number of a job: ids are unique over all worlds, as at Cloudflare. */
let lastId = 1000

export function newJob(more: Partial<HistoryJob> = {}): HistoryJob {
  lastId += 1
  const id = String(lastId)
  return {
    id,
    name: `job-${id}`,
    account: `Account ${id}`,
    zone: `zone-${id}.example`,
    bucket: `bucket-${id}`,
    enabled: true,
    disabledByFailure: false,
    failingSince: null,
    completeTo: null,
    catchUp: null,
    lost: 0,
    batchEvery: 0.4,
    ...more,
  }
}

export function newWorld(namespace: string, jobs: HistoryJob[], replicas = 1): HistoryWorld {
  return {
    namespace,
    started: Date.now(),
    jobs,
    replicas: Array.from({ length: replicas }, (_, index) => ({
      instance: `${namespace}-i${index}`,
      namespace,
      running: true,
      frozen: null,
    })),
  }
}

/** How far a job has delivered; while it catches up, four times as fast as the clock. */
function completeTo(job: HistoryJob, now: number): number {
  if (job.catchUp !== null) return Math.min(now, job.catchUp.from + 4 * (now - job.catchUp.at))
  return job.completeTo ?? now
}

/** The exposition of a world. Limits of jobs are divided by the factor as the rules are. */
export function renderWorld(world: HistoryWorld, now: number, factor: number): string {
  return world.replicas
    .filter(({ running }) => running)
    .map((replica) => renderReplica(world, replica, now, factor))
    .join('')
}

function renderReplica(world: HistoryWorld, replica: Replica, now: number, factor: number): string {
  const { frozen, namespace, instance } = replica
  const target = `namespace="${namespace}",instance="${instance}"`
  const lines = [`cloudflare_logpush_exporter_build_info{${target},version="1"} 1`]
  const scopes = new Set<string>()
  const unread = (zone: string): boolean => frozen !== null && (frozen.zones?.includes(zone) ?? true)
  const shown = [
    ...world.jobs.filter(({ zone }) => !unread(zone)),
    ...(frozen?.jobs.filter(({ zone }) => unread(zone)) ?? []),
  ]
  for (const job of shown) {
    const at = unread(job.zone) ? (frozen?.at ?? now) : now
    const scope = `${target},account="${job.account}",zone="${job.zone}"`
    if (!scopes.has(scope)) {
      scopes.add(scope)
      lines.push(
        `cloudflare_logpush_up{${scope},source="inventory"} ${unread(job.zone) ? 0 : 1}`,
        `cloudflare_logpush_data_timestamp_seconds{${scope},source="inventory"} ${at / 1000}`,
      )
    }
    lines.push(...jobLines(`${scope},job_id="${job.id}"`, job, at, factor, world.started))
  }
  return `${lines.join('\n')}\n`
}

/** Counters began a day and some hours before the history does. */
const countedHours = 27

export function batchesOf(job: HistoryJob, until: number, factor: number, started: number): number {
  const minutes = ((until - started) * factor) / 60_000 + countedHours * 60
  return Math.max(0, Math.floor(minutes / job.batchEvery))
}

function jobLines(
  labels: string,
  job: HistoryJob,
  at: number,
  factor: number,
  started: number,
): readonly string[] {
  const batches = batchesOf(job, completeTo(job, at), factor, started)
  return [
    `cloudflare_logpush_job_info{${labels},job_name="${job.name}",dataset="http_requests",destination_type="s3",destination="s3://${job.bucket}/logs"} 1`,
    `cloudflare_logpush_job_enabled{${labels}} ${Number(job.enabled)}`,
    `cloudflare_failing_logpush_job_disabled_alert{${labels}} ${Number(job.disabledByFailure)}`,
    `cloudflare_logpush_job_last_complete_timestamp_seconds{${labels}} ${completeTo(job, at) / 1000}`,
    `cloudflare_logpush_job_max_lag_seconds{${labels}} ${1800 / factor}`,
    `cloudflare_logpush_batches_total{${labels}} ${batches + job.lost}`,
    `cloudflare_logpush_batches_failed_total{${labels}} ${job.lost}`,
    ...(job.failingSince === null
      ? []
      : [
          `cloudflare_logpush_job_failing_since_timestamp_seconds{${labels}} ${job.failingSince / 1000}`,
          `cloudflare_logpush_job_failure_info{${labels},reason="auth"} 1`,
        ]),
  ]
}
