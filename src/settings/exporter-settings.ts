import { arrivalExpected, readArrivalRules, showArrivalRules } from './arrival-rules.ts'
import { jobOverrides, showOverrides } from './job-overrides.ts'
import { logSettings } from './log-settings.ts'
import { referenceSettings } from './reference-settings.ts'
import {
  fileSetting,
  listSetting,
  secretSetting,
  setting,
  switchSetting,
  type Table,
  type Values,
} from './setting.ts'
import {
  apiBaseAddress,
  decimalNumber,
  duration,
  durationOrOff,
  filePath,
  oneOf,
  orNone,
  someText,
  wholeNumberKind,
} from './setting-kinds.ts'
import { configFileFlag } from './settings-parse.ts'
import { shardKind, statePathKind } from './state-path.ts'
import { webSettings } from './web-settings.ts'

/*
 * THE table of settings, one row each, in groups that commands put together. From a row come the flag, its
 * environment twin, the file's key, the help, the README's table and the tests.
 */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const minIntervalMs = 100
const jobLag = duration(minute, 30 * day)

/** Where more settings are read from; taken by every command that has any. */
export const fileSettings = {
  configFile: setting({
    flag: configFileFlag,
    kind: orNone(filePath),
    only: 'flag and environment',
    help: 'YAML config file. Flags and environment variables override it.',
  }),
} satisfies Table

export const cloudflareSettings = {
  baseUrl: setting({
    flag: 'cloudflare.base-url',
    kind: apiBaseAddress,
    default: 'https://api.cloudflare.com/client/v4',
    help: 'Root of the Cloudflare API; GraphQL is served under /graphql.',
  }),
  apiToken: secretSetting({
    env: 'CLOUDFLARE_API_TOKEN',
    help: 'API token. Used when --cloudflare.api-token-file is not given.',
  }),
  apiTokenFile: setting({
    flag: 'cloudflare.api-token-file',
    kind: orNone(filePath),
    help: 'File that holds the API token. It is re-read when it changes.',
  }),
  accounts: listSetting({
    flag: 'cloudflare.accounts',
    kind: someText('an account id or name', 'ACCOUNT'),
    reloadable: true,
    help: 'Accounts to watch, by id, name or glob. Default: all the token can see.',
  }),
  zones: listSetting({
    flag: 'cloudflare.zones',
    kind: someText('a zone id or name', 'ZONE'),
    reloadable: true,
    help: 'Zones to watch, by id, name or glob. Default: all the token can see.',
  }),
  excludeZones: listSetting({
    flag: 'cloudflare.exclude-zones',
    kind: someText('a zone id or name', 'ZONE'),
    reloadable: true,
    help: 'Zones to exclude, by id, name or glob.',
  }),
  budgetShare: setting({
    flag: 'cloudflare.budget-share',
    kind: decimalNumber(0, 1),
    default: '0.5',
    reloadable: true,
    help: "Max share of Cloudflare's rate limits to use.",
  }),
  rateLimitType: setting({
    flag: 'cloudflare.rate-limit-type',
    kind: oneOf('user', 'account'),
    default: 'user',
    help: "Which GraphQL rate limit queries count against: the user's or the account's.",
  }),
} satisfies Table

/** The manifest that `serve` and `check` look at. */
export const manifestSettings = {
  manifestFile: setting({
    flag: 'manifest.file',
    kind: orNone(filePath),
    help: 'Manifest to compare with the live configuration; drift and zones without a job are reported.',
  }),
} satisfies Table

/** The destinations that `serve` and `check` read. */
export const arrivalSettings = {
  arrival: fileSetting({
    fileKey: 'arrival',
    fallback: [],
    expected: arrivalExpected,
    reloadable: true,
    help: 'Destinations to read, to check that what was pushed arrived; the first match wins.',
    read: readArrivalRules,
    show: showArrivalRules,
  }),
} satisfies Table

