import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { type Simulator, startSimulator } from '../../../src/simulator/server.ts'
import type { ObjectStore } from '../../../src/simulator/store/object-store.ts'
import { accountScope, buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { contrary } from '../../support/api-mode.ts'
import { azuriteAccount, startAzurite, startGcs, startS3 } from '../../support/object-stores.ts'
import { type ProvisionSetting, runProvision } from '../../support/run-provision.ts'

/*
 * apply and destroy as people run them: the command line against the simulator, challenge files in real
 * stores. Every secret is a canary, and nothing that is printed may hold one.
 */

t.setTimeout(240_000)

type Tap = { teardown(end: () => unknown): unknown }

const secrets = {
  R2_KEY: 'canary-r2-key',
  R2_SECRET: 'canary-r2-secret',
  HEC: 'canary-hec-token',
  HOOK: 'canary-hook-secret',
  SAS: 'sv=2024-11-04&ss=b&srt=o&sp=w&sig=canary-sas',
}

const jobs = {
  s3: `  - name: sre-s3
    zone: quay.example
    dataset: http_requests
    destination: { s3: { bucket: quay-logs, path: "http/{DATE}", region: us-east-1 } }
    ownership: { read: s3 }`,
  s3too: `  - name: sre-s3-too
    zone: quay.example
    dataset: firewall_events
    destination: { s3: { bucket: quay-logs, path: "http/{DATE}", region: us-east-1 } }`,
  gcs: `  - name: sre-gcs
    scope: account
    dataset: audit_logs
    destination: { gcs: { bucket: quay-logs, path: audit } }
    ownership: { read: gcs }`,
  azure: `  - name: sre-azure
    scope: account
    dataset: gateway_dns
    destination: { azure: { account: ${azuriteAccount.name}, container: quay-logs, path: dns, sas: "\${env:SAS}" } }
    ownership: { read: azure }`,
  r2: `  - name: sre-r2
    scope: account
    dataset: audit_logs_v2
    destination: { r2: { bucket: quay-logs, path: "{DATE}", account_id: 0123456789abcdef0123456789abcdef, access_key_id: "\${env:R2_KEY}", secret_access_key: "\${env:R2_SECRET}" } }
    output: { fields: all, timestamp_format: rfc3339 }`,
  splunk: `  - name: sre-splunk
    zone: quay.example
    dataset: dns_logs
    enabled: false
    destination: { splunk: { host: "splunk.example.com:8088", channel: 0f0f0f0f-0000-4000-8000-000000000000, sourcetype: cloudflare, token: "\${env:HEC}" } }`,
} as const

function manifestOf(names: readonly (keyof typeof jobs)[]): string {
  return `version: 1
account: { name: Quay }
owner: sre
scopes: [{ zone: quay.example }]
jobs:
${names.map((name) => jobs[name]).join('\n')}
notifications:
  webhooks: [{ name: sre-exporter, url: "https://exporter.example.com/hook", secret: "\${env:HOOK}" }]
  policies: [{ name: sre-disabled, alert: failing_logpush_job_disabled_alert, email: [sre@example.com], webhooks: [sre-exporter], pagerduty: [SRE primary] }]
`
}

const everyJob = ['s3', 's3too', 'gcs', 'azure', 'r2', 'splunk'] as const

async function world(t: Tap, put: ObjectStore['put'] = async () => {}) {
  const built = buildWorld(11)
  const account = built.account('Quay')
  built.zone('quay.example', account)
  built.pagerduty(account, 'SRE primary')
  built.job({ scope: accountScope(account), name: 'theirs' })
  const sim = await startSimulator({
    world: built.spec(),
    objectStore: { put },
    rateLimits: { rest: { requests: 100_000, windowMs: 300_000 } },
    contrary,
  })
  t.teardown(() => sim.close())
  const path = mkdtempSync(join(tmpdir(), 'apply-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  const said: string[] = []
  const env: Record<string, string> = {
    ...secrets,
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    XDG_CACHE_HOME: join(path, 'cache'),
    NO_COLOR: '1',
  }
  const manifest = join(path, 'manifest.yaml')
  const write = (names: readonly (keyof typeof jobs)[]) => writeFileSync(manifest, manifestOf(names))
  write(everyJob)
  return {
    sim,
    path,
    env,
    said,
    manifest,
    write,
    async run(argv: readonly string[], setting: Omit<ProvisionSetting, 'env'> = {}) {
      const ran = await runProvision(argv, { env, ...setting })
      said.push(ran.stdout, ran.stderr)
      return ran
    },
  }
}

function noCanary(t: { notMatch(text: string, what: RegExp): unknown }, said: readonly string[]): void {
  t.notMatch(said.join('\n'), /canary/)
}

const writes = [
  'create_job',
  'update_job',
  'delete_job',
  'create_webhook',
  'create_policy',
  'request_challenge',
]

function writesOf({ requests }: Simulator): number {
  return writes.reduce((sum, operation) => sum + requests.count(operation), 0)
}

t.test('challenges in S3, GCS and Azure are read for real, and everything is made once', async (t) => {
  const s3 = await startS3(['quay-logs'])
  const azure = await startAzurite(['quay-logs'])
  const gcsObjects = new Map<string, string>()
  const gcs = await startGcs(gcsObjects)
  for (const store of [s3, azure, gcs]) t.teardown(() => store.stop())
  const { AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: key } = process.env
  t.teardown(() =>
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: keyId ?? '', AWS_SECRET_ACCESS_KEY: key ?? '' }),
  )
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' })
  const { sim, env, run, said, manifest } = await world(t, async (bucket, key, body, { scheme }) => {
    const text = String(body)
    if (scheme === 's3') await s3.put(bucket, key, text)
    else if (scheme === 'azure') await azure.put(bucket, key, text)
    else gcsObjects.set(`${bucket}/${key}`, text)
  })
  Object.assign(env, {
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    STORAGE_EMULATOR_HOST: gcs.endpoint,
    AZURE_STORAGE_CONNECTION_STRING: azure.connectionString,
  })

  const applied = await run(['apply', '-f', manifest, '--yes'])
  t.equal(applied.code, 0)
  t.match(
    applied.stdout,
    /Plan: 8 to create, 0 unchanged\.\nnote: apply needs 3 proofs of ownership: .*\nApplied: 8 created\.\n$/,
  )
  t.match(applied.stderr, /\[11\/11\] create \w+ sre-[\w-]+ \([^)]*\): done/)
  t.match(
    applied.stderr,
    /verify ownership of s3:\/\/quay-logs\/http\/\{DATE\}\?region=us-east-1 \(zone quay\.example\): done/,
  )
  t.equal(sim.requests.count('request_challenge'), 3, 'two jobs on one destination ask once')

  const again = await run(['plan', '-f', manifest, '--detailed-exitcode'])
  t.equal(again.code, 0, again.stdout)
  t.equal((await run(['apply', '-f', manifest])).code, 0, 'nothing to do needs no consent')
  noCanary(t, said)
})

