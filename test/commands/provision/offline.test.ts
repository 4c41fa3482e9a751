import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { accountScope, buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { recordingProxy } from '../../support/recording-proxy.ts'
import { runProvision } from '../../support/run-provision.ts'

/*
 * `plan --offline`: what a pipeline does with the manifest of a merge request, before anybody has reviewed it.
 */

const canary = 'canary-0123456789'
const accountId = 'a'.repeat(32)

const manifest = `version: 1
account: { name: \${env:ACCOUNT} }
owner: sre
jobs:
  - name: sre-http
    zone: \${env:ZONE}
    dataset: http_requests
    destination: { r2: { bucket: "\${env:BUCKET}", path: "http/{DATE}", account_id: ${accountId}, access_key_id: "\${env:R2_KEY}", secret_access_key: "\${env:R2_SECRET}" } }
    output: { fields: [RayID, ClientIP] }
  - name: sre-audit
    scope: account
    dataset: audit_logs_v2
    destination: { http: { url: "https://logs.example.com/\${file:path.txt}", headers: { Authorization: "Bearer \${env:HTTP_TOKEN}" } } }
    output: { fields: all }
  - name: sre-whole
    scope: account
    dataset: audit_logs_v2
    destination: { url: "\${env:WHOLE}" }
notifications:
  webhooks: [{ name: sre-exporter, url: "https://exporter.example.com/\${env:HOOK_PATH}", secret: \${env:HOOK} }]
  policies: [{ name: sre-disabled, alert: failing_logpush_job_disabled_alert, email: ["\${env:MAIL}"], webhooks: [sre-exporter], pagerduty: ["\${env:SERVICE}"] }]
`

const places = { ACCOUNT: 'Quay', ZONE: 'quay.example' }
const secrets = {
  BUCKET: `${canary}-bucket`,
  R2_KEY: `${canary}-key`,
  R2_SECRET: `${canary}-r2`,
  HTTP_TOKEN: `${canary}-http`,
  WHOLE: `datadog://http-intake.logs.datadoghq.eu/api/v2/logs?header_DD-API-KEY=${canary}-dd`,
  HOOK_PATH: `${canary}-path`,
  HOOK: `${canary}-hook`,
  MAIL: `${canary}@example.com`,
  SERVICE: 'SRE primary',
}

async function reviewed(t: { teardown(end: () => unknown): unknown }) {
  const built = buildWorld(7)
  const account = built.account('Quay')
  built.zone('quay.example', account)
  built.pagerduty(account, 'SRE primary')
  built.job({ scope: accountScope(account), name: 'theirs' })
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const proxy = await recordingProxy(t, sim.origin)
  const folder = mkdtempSync(join(tmpdir(), 'offline-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'manifest.yaml')
  const write = (text: string) => writeFileSync(path, text)
  write(manifest)
  writeFileSync(join(folder, 'path.txt'), `${canary}-file\n`)
  const base = {
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url.replace(sim.origin, proxy.origin),
    XDG_CACHE_HOME: folder,
    ...places,
  }
  const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    proxy.requests.length = 0
    return runProvision([...argv, '-f', path], { env: { ...base, ...env } })
  }
  return { run, write, requests: proxy.requests }
}

t.test(
  'a plan with --offline sends no secret, asks only for what is live, and needs no secret to be set',
  async (t) => {
    const { run, requests } = await reviewed(t)
    const leaking = () => requests.filter(({ whole }) => whole.includes(canary))
    const offline = await run(['plan', '--offline', '-o', 'json'], secrets)
    t.equal(offline.code, 0, offline.stderr)
    t.strictSame(leaking(), [])
    t.strictSame([...new Set(requests.map(({ method }) => method))], ['GET'])
    t.notOk(requests.some(({ url }) => /validate|ownership|available_alerts|tokens\/verify/.test(url)))
    t.notMatch(offline.stdout + offline.stderr, new RegExp(canary))

    const unset = await run(['plan', '--offline', '-o', 'json'])
    t.strictSame(unset, offline, 'the same plan where no secret is set')
    t.match(JSON.parse(unset.stdout), { summary: { create: 5 } })

    const checked = await run(['plan', '-o', 'json'], secrets)
    t.equal(checked.code, 0, checked.stderr)
    t.ok(leaking().length > 0, 'the recorder does see what a plan with checks sends')
  },
)

t.test(
  'a plan with --offline shows references as they are written, and says what it did not compare',
  async (t) => {
    const { run } = await reviewed(t)
    const { stdout } = await run(['plan', '--offline', '-o', 'markdown'])
    t.match(stdout, 'r2://***/http/{DATE}?account-id=')
    t.match(stdout, `| \`email\` | \`\${env:MAIL}\` |`)
    t.match(stdout, /no secret was read .*neither compared nor checked: .*env:BUCKET.*file:path\.txt/)
  },
)

t.test('a plan with --offline compares everything that is no reference', async (t) => {
  const { run, write } = await reviewed(t)
  const applied = await run(['apply', '--yes'], secrets)
  t.equal(applied.code, 0, applied.stderr + applied.stdout)

  const same = await run(['plan', '--offline', '--detailed-exitcode'])
  t.equal(same.code, 0, same.stdout)
  t.match(same.stdout, 'No changes: 5 ')

  write(manifest.replace('http/{DATE}', 'raw/{DATE}').replace('[RayID, ClientIP]', '[RayID]'))
  const changed = await run(['plan', '--offline', '-o', 'json'])
  t.equal(changed.code, 0, changed.stderr)
  t.match(JSON.parse(changed.stdout), {
    summary: { update: 1, unchanged: 4 },
    changes: [
      {
        name: 'sre-http',
        fields: [
          { path: 'destination.path', from: 'http/{DATE}', to: 'raw/{DATE}' },
          { path: 'output.fields' },
        ],
      },
    ],
    objections: [],
  })

  write(manifest.replace('logs.example.com', 'elsewhere.example.com'))
  const elsewhere = await run(['plan', '--offline', '-o', 'json'])
  t.equal(elsewhere.code, 3)
  t.match(JSON.parse(elsewhere.stdout).objections, [{ guard: 'destination' }])

  write(manifest.replace('Bearer ', 'Splunk ').replace('exporter.example.com/', 'other.example.com/'))
  const parts = await run(['plan', '--offline', '-o', 'json'])
  const fields = JSON.parse(parts.stdout).changes.flatMap(
    (change: { fields: readonly object[] }) => change.fields,
  )
  t.match(fields, [
    { path: 'url', from: 'https://exporter.example.com/***', to: 'https://other.example.com/***' },
    { path: 'destination.headers.Authorization', to: '(secret changed)' },
  ])
})

t.test('a plan with --offline is not saved: it could not be applied', async (t) => {
  const { run } = await reviewed(t)
  t.match(await run(['plan', '--offline', '--out', 'plan.json']), {
    code: 64,
    stderr: /--out: a plan made with --offline compares no secrets, so it cannot be applied/,
  })
})

t.test('what stands behind the name of an account or a zone is in no message', async (t) => {
  const { run } = await reviewed(t)
  const noZone = await run(['plan', '--offline'], { ZONE: canary })
  t.equal(noZone.code, 65)
  t.match(noZone.stderr, `the API token sees no zone called "\${env:ZONE}"`)
  const noAccount = await run(['plan', '--offline'], { ACCOUNT: canary })
  t.match(noAccount.stderr, `the API token sees no account called "\${env:ACCOUNT}"`)
  t.notMatch(noZone.stderr + noAccount.stderr, new RegExp(canary))
})
