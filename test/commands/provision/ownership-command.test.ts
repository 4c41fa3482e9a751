import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { startS3 } from '../../support/object-stores.ts'
import { type ProvisionSetting, runProvision } from '../../support/run-provision.ts'

/*
 * The manual way, by the printed steps only: what is printed is read and typed in again.
 */

t.setTimeout(240_000)

type Tap = { teardown(end: () => unknown): unknown }

const head = `version: 1
account: { name: Quay }
owner: sre
jobs:
`
const workers = `  - name: sre-worker-logs
    scope: account
    dataset: workers_trace_events
    destination: { s3: { bucket: quay-logs, path: "workers/{DATE}", region: us-east-1 } }
`
const http = `  - name: sre-http
    zone: quay.example
    dataset: http_requests
    destination: { s3: { bucket: quay-logs, path: http, region: us-east-1 } }
`
const firewall = http.replace('sre-http', 'sre-firewall').replace('http_requests', 'firewall_events')
const sumo = `  - name: sre-sumo
    scope: account
    dataset: audit_logs
    destination: { sumo_logic: { host: endpoint1.collection.us2.sumologic.com, collector: "\${env:COLLECTOR}" } }
`

async function world(t: Tap, jobs: string) {
  const store = await startS3(['quay-logs'])
  const built = buildWorld(13)
  built.zone('quay.example', built.account('Quay'))
  const sumoLines: string[] = []
  const sim = await startSimulator({
    world: built.spec(),
    objectStore: {
      put: (bucket, key, text, { scheme }) =>
        scheme === 's3' ? store.put(bucket, key, String(text)) : void sumoLines.push(String(text)),
    },
  })
  const path = mkdtempSync(join(tmpdir(), 'ownership-'))
  t.teardown(async () => {
    await sim.close()
    await store.stop()
    rmSync(path, { recursive: true, force: true })
  })
  const manifest = join(path, 'manifest.yaml')
  writeFileSync(manifest, head + jobs)
  const env = {
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    XDG_CACHE_HOME: path,
    COLLECTOR: 'canary-collector',
  }
  const client = new S3Client({
    endpoint: store.endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  })
  t.teardown(() => client.destroy())
  return {
    sim,
    path,
    manifest,
    sumoLines,
    run: (argv: readonly string[], setting: ProvisionSetting = {}) => runProvision(argv, { env, ...setting }),
    /** Does what the printed `aws s3 cp` line says; files land in the test's folder. */
    async copy(line: string): Promise<string> {
      const [, bucket = '', key = '', file = ''] =
        /aws s3 cp "s3:\/\/([^/]+)\/([^"]+)" (\S+)$/.exec(line) ?? []
      const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      const target = join(path, file)
      writeFileSync(target, (await object.Body?.transformToString()) ?? '')
      return target
    },
  }
}

/** The words after `provision` of a printed command, its token files in the folder where they were put. */
function typedIn(stdout: string, folder: string): readonly string[] {
  const line = stdout.split('\n').find((text) => text.includes('provision ownership confirm')) ?? ''
  const words = line.trim().split(' ').slice(2)
  return words.map((word, index) => (words[index - 1] === '--token-file' ? join(folder, word) : word))
}

