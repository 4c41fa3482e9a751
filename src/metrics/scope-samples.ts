import type { JobId, JobSummary } from '../domain/job/job.ts'
import { isFailing, type JobState } from '../domain/job/job-state.ts'
import { type Attempt, type JobTotals, noTotals, parseAttemptKey } from '../domain/ledger/job-totals.ts'
import { accountOf } from '../domain/scope.ts'
import { minuteMs } from '../domain/time.ts'
import { isUp } from '../exporter/state/poll-state.ts'
import { jobIds, jobsAreKnown, type ScopeState } from '../exporter/state/scope-state.ts'
import type { ScopeMetricName } from './definitions.ts'
import { collectSamples, type SampleSink, type Samples, seconds } from './sample.ts'

export interface SampleRules {
  /** How far behind a job may be, in milliseconds. */
  readonly maxLagMs: (job: JobSummary, state: ScopeState) => number
  /** Whether to add the series of lablabs/cloudflare-exporter. */
  readonly lablabs: boolean
}

type Sink = SampleSink<ScopeMetricName>

/** All series of one account or zone and its jobs. */
export function scopeSamples(state: ScopeState, rules: SampleRules): Samples {
  return collectSamples<ScopeMetricName>((sink) => {
    addScope(sink, state)
    for (const id of jobIds(state)) {
      const job = state.jobs.get(id) ?? null
      const totals = state.totals.get(id) ?? null
      const identity = [state.labels.account, state.labels.zone, id]
      if (job !== null) addJob(sink, identity, job, state, rules)
      addTotals(sink, identity, totals)
      if (rules.lablabs) addLablabs(sink, id, state, totals)
    }
  })
}

function addScope(sink: Sink, { labels, inventory, health, readTo }: ScopeState): void {
  const own = [labels.account, labels.zone]
  sink.add('cloudflare_logpush_up', [...own, 'inventory'], isUp(inventory))
  sink.add('cloudflare_logpush_up', [...own, 'health'], isUp(health))
  sink.add('cloudflare_logpush_data_timestamp_seconds', [...own, 'inventory'], seconds(inventory.lastSuccess))
  const healthTo = health.lastSuccess === null || readTo === null ? null : readTo * minuteMs
  sink.add('cloudflare_logpush_data_timestamp_seconds', [...own, 'health'], seconds(healthTo))
}

function addJob(
  sink: Sink,
  identity: readonly string[],
  job: JobState,
  state: ScopeState,
  rules: SampleRules,
): void {
  const { summary } = job
  const { scope } = state
  sink.add(
    'cloudflare_logpush_job_info',
    [
      ...identity,
      accountOf(scope).id,
      scope.kind === 'zone' ? scope.id : '',
      summary.name,
      summary.dataset,
      summary.kind,
      summary.destinationType,
      summary.destination,
    ],
    1,
  )
  sink.add('cloudflare_logpush_job_max_lag_seconds', identity, rules.maxLagMs(summary, state) / 1000)
  const interval = summary.maxUploadIntervalSeconds
  sink.add('cloudflare_logpush_job_max_upload_interval_seconds', identity, interval === 0 ? null : interval)
  // What the store remembers of a job says nothing of how it fares now.
  if (state.inventory.lastSuccess === null) return
  sink.add('cloudflare_logpush_job_enabled', identity, summary.enabled)
  sink.add('cloudflare_logpush_job_failing', identity, isFailing(summary))
  sink.add('cloudflare_failing_logpush_job_disabled_alert', identity, job.disabledByFailure !== null)
  sink.add('cloudflare_logpush_job_last_complete_timestamp_seconds', identity, seconds(summary.lastComplete))
  sink.add('cloudflare_logpush_job_last_error_timestamp_seconds', identity, seconds(summary.lastError))
  sink.add('cloudflare_logpush_job_failing_since_timestamp_seconds', identity, seconds(job.failingSince))
  const reason = summary.failure?.reason ?? (summary.lastError === null ? null : 'other')
  if (reason !== null) sink.add('cloudflare_logpush_job_failure_info', [...identity, reason], 1)
}

interface AttemptSums {
  readonly all: number
  readonly retried: number
  readonly final: number
  readonly lost: number
}

function addTotals(sink: Sink, identity: readonly string[], known: JobTotals | null): void {
  const totals = known ?? noTotals
  const attempts = [...totals.attempts].map(([key, uploads]) => ({ ...parseAttemptKey(key), uploads }))
  const sums = sumAttempts(attempts)
  sink.add('cloudflare_logpush_batches_total', identity, sums.final)
  sink.add('cloudflare_logpush_batches_failed_total', identity, sums.lost)
  sink.add('cloudflare_logpush_uploads_total', identity, sums.all)
  sink.add('cloudflare_logpush_upload_retries_total', identity, sums.retried)
  sink.add('cloudflare_logpush_records_total', identity, totals.records)
  sink.add('cloudflare_logpush_bytes_total', identity, totals.bytes)
  sink.add('cloudflare_logpush_compressed_bytes_total', identity, totals.compressedBytes)
  sink.add('cloudflare_logpush_records_lost_total', identity, totals.recordsLost)
  sink.add('cloudflare_logpush_bytes_lost_total', identity, totals.bytesLost)
  sink.add('cloudflare_logpush_upload_duration_seconds_total', identity, totals.uploadSeconds)
  sink.add('cloudflare_logpush_job_last_upload_timestamp_seconds', identity, seconds(totals.lastUpload))
  sink.add('cloudflare_logpush_job_sample_interval', identity, totals.sampleInterval)
  for (const [key, uploads] of responses(attempts)) {
    const [status = '', type = ''] = key.split('|')
    sink.add('cloudflare_logpush_upload_responses_total', [...identity, status, type], uploads)
  }
}

function sumAttempts(attempts: readonly (Attempt & { readonly uploads: number })[]): AttemptSums {
  let [all, retried, final, lost] = [0, 0, 0, 0]
  for (const attempt of attempts) {
    all += attempt.uploads
    if (!attempt.final) retried += attempt.uploads
    else if (!attempt.success) lost += attempt.uploads
    if (attempt.final) final += attempt.uploads
  }
  return { all, retried, final, lost }
}

function responses(
  attempts: readonly (Attempt & { readonly uploads: number })[],
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const { status, destinationType, uploads } of attempts) {
    const key = `${status}|${destinationType}`
    sums.set(key, (sums.get(key) ?? 0) + uploads)
  }
  return sums
}

/** lablabs counts what was not answered with 200; here it is what did not succeed, so that a 204 is no failure. */
function addLablabs(sink: Sink, id: JobId, state: ScopeState, totals: JobTotals | null): void {
  const failures = new Map<string, number>()
  for (const [key, uploads] of totals?.attempts ?? []) {
    const { destinationType, final, success } = parseAttemptKey(key)
    if (success) continue
    const group = `${destinationType}|${final ? 1 : 0}`
    failures.set(group, (failures.get(group) ?? 0) + uploads)
  }
  if (failures.size === 0 && jobsAreKnown(state)) {
    const type = state.jobs.get(id)?.summary.destinationType ?? ''
    for (const final of ['0', '1']) failures.set(`${type}|${final}`, 0)
  }
  for (const [group, uploads] of failures) {
    const [destination = '', final = ''] = group.split('|')
    if (state.scope.kind === 'account') {
      const name = 'cloudflare_logpush_failed_jobs_account_count'
      sink.add(name, [state.scope.id, destination, id, final], uploads)
    } else {
      sink.add('cloudflare_logpush_failed_jobs_zone_count', [destination, id, final], uploads)
    }
  }
}
