import fc from 'fast-check'
import t from 'tap'
import { settingsMarkdown } from '../../.build/generated/settings-table.ts'
import { command as serve } from '../../src/commands/serve/serve.ts'
import { editDistance, nearestName } from '../../src/domain/nearest-name.ts'
import { Secret } from '../../src/domain/secret.ts'
import { changedSettings, reloadedSettings } from '../../src/settings/exporter-rules.ts'
import { allSettings, defaultsOf, type Settings } from '../../src/settings/exporter-settings.ts'
import type { Setting } from '../../src/settings/setting.ts'
import {
  formatDuration,
  formatListenAddress,
  listenAddress,
  parseDuration,
} from '../../src/settings/setting-kinds.ts'
import { holds } from '../support/property.ts'

interface Given {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly file?: string
}

async function settingsOf({ args = [], env = {}, file = '' }: Given): Promise<Settings> {
  const parsed = await serve.read(
    {
      argv: ['--config.file=exporter.yaml', ...args],
      env: { CLOUDFLARE_API_TOKEN: 'token', ...env },
      readFile: () => ({ ok: true, text: file }),
    },
    { name: 'serve', owners: async () => new Map() },
  )
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  const { checkOnly: _checkOnly, ...settings } = parsed.values
  return settings
}

const rows: readonly (readonly [string, Setting<unknown>])[] = Object.entries(allSettings)

t.test('the defaults are those of the design', async (t) => {
  const { apiToken, configFile, ...settings } = await settingsOf({})
  t.equal(apiToken?.reveal(), 'token')
  t.equal(configFile, 'exporter.yaml')
  t.strictSame(settings, {
    listenAddresses: [{ host: '', port: 10199 }],
    telemetryPath: '/metrics',
    externalUrl: null,
    grafanaUrl: null,
    webConfigFile: null,
    baseUrl: 'https://api.cloudflare.com/client/v4',
    apiTokenFile: null,
    accounts: [],
    zones: [],
    excludeZones: [],
    budgetShare: 0.5,
    rateLimitType: 'user',
    healthPollIntervalMs: 60_000,
    revisionWindowMs: 900_000,
    initialLookbackMs: 900_000,
    inventoryPollIntervalMs: 60_000,
    discoveryPollIntervalMs: 600_000,
    maxLagMs: 1_800_000,
    jobOverrides: [],
    arrival: [],
    statePath: 'data/ledger.db',
    shard: 0,
    totalShards: 1,
    webhookSecretFile: null,
    historyPollIntervalMs: 300_000,
    auditActor: 'email',
    manifestFile: null,
    referencesAllow: [],
    lablabs: false,
    logLevel: 'info',
    logFormat: null,
  })
  const { apiToken: _token, configFile: _file, ...defaults } = defaultsOf(allSettings)
  t.strictSame(settings, defaults, 'which are also the values of the table')
})

t.test(
  'a flag wins over the environment, the environment over the file, the file over the default',
  async (t) => {
    const file = 'health:\n  poll_interval: 2m\n'
    const env = { LOGPUSH_EXPORTER_HEALTH_POLL_INTERVAL: '3m' }
    const args = ['--health.poll-interval=4m']
    t.equal((await settingsOf({})).healthPollIntervalMs, 60_000)
    t.equal((await settingsOf({ file })).healthPollIntervalMs, 120_000)
    t.equal((await settingsOf({ file, env })).healthPollIntervalMs, 180_000)
    t.equal((await settingsOf({ file, env, args })).healthPollIntervalMs, 240_000)
  },
)

t.test('an empty environment variable counts as not set', async (t) => {
  const settings = await settingsOf({ env: { LOGPUSH_EXPORTER_LOG_LEVEL: '' }, file: 'log: {level: warn}' })
  t.equal(settings.logLevel, 'warn')
})

t.test('a switch is turned off by flag over a file that turns it on', async (t) => {
  const file = 'compat: {lablabs: true}'
  t.equal((await settingsOf({ file })).lablabs, true)
  t.equal((await settingsOf({ file, args: ['--no-compat.lablabs'] })).lablabs, false)
  t.equal((await settingsOf({ args: ['--compat.lablabs'] })).lablabs, true)
})