t.test('request, read, confirm, apply: by the printed steps only', async (t) => {
  const { sim, path, manifest, run, copy } = await world(t, workers + http + firewall)
  const silent = await run(['ownership', 'request', '-f', manifest])
  t.match(silent, { code: 1, stderr: /nothing was changed: no terminal to confirm on/ })
  t.equal(sim.requests.count('request_challenge'), 0)

  const asked = await run(['ownership', 'request', '-f', manifest], { answer: 'yes' })
  t.equal(asked.code, 0)
  t.match(asked.stderr, 'Make Cloudflare write 2 challenge files?')
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  const shown = asked.stdout.replace(/challenge-[0-9a-f]{8}/g, 'challenge-HEX').replaceAll(day, 'DAY')
  t.equal(
    shown,
    `s3://quay-logs/workers/{DATE}?region=us-east-1 in account Quay, for sre-worker-logs
  Cloudflare wrote the challenge to s3://quay-logs/workers/DAY/ownership-challenge-HEX.txt
  Read it with your own credentials, for example:
    aws s3 cp "s3://quay-logs/workers/DAY/ownership-challenge-HEX.txt" challenge-1.txt

s3://quay-logs/http?region=us-east-1 in zone quay.example, for sre-firewall, sre-http
  Cloudflare wrote the challenge to s3://quay-logs/http/ownership-challenge-HEX.txt
  Read it with your own credentials, for example:
    aws s3 cp "s3://quay-logs/http/ownership-challenge-HEX.txt" challenge-2.txt

Then confirm it and apply:
  logpush-exporter provision ownership confirm -f ${manifest} --token-file challenge-1.txt --token-file challenge-2.txt
Or write into the job: ownership: { token: "\${file:PATH}" }
A token is valid for 7 days, and only for this exact destination string in this account or zone.
`,
  )
  const repeated = await run(['ownership', 'request', '-f', manifest])
  t.equal(repeated.stdout, asked.stdout, 'asking again shows the same files, and writes nothing')
  t.equal(sim.requests.count('request_challenge'), 2)

  const copies = asked.stdout.split('\n').filter((line) => line.includes('aws s3 cp'))
  const files = await Promise.all(copies.map(copy))
  const confirmed = await run(typedIn(asked.stdout, path))
  t.equal(confirmed.code, 0)
  t.match(
    confirmed.stdout,
    /challenge-1\.txt: verifies s3:\/\/quay-logs\/workers\/\{DATE\}.* in account Quay until \d{4}-/,
  )
  const known = await run(['ownership', 'request', '-f', manifest, '-o', 'json'])
  t.match(JSON.parse(known.stdout), [
    { state: 'known', jobs: ['sre-worker-logs'] },
    { state: 'known', jobs: ['sre-firewall', 'sre-http'] },
  ])
  const applied = await run(['apply', '-f', manifest, '--yes'])
  t.match(applied, { code: 0, stdout: /Applied: 3 created\./ })
  t.equal(sim.requests.count('request_challenge'), 2, 'apply asks for nothing and reads nothing')
  t.match(await run(['ownership', 'request', '-f', manifest]), { code: 0, stdout: /^Nothing to verify/ })
  for (const file of files) {
    const token = readFileSync(file, 'utf8').trim()
    const said = [silent, asked, repeated, confirmed, known, applied].map(
      ({ stdout, stderr }) => stdout + stderr,
    )
    t.notOk(said.join('\n').includes(token), 'no token is printed')
  }
})

