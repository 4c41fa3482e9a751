import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import { manifestFile } from '../../support/manifest-files.ts'
import { runProvision } from '../../support/run-provision.ts'

type Tap = { teardown(end: () => unknown): unknown }

/** A folder of its own with these files. */
function folder(t: Tap, files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'provision-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

const canary = 'canary-0123456789'

const manifest = `version: 1
account: { name: Quay }
owner: sre
jobs:
  - name: sre-http
    zone: quay.example
    dataset: http_requests
    destination: { r2: { bucket: quay-logs, path: "{DATE}", account_id: 0123456789abcdef0123456789abcdef, access_key_id: AKID, secret_access_key: \${env:R2_SECRET} } }
    output: { fields: [RayID, ClientIP], timestamp_format: rfc3339 }
  - name: sre-audit
    scope: account
    dataset: audit_logs_v2
    destination: { datadog: { site: datadoghq.eu, api_key: \${file:datadog.txt} } }
    output: { fields: all }
removed: [sre-forgotten]
notifications:
  webhooks: [{ name: sre-exporter, url: "https://exporter.example.com/hook", secret: \${env:HOOK} }]
  policies: [{ name: sre-disabled, alert: failing_logpush_job_disabled_alert, webhooks: [sre-exporter], pagerduty: [SRE primary] }]
`

/** A simulated account with a zone, one job that the owner forgot and one of somebody else. */
async function simulated(t: Tap, files: Readonly<Record<string, string>> = {}) {
  const built = buildWorld(7)
  const account = built.account('Quay')
  const zone = built.zone('quay.example', account)
  built.pagerduty(account, 'SRE primary')
  built.job({ scope: zoneScope(zone), name: 'sre-forgotten' })
  built.job({ scope: accountScope(account), name: 'theirs', dataset: 'audit_logs_v2' })
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const path = folder(t, { 'manifest.yaml': manifest, 'datadog.txt': `${canary}-dd\n`, ...files })
  const env = {
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    R2_SECRET: `${canary}-r2`,
    HOOK: `${canary}-hook`,
    XDG_CACHE_HOME: path,
  }
  const plan = (...argv: readonly string[]) =>
    runProvision(['plan', '-f', join(path, 'manifest.yaml'), ...argv], { env })
  return { sim, path, env, plan }
}

t.test('validate says what is wrong, needs no secret and asks nobody', async (t) => {
  const path = folder(t, {
    'a.yaml': manifest,
    'b.yml': 'version: 1\naccount: { name: Quay }\nnotifications: {}\n',
    'notes.txt': 'not yaml: [',
    'bad.yaml.off': '[',
  })
  const fine = await runProvision(['validate', '-f', path])
  t.strictSame(fine, { code: 0, stdout: 'The manifest is valid: 2 jobs, 1 webhook, 1 policy.\n', stderr: '' })

  const { file, text } = manifestFile('invalid-job-key.yaml')
  const wrong = folder(t, { [file]: text })
  const at = join(wrong, file)
  t.strictSame(await runProvision(['validate', '--file', at]), {
    code: 65,
    stdout: '',
    stderr: `${at}:9:5: jobs[0]: unknown key "dataste"; did you mean "dataset"?\n1 error in the manifest\n`,
  })
  const json = await runProvision(['validate', '-f', at, '-o', 'json'])
  t.equal(json.code, 65)
  t.strictSame(JSON.parse(json.stdout), {
    ok: false,
    problems: [
      {
        level: 'error',
        file: at,
        line: 9,
        column: 5,
        message: 'jobs[0]: unknown key "dataste"; did you mean "dataset"?',
      },
    ],
  })
  const warned = folder(t, { 'w.yaml': manifestFile('warns-dataset-unknown.yaml').text })
  const warning = await runProvision(['validate', '-f', warned])
  t.equal(warning.code, 0, 'a warning is not an error')
  t.match(warning.stderr, /w\.yaml:8:14: warning: jobs\[0\]\.dataset: unknown dataset "http_request"/)
})

t.test('mistakes on the command line are told apart from mistakes in the manifest', async (t) => {
  const empty = folder(t, {})
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[], 64, /expected a verb: validate, plan/],
    [['plna'], 64, /"plna": unknown verb of provision; did you mean "plan"\?/],
    [['plan', '--taget=x'], 64, /--taget: unknown flag; did you mean --target\?/],
    [['plan', '--output=yaml'], 64, /--output: expected one of text, json, markdown/],
    [['plan', '--force=all'], 64, /--force: expected one of foreign, deletes, destination/],
    [['validate'], 64, /--file: missing; pass a manifest/],
    [['validate', '-f', join(empty, 'none.yaml')], 65, /cannot read .*none\.yaml: no such file/],
    [['validate', '-f', empty], 65, /contains no \*\.yaml or \*\.yml file/],
    [['validate', 'extra'], 64, /extra: unexpected argument/],
  ]
  for (const [argv, code, message] of cases) {
    const ran = await runProvision(argv)
    t.equal(ran.code, code, argv.join(' '))
    t.match(ran.stderr, message)
  }
  const valid = folder(t, { 'm.yaml': manifest })
  t.match(await runProvision(['plan', '-f', valid]), {
    code: 64,
    stderr: /no API token: set CLOUDFLARE_API_TOKEN/,
  })
})

