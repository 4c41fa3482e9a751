import { byApi, byPoller, type ExporterView, requestDurations, unreadableObjects } from './exporter-view.ts'
import { type Metric, metricFamily, seconds } from './metric.ts'

const { gauge, counter, series } = metricFamily<ExporterView>([], () => '')

/** The exporter's own metrics. */
export const exporterMetrics: readonly Metric<ExporterView>[] = [
  series(
    'gauge',
    'cloudflare_logpush_exporter_build_info',
    ['version', 'revision', 'nodeversion'],
    'Version of the running exporter (always 1).',
    ({ build }) => [{ values: [build.version, build.revision, build.nodeVersion], value: 1 }],
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_config_info',
    ['poll_interval', 'revision_window', 'budget_share', 'rate_limit_type'],
    'Settings that affect what the numbers mean (always 1).',
    ({ config: { pollInterval, revisionWindow, budgetShare, rateLimitType } }) => [
      { values: [pollInterval, revisionWindow, budgetShare, rateLimitType], value: 1 },
    ],
  ),
  gauge(
    'cloudflare_logpush_exporter_config_last_reload_successful',
    'Whether the last attempt to read the settings succeeded.',
    ({ self }) => self.reload?.successful ?? true,
  ),
  series(
    'counter',
    'cloudflare_logpush_exporter_api_requests_total',
    ['api', 'operation', 'code'],
    'Requests to Cloudflare. The code is the HTTP status, `budget` for a budget error in a GraphQL response, or `error` when there was no response.',
    ({ self }) =>
      [...self.requests.values()].map(({ api, operation, code, count }) => ({
        values: [api, operation, code],
        value: count,
      })),
  ),
  series(
    'histogram',
    'cloudflare_logpush_exporter_api_request_duration_seconds',
    ['api', 'operation', 'code'],
    'Duration of requests to Cloudflare.',
    requestDurations,
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_api_budget_limit',
    ['api'],
    'Requests the exporter may send in 5 minutes: its share of the API limit.',
    (view) => byApi(view, ({ limit }) => limit),
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_api_budget_remaining',
    ['api'],
    'Requests of the budget limit not used in the last 5 minutes.',
    (view) => byApi(view, ({ remaining }) => remaining),
  ),
  series(
    'counter',
    'cloudflare_logpush_exporter_api_throttled_total',
    ['api'],
    'Requests that Cloudflare refused because a rate limit was exhausted.',
    (view) => byApi(view, ({ throttled }) => throttled),
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_poll_duration_seconds',
    ['poller'],
    'Duration of the last poll cycle.',
    (view) => byPoller(view, ({ durationSeconds }) => durationSeconds),
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_poll_interval_seconds',
    ['poller'],
    'Time between the starts of the last two poll cycles; longer than configured when the work does not fit the budget.',
    (view) => byPoller(view, ({ intervalSeconds }) => intervalSeconds),
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_poll_last_success_timestamp_seconds',
    ['poller'],
    'End of the last successful poll cycle. Absent before the first.',
    (view) => byPoller(view, ({ lastSuccess }) => seconds(lastSuccess)),
  ),
  series(
    'counter',
    'cloudflare_logpush_exporter_polls_total',
    ['poller'],
    'Completed poll cycles, successful or not.',
    (view) => byPoller(view, ({ polls }) => polls),
  ),
  series(
    'counter',
    'cloudflare_logpush_exporter_poll_failures_total',
    ['poller', 'kind'],
    'Failures within poll cycles, including those of single accounts and zones.',
    ({ self }) =>
      [...self.pollers.values()].flatMap(({ poller, failures }) =>
        [...failures].map(([kind, value]) => ({ values: [poller, kind], value })),
      ),
  ),
  counter(
    'cloudflare_logpush_exporter_late_rows_total',
    'Rows of health data that arrived or grew after their minute had been read.',
    ({ scopes }) => scopes.lateRows,
  ),
  counter(
    'cloudflare_logpush_exporter_gap_seconds_total',
    'Time for which health data is no longer available, summed over accounts and zones.',
    ({ scopes }) => scopes.gapSeconds,
  ),
  gauge(
    'cloudflare_logpush_exporter_clock_skew_seconds',
    "Cloudflare's time minus this machine's. Absent before the first response.",
    ({ clockSkewSeconds }) => clockSkewSeconds,
  ),
  counter(
    'cloudflare_logpush_exporter_windows_split_total',
    'Responses that hit the row limit and were fetched again in parts.',
    ({ self }) => self.windowsSplit,
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_scopes',
    ['state'],
    'Accounts and zones by state: watched (with jobs), empty, unknown (jobs cannot be listed), failing (health cannot be read).',
    ({ scopes }) => Object.entries(scopes.states).map(([state, value]) => ({ values: [state], value })),
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_unmatched_selectors',
    ['setting'],
    'Entries of cloudflare.accounts, cloudflare.zones and cloudflare.exclude-zones that match nothing the API token sees. Absent before the first listing.',
    ({ self: { unmatched } }) =>
      unmatched === null
        ? []
        : (['accounts', 'zones', 'exclude_zones'] as const).map((setting) => ({
            values: [setting],
            value: unmatched.filter((one) => one.setting === setting).length,
          })),
  ),
  series(
    'gauge',
    'cloudflare_logpush_exporter_unreadable_objects',
    ['kind'],
    'Objects (job, zone, account, policy, webhook, notification, audit_entry) in the last lists from Cloudflare, and rows of health data in the last answers, that could not be read, or not in full. Absent for a kind before its first list.',
    unreadableObjects,
  ),
  gauge(
    'cloudflare_logpush_exporter_token_expiry_timestamp_seconds',
    'Expiry of the API token. Absent when it does not expire.',
    ({ self }) => seconds(self.token?.expiresOn ?? null),
  ),
  gauge(
    'cloudflare_logpush_exporter_token_active',
    'Whether Cloudflare reports the API token as active. Absent before the first answer.',
    ({ self }) => self.token?.active ?? null,
  ),
  gauge(
    'cloudflare_logpush_exporter_shard_ordinal',
    'Zero-based index of this shard. Absent on a standby.',
    ({ config }) => config.shard,
  ),
  gauge(
    'cloudflare_logpush_exporter_leader',
    'Whether this process runs the shard. 0 on a standby.',
    ({ leader }) => leader,
  ),
  gauge(
    'cloudflare_logpush_exporter_total_shards',
    'Number of shards that share the work.',
    ({ config }) => config.totalShards,
  ),
  counter(
    'cloudflare_logpush_exporter_state_writes_total',
    'Records written to the ledger store.',
    ({ store }) => store.writes,
  ),
  counter(
    'cloudflare_logpush_exporter_state_write_failures_total',
    'Records that could not be written to the ledger store and are kept only in memory.',
    ({ store }) => store.failures,
  ),
]