t.test('a lost answer costs its own destination alone', async (t) => {
  const { sim, manifest, run } = await world(t, workers + http)
  sim.faults.add({ operation: 'request_challenge', effect: { kind: 'lost_answer' }, count: 1 })
  const asked = await run(['ownership', 'request', '-f', manifest, '--yes'])
  t.equal(asked.code, 1)
  t.match(
    asked.stderr,
    /no challenge for s3:\/\/quay-logs\/workers\/\{DATE\}\?region=us-east-1 in account Quay: /,
  )
  t.match(asked.stdout, /aws s3 cp "s3:\/\/quay-logs\/http\//, 'the other one was requested')
  t.equal(sim.requests.count('request_challenge'), 2, 'and nothing was asked twice')
})

t.test('a token in the manifest, before and after its file is there', async (t) => {
  const { path, manifest, run, copy } = await world(t, '')
  const job = `${workers}    ownership: { token: "\${file:challenge.txt}" }\n`
  writeFileSync(manifest, head + job)
  t.match(await run(['apply', '-f', manifest, '--yes']), { code: 65, stderr: /challenge\.txt/ })
  const asked = await run(['ownership', 'request', '-f', manifest, '--yes', '--cache-folder', 'off'])
  t.match(
    asked.stdout,
    /Then, since --cache-folder is off, write into the job: ownership: \{ token: "\$\{file:PATH\}" \}/,
  )
  await copy(asked.stdout.split('\n').find((line) => line.includes('aws s3 cp')) ?? '')
  const checked = await run([
    'ownership',
    'confirm',
    '-f',
    manifest,
    '--token-file',
    join(path, 'challenge.txt'),
    '--cache-folder=off',
  ])
  t.match(checked, { code: 0, stderr: /The token was not saved/ })
  t.match(await run(['apply', '-f', manifest, '--yes']), { code: 0, stdout: /Applied: 1 created\./ })
})

t.test('wrong tokens, and a challenge that is a log line', async (t) => {
  const { sim, path, manifest, run, sumoLines } = await world(t, sumo)
  const file = join(path, 'token.txt')
  const confirm = ['ownership', 'confirm', '-f', manifest, '--token-file', file]
  t.match(await run(['ownership', 'confirm', '-f', manifest]), { code: 64, stderr: /--token-file: missing/ })
  t.match(await run(confirm), { code: 1, stderr: /cannot read .*token\.txt: no such file/ })
  writeFileSync(file, '<html> not a token</html>')
  t.match(await run(confirm), { code: 1, stderr: /token\.txt contains no token/ })
  writeFileSync(file, 'a.b.c')
  t.match(await run(confirm), {
    code: 1,
    stderr: /token\.txt: Cloudflare does not accept this token for sumo:/,
  })
  const apply = await run(['apply', '-f', manifest, '--yes'])
  t.match(apply, { code: 1, stdout: /run "provision ownership request", find the token/ })
  const asked = await run(['ownership', 'request', '-f', manifest, '--yes'])
  t.match(
    asked.stdout,
    /as a log line\.\n {2}Find it at the destination \(in Sumo Logic: Live Tail of the source\)/,
  )
  writeFileSync(file, sumoLines.at(-1) ?? '')
  t.equal((await run(confirm)).code, 0)
  t.match(await run(['apply', '-f', manifest, '--yes']), { code: 0 })
  t.match(await run(confirm), { code: 1, stderr: /Nothing to verify/ })
  t.equal(sim.requests.count('request_challenge'), 1)
  const kept = readFileSync(join(path, 'logpush-exporter', 'challenges.json'), 'utf8')
  t.notMatch(asked.stdout + asked.stderr + apply.stdout + apply.stderr + kept, /canary/)

  writeFileSync(manifest, head + workers + http)
  await run(['ownership', 'request', '-f', manifest, '--yes'])
  await run(['ownership', 'request', '-f', manifest, '--yes', '--again', '--target', 'sre-http'])
  t.equal(sim.requests.count('request_challenge'), 4, '--again asks for the target only')
  writeFileSync(file, 'a.b.c')
  t.match(await run(confirm), { code: 1, stderr: /for none of the 2 destinations to verify/ })
})

t.test('errors on the command line', async (t) => {
  t.match(await runProvision(['ownership']), {
    code: 64,
    stderr: /provision ownership: expected a verb: request, confirm/,
  })
  t.match(await runProvision(['ownership', 'reqest']), { code: 64, stderr: /did you mean "request"\?/ })
  t.match(await runProvision(['ownership', '--help']), {
    code: 0,
    stdout: /request {2}Have Cloudflare write/,
  })
  t.match(await runProvision(['ownership', 'confirm', '--help']), { code: 0, stdout: /--token-file/ })
  t.match(await runProvision(['apply', '--help']), { code: 0, stdout: /--wait=DURATION/ })
  t.match(await runProvision(['apply', 'a', 'b']), { code: 64, stderr: /b: unexpected argument/ })
  t.match(await runProvision(['destroy', '--force=foreign']), { code: 64 })
})