t.test('lists are repeated, or parted by commas; in a file an item may hold a comma', async (t) => {
  const flags = await settingsOf({
    args: ['--cloudflare.zones=a.example, b.example', '--cloudflare.zones', 'c.example'],
  })
  t.strictSame(flags.zones, ['a.example', 'b.example', 'c.example'])
  const env = await settingsOf({ env: { LOGPUSH_EXPORTER_CLOUDFLARE_ZONES: 'a.example,b.example' } })
  t.strictSame(env.zones, ['a.example', 'b.example'])
  const file = await settingsOf({
    file: 'cloudflare:\n  accounts: ["Example, Inc."]\n  zones: a.example, b.example\n  exclude_zones:\n    - 0123\n',
  })
  t.strictSame(file.accounts, ['Example, Inc.'])
  t.strictSame(file.zones, ['a.example', 'b.example'])
  t.strictSame(file.excludeZones, ['0123'], 'what looks like a number is kept as it was written')
})

t.test('the list of sent notifications can be turned off', async (t) => {
  t.equal(
    (await settingsOf({ args: ['--notifications.history-poll-interval=0'] })).historyPollIntervalMs,
    null,
  )
})

t.test('overrides of single jobs are read from the file, aliases included', async (t) => {
  const { jobOverrides } = await settingsOf({
    file: [
      'job:',
      '  max_lag: 1h',
      '  overrides:',
      '    - match: {job_id: 7, account: Example}',
      '      max_lag: &long 6h',
      '    - match: {dataset: audit_logs_v2, zone: example.com, job_name: sre-audit}',
      '      max_lag: *long',
    ].join('\n'),
  })
  t.strictSame(jobOverrides, [
    { match: { jobId: '7', account: 'Example' }, maxLagMs: 21_600_000 },
    { match: { dataset: 'audit_logs_v2', zone: 'example.com', jobName: 'sre-audit' }, maxLagMs: 21_600_000 },
  ])
})

t.test('which destinations are read, and how', async (t) => {
  const { arrival } = await settingsOf({
    file: [
      'arrival:',
      '  - match: {destination_type: s3, bucket: quay-logs}',
      '    read: {s3: {region: us-east-1, endpoint: "https://minio.example", force_path_style: true, profile: logs}}',
      '    interval: 5m',
      '    tolerance: 0.9',
      '    late_window: 6h',
      '  - match: {destination_type: gcs}',
      '    read: {gcs: {credentials_file: /run/secrets/key.json}}',
      '  - match: {destination_type: azure}',
      '    read: azure',
      '  - match: {account: Example}',
      '    read: {r2: }',
      '  - match: {destination_type: elastic}',
      '    read: {elastic: {url: "https://search.example:9200/", index: "logs-*"}}',
      '  - match: {destination_type: splunk}',
      '    read: {elastic: {url: "https://s.example", index: a, time_field: at, query: "job:x", api_key_file: /k}}',
    ].join('\n'),
  })
  const usual = { intervalMs: 60_000, tolerance: 0.98, lateWindowMs: 3_600_000 }
  t.strictSame(arrival, [
    {
      match: { destinationType: 's3', bucket: 'quay-logs' },
      read: {
        kind: 's3',
        endpoint: 'https://minio.example',
        region: 'us-east-1',
        profile: 'logs',
        forcePathStyle: true,
      },
      intervalMs: 300_000,
      tolerance: 0.9,
      lateWindowMs: 21_600_000,
    },
    {
      match: { destinationType: 'gcs' },
      read: { kind: 'gcs', credentialsFile: '/run/secrets/key.json' },
      ...usual,
    },
    { match: { destinationType: 'azure' }, read: { kind: 'azure' }, ...usual },
    { match: { account: 'Example' }, read: { kind: 'r2' }, ...usual },
    {
      match: { destinationType: 'elastic' },
      read: {
        kind: 'elastic',
        place: {
          store: 'elastic',
          url: 'https://search.example:9200',
          index: 'logs-*',
          timeField: 'event.ingested',
          query: null,
        },
        apiKeyFile: null,
      },
      ...usual,
    },
    {
      match: { destinationType: 'splunk' },
      read: {
        kind: 'elastic',
        place: { store: 'elastic', url: 'https://s.example', index: 'a', timeField: 'at', query: 'job:x' },
        apiKeyFile: '/k',
      },
      ...usual,
    },
  ])
})