t.test('help lists the verbs, and the flags of each', async (t) => {
  const help = await runProvision(['--help'])
  t.equal(help.code, 0)
  for (const verb of ['validate', 'plan', 'schema']) {
    t.match(help.stdout, new RegExp(`^  ${verb} `, 'm'))
    const own = await runProvision([verb, '--help'])
    t.match(own, { code: 0, stdout: new RegExp(`^Usage: logpush-exporter provision ${verb}`) })
  }
  t.match((await runProvision(['plan', '-h'])).stdout, /--detailed-exitcode/)
})

t.test('schema prints a JSON Schema', async (t) => {
  const { code, stdout } = await runProvision(['schema'])
  t.equal(code, 0)
  t.match(JSON.parse(stdout), {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'logpush-exporter manifest',
    properties: { jobs: { type: 'array', items: { required: ['name'] } } },
  })
})

t.test('plan shows the changes, writes nothing and tells no secret', async (t) => {
  const { sim, plan, path } = await simulated(t)
  const text = await plan()
  t.equal(text.code, 0)
  t.match(text.stdout, /^\+ create webhook sre-exporter in account Quay$/m)
  t.match(text.stdout, /^- delete job sre-forgotten in zone quay\.example id \d+$/m)
  t.match(text.stdout, /output\.fields: AccountID, .* more$/m)
  t.match(text.stdout, /^Plan: 4 to create, 1 to delete, 0 unchanged\.$/m)
  t.equal((await plan('--detailed-exitcode')).code, 2)
  const out = join(path, 'plan.out')
  const json = await plan('-o', 'json', '--out', out)
  t.match(JSON.parse(json.stdout), { summary: { create: 4, delete: 1, unchanged: 0 }, objections: [] })
  const markdown = await plan('--output=markdown', '--log.level=debug')
  t.match(markdown.stdout, /^### Plan: 4 to create/)
  const saved = readFileSync(out, 'utf8')
  t.match(JSON.parse(saved), {
    format: 'logpush-exporter plan',
    manifest: { paths: [join(path, 'manifest.yaml')] },
  })
  for (const run of [text, json, markdown]) t.notMatch(run.stdout + run.stderr, /canary/)
  t.notMatch(saved, /canary/)
  const writes = sim.requests
    .recent()
    .filter(({ method, path: asked }) => method !== 'GET' && !asked.endsWith('/validate/destination'))
  t.strictSame(writes, [], 'the only request that is not a GET asks whether a destination is valid')
})

t.test('plan asks for each scope once', async (t) => {
  const { sim, plan } = await simulated(t)
  await plan('--offline')
  t.equal(sim.requests.count('list_jobs'), 2)
  t.equal(sim.requests.count('list_webhooks'), 1)
  t.equal(sim.requests.count('list_policies'), 1)
})

t.test('plan deals with targets only', async (t) => {
  const { plan } = await simulated(t)
  t.match((await plan('--target=sre-audit')).stdout, /^Plan: 1 to create, 0 unchanged\.$/m)
  t.match(await plan('--target=sre-adit'), { code: 64, stderr: /did you mean "sre-audit"\?/ })
})

t.test('the guard objects with exit code 3, and yields to --force', async (t) => {
  const { plan } = await simulated(t, {
    'manifest.yaml': manifest.replace('name: sre-audit', 'name: theirs'),
  })
  const objected = await plan()
  t.equal(objected.code, 3)
  t.match(objected.stdout, /^guard foreign: job theirs in account Quay already exists/m)
  t.equal((await plan('--force=foreign', '--force=destination')).code, 0)
})

t.test('errors found while planning are those of the manifest; the plan is shown all the same', async (t) => {
  const { plan, env, path } = await simulated(t)
  const { HOOK: _, ...less } = env
  const missing = await runProvision(['plan', '-f', path], { env: less })
  t.equal(missing.code, 65)
  t.match(
    missing.stderr,
    /manifest\.yaml:17:\d+: notifications\.webhooks\[0\]\.secret: \$\{env:HOOK\}: the environment variable HOOK is not set/,
  )
  writeFileSync(join(path, 'manifest.yaml'), manifest.replace('ClientIP', 'ClientIp'))
  t.match(await plan(), {
    code: 65,
    stdout: /^\+ create job sre-http in zone quay\.example$/m,
    stderr:
      /manifest\.yaml:5:11: job sre-http: http_requests has no field "ClientIp"; did you mean "ClientIP"\?\n1 error in the manifest\n$/,
  })
  const saved = join(path, 'saved.plan')
  t.match((await plan('--out', saved)).stderr, /saved\.plan is not written: this plan cannot be applied/)
  t.notOk(existsSync(saved))
  const apply = await runProvision(['apply', '-f', join(path, 'manifest.yaml'), '--yes'], { env })
  t.match(apply, { code: 65, stdout: /create job sre-http/, stderr: /has no field/ })
  t.notMatch(apply.stdout, /Applied/)
  t.equal((await plan('--offline')).code, 0)
})

t.test("what Cloudflare does not answer is a note, or a failure that is not the manifest's", async (t) => {
  const { plan, sim } = await simulated(t)
  for (const operation of [
    'dataset_fields',
    'validate_destination',
    'available_alerts',
    'eligible_mechanisms',
  ])
    sim.faults.add({ effect: { kind: 'status', status: 503 }, operation })
  const { code, stdout, stderr } = await plan()
  t.equal(code, 1)
  t.match(stdout, /^\+ create job sre-audit in account Quay$/m)
  t.match(stdout, /^note: the destination was not checked of sre-http \([^ ]*manifest\.yaml:5\), sre-audit/m)
  t.match(
    stderr,
    /manifest\.yaml:10:11: job sre-audit: output\.fields is "all", but cannot .*\(503.*\n1 error\n$/,
  )
  sim.faults.clear()
  sim.faults.add({ effect: { kind: 'status', status: 503 }, operation: 'validate_destination' })
  t.match(await plan(), { code: 0, stdout: /note: the destination was not checked/ })
})

t.test('a token that may not is a failure with the reason, not an empty plan', async (t) => {
  const { env, path } = await simulated(t)
  const refused = await runProvision(['plan', '-f', path], { env: { ...env, CLOUDFLARE_API_TOKEN: canary } })
  t.equal(refused.code, 1)
  t.equal(refused.stdout, '')
  t.notMatch(refused.stderr, /canary/)
  t.match(refused.stderr, /logpush-exporter: /)
})

t.test('a manifest cannot send the API token, or a file that was not meant for it', async (t) => {
  const { path, plan } = await simulated(t, { token: `${canary}-token`, 'other.txt': `${canary}-other` })
  const referTo = (file: string) =>
    writeFileSync(join(path, 'manifest.yaml'), manifest.replace('datadog.txt', file))
  referTo('token')
  const own = await plan('--cloudflare.api-token-file', join(path, 'token'))
  t.equal(own.code, 65)
  t.match(own.stderr, /\$\{file:token\}: cannot read token: it belongs to logpush-exporter itself/)
  const outside = folder(t, { 'dd.txt': `${canary}-dd` })
  referTo(join(outside, 'dd.txt'))
  const refused = await plan()
  t.equal(refused.code, 65)
  t.match(refused.stderr, /it is outside the manifest's folder; --references\.allow allows its folder/)
  const allowed = await plan('--references.allow', outside)
  t.equal(allowed.code, 0, allowed.stderr)
  t.notMatch([own, refused, allowed].map(({ stdout, stderr }) => stdout + stderr).join('\n'), /canary/)
})
