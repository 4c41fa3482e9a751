import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import t from 'tap'
import { startSimulator } from '../../src/simulator/server.ts'
import { buildWorld } from '../../src/simulator/world/world-builder.ts'
import { startS3 } from '../support/object-stores.ts'
import { runProgram, runProvision } from '../support/run-provision.ts'

/*
 * Every example of the documentation, carried out: validate, plan, apply, and a plan after it that is empty. Then
 * what is live goes out by export and comes back by import, and no secret is ever shown.
 */

t.setTimeout(240_000)

const folder = fileURLToPath(new URL('../../deploy/examples/provision/', import.meta.url))
const examples = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
const page = readFileSync(new URL('../../deploy/provisioning.md', import.meta.url), 'utf8')

const secrets = {
  R2_ACCESS_KEY_ID: 'canary-r2-key',
  R2_SECRET_ACCESS_KEY: 'canary-r2/secret+1',
  WEBHOOK_SECRET: 'canary-webhook',
}

type Tap = { teardown(end: () => unknown): unknown }

async function world(t: Tap) {
  const store = await startS3(['quay-logs'])
  const client = new S3Client({
    endpoint: store.endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  })
  const built = buildWorld(17)
  const account = built.account('Quay')
  built.zone('quay.example', account)
  built.zone('cdn.quay.example', account)
  built.pagerduty(account, 'SRE primary')
  const sim = await startSimulator({
    world: built.spec(),
    objectStore: { put: (bucket, key, text) => store.put(bucket, key, String(text)) },
    rateLimits: { rest: { requests: 100_000, windowMs: 300_000 } },
  })
  const path = mkdtempSync(join(tmpdir(), 'examples-'))
  cpSync(folder, path, { recursive: true })
  mkdirSync(join(path, 'secrets'))
  writeFileSync(join(path, 'secrets', 'splunk-token'), 'canary-splunk\n')
  const before = { id: process.env.AWS_ACCESS_KEY_ID ?? '', key: process.env.AWS_SECRET_ACCESS_KEY ?? '' }
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' })
  t.teardown(async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: before.id, AWS_SECRET_ACCESS_KEY: before.key })
    client.destroy()
    await sim.close()
    await store.stop()
    rmSync(path, { recursive: true, force: true })
  })
  const env: Record<string, string> = {
    ...secrets,
    CLOUDFLARE_ACCOUNT_ID: account,
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    AWS_ENDPOINT_URL_S3: store.endpoint,
    XDG_CACHE_HOME: join(path, 'cache'),
  }
  const said: string[] = []
  return {
    sim,
    path,
    env,
    said,
    async run(argv: readonly string[], more: Readonly<Record<string, string>> = {}) {
      const ran = await runProvision(argv, { env: { ...env, ...more } })
      said.push(ran.stdout, ran.stderr)
      return ran
    },
    async read(bucket: string, key: string): Promise<string> {
      const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      return (await object.Body?.transformToString()) ?? ''
    },
  }
}

type World = Awaited<ReturnType<typeof world>>

/** The manual way of the page: ask, fetch what is printed, hand it in. */
async function proveByHand({ run, read, path }: World, file: string): Promise<void> {
  const asked = await run(['ownership', 'request', '-f', file, '--yes'])
  const [, bucket = '', key = ''] = /aws s3 cp "s3:\/\/([^/]+)\/([^"]+)"/.exec(asked.stdout) ?? []
  const token = join(path, 'challenge-1.txt')
  writeFileSync(token, await read(bucket, key))
  const confirmed = await run(['ownership', 'confirm', '-f', file, '--token-file', token])
  if (confirmed.code !== 0) throw new Error(confirmed.stdout + confirmed.stderr)
}

/** `TF_VAR_…` and other variables that a run said are to be set, as the world would set them. */
function variablesOf(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name = '']) => name)
}

/** What the test's own world would put into a variable of an import. */
function valueFor(name: string): string {
  if (name.endsWith('SECRET_ACCESS_KEY')) return secrets.R2_SECRET_ACCESS_KEY
  if (name.endsWith('ACCESS_KEY_ID')) return secrets.R2_ACCESS_KEY_ID
  if (name.endsWith('CHANNEL')) return '6f1d4a6e-2a0c-4c3e-9c55-0c0b6d5a8e11'
  if (name === 'SRE_EXPORTER_SECRET') return secrets.WEBHOOK_SECRET
  return name.endsWith('URL_PATH') ? 'webhooks/cloudflare' : 'canary-splunk'
}

