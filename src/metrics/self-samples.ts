import type { BudgetStatus } from '../access/budget.ts'
import { jobsAreKnown, mayHaveJobs, type ScopeState } from '../exporter/state/scope-state.ts'
import { durationBuckets, type SelfState } from '../exporter/state/self-state.ts'
import type { SelfMetricName } from './definitions.ts'
import { collectSamples, type Sample, type SampleSink, type Samples, seconds } from './sample.ts'

/** Everything the exporter shows of itself, as read at the moment of a scrape. */
export interface SelfView {
  readonly self: SelfState
  readonly scopes: Iterable<ScopeState>
  readonly departed: { readonly lateRows: number; readonly gapSeconds: number }
  readonly budget: readonly BudgetStatus[]
  readonly store: { readonly writes: number; readonly failures: number }
  readonly build: { readonly version: string; readonly revision: string; readonly nodeVersion: string }
  readonly config: {
    readonly pollInterval: string
    readonly revisionWindow: string
    readonly budgetShare: string
    readonly rateLimitType: string
    readonly shard: number
    readonly totalShards: number
  }
}

type Sink = SampleSink<SelfMetricName>

export function selfSamples(view: SelfView): Samples {
  return collectSamples<SelfMetricName>((sink, addPart) => {
    addBuild(sink, view)
    addRequests(sink, addPart, view.self)
    addBudget(sink, view.budget)
    addPollers(sink, view.self)
    addScopes(sink, view)
    const { token } = view.self
    sink.add(
      'cloudflare_logpush_exporter_token_expiry_timestamp_seconds',
      [],
      seconds(token?.expiresOn ?? null),
    )
    sink.add('cloudflare_logpush_exporter_token_active', [], token?.active ?? null)
    sink.add('cloudflare_logpush_exporter_state_writes_total', [], view.store.writes)
    sink.add('cloudflare_logpush_exporter_state_write_failures_total', [], view.store.failures)
  })
}

function addBuild(sink: Sink, { build, config, self }: SelfView): void {
  sink.add('cloudflare_logpush_exporter_build_info', [build.version, build.revision, build.nodeVersion], 1)
  const { pollInterval, revisionWindow, budgetShare, rateLimitType } = config
  sink.add(
    'cloudflare_logpush_exporter_config_info',
    [pollInterval, revisionWindow, budgetShare, rateLimitType],
    1,
  )
  sink.add('cloudflare_logpush_exporter_config_last_reload_successful', [], self.reload?.successful ?? true)
  sink.add('cloudflare_logpush_exporter_shard_ordinal', [], config.shard)
  sink.add('cloudflare_logpush_exporter_total_shards', [], config.totalShards)
}

function addRequests(
  sink: Sink,
  addPart: (name: SelfMetricName, sample: Sample) => void,
  self: SelfState,
): void {
  const duration = 'cloudflare_logpush_exporter_api_request_duration_seconds'
  for (const { api, operation, code, count, sumSeconds, buckets } of self.requests.values()) {
    const values = [api, operation, code]
    sink.add('cloudflare_logpush_exporter_api_requests_total', values, count)
    durationBuckets.forEach((bound, index) => {
      addPart(duration, {
        values,
        value: buckets[index] ?? 0,
        part: { suffix: '_bucket', le: String(bound) },
      })
    })
    addPart(duration, { values, value: count, part: { suffix: '_bucket', le: '+Inf' } })
    addPart(duration, { values, value: sumSeconds, part: { suffix: '_sum' } })
    addPart(duration, { values, value: count, part: { suffix: '_count' } })
  }
}

function addBudget(sink: Sink, budget: readonly BudgetStatus[]): void {
  for (const { api, limit, remaining, throttled } of budget) {
    sink.add('cloudflare_logpush_exporter_api_budget_limit', [api], limit)
    sink.add('cloudflare_logpush_exporter_api_budget_remaining', [api], remaining)
    sink.add('cloudflare_logpush_exporter_api_throttled_total', [api], throttled)
  }
}

function addPollers(sink: Sink, self: SelfState): void {
  for (const {
    poller,
    polls,
    failures,
    durationSeconds,
    intervalSeconds,
    lastSuccess,
  } of self.pollers.values()) {
    sink.add('cloudflare_logpush_exporter_poll_duration_seconds', [poller], durationSeconds)
    sink.add('cloudflare_logpush_exporter_poll_interval_seconds', [poller], intervalSeconds)
    sink.add(
      'cloudflare_logpush_exporter_poll_last_success_timestamp_seconds',
      [poller],
      seconds(lastSuccess),
    )
    sink.add('cloudflare_logpush_exporter_polls_total', [poller], polls)
    for (const [kind, count] of failures) {
      sink.add('cloudflare_logpush_exporter_poll_failures_total', [poller, kind], count)
    }
  }
}

function addScopes(sink: Sink, { scopes, departed, self }: SelfView): void {
  const states = { watched: 0, empty: 0, unknown: 0, failing: 0 }
  let { lateRows, gapSeconds } = departed
  for (const scope of scopes) {
    lateRows += scope.lateRows
    gapSeconds += scope.gapSeconds
    if (scope.health.failure !== null) states.failing += 1
    else if (!jobsAreKnown(scope)) states.unknown += 1
    else states[mayHaveJobs(scope) ? 'watched' : 'empty'] += 1
  }
  for (const [state, count] of Object.entries(states))
    sink.add('cloudflare_logpush_exporter_scopes', [state], count)
  sink.add('cloudflare_logpush_exporter_late_rows_total', [], lateRows)
  sink.add('cloudflare_logpush_exporter_gap_seconds_total', [], gapSeconds)
  sink.add('cloudflare_logpush_exporter_windows_split_total', [], self.windowsSplit)
}
