import { noneIsGood, steps, yesIsGood } from './colors.ts'
import { exporterFilter, scopeFilter, scopeIsUp } from './expressions.ts'
import { agoColumn } from './job-columns.ts'
import { stat } from './panels.ts'
import { table } from './tables.ts'

const dataTimestamp = `max by (account, zone, source) (cloudflare_logpush_data_timestamp_seconds{${scopeFilter}})`

/** Whether the exporter can be trusted, now. */
export const exporterNow = [
  stat({
    title: 'Replicas up',
    description: 'Exporters that answered the last scrape.',
    unit: 'short',
    expr: `sum(up{${exporterFilter}})`,
    thresholds: steps('red', [1, 'green']),
  }),
  stat({
    title: 'Blind scopes',
    description:
      'Accounts and zones whose last poll failed on every replica. The table of scopes below says which; the poll failures say why.',
    unit: 'short',
    expr: `sum(${scopeIsUp} == bool 0)`,
    thresholds: noneIsGood(),
  }),
  stat({
    title: 'Oldest data',
    description:
      'Age of the least fresh data of any scope. Delivery and losses after that moment are not known yet.',
    unit: 'dtdurations',
    decimals: 0,
    expr: `max(time() - ${dataTimestamp})`,
    thresholds: steps('green', [600, 'orange'], [1800, 'red']),
  }),
  stat({
    title: 'Token expires in',
    description:
      'Time until the Cloudflare API token expires. Absent when it never does or Cloudflare does not say.',
    unit: 'dtdurations',
    decimals: 0,
    expr: `min(cloudflare_logpush_exporter_token_expiry_timestamp_seconds{${exporterFilter}}) - time()`,
    thresholds: steps('red', [3 * 86_400, 'orange'], [14 * 86_400, 'green']),
    noValue: 'no expiry known',
  }),
  stat({
    title: 'Token active',
    description: 'Whether Cloudflare reports the API token as active, on all replicas.',
    unit: 'short',
    expr: `min(cloudflare_logpush_exporter_token_active{${exporterFilter}})`,
    mappings: [yesIsGood('yes', 'no')],
  }),
  stat({
    title: 'Last reload',
    description:
      'Whether the last attempt to read the configuration succeeded, on all replicas. If not, the old one is in effect.',
    unit: 'short',
    expr: `min(cloudflare_logpush_exporter_config_last_reload_successful{${exporterFilter}})`,
    mappings: [yesIsGood('good', 'failed')],
  }),
  stat({
    title: 'Unreadable objects',
    description:
      'Jobs, zones, accounts and other objects in Cloudflare’s answers that cannot be read and are left out. The log names each of them once; the others are not affected.',
    unit: 'short',
    decimals: 0,
    expr: `sum(max by (kind) (cloudflare_logpush_exporter_unreadable_objects{${exporterFilter}}))`,
    thresholds: noneIsGood('orange'),
  }),
  stat({
    title: 'Filters without a match',
    description:
      'Names in --cloudflare.accounts, --cloudflare.zones and --cloudflare.exclude-zones that match nothing the token sees: a typo, or a missing permission. What they were meant for is not watched.',
    unit: 'short',
    decimals: 0,
    expr: `sum(max by (setting) (cloudflare_logpush_exporter_unmatched_selectors{${exporterFilter}}))`,
    thresholds: noneIsGood('orange'),
  }),
  stat({
    title: 'Data gap in range',
    description:
      'Seconds of health data that became unavailable in the time range of the dashboard, for example after a long downtime. Losses in them were not counted.',
    unit: 's',
    decimals: 0,
    expr: `max(sum by (instance) (increase(cloudflare_logpush_exporter_gap_seconds_total{${exporterFilter}}[$__range])))`,
    thresholds: noneIsGood('orange'),
  }),
  stat({
    title: 'State writes failed in range',
    description:
      'Failed writes of the ledger in the time range of the dashboard. Counters continue in memory, but a restart now would count some minutes twice or lose them.',
    unit: 'short',
    decimals: 0,
    expr: `sum(increase(cloudflare_logpush_exporter_state_write_failures_total{${exporterFilter}}[$__range]))`,
    thresholds: noneIsGood(),
  }),
]

/** Every account and zone, the least fresh first. */
export const scopeTable = table({
  title: 'Freshness of scopes',
  description:
    'For each account and zone, the time up to which data is complete, from the job inventory and from health data, and whether the last poll succeeded. A failed poll changes nothing: the age grows until one succeeds.',
  unit: 'short',
  queries: {
    age: `time() - ${dataTimestamp}`,
    up: `max by (account, zone, source) (cloudflare_logpush_up{${scopeFilter}})`,
  },
  columns: [
    { field: 'account', header: 'Account' },
    { field: 'zone', header: 'Zone' },
    { field: 'source', header: 'Source', width: 110 },
    {
      field: 'Value #up',
      header: 'Last poll',
      width: 100,
      filled: true,
      mappings: [yesIsGood('ok', 'failed')],
    },
    {
      field: 'Value #age',
      header: 'Age',
      unit: 'dtdurations',
      width: 130,
      thresholds: steps('green', [600, 'orange'], [1800, 'red']),
    },
  ],
  sortBy: ['Age'],
})

/** Every exporter process. */
export const replicaTable = table({
  title: 'Replicas',
  description: 'Each exporter process: whether it answers, its version, when it started, and its shard.',
  unit: 'short',
  queries: {
    build: `max by (instance, version) (cloudflare_logpush_exporter_build_info{${exporterFilter}})`,
    up: `max by (instance) (up{${exporterFilter}})`,
    started: `1000 * max by (instance) (process_start_time_seconds{${exporterFilter}})`,
    shard: `max by (instance) (cloudflare_logpush_exporter_shard_ordinal{${exporterFilter}})`,
    shards: `max by (instance) (cloudflare_logpush_exporter_total_shards{${exporterFilter}})`,
  },
  columns: [
    { field: 'instance', header: 'Instance' },
    { field: 'Value #up', header: 'Answers', width: 90, filled: true, mappings: [yesIsGood('yes', 'no')] },
    { field: 'version', header: 'Version', width: 110 },
    agoColumn('Value #started', 'Started'),
    { field: 'Value #shard', header: 'Shard', width: 75, decimals: 0 },
    { field: 'Value #shards', header: 'of', width: 60, decimals: 0 },
  ],
  sortBy: ['Started'],
})