t.test('the page shows each example and links to nothing else', async (t) => {
  t.ok(examples.length >= 5)
  for (const name of examples) t.ok(page.includes(`(examples/provision/${name})`), name)
  for (const name of readdirSync(join(folder, 'fleet'))) {
    t.ok(page.includes(`(examples/provision/fleet/${name})`), name)
  }
  for (const [, linked = ''] of page.matchAll(/\(examples\/provision\/([^/)]+)\)/g)) {
    t.ok(examples.includes(linked), linked)
  }
})

t.test(
  'one job for all zones of two accounts prints what the page shows: plan, apply, a new zone, coverage',
  async (t) => {
    const built = buildWorld(18)
    const [production, staging] = [built.account('Quay'), built.account('Quay staging')]
    for (const name of ['quay.example', 'api.quay.example', 'a.test.quay.example'])
      built.zone(name, production)
    for (const name of ['api.staging.example', 'www.staging.example']) built.zone(name, staging)
    const sim = await startSimulator({ world: built.spec() })
    t.teardown(() => sim.close())
    const env = {
      ...secrets,
      PRODUCTION_ACCOUNT_ID: production,
      STAGING_ACCOUNT_ID: staging,
      CLOUDFLARE_API_TOKEN: sim.token,
      LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
      XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'fleet-')),
    }
    t.teardown(() => rmSync(env.XDG_CACHE_HOME, { recursive: true, force: true }))
    const run = (...argv: readonly string[]) => runProvision([...argv, '-f', join(folder, 'fleet')], { env })
    const live = () =>
      sim.world
        .jobs()
        .map(({ phases }) => /quay-logs\/([^?]+)/.exec(phases.at(-1)?.destinationConf ?? '')?.[1])
        .sort()
    t.match(await run('validate'), { code: 0, stderr: '' })
    /** What the page prints after the command, in parts where it leaves something out. */
    const [shownPlan = [], shownApply = [], shownLater = [], shownCheck = []] = [
      ...page
        .slice(page.indexOf('#### One job for all zones of two accounts'))
        .matchAll(/```text\n([\s\S]*?)```/g),
    ].map(([, text = '']) => text.split('…\n'))
    const prints = (stdout: string, parts: readonly string[]) => {
      t.ok(parts.length > 0)
      for (const part of parts) t.ok(stdout.includes(part), part)
    }
    const first = await run('plan')
    t.equal(first.code, 0)
    prints(first.stdout, shownPlan)
    const applied = await run('apply', '--yes')
    t.equal(applied.code, 0)
    prints(applied.stdout, shownApply)
    t.strictSame(live(), [
      'http/api.quay.example/{DATE}',
      'http/api.staging.example/{DATE}',
      'http/quay.example/{DATE}',
    ])
    t.match(await run('plan', '--detailed-exitcode'), { code: 0, stdout: /No changes: 3 objects/ })
    const whole = await run('plan', 'sre-http')
    t.match(whole, {
      code: 0,
      stdout: /= unchanged job sre-http in zone api\.quay\.example id \d+\n {4}dataset: /,
    })
    t.match(await run('plan', 'sre-htp'), {
      code: 64,
      stderr: /sre-htp: nothing in the manifest has this name/,
    })
    const [zone] = sim.world.zones()
    if (zone === undefined) throw new Error('the world has no zone')
    sim.world.addZone({ ...zone, id: 'd'.repeat(32), name: 'new.quay.example' })
    const later = await run('plan', '--detailed-exitcode')
    t.equal(later.code, 2)
    prints(later.stdout, shownLater)
    t.match(await run('apply', '--yes'), { code: 0, stdout: /Applied: 1 created/ })
    t.ok(live().includes('http/new.quay.example/{DATE}'))
    const { R2_ACCESS_KEY_ID: _, R2_SECRET_ACCESS_KEY: __, ...bare } = env
    const check = await runProgram(['check', `--manifest.file=${join(folder, 'fleet')}`], { env: bare })
    t.equal(check.code, 0)
    prints(check.stdout, shownCheck)
  },
)