t.test('nothing is written without consent', async (t) => {
  const { sim, run, said, manifest, write } = await world(t)
  write(['r2', 'splunk'])
  const silent = await run(['apply', '-f', manifest])
  t.equal(silent.code, 1)
  t.match(
    silent.stderr,
    'logpush-exporter: nothing was changed: no terminal to confirm on; pass --yes to apply without confirmation',
  )
  const no = await run(['apply', '-f', manifest], { answer: 'y' })
  t.equal(no.code, 1, 'only the whole word counts')
  t.match(no.stderr, /Apply this plan\? Type "yes" to continue: Nothing was changed\.\n$/)
  t.equal((await run(['apply', '-f', manifest], { answer: null })).code, 1)
  t.equal(writesOf(sim), 0)
  const yes = await run(['apply', '-f', manifest], { answer: 'yes' })
  t.equal(yes.code, 0)
  t.match(yes.stderr, '✔ create job sre-r2 (account Quay): done\n')
  t.notMatch(yes.stderr, /provision write/, 'what is drawn is not logged as well')
  t.equal((await run(['destroy', '-f', manifest])).code, 1)
  t.equal((await run(['destroy', '-f', manifest], { answer: 'no' })).code, 1)
  t.equal(sim.requests.count('delete_job'), 0)
  const gone = await run(['destroy', '-f', manifest, '--log.format=pretty'], { answer: 'yes' })
  t.match(gone, { code: 0, stdout: /Applied: 4 deleted\.\n$/, stderr: /Delete these 4 objects\?/ })
  t.match(gone.stderr, 'provision write', 'unless the log is asked for: its lines stand among the progress')
  noCanary(t, said)
})

