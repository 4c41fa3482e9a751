import { define } from './metric-definition.ts'

const scopeLabels = ['account', 'zone', 'source'] as const

/** One series set per account or zone. */
export const scopeMetrics = define({
  cloudflare_logpush_up: {
    type: 'gauge',
    help: 'Whether the last poll of the account or zone worked.',
    labels: scopeLabels,
  },
  cloudflare_logpush_data_timestamp_seconds: {
    type: 'gauge',
    help: 'Up to when the data of the account or zone is complete. Absent before the first poll that worked.',
    labels: scopeLabels,
  },
})

/** What the exporter has of notifications and of the manifest. */
export const eventMetrics = define({
  cloudflare_logpush_notifications_total: {
    type: 'counter',
    help: "Cloudflare's notifications received, each counted once whatever the way it came.",
    labels: ['account', 'alert_type', 'source'],
  },
  cloudflare_logpush_notification_webhook_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When Cloudflare last reached a webhook that Logpush alerts of the account go to, as its API says. Absent when it never did.',
    labels: ['account', 'webhook'],
  },
  cloudflare_logpush_notification_webhook_last_failure_timestamp_seconds: {
    type: 'gauge',
    help: 'When Cloudflare last failed to reach a webhook that Logpush alerts of the account go to, as its API says. Absent when it never did.',
    labels: ['account', 'webhook'],
  },
  cloudflare_logpush_manifest_drift: {
    type: 'gauge',
    help: 'Whether an object of the manifest differs from what is at Cloudflare, by the change that would be made.',
    labels: ['kind', 'name', 'change'],
  },
  cloudflare_logpush_manifest_last_check_timestamp_seconds: {
    type: 'gauge',
    help: 'When the manifest was last compared with what is at Cloudflare. Absent before the first comparison.',
    labels: [],
  },
})

/** The exporter's own. */
export const selfMetrics = define({
  cloudflare_logpush_exporter_build_info: {
    type: 'gauge',
    help: 'What is running, value 1.',
    labels: ['version', 'revision', 'nodeversion'],
  },
  cloudflare_logpush_exporter_config_info: {
    type: 'gauge',
    help: 'Settings that change what the numbers mean, value 1.',
    labels: ['poll_interval', 'revision_window', 'budget_share', 'rate_limit_type'],
  },
  cloudflare_logpush_exporter_config_last_reload_successful: {
    type: 'gauge',
    help: 'Whether the last reading of the settings worked.',
    labels: [],
  },
  cloudflare_logpush_exporter_api_requests_total: {
    type: 'counter',
    help: 'Requests to Cloudflare; code is the HTTP status, `budget` for a budget error in a GraphQL answer, `error` without an answer.',
    labels: ['api', 'operation', 'code'],
  },
  cloudflare_logpush_exporter_api_request_duration_seconds: {
    type: 'histogram',
    help: 'How long requests to Cloudflare took.',
    labels: ['api', 'operation', 'code'],
  },
  cloudflare_logpush_exporter_api_budget_limit: {
    type: 'gauge',
    help: 'Requests that may be sent in 5 minutes: the budget share of the limit.',
    labels: ['api'],
  },
  cloudflare_logpush_exporter_api_budget_remaining: {
    type: 'gauge',
    help: 'Requests of the budget limit that have not been used in the last 5 minutes.',
    labels: ['api'],
  },
  cloudflare_logpush_exporter_api_throttled_total: {
    type: 'counter',
    help: 'Requests that Cloudflare refused because a budget was used up.',
    labels: ['api'],
  },
  cloudflare_logpush_exporter_poll_duration_seconds: {
    type: 'gauge',
    help: 'How long the last cycle took.',
    labels: ['poller'],
  },
  cloudflare_logpush_exporter_poll_interval_seconds: {
    type: 'gauge',
    help: 'Time between the starts of the last two cycles; longer than set when the work does not fit the budget.',
    labels: ['poller'],
  },
  cloudflare_logpush_exporter_poll_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last cycle ended. Absent before the first.',
    labels: ['poller'],
  },
  cloudflare_logpush_exporter_polls_total: {
    type: 'counter',
    help: 'Cycles that ended, well or badly.',
    labels: ['poller'],
  },
  cloudflare_logpush_exporter_poll_failures_total: {
    type: 'counter',
    help: 'Failures inside cycles, of single scopes too.',
    labels: ['poller', 'kind'],
  },
  cloudflare_logpush_exporter_late_rows_total: {
    type: 'counter',
    help: 'Rows of health data that came or grew after their minute had been read.',
    labels: [],
  },
  cloudflare_logpush_exporter_gap_seconds_total: {
    type: 'counter',
    help: 'Time whose health data could not be read any more, summed over accounts and zones.',
    labels: [],
  },
  cloudflare_logpush_exporter_windows_split_total: {
    type: 'counter',
    help: 'Answers that were as long as the limit and so were asked for again in parts.',
    labels: [],
  },
  cloudflare_logpush_exporter_scopes: {
    type: 'gauge',
    help: 'Accounts and zones by state: watched (with jobs), empty, unknown (jobs can not be listed), failing (health can not be read).',
    labels: ['state'],
  },
  cloudflare_logpush_exporter_token_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the API token expires. Absent when it does not.',
    labels: [],
  },
  cloudflare_logpush_exporter_token_active: {
    type: 'gauge',
    help: 'Whether Cloudflare says that the API token is active. Absent before it said anything.',
    labels: [],
  },
  cloudflare_logpush_exporter_shard_ordinal: {
    type: 'gauge',
    help: 'Which shard this is, from 0.',
    labels: [],
  },
  cloudflare_logpush_exporter_total_shards: {
    type: 'gauge',
    help: 'How many shards share the work.',
    labels: [],
  },
  cloudflare_logpush_exporter_state_writes_total: {
    type: 'counter',
    help: 'Records written to the ledger store.',
    labels: [],
  },
  cloudflare_logpush_exporter_state_write_failures_total: {
    type: 'counter',
    help: 'Records that could not be written to the ledger store and are kept in memory only.',
    labels: [],
  },
})