export const watchSettings = {
  healthPollIntervalMs: setting({
    flag: 'health.poll-interval',
    kind: duration(minIntervalMs, hour),
    default: '60s',
    reloadable: true,
    help: 'How often to poll upload health.',
  }),
  revisionWindowMs: setting({
    flag: 'health.revision-window',
    kind: duration(minute, 6 * hour),
    default: '15m',
    help: 'How far back health data is re-read to pick up late rows.',
  }),
  initialLookbackMs: setting({
    flag: 'health.initial-lookback',
    kind: duration(0, 7 * day),
    default: '15m',
    help: 'How far back the first read of an account or zone goes.',
  }),
  inventoryPollIntervalMs: setting({
    flag: 'inventory.poll-interval',
    kind: duration(minIntervalMs, day),
    default: '60s',
    reloadable: true,
    help: 'How often to list jobs.',
  }),
  discoveryPollIntervalMs: setting({
    flag: 'discovery.poll-interval',
    kind: duration(minIntervalMs, 7 * day),
    default: '10m',
    reloadable: true,
    help: 'How often to discover accounts, zones, and jobs in zones that had none.',
  }),
  maxLagMs: setting({
    flag: 'job.max-lag',
    kind: jobLag,
    default: '30m',
    reloadable: true,
    help: 'A job is late when its newest delivered logs are older than this.',
  }),
  jobOverrides: fileSetting({
    fileKey: 'job.overrides',
    fallback: [],
    expected: 'a list of mappings with match and max_lag',
    reloadable: true,
    help: 'Different limits for matching jobs; the first match wins.',
    read: jobOverrides(jobLag),
    show: (overrides) => showOverrides(overrides, jobLag),
  }),
  ...arrivalSettings,
  statePath: setting({
    flag: 'state.path',
    kind: statePathKind,
    default: 'data/ledger.db',
    help: 'Where counts are kept across restarts: a file, or postgresql://HOST/DATABASE (password in PGPASSWORD or PGPASSFILE); :memory: keeps nothing.',
  }),
  shard: setting({
    flag: 'shard',
    kind: shardKind,
    default: '0',
    help: 'Zero-based index of this shard, when several instances share the work. auto: any that no other process runs (PostgreSQL only).',
  }),
  totalShards: setting({
    flag: 'total-shards',
    kind: wholeNumberKind(1, 10_000),
    default: '1',
    help: 'Number of instances that share the work.',
  }),
  webhookSecretFile: setting({
    flag: 'notifications.webhook-secret-file',
    kind: orNone(filePath),
    help: "File that holds the secret of Cloudflare's webhooks. Without it, webhooks are not accepted.",
  }),
  historyPollIntervalMs: setting({
    flag: 'notifications.history-poll-interval',
    kind: durationOrOff(minIntervalMs, day),
    default: '5m',
    reloadable: true,
    help: "How often to read Cloudflare's notification history; 0 disables it.",
  }),
  auditActor: setting({
    flag: 'audit.actor',
    kind: oneOf('email', 'id', 'off'),
    default: 'email',
    help: "How pages and log name who changed a job, from Cloudflare's audit log: by email address and token name, or by ids; off does not read it.",
  }),
  ...manifestSettings,
  ...referenceSettings,
  lablabs: switchSetting({
    flag: 'compat.lablabs',
    help: 'Also expose the Logpush metrics under the names used by lablabs/cloudflare-exporter.',
  }),
} satisfies Table

/** How settings are named, for the help of commands that take them. */
export const nameRule =
  'Every setting can be given as a flag, an environment variable (--web.listen-address is ' +
  'LOGPUSH_EXPORTER_WEB_LISTEN_ADDRESS) or a key in the config file ("listen_address" under "web"). A flag ' +
  'overrides the environment variable, which overrides the file. The API token comes from ' +
  'CLOUDFLARE_API_TOKEN or from a file, never from a flag.'

/** All that an environment variable or the settings file may name, whatever the command. */
export const allSettings = {
  ...fileSettings,
  ...webSettings,
  ...cloudflareSettings,
  ...watchSettings,
  ...logSettings,
} satisfies Table

/** What the exporter runs with. Durations are in milliseconds; null is "none" or "off". */
export type Settings = Values<typeof allSettings>

/** What every command takes that calls Cloudflare. */
export const apiCommandSettings = { ...fileSettings, ...cloudflareSettings, ...logSettings } satisfies Table

export type ApiCommandSettings = Values<typeof apiCommandSettings>

export function defaultsOf<T extends Table>(table: T): Values<T> {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [name, row.fallback])) as Values<T>
}