t.test('a hand edit is put right; a changed webhook secret is seen and sent', async (t) => {
  const { sim, run, said, manifest, write, env, path } = await world(t)
  write(['r2', 'splunk'])
  await run(['apply', '-f', manifest, '--yes'])
  const job = sim.world.jobs().find(({ fields }) => fields.name === 'sre-r2')
  const account = sim.world.accounts()[0]?.id ?? ''
  await fetch(`${sim.url}/accounts/${account}/logpush/jobs/${job?.id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${sim.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ enabled: false }),
  })
  const plan = await run(['plan', '-f', manifest, '--detailed-exitcode', '-o', 'json'])
  t.equal(plan.code, 2)
  t.match(JSON.parse(plan.stdout).changes, [
    { change: 'update', name: 'sre-r2', fields: [{ path: 'enabled', from: false, to: true }] },
  ])
  t.match(await run(['apply', '-f', manifest, '--yes']), { code: 0, stdout: /Applied: 1 updated\./ })

  env.HOOK = 'canary-hook-rotated'
  const rotated = await run(['plan', '-f', manifest])
  t.match(rotated.stdout, /~ update webhook sre-exporter .*\n.*secret: \(secret\) → \(secret changed\)/)
  t.match(await run(['apply', '-f', manifest, '--yes']), { code: 0, stdout: /Applied: 1 updated\./ })
  t.equal((await run(['plan', '-f', manifest, '--detailed-exitcode'])).code, 0)
  const kept = readFileSync(join(path, 'cache', 'logpush-exporter', 'webhooks.json'), 'utf8')
  t.notMatch(kept, /canary|exporter\.example\.com/, 'only hashes are kept')
  noCanary(t, said)
})

t.test('a saved plan is carried out exactly, or refused', async (t) => {
  const { sim, run, said, manifest, write, path, env } = await world(t)
  write(['r2', 'splunk'])
  const file = join(path, 'the.plan')
  t.equal((await run(['plan', '-f', manifest, '--out', file, '--target', 'sre-r2'])).code, 0)
  said.push(readFileSync(file, 'utf8'))
  t.match(await run(['apply', file, '-f', manifest]), {
    code: 64,
    stderr: /a saved plan already contains its manifest/,
  })
  t.match(await run(['apply', join(path, 'none.plan')]), { code: 64, stderr: /cannot read the saved plan/ })
  t.match(await run(['apply', file]), { code: 1, stderr: /no terminal to confirm on/ })
  env.R2_SECRET = 'canary-r2-another'
  t.match(await run(['apply', file, '--yes']), {
    code: 1,
    stderr: /a secret has another value than when the plan was made; run plan again; nothing was changed/,
  })
  env.R2_SECRET = secrets.R2_SECRET
  t.match(await run(['apply', file, '--yes']), { code: 0, stdout: /Applied: 1 created\./ })
  const late = await run(['apply', file, '--yes'])
  t.equal(late.code, 1)
  t.match(
    late.stderr,
    'the live configuration has changed since the plan was made; run plan again; nothing was changed',
  )
  write(['splunk'])
  t.match(await run(['apply', file, '--yes']), {
    code: 1,
    stderr: /the manifest has changed since the plan was made/,
  })
  writeFileSync(file, readFileSync(file, 'utf8').replace('"create"', '"delete"'))
  t.match(await run(['apply', file, '--yes']), { code: 1, stderr: /changed since it was saved/ })
  t.equal(sim.requests.count('create_job'), 1)
  noCanary(t, said)
})

t.test('the guard objects before anything is written', async (t) => {
  const { sim, run, said, manifest, write } = await world(t)
  write(['r2', 'splunk'])
  await run(['apply', '-f', manifest, '--yes'])
  const before = writesOf(sim)
  writeFileSync(
    manifest,
    manifestOf(['r2']).replace(/\nnotifications[\s\S]*/, '\nnotifications: {}\nprune: true\n'),
  )
  const held = await run(['apply', '-f', manifest, '--yes'])
  t.equal(held.code, 3)
  t.match(held.stdout, /guard deletes: 3 of 4 objects \(75 %\) would be deleted or replaced/)
  t.equal(writesOf(sim), before)
  t.match(await run(['apply', '-f', manifest, '--yes', '--force', 'deletes']), {
    code: 0,
    stdout: /Applied: 3 deleted\./,
  })
  noCanary(t, said)
})

t.test('for programs, every event is one line of JSON', async (t) => {
  const { run, said, manifest, write } = await world(t)
  write(['r2', 'splunk'])
  const ran = await run(['apply', '-f', manifest, '--yes', '-o', 'json'])
  const events = ran.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(events[0], { event: 'begin', steps: 4 })
  t.match(events.at(-1), { event: 'end', stopped: null, summary: { created: 4, failed: 0 } })
  t.match(
    events.filter(({ name }) => name === 'sre-r2').map(({ state }) => state),
    ['started', 'done'],
  )
  const failing = await run(['apply', '-f', join(manifest, 'none'), '--yes', '-o', 'json'])
  t.match(failing, { code: 65, stdout: '' })
  t.match(await run(['destroy', '-f', manifest, '--yes', '-o', 'json']), { code: 0, stdout: /"deleted":4/ })
  noCanary(t, said)
})

t.test('with nothing to do, programs are told so, and people are not told of a run', async (t) => {
  const { run, said, manifest, write } = await world(t)
  write(['r2'])
  t.equal((await run(['apply', '-f', manifest, '--yes'])).code, 0)
  const forPrograms = await run(['apply', '-f', manifest, '--yes', '-o', 'json'])
  t.equal(forPrograms.code, 0)
  t.match(
    forPrograms.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { event: 'begin', steps: 0 },
      { event: 'end', stopped: null, summary: { created: 0 } },
    ],
  )
  const forPeople = await run(['apply', '-f', manifest, '--yes'])
  t.equal(forPeople.code, 0)
  t.match(forPeople.stdout, /No changes/)
  t.notMatch(forPeople.stdout, /Applied/)
  noCanary(t, said)
})

t.test('interrupted, it says what is left; failing, it says why; the next run finishes', async (t) => {
  const { sim, run, said, manifest, write } = await world(t)
  write(['r2', 'splunk'])
  sim.faults.add({ effect: { kind: 'status', status: 403 }, operation: 'create_webhook', count: 1 })
  const failed = await run(['apply', '-f', manifest, '--yes'])
  t.equal(failed.code, 1)
  t.match(
    failed.stdout,
    /Applied: 2 created, 1 failed, 1 skipped\.\nNot completed:\n {2}failed: create webhook sre-exporter/,
  )
  t.match(failed.stdout, /Run the same command again to finish\.\n$/)
  t.match(await run(['apply', '-f', manifest, '--yes']), { code: 0, stdout: /Applied: 2 created\./ })

  const controller = new AbortController()
  sim.faults.add({ effect: { kind: 'slow', delayMs: 300 }, operation: 'delete_policy' })
  const running = run(['destroy', '-f', manifest, '--yes', '--parallel', '1'], { signal: controller.signal })
  while (!sim.faults.list().some(({ struck }) => struck > 0))
    await new Promise((resolve) => setTimeout(resolve, 20))
  controller.abort()
  const stopped = await running
  t.equal(stopped.code, 1)
  t.match(stopped.stdout, /Stopped: interrupted\.\nApplied: 1 deleted, 3 not started\./)
  t.match(await run(['destroy', '-f', manifest, '--yes']), { code: 0, stdout: /Applied: 3 deleted\./ })
  t.same(
    sim.world
      .jobs()
      .filter(({ deletedAtMs }) => deletedAtMs === null)
      .map(({ fields }) => fields.name),
    ['theirs'],
  )
  noCanary(t, said)
})
