import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { runProvision } from '../../support/run-provision.ts'

/* `provision fields`: which fields a dataset has, in an account or a zone. */

async function world(t: { teardown(end: () => unknown): unknown }) {
  const built = buildWorld(31)
  const [quay, staging] = [built.account('Quay'), built.account('Staging')]
  built.zone('cdn.example', quay)
  built.zone('shared.example', quay)
  built.zone('shared.example', staging, { id: 'c'.repeat(32) })
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const env = { CLOUDFLARE_API_TOKEN: sim.token, LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url }
  return (...argv: readonly string[]) => runProvision(['fields', ...argv], { env })
}

t.test('fields are listed by name, with type and meaning', async (t) => {
  const fields = await world(t)
  const { code, stdout, stderr } = await fields('http_requests', '--zone', 'CDN.example')
  t.strictSame([code, stderr], [0, ''])
  const lines = stdout.trimEnd().split('\n')
  t.match(
    lines.find((line) => line.startsWith('ClientIP ')),
    /^ClientIP +string {2}ClientIP of the event\.$/,
  )
  t.strictSame(lines, lines.toSorted())
})

t.test('JSON has the descriptions as Cloudflare gives them', async (t) => {
  const fields = await world(t)
  const { code, stdout } = await fields('workers_trace_events', '--cloudflare.accounts', 'Quay', '-o', 'json')
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { Outcome: 'string; Outcome of the event.' })
})

t.test('what is missing, misspelt or in the wrong place is told before and after asking', async (t) => {
  const fields = await world(t)
  const refused = async (message: RegExp, ...argv: readonly string[]) => {
    const { code, stdout, stderr } = await fields(...argv)
    t.strictSame([code, stdout], [64, ''], argv.join(' '))
    t.match(stderr, message)
  }
  await refused(/fields: name a dataset/)
  await refused(/http_requests is a dataset of zones: name one with --zone/, 'http_requests')
  await refused(/is a dataset of accounts: leave --zone out/, 'audit_logs', '--zone', 'cdn.example')
  await refused(
    /"http_request" in zone cdn\.example: .*did you mean.*http_requests/,
    'http_request',
    '--zone',
    'cdn.example',
  )
  await refused(/--zone: the token sees no zone "nope\.example"/, 'http_requests', '--zone', 'nope.example')
  await refused(/2 zones are named "shared\.example"/, 'http_requests', '--zone', 'shared.example')
  await refused(/select one of the accounts that the token sees: Quay, Staging/, 'audit_logs')
})

t.test('a name that several accounts have is told apart by its account', async (t) => {
  const fields = await world(t)
  const named = ['dns_logs', '--zone', 'shared.example', '--cloudflare.accounts', 'Staging']
  t.match(await fields(...named), { code: 0, stdout: /^ColoCode +string/ })
})