/** The keys of a value, however deep; of a list, those of its first item. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (typeof value !== 'object' || value === null) return null
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
}

t.test('a plan as JSON has the shape that the page shows', async (t) => {
  const { run, path, sim, env } = await world(t)
  const file = join(path, 'splunk.yaml')
  await run(['apply', '-f', file, '--yes'])
  const job = sim.world.jobs().find(({ fields }) => fields.name === 'sre-firewall')
  await fetch(`${sim.url}/zones/${job?.scope.id}/logpush/jobs/${job?.id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${env.CLOUDFLARE_API_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ enabled: false }),
  })
  const plan = await run(['plan', '-f', file, '-o', 'json'])
  const shown = /```json\n(\{\n {2}"changes"[\s\S]*?)```/.exec(page)?.[1] ?? ''
  t.strictSame(shapeOf(JSON.parse(plan.stdout)), shapeOf(JSON.parse(shown)))
})

for (const name of examples) {
  t.test(`${name}: validate, plan, apply, an empty plan, and there and back again`, async (t) => {
    const one = await world(t)
    const { run, said, path, sim } = one
    const file = join(path, name)
    const validated = await run(['validate', '-f', file])
    t.match(validated, { code: 0, stdout: /^The manifest is valid/, stderr: '' })
    const planned = await run(['plan', '-f', file, '--detailed-exitcode'])
    t.equal(planned.code, 2, planned.stderr)
    t.equal(sim.requests.count('request_challenge'), 0, 'a plan asks for no challenge')
    if (name.includes('manual')) await proveByHand(one, file)
    const applied = await run(['apply', '-f', file, '--yes'])
    t.equal(applied.code, 0, applied.stdout + applied.stderr)
    t.match(applied.stdout, /Applied: \d+ created\.\n$/)
    const empty = await run(['plan', '-f', file, '--detailed-exitcode', '-o', 'json'])
    t.equal(empty.code, 0, empty.stdout)

    const exported = join(path, 'exported.yaml')
    const out = await run(['export', '--owner', 'sre', '--out', exported])
    t.equal(out.code, 0, out.stderr)
    said.push(readFileSync(exported, 'utf8'))
    t.match(await run(['export', '--out', exported]), { code: 1, stderr: /cannot write .*exported\.yaml/ })
    const variables = Object.fromEntries(variablesOf(out.stderr).map((name) => [name, valueFor(name)]))
    const back = await run(['plan', '-f', exported, '--detailed-exitcode'], variables)
    t.equal(back.code, 0, back.stdout + back.stderr)
    t.equal(Object.keys(variables).length, variablesOf(out.stderr).length)

    const terraform = await run(['export', '--to', 'terraform', '-f', file])
    t.equal(terraform.code, 0, terraform.stderr)
    t.match(terraform.stdout, /^import \{\n {2}to = cloudflare_logpush_job\.sre_/m)
    t.equal((await run(['export', '--to', 'terraform'])).code, 0)

    t.match(await run(['destroy', '-f', file, '--yes']), { code: 0, stdout: /deleted\.\n$/ })
    for (const secret of ['canary', encodeURIComponent(secrets.R2_SECRET_ACCESS_KEY)]) {
      t.notOk(said.join('\n').includes(secret), `${secret} is never shown`)
    }
  })
}

t.test(
  'import reads Terraform and app-interface files without a token, and says what it can not read',
  async (t) => {
    const path = mkdtempSync(join(tmpdir(), 'import-'))
    t.teardown(() => rmSync(path, { recursive: true, force: true }))
    const file = (name: string, text: string): string => {
      writeFileSync(join(path, name), text)
      return join(path, name)
    }
    const appInterface = file(
      'namespace.yml',
      `externalResources:
- provider: cloudflare
  resources:
  - provider: logpush_ownership_challenge
    identifier: challenge
    zone_name: quay.example
    destination_conf: s3://quay-logs/http?region=us-east-1
  - provider: logpush_job
    identifier: http
    zone_name: quay.example
    job_name: http-requests
    dataset: http_requests
    destination_conf: s3://quay-logs/http?region=us-east-1
    ownership_challenge: canary-challenge
    enabled: true
    logpull_options: fields=RayID,ClientIP&timestamps=rfc3339
`,
    )
    const read = await runProvision(['import', appInterface, '--owner', 'sre'])
    t.equal(read.code, 0, read.stderr)
    t.equal(
      read.stdout,
      `# logpush-exporter manifest, generated from app-interface files.
#
# Set these in the environment before running plan; secrets are never written here:
#   CLOUDFLARE_ACCOUNT_ID  id of the account
#
# Review:
# - Job http-requests in zone quay.example: its ownership challenge is not imported: it is valid for 7 days, and needed again only when the destination changes.
version: 1
account:
  id: \${env:CLOUDFLARE_ACCOUNT_ID}
owner: sre
jobs:
  - name: http-requests
    zone: quay.example
    dataset: http_requests
    enabled: true
    destination:
      s3:
        bucket: quay-logs
        path: http
        region: us-east-1
    output:
      fields:
        - RayID
        - ClientIP
      timestamp_format: rfc3339
    adopt: true
`,
    )
    t.match(
      read.stderr,
      'Set this variable before running plan:\n  CLOUDFLARE_ACCOUNT_ID  id of the account\n',
    )
    const state = file(
      'show.json',
      JSON.stringify({
        format_version: '1.0',
        values: {
          root_module: {
            resources: [
              {
                mode: 'managed',
                type: 'cloudflare_logpush_job',
                values: {
                  account_id: '0123456789abcdef0123456789abcdef',
                  name: 'audit',
                  dataset: 'audit_logs',
                  destination_conf:
                    'splunk://hec.example.com/services/collector/raw?channel=c&sourcetype=s&header_Authorization=Splunk%20canary',
                },
              },
            ],
          },
        },
      }),
    )
    const terraform = await runProvision(['import', state])
    t.match(terraform, { code: 0, stdout: /account:\n {2}id: 0123456789abcdef0123456789abcdef\n/ })
    t.match(terraform.stdout, /token: \$\{env:AUDIT_TOKEN\}/)
    t.notMatch(read.stdout + read.stderr + terraform.stdout + terraform.stderr, /canary/)

    const [a, b] = ['a'.repeat(32), 'b'.repeat(32)]
    const webhookOf = (account: string, name: string) => ({
      type: 'cloudflare_notification_policy_webhooks',
      mode: 'managed',
      instances: [{ attributes: { account_id: account, name, url: 'https://exporter.example.com/canary' } }],
    })
    const two = file(
      'two.tfstate',
      JSON.stringify({
        version: 4,
        terraform_version: '1.11.4',
        resources: [webhookOf(a, 'one'), webhookOf(b, 'two')],
      }),
    )
    t.match(await runProvision(['import', two]), { code: 64, stderr: /several accounts \(a{32}, b{32}\)/ })
    const second = await runProvision(['import', two, '--account', b])
    t.match(second, {
      code: 0,
      stdout: /name: two\n {6}url: https:\/\/exporter\.example\.com\/\$\{env:TWO_URL_PATH\}/,
    })
    t.notMatch(second.stdout + second.stderr, /name: one|canary/)

    t.match(await runProvision(['import', file('x.json', '{"a": 1}')]), {
      code: 65,
      stderr: /neither a Terraform state nor/,
    })
    t.match(await runProvision(['import', file('y.json', '{"a": canary')]), {
      code: 65,
      stderr: /y\.json is not valid JSON\n$/,
    })
    t.match(await runProvision(['import', file('y.yml', 'a: 1')]), {
      code: 65,
      stderr: /expected resources with "provider: logpush_job", found none/,
    })
    t.match(await runProvision(['import', join(path, 'none.yml')]), {
      code: 65,
      stderr: /cannot read .*none\.yml/,
    })
    t.match(await runProvision(['import', file('z.json', '{"format_version": "1.0"}')]), {
      code: 1,
      stderr: /has no jobs, webhooks or policies/,
    })
    t.match(await runProvision(['import', state, appInterface]), {
      code: 64,
      stderr: /expected one Terraform file/,
    })
    t.match(await runProvision(['export', '-f', appInterface]), {
      code: 64,
      stderr: /only with --to terraform/,
    })
  },
)
