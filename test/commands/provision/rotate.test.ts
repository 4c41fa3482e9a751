import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { runProvision } from '../../support/run-provision.ts'

/* `provision rotate` and `provision test`: secrets again, and whether destinations are writable now. */

const splunk = (name: string, place: string, dataset: string) => `  - name: ${name}
    ${place}
    dataset: ${dataset}
    destination: { splunk: { host: "hec.example.com:8088", channel: c, sourcetype: cf, token: "\${env:HEC}" } }
`
const bucket = `  - name: sre-audit
    scope: account
    dataset: audit_logs
    destination: { gcs: { bucket: quay-logs, path: audit } }
    ownership: { token: "\${file:challenge.txt}" }
`
const text = `version: 1
account: { name: Quay }
owner: sre
jobs:
${splunk('sre-dns', 'zone: quay.example', 'dns_logs')}${splunk('sre-http', 'zone: quay.example', 'http_requests')}${splunk('sre-dns', 'scope: account', 'gateway_dns')}`

async function world(t: { teardown(end: () => unknown): unknown }) {
  const built = buildWorld(21)
  built.zone('quay.example', built.account('Quay'))
  const sim = await startSimulator({ world: built.spec(), objectStore: { put: async () => {} } })
  const folder = mkdtempSync(join(tmpdir(), 'rotate-'))
  t.teardown(async () => {
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const file = join(folder, 'manifest.yaml')
  writeFileSync(file, text)
  const env = {
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    XDG_CACHE_HOME: folder,
    HEC: 'canary-hec',
  }
  const run = (verb: string, ...argv: readonly string[]) => runProvision([verb, ...argv, '-f', file], { env })
  return { sim, file, run }
}

t.test('rotate sends the secrets of many jobs again, and of no other', async (t) => {
  const { sim, run } = await world(t)
  t.match(await run('rotate', 'sre-dns', '--yes'), {
    code: 1,
    stderr: /sends secrets of live objects only, and an apply would create job sre-dns/,
  })
  t.equal((await run('apply', '--yes')).code, 0)
  t.match(await run('plan'), { code: 0, stdout: /No changes/ })
  const one = await run('rotate', 'sre-dns', '--yes')
  t.match(one, { code: 0, stdout: /Applied: 2 updated\./ })
  t.match(one.stdout, /destination: \(secret\) → \(secret changed\)/)
  t.match(await run('rotate', 'sre-*', '--yes'), { code: 0, stdout: /Applied: 3 updated\./ })
  t.equal(sim.requests.count('update_job'), 5)
  t.match(await run('rotate', '--yes'), { code: 64, stderr: /rotate: name a job or webhook/ })
  t.match(await run('rotate', 'sre-htp', '--yes'), {
    code: 64,
    stderr: /rotate sre-htp: nothing in the manifest has this name; did you mean "sre-http"\?/,
  })
  t.notMatch(one.stdout + one.stderr, /canary/)
})

t.test('test says of each destination whether Cloudflare can write there now', async (t) => {
  const { sim, file, run } = await world(t)
  writeFileSync(file, text + bucket)
  const all = await run('test')
  t.equal(all.code, 0, all.stderr)
  const lines = all.stdout.trimEnd().split('\n')
  t.equal(lines.length, 3, 'jobs that share scope and destination are one')
  t.match(all.stdout, /^writable +sre-dns, sre-http +zone quay\.example +splunk:\/\/hec\.example\.com:8088/m)
  t.equal(sim.requests.count('validate_destination'), 3)
  t.equal(sim.requests.count('request_challenge'), 0, 'no challenge unless it is asked for')

  sim.faults.add({ operation: 'validate_destination', effect: { kind: 'status', status: 400 }, count: 1 })
  const refused = await run('test', 'sre-http')
  t.match(refused, { code: 1, stdout: /^refused +sre-http +zone quay\.example +splunk:.*: / })

  t.match(await run('test', 'sre-audit', '--challenge'), { code: 1, stderr: /no terminal to confirm on/ })
  t.match(await run('test', 'sre-a*', '--challenge', '--yes', '-o', 'json'), {
    code: 0,
    stdout: /"writable"/,
  })
  t.equal(sim.requests.count('request_challenge'), 1)
  t.equal(sim.requests.count('create_job') + sim.requests.count('update_job'), 0)
  t.notMatch(all.stdout + refused.stdout, /canary/)
})

t.test('a challenge that Cloudflare cannot write shows what its test did not', async (t) => {
  const { sim, file, run } = await world(t)
  sim.faults.add({ operation: 'request_challenge', effect: { kind: 'status', status: 400 }, count: 1 })
  writeFileSync(file, text + bucket)
  const { code, stdout } = await run('test', 'sre-audit', '--challenge', '--yes')
  t.equal(code, 1)
  t.match(
    stdout,
    /^refused +sre-audit +account Quay +gs:\/\/quay-logs\/audit: cannot request an ownership challenge/,
  )
})
