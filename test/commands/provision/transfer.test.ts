import { readFileSync } from 'node:fs'
import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import { runProvision } from '../../support/run-provision.ts'

/* `export` as people narrow it: which account, which zones. */

async function world(t: { teardown(end: () => unknown): unknown }) {
  const built = buildWorld(23)
  const [quay, staging] = [built.account('Quay'), built.account('Staging')]
  for (const [account, audit, names] of [
    [quay, 'quay-audit', ['cdn.example', 'shop.example', 'lab.example']],
    [staging, 'staging-audit', ['test.example']],
  ] as const) {
    built.job({ scope: accountScope(account), name: audit })
    for (const name of names)
      built.job({ scope: zoneScope(built.zone(name, account)), name: `job-of-${name}` })
  }
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const env = { CLOUDFLARE_API_TOKEN: sim.token, LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url }
  const run = (...argv: readonly string[]) => runProvision(['export', ...argv], { env })
  const jobs = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await run(...argv)
    if (code !== 0) throw new Error(stderr)
    return [...stdout.matchAll(/^ *-? *name: (\S+)$/gm)].map(([, name]) => name).sort()
  }
  return { run, jobs, quay, staging }
}

t.test('the account that is named is the one that is exported, by its name or its id', async (t) => {
  const { run, jobs, staging } = await world(t)
  t.same(await jobs('--cloudflare.accounts', 'Staging'), ['job-of-test.example', 'staging-audit'])
  t.same(await jobs('--cloudflare.accounts', 'STAGING'), ['job-of-test.example', 'staging-audit'])
  t.same(await jobs('--cloudflare.accounts', staging), ['job-of-test.example', 'staging-audit'])
  t.match(await run(), {
    code: 64,
    stdout: '',
    stderr: /expected exactly one account.*found 2\..*Quay \(.*Staging \(/,
  })
  t.match(await run('--cloudflare.accounts', 'Nobody'), { code: 64, stderr: /found 0\..*Quay \(/ })
})

t.test('zones narrow what is exported, and excluded ones stay out', async (t) => {
  const { jobs } = await world(t)
  const quay = ['--cloudflare.accounts', 'Quay']
  const [cdn, lab, shop] = ['cdn', 'lab', 'shop'].map((name) => `job-of-${name}.example`)
  t.same(await jobs(...quay), [cdn, lab, shop, 'quay-audit'])
  t.same(await jobs(...quay, '--cloudflare.exclude-zones', 'LAB.example'), [cdn, shop, 'quay-audit'])
  t.same(
    await jobs(...quay, '--cloudflare.zones', 'cdn.example,lab.example'),
    [cdn, lab],
    'and no account job',
  )
  const both = ['--cloudflare.zones', 'cdn.example,lab.example', '--cloudflare.exclude-zones', 'lab.example']
  t.same(await jobs(...quay, ...both), [cdn])
})

t.test(
  'a Terraform configuration is answered with the command that makes what can be imported',
  async (t) => {
    const folder = t.testdir({ 'main.tf': 'resource "cloudflare_logpush_job" "http" {}\n' })
    const { code, stdout, stderr } = await runProvision(['import', `${folder}/main.tf`], { env: {} })
    t.strictSame([code, stdout], [65, ''])
    t.match(stderr, /main\.tf is Terraform configuration.*terraform show -json > show\.json/)
  },
)

t.test('several provisioners become a manifest each, in a folder; one is chosen by its name', async (t) => {
  const provisioned = (name: string) => `
  - provider: cloudflare
    provisioner: { $ref: /cloudflare/${name}.yml }
    resources:
      - { provider: logpush_job, identifier: http, name: ${name}-http, zone: ${name}.example,
          dataset: http_requests, destination_conf: "s3://logs/http?region=us-east-1" }`
  const namespace = `externalResources:${provisioned('quay')}${provisioned('quay/stage')}`
  const folder = t.testdir({ 'namespace.yml': namespace })
  const run = (...argv: readonly string[]) =>
    runProvision(['import', `${folder}/namespace.yml`, ...argv], { env: {} })
  t.match(await run(), {
    code: 64,
    stdout: '',
    stderr: /several accounts \(quay, quay\/stage\).*--out FOLDER/,
  })
  t.match(await run('--account', 'other'), { code: 64, stderr: /several provisioners.*quay, quay\/stage/ })
  const { code, stdout } = await run('--account', 'quay/stage')
  t.equal(code, 0)
  t.match(stdout, /id: \$\{env:QUAY_STAGE_ACCOUNT_ID\}/)
  t.same(
    [...stdout.matchAll(/name: (\S+-http)$/gm)].map(([, name]) => name),
    ['quay/stage-http'],
  )
  t.match(await run('--out', `${folder}/manifests`), { code: 0, stdout: '' })
  t.match(readFileSync(`${folder}/manifests/quay.yaml`, 'utf8'), /QUAY_ACCOUNT_ID[\s\S]*zone: quay\.example/)
  const both = await runProvision(['validate', '-f', `${folder}/manifests`], { env: {} })
  t.equal(both.code, 0, both.stderr)
})