t.test('every setting of the table works by flag, by environment and by file', async (t) => {
  const samples: Readonly<Record<string, string>> = {
    listenAddresses: '[::1]:0',
    telemetryPath: '/logpush/metrics',
    externalUrl: 'https://logpush.example.com/exporter/',
    grafanaUrl: 'https://grafana.example.com/',
    webConfigFile: 'web.yaml',
    baseUrl: 'http://127.0.0.1:8080/client/v4/',
    apiTokenFile: '/run/secrets/token',
    accounts: 'Example',
    zones: 'example.com',
    excludeZones: 'example.org',
    budgetShare: '0.25',
    rateLimitType: 'account',
    healthPollIntervalMs: '30s',
    revisionWindowMs: '20m',
    initialLookbackMs: '1h30m',
    inventoryPollIntervalMs: '2m',
    discoveryPollIntervalMs: '1h',
    maxLagMs: '2h',
    statePath: ':memory:',
    shard: '0',
    totalShards: '3',
    webhookSecretFile: '/run/secrets/webhook',
    historyPollIntervalMs: '10m',
    auditActor: 'id',
    manifestFile: 'manifest.yaml',
    referencesAllow: '/run/secrets',
    lablabs: 'true',
    logLevel: 'debug',
    logFormat: 'logfmt',
  }
  const everywhere = rows.filter(([, row]) => row.flag !== null && row.env !== null && row.fileKey !== null)
  t.equal(everywhere.length, Object.keys(samples).length)
  for (const [name, row] of everywhere) {
    const sample = samples[name] ?? ''
    const [section = '', key] = (row.fileKey ?? '').split('.')
    const text = JSON.stringify(sample)
    const ways: readonly Given[] = [
      { args: [row.placeholder === null ? `--${row.flag}` : `--${row.flag}=${sample}`] },
      { env: { [row.env ?? '']: sample } },
      { file: key === undefined ? `${section}: ${text}` : `${section}:\n  ${key}: ${text}` },
    ]
    const values = await Promise.all(
      ways.map(async (given) => new Map<string, unknown>(Object.entries(await settingsOf(given))).get(name)),
    )
    t.strictSame(values[1], values[0], `${row.env} is the twin of --${row.flag}`)
    t.strictSame(values[2], values[0], `${row.fileKey} is the key of --${row.flag}`)
    const shown = row.show(values[0])
    t.strictSame(row.fromTexts([shown]), { ok: true, value: values[0] }, `${shown} reads back`)
    if (sample !== row.fallbackText) t.notSame(values[0], row.fallback, `--${row.flag} changes something`)
  }
})

t.test(
  'rows are named once, explained in a sentence, and secret only where no flag and no file can be',
  async (t) => {
    for (const names of [
      rows.map(([, row]) => row.flag),
      rows.map(([, row]) => row.env),
      rows.map(([, row]) => row.fileKey),
    ]) {
      const given = names.filter((name) => name !== null)
      t.equal(new Set(given).size, given.length)
    }
    for (const [name, row] of rows) {
      t.match(row.help, /^[A-Z].*\.$/, name)
      if (row.secret) t.ok(row.flag === null && row.fileKey === null, name)
      if (row.flag !== null) t.match(row.flag, /^[a-z]+([.-][a-z]+)*$/)
    }
  },
)

t.test("the README's table has a line for every setting", async (t) => {
  const lines = settingsMarkdown(allSettings).split('\n')
  t.equal(lines.length, rows.length + 2)
  t.equal(
    lines.find((line) => line.includes('--cloudflare.zones')),
    '| `--cloudflare.zones` | `LOGPUSH_EXPORTER_CLOUDFLARE_ZONES` | `cloudflare.zones` |  | Zones to watch, by id, name or glob. Default: all the token can see. Repeatable. Reloadable. |',
  )
  t.equal(
    lines.find((line) => line.includes('CLOUDFLARE_API_TOKEN')),
    '|  | `CLOUDFLARE_API_TOKEN` |  |  | API token. Used when --cloudflare.api-token-file is not given. |',
  )
})

