import { readFileSync } from 'node:fs'
import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { accountScope, buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { runProvision } from '../../support/run-provision.ts'

/* `provision import`: which files are read as what, and of which account they become a manifest. */

const [quay, stage] = ['a'.repeat(32), 'b'.repeat(32)]

const state = (...accounts: readonly string[]) =>
  `\n${JSON.stringify({
    version: 4,
    terraform_version: '1.11.4',
    resources: accounts.map((account, index) => ({
      type: 'cloudflare_notification_policy_webhooks',
      mode: 'managed',
      instances: [{ attributes: { account_id: account, name: `hook-${index}`, url: 'https://x.example' } }],
    })),
  })}\n`

const job = (name: string, more = '') =>
  `{ provider: logpush_job, identifier: ${name}, name: ${name}, zone: quay.example, dataset: http_requests${more} }`
const live = ', destination_conf: "s3://logs/http?region=us-east-1"'

const namespace = (provisioner: string | null, ...jobs: readonly string[]) =>
  `externalResources:
  - provider: cloudflare
${provisioner === null ? '' : `    provisioner: { $ref: /cloudflare/${provisioner}.yml }\n`}    resources: [${jobs.join(', ')}]
`

const run = (...argv: readonly string[]) => runProvision(['import', ...argv], { env: {} })

/** Jobs and webhooks of a manifest, by name. */
const namesIn = (text: string) => [...text.matchAll(/- name: (\S+)$/gm)].map(([, name]) => name)

t.test('a Terraform state becomes a manifest of its account', async (t) => {
  const folder = t.testdir({ 'one.tfstate': state(quay), 'two.tfstate': state(quay, stage) })
  const one = await run(`${folder}/one.tfstate`)
  t.equal(one.code, 0, one.stderr)
  t.match(one.stdout, /^# logpush-exporter manifest, generated from Terraform\.\n/)
  t.match(one.stdout, new RegExp(`\naccount:\n {2}id: ${quay}\n`))
  t.strictSame(namesIn(one.stdout), ['hook-0'])

  const several = `import: the file has resources of several accounts (${quay}, ${stage}), but a manifest covers one; select it with --account ID`
  for (const argv of [[], ['--account', 'Quay']])
    t.match(await run(`${folder}/two.tfstate`, ...argv), {
      code: 64,
      stdout: '',
      stderr: `logpush-exporter: ${several}\n`,
    })
  const second = await run(`${folder}/two.tfstate`, '--account', stage)
  t.equal(second.code, 0)
  t.strictSame(namesIn(second.stdout), ['hook-1'])
})

t.test('Terraform comes alone: not twice, and not beside other files', async (t) => {
  const folder = t.testdir({
    'a.json': state(quay),
    'b.json': state(quay),
    'c.yml': namespace(null, job('http', live)),
  })
  const refused = 'logpush-exporter: import: expected one Terraform file, or app-interface files only\n'
  for (const others of [['b.json'], ['c.yml']])
    t.match(await run(`${folder}/a.json`, ...others.map((name) => `${folder}/${name}`)), {
      code: 64,
      stderr: refused,
    })
})

t.test('a file that is neither is refused by its name, with what was expected', async (t) => {
  const folder = t.testdir({
    'a.json': '{"a": 1}',
    'b.json': '{"a": canary',
    'c.yml': 'a: 1',
    'd.json': '{"format_version": "1.0"}',
  })
  const refusals = [
    ['a.json', 65, 'a.json is JSON, but neither a Terraform state nor the output of terraform show -json\n'],
    ['b.json', 65, 'b.json is not valid JSON\n'],
    ['c.yml', 65, 'c.yml:1:1: expected resources with "provider: logpush_job", found none\n'],
    ['d.json', 1, 'd.json has no jobs, webhooks or policies\n'],
  ] as const
  for (const [name, code, message] of refusals) {
    const ran = await run(`${folder}/${name}`)
    t.match(ran, { code, stdout: '' }, name)
    t.match(ran.stderr, message)
    t.notMatch(ran.stderr, 'canary')
  }
})

t.test('files that name no account take the one of --account, or ask for it as a variable', async (t) => {
  const file = `${t.testdir({ 'quay.yml': namespace(null, job('quay-http', live)) })}/quay.yml`
  const plain = await run(file)
  t.match(plain.stdout, /^# logpush-exporter manifest, generated from app-interface files\.\n/)
  t.match(plain.stdout, /\n {2}id: \$\{env:CLOUDFLARE_ACCOUNT_ID\}\n/)
  t.match(
    plain.stderr,
    'Set this variable before running plan:\n  CLOUDFLARE_ACCOUNT_ID  id of the account\n',
  )
  const named = await run(file, '--account', 'Quay')
  t.match(named.stdout, /^# .*, generated from app-interface files of account Quay\.\n/)
  t.match(named.stdout, /\naccount:\n {2}name: Quay\n/)
  t.match((await run(file, '--account', stage)).stdout, new RegExp(`\naccount:\n {2}id: ${stage}\n`))
})

t.test('of several provisioners each has its title; one is chosen by its name alone', async (t) => {
  const folder = t.testdir({
    in: {
      'a.yml': namespace('quay', job('quay-http', live)),
      'b.yml': namespace(null, job('other-http', live)),
      'c.yml': namespace('bare', job('bare-http')),
    },
  })
  t.match(await run(`${folder}/in`, '--account', 'nobody'), {
    code: 64,
    stdout: '',
    stderr:
      'logpush-exporter: --account nobody: the files have resources of several provisioners, which are accounts: ' +
      'quay, (none), bare; name one of them, or leave it out to get a manifest for each\n',
  })
  const chosen = await run(`${folder}/in`, '--account', 'quay')
  t.match(
    chosen.stdout,
    /^# logpush-exporter manifest, generated from app-interface files, provisioner quay\.\n/,
  )
  t.strictSame(namesIn(chosen.stdout), ['quay-http'])

  t.equal((await run(`${folder}/in`, '--out', `${folder}/out`)).code, 0)
  const written = (name: string) => readFileSync(`${folder}/out/${name}.yaml`, 'utf8')
  t.strictSame(namesIn(written('quay')), ['quay-http'])
  t.strictSame(namesIn(written('other')), ['other-http'])
  t.throws(() => written('bare'), 'a provisioner of which nothing can be brought along has no file')
})

t.test('files in which no job has a destination are refused with the reason', async (t) => {
  const file = `${t.testdir({ 'bare.yml': namespace('bare', job('bare-http')) })}/bare.yml`
  t.match(await run(file), {
    code: 1,
    stdout: '',
    stderr: `logpush-exporter: ${file} has no jobs, webhooks or policies: The logpush_job bare-http has no destination_conf and is skipped.\n`,
  })
})

t.test('without files the live account is read; an empty one is a failure', async (t) => {
  const built = buildWorld(37)
  const [home] = [built.account('Quay'), built.account('Empty')]
  built.job({ scope: accountScope(home), name: 'sre-audit' })
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const env = { CLOUDFLARE_API_TOKEN: sim.token, LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url }
  for (const verb of ['import', 'export']) {
    const ran = await runProvision([verb, '--cloudflare.accounts', 'Quay', '--owner', 'sre'], { env })
    t.equal(ran.code, 0, ran.stderr)
    t.match(ran.stdout, /^# logpush-exporter manifest, generated from the live objects of account Quay\.\n/)
    t.match(ran.stdout, /\nowner: sre\n/)
    t.strictSame(namesIn(ran.stdout), ['sre-audit'])
    t.match(await runProvision([verb, '--cloudflare.accounts', 'Empty'], { env }), {
      code: 1,
      stdout: '',
      stderr: /the account has no jobs, webhooks or policies\n$/,
    })
  }
})
