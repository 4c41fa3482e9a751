import { writeFileSync } from 'node:fs'
import t from 'tap'
import { provisionWorld } from '../../support/provision-world.ts'

/* `provision ownership` as programs and pipelines use it, and where Cloudflare does not go along. */

// The simulator and the program in one process: slow on a busy machine.
t.setTimeout(240_000)

const head = 'version: 1\naccount: { name: Quay }\nowner: sre\njobs:\n'
const job = (name: string, dataset: string, destination: string) =>
  `  - name: ${name}\n    scope: account\n    dataset: ${dataset}\n    destination: { ${destination} }\n`
const dns = job('sre-dns', 'gateway_dns', 'gcs: { bucket: quay-logs, path: dns }')
const web = job('sre-web', 'gateway_http', 'gcs: { bucket: quay-logs, path: web }')
const sumo = job(
  'sre-sumo',
  'audit_logs',
  `sumo_logic: { host: endpoint1.collection.us2.sumologic.com, collector: "\${env:COLLECTOR}" }`,
)
const datadog = job('sre-dog', 'audit_logs', `datadog: { site: datadoghq.eu, api_key: "\${env:DATADOG}" }`)

t.test('each request is in the log, with the place of the file and without a secret', async (t) => {
  const { run, sim } = await provisionWorld(t, head + dns + sumo)
  const account = sim.world.accounts()[0]?.id
  const { code, stderr } = await run('ownership request', ['--yes'])
  t.equal(code, 0)
  const lines = stderr.split('\n').filter((line) => line.includes('provision write'))
  const common = {
    audit: true,
    action: 'request challenge',
    scope: 'account Quay',
    scope_id: account,
    result: 'done',
  }
  t.match(
    lines.map((line) => JSON.parse(line)),
    [
      { ...common, location: /^gs:\/\/quay-logs\/dns\/ownership-challenge-[0-9a-f]+\.txt$/ },
      { ...common, location: 'sumo://endpoint1.collection.us2.sumologic.com/***' },
    ],
  )
  t.notMatch(stderr, 'canary')
  t.equal(sim.requests.count('validate_destination'), 0, 'destinations are not tried besides')
})

t.test('for programs: the steps as JSON, none where nothing is to be proved', async (t) => {
  const { run, write } = await provisionWorld(t, head + datadog)
  t.match(await run('ownership request', ['-o', 'json']), { code: 0, stdout: '[]\n', stderr: '' })
  t.match(await run('ownership request'), {
    code: 0,
    stdout: /^Nothing to verify: no change in this manifest needs a challenge\.\n/,
  })
  write(head + dns)
  const asked = await run('ownership request', ['-o', 'json', '--yes'])
  t.match(JSON.parse(asked.stdout), [{ jobs: ['sre-dns'] }])
  t.notMatch(asked.stdout, 'aws s3 cp')
})

t.test('a token that may not ask for one challenge asks for no other', async (t) => {
  const { run, sim } = await provisionWorld(t, head + dns + web)
  const requested = async (status: number) => {
    const before = sim.requests.count('request_challenge')
    sim.faults.add({ operation: 'request_challenge', effect: { kind: 'status', status }, count: 1 })
    const { code, stderr } = await run('ownership request', ['--yes', '--again'])
    t.equal(code, 1)
    t.match(stderr, /^no challenge for gs:\/\/quay-logs\/dns in account Quay: ./m)
    return sim.requests.count('request_challenge') - before
  }
  t.equal(await requested(401), 1)
  t.equal(await requested(400), 2)
})

t.test('the printed command names every manifest that was given', async (t) => {
  const { call, file, folder } = await provisionWorld(t, head + dns)
  writeFileSync(`${folder}/web.yaml`, `version: 1\naccount: { name: Quay }\nowner: sre\njobs:\n${web}`)
  const { code, stdout } = await call([
    'ownership',
    'request',
    '--yes',
    '-f',
    file,
    '-f',
    `${folder}/web.yaml`,
  ])
  t.equal(code, 0)
  t.match(stdout, `provision ownership confirm -f ${file} -f ${folder}/web.yaml --token-file`)
})

t.test('confirm finds the destination of each token, and says as JSON what it is good for', async (t) => {
  const { run, folder, files, sim } = await provisionWorld(t, head + dns + web)
  t.equal((await run('ownership request', ['--yes'])).code, 0)
  const [first, second, wrong] = ['first', 'second', 'wrong'].map((name) => `${folder}/${name}`)
  for (const [name, text = ''] of [
    [second, files[0]],
    [first, files[1]],
    [wrong, 'a.b.c'],
  ])
    writeFileSync(`${name}`, text)
  const confirm = (...names: readonly unknown[]) => names.flatMap((name) => ['--token-file', `${name}`])
  t.match(await run('ownership confirm', confirm(wrong)), {
    code: 1,
    stdout: '',
    stderr: `logpush-exporter: ${wrong}: Cloudflare accepts it for none of the 2 destinations to verify; request new ones with "provision ownership request --again"\n`,
  })
  const { code, stdout, stderr } = await run('ownership confirm', [...confirm(first, second), '-o', 'json'])
  t.strictSame([code, stderr], [0, ''])
  t.match(stdout, /^\[\n {2}\{\n {4}"token_file": /)
  const results = JSON.parse(stdout)
  const scope = { kind: 'account', id: sim.world.accounts()[0]?.id, name: 'Quay' }
  t.match(results, [
    { token_file: first, destination: 'gs://quay-logs/web', scope, jobs: ['sre-web'] },
    { token_file: second, destination: 'gs://quay-logs/dns', scope, jobs: ['sre-dns'] },
  ])
  for (const { expires_at } of results) t.match(expires_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

t.test('a confirmation that Cloudflare does not answer is no wrong token', async (t) => {
  const { run, folder, sim } = await provisionWorld(t, head + dns)
  writeFileSync(`${folder}/token`, 'a.b.c')
  sim.faults.add({ operation: 'validate_challenge', effect: { kind: 'status', status: 403 } })
  const { code, stderr } = await run('ownership confirm', ['--token-file', `${folder}/token`])
  t.equal(code, 1)
  t.match(stderr, /403/)
  t.notMatch(stderr, 'does not accept')
})