t.test('a reload takes what can change and keeps what needs a restart', async (t) => {
  const before = defaultsOf(allSettings)
  const after = { ...before, maxLagMs: 1, statePath: 'elsewhere', telemetryPath: '/other' }
  const now = reloadedSettings(before, after)
  t.equal(now.maxLagMs, 1)
  t.equal(now.statePath, before.statePath)
  t.equal(now.telemetryPath, before.telemetryPath)
})

t.test('a reload tells what changed and what of it needs a restart', async (t) => {
  const before = await settingsOf({})
  const after = await settingsOf({
    args: ['--log.level=debug', '--shard=0', '--total-shards=2', '--web.listen-address=:10199'],
    env: { CLOUDFLARE_API_TOKEN: 'another' },
  })
  t.strictSame(changedSettings(before, before), [])
  t.strictSame(changedSettings(before, after), [
    { name: 'CLOUDFLARE_API_TOKEN', reloadable: false },
    { name: '--total-shards', reloadable: false },
    { name: '--log.level', reloadable: true },
  ])
  t.strictSame(
    changedSettings({ ...before, apiToken: new Secret('x') }, { ...before, apiToken: new Secret('x') }),
    [],
  )
})

t.test('durations read back as they are written', async (t) => {
  holds(
    t,
    fc.property(fc.nat({ max: 10_000_000_000 }), (ms) => parseDuration(formatDuration(ms)) === ms),
  )
  t.equal(parseDuration('1h30m'), 5_400_000)
  t.equal(parseDuration('90m'), 5_400_000)
  t.equal(parseDuration('1d2h3m4s5ms'), 93_784_005)
  for (const wrong of ['', '5', '-1s', '1.5h', '1h 30m', '30m1h', '1H', 's', '1s1s'])
    t.equal(parseDuration(wrong), null, wrong)
})

t.test('a duration is written as people write it, without the units it has none of', async (t) => {
  const written = [0, 1, 90_000, 300_000, 3_600_000, 86_460_000, 93_784_005].map(formatDuration)
  t.same(written, ['0', '1ms', '1m30s', '5m', '1h', '1d1m', '1d2h3m4s5ms'])
})

t.test('listen addresses read back as they are written', async (t) => {
  for (const text of [
    ':0',
    '127.0.0.1:10199',
    '[::1]:10199',
    'localhost:80',
    'exporter_1.example.com:65535',
  ]) {
    const reading = listenAddress.read(text)
    t.equal(reading.ok ? formatListenAddress(reading.value) : null, text)
  }
  for (const wrong of ['', '80', '::1:80', 'a b:80', 'http://a:80', 'a:', 'a:x', 'a:-1'])
    t.notOk(listenAddress.read(wrong).ok, wrong)
})

t.test('the nearest name is found over slips of a finger, and nothing is suggested from afar', async (t) => {
  const names = rows.map(([, row]) => row.flag).filter((flag) => flag !== null)
  holds(
    t,
    fc.property(
      fc.constantFrom(...names),
      fc.nat(),
      fc.constantFrom('drop', 'double', 'swap'),
      (name, at, slip) => {
        const index = at % name.length
        const [head, here, next, tail] = [
          name.slice(0, index),
          name[index] ?? '',
          name[index + 1] ?? '',
          name.slice(index + 2),
        ]
        const wrong = {
          drop: head + next + tail,
          double: head + here + here + next + tail,
          swap: head + next + here + tail,
        }[slip]
        return nearestName(wrong, names) === name
      },
    ),
  )
  t.equal(nearestName('kubernetes', names), null)
  t.equal(nearestName('', names), null)
  holds(
    t,
    fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
      const distance = editDistance(a, b)
      return (
        distance === editDistance(b, a) &&
        distance <= Math.max(a.length, b.length) &&
        (distance === 0) === (a === b)
      )
    }),
  )
})
