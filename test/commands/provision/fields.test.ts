import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { fakeHttp, ok, refused } from '../../support/fake-http.ts'
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
  return { quay, run: (...argv: readonly string[]) => runProvision(['fields', ...argv], { env }) }
}

t.test('fields are listed by name, with type and meaning', async (t) => {
  const { run: fields } = await world(t)
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
  const { run: fields } = await world(t)
  const { code, stdout } = await fields('workers_trace_events', '--cloudflare.accounts', 'Quay', '-o', 'json')
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { Outcome: 'string; Outcome of the event.' })
})

t.test('what is missing, misspelt or in the wrong place is told before and after asking', async (t) => {
  const { run: fields } = await world(t)
  const isRefused = async (message: RegExp, ...argv: readonly string[]) => {
    const { code, stdout, stderr } = await fields(...argv)
    t.strictSame([code, stdout], [64, ''], argv.join(' '))
    t.match(stderr, message)
  }
  await isRefused(/fields: name a dataset/)
  await isRefused(/http_requests is a dataset of zones: name one with --zone/, 'http_requests')
  await isRefused(/is a dataset of accounts: leave --zone out/, 'audit_logs', '--zone', 'cdn.example')
  await isRefused(
    /"http_request" in zone cdn\.example: .*did you mean.*http_requests/,
    'http_request',
    '--zone',
    'cdn.example',
  )
  await isRefused(/--zone: the token sees no zone "nope\.example"/, 'http_requests', '--zone', 'nope.example')
  await isRefused(/2 zones are named "shared\.example"/, 'http_requests', '--zone', 'shared.example')
  await isRefused(/select one of the accounts that the token sees: Quay, Staging/, 'audit_logs')
})

t.test('a name that several accounts have is told apart by its account', async (t) => {
  const { run: fields } = await world(t)
  const named = ['dns_logs', '--zone', 'shared.example', '--cloudflare.accounts', 'Staging']
  t.match(await fields(...named), { code: 0, stdout: /^ColoCode +string/ })
})

t.test(
  'a field is listed with what its description says, with or without a type, in one order',
  async (t) => {
    const server = await fakeHttp(ok({ Zeta: ' no type ', Alpha: ' string ; first; second ', Beta: '' }))
    t.teardown(() => server.close())
    const env = { CLOUDFLARE_API_TOKEN: 'token', LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: server.baseUrl }
    const zone = 'd'.repeat(32)
    const { code, stdout } = await runProvision(['fields', 'dns_logs', '--zone', zone], { env })
    t.equal(code, 0)
    t.equal(stdout, 'Alpha  string  first; second\nBeta\nZeta           no type\n')
    t.strictSame(
      server.received.map(({ url }) => url),
      [`/client/v4/zones/${zone}/logpush/datasets/dns_logs/fields`],
      'a zone that is given by its id is not looked for',
    )
    const json = await runProvision(['fields', 'dns_logs', '--zone', zone, '-o', 'json'], { env })
    t.match(json.stdout, /^\{\n {2}"Zeta": " no type ",\n/)
  },
)

t.test('a dataset without fields is said to have none; as JSON it is empty', async (t) => {
  const server = await fakeHttp(ok({}))
  t.teardown(() => server.close())
  const env = { CLOUDFLARE_API_TOKEN: 'token', LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: server.baseUrl }
  const argv = ['fields', 'unheard_of', '--cloudflare.accounts', 'e'.repeat(32)]
  t.match(await runProvision(argv, { env }), {
    code: 0,
    stdout: `unheard_of has no fields in account ${'e'.repeat(32)}.\n`,
  })
  t.match(await runProvision([...argv, '-o', 'json'], { env }), { code: 0, stdout: '{}\n' })
})

t.test(
  'what Cloudflare refuses is a mistake in the call; that it does not answer is a failure',
  async (t) => {
    const server = await fakeHttp()
    t.teardown(() => server.close())
    const env = { CLOUDFLARE_API_TOKEN: 'token', LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: server.baseUrl }
    const answered = (status: number) => {
      server.answer(refused(status, 1000, 'words of Cloudflare'))
      return runProvision(['fields', 'dns_log', '--zone', 'd'.repeat(32)], { env })
    }
    for (const status of [400, 404])
      t.match(await answered(status), {
        code: 64,
        stderr: /"dns_log" in zone d{32}: .*words of Cloudflare.*; did you mean "dns_logs"\?\n$/,
      })
    const forbidden = await answered(403)
    t.equal(forbidden.code, 1)
    t.notMatch(forbidden.stderr, 'did you mean')
  },
)

t.test('a zone is looked for in the accounts that are named, by their names or ids', async (t) => {
  const { run, quay } = await world(t)
  const ask = (account: string) => run('dns_logs', '--zone', 'cdn.example', '--cloudflare.accounts', account)
  for (const account of ['Quay', quay]) t.equal((await ask(account)).code, 0, account)
  t.match(await ask('Staging'), {
    code: 64,
    stderr: 'logpush-exporter: --zone: the token sees no zone "cdn.example"\n',
  })
  t.match(await run('dns_logs', '--zone', 'shared.example'), {
    code: 64,
    stderr: /"shared\.example"; give the id, or the account with --cloudflare\.accounts\n$/,
  })
})
