import t from 'tap'
import { Secret } from '../../src/domain/secret.ts'
import {
  changedSettings,
  conflicts,
  missingToken,
  reloadedSettings,
} from '../../src/settings/exporter-rules.ts'
import { allSettings, defaultsOf, type Settings } from '../../src/settings/exporter-settings.ts'

/* What is wrong with settings that are right one by one, and what a reload changes. */

const usual = defaultsOf(allSettings)
const wrong = (more: Partial<Settings>) => conflicts({ ...usual, ...more })

t.test('metrics are served on no path that another page has', async (t) => {
  for (const telemetryPath of [
    '/healthz',
    '/livez',
    '/readyz',
    '/exporter',
    '/runbooks',
    '/runbooks/any',
    '/webhooks/cloudflare',
    '/-/ready',
    '/jobs/1',
    '/api/v1/jobs',
    '/api/v1/any',
  ])
    t.strictSame(wrong({ telemetryPath }), [
      `--web.telemetry-path: ${telemetryPath} is taken by another page of this server`,
    ])
  for (const telemetryPath of ['/metrics', '/exporter/metrics', '/jobs', '/api', '/webhooks', '/my/jobs/'])
    t.strictSame(wrong({ telemetryPath }), [], telemetryPath)
})

t.test('a shard is below their number; which it is can be left to a database alone', async (t) => {
  t.strictSame(wrong({ shard: 1, totalShards: 2 }), [])
  t.strictSame(wrong({ shard: 1, totalShards: 1 }), [
    '--shard: expected a number below --total-shards (1), found 1; shards are counted from 0',
  ])
  t.strictSame(wrong({ shard: 'auto', statePath: 'postgresql://db/ledger' }), [])
  t.strictSame(wrong({ shard: 'auto' }), [
    '--shard: auto needs PostgreSQL; name a database in --state.path, or give a number',
  ])
})

t.test('a token is given as itself or in a file', async (t) => {
  const apiToken = new Secret('token')
  t.strictSame(missingToken({ apiToken, apiTokenFile: null }), [])
  t.strictSame(missingToken({ apiToken: null, apiTokenFile: '/token' }), [])
  t.strictSame(missingToken({ apiToken: null, apiTokenFile: null }), [
    'CLOUDFLARE_API_TOKEN: no API token; set it, or pass a file with --cloudflare.api-token-file',
  ])
})

t.test('what changed is named as it is given: by flag, by variable, or by its key in the file', async (t) => {
  const override = { match: { zone: 'quay.example' }, maxLagMs: 60_000 }
  const after = {
    ...usual,
    jobOverrides: [override],
    apiToken: new Secret('token'),
    maxLagMs: 1,
    shard: 1,
  }
  t.strictSame(
    changedSettings(usual, after).toSorted((a, b) => a.name.localeCompare(b.name)),
    [
      { name: '--job.max-lag', reloadable: true },
      { name: '--shard', reloadable: false },
      { name: 'CLOUDFLARE_API_TOKEN', reloadable: false },
      { name: 'job.overrides', reloadable: true },
    ],
  )
  const now = reloadedSettings(usual, after)
  t.match(now, { jobOverrides: [override], apiToken: null, maxLagMs: 1, shard: 0 })
})
