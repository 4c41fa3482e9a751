import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { runProvision } from '../../support/run-provision.ts'

/* `provision pagerduty`: which services are connected, and how one is connected. */

type Tap = { teardown(end: () => unknown): unknown }

async function world(t: Tap, ...services: readonly string[]) {
  const built = buildWorld(19)
  const account = built.account('Quay')
  for (const service of services) built.pagerduty(account, service)
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const env = { CLOUDFLARE_API_TOKEN: sim.token, LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url }
  const run = (verb: string, argv: readonly string[] = [], answer?: string | null) =>
    runProvision(['pagerduty', verb, ...argv], { env, ...(answer === undefined ? {} : { answer }) })
  return { sim, account, run }
}

const tokenOf = (stdout: string) => /integration token for account Quay: (\S+)/.exec(stdout)?.[1] ?? ''

t.test('connected services are listed as a policy names them, or as JSON', async (t) => {
  const { run } = await world(t, 'SRE primary')
  t.match(await run('list'), {
    code: 0,
    stdout: /^Connected: SRE primary \(id [0-9a-f]{32}\)\. In a policy: pagerduty: \["SRE primary"\]\n$/,
  })
  t.match(await run('list', ['-o', 'json']), {
    code: 0,
    stdout: /^\[\n {2}\{\n {4}"id": "[0-9a-f]{32}",\n {4}"name": "SRE primary"\n {2}\}\n\]\n$/,
  })
  const none = await world(t)
  t.match(await none.run('list'), {
    code: 0,
    stdout: 'No PagerDuty service is connected to account Quay.\n',
  })
  t.match(await none.run('list', ['-o', 'json']), { code: 0, stdout: '[]\n' })
})

t.test('nothing is asked of Cloudflare before it is agreed to', async (t) => {
  const { sim, run } = await world(t)
  const no = await run('connect', [], 'no')
  t.equal(no.code, 1)
  t.match(
    no.stderr,
    'Ask Cloudflare to connect account Quay to PagerDuty? Type "yes" to continue: Nothing was',
  )
  t.equal(sim.requests.count('connect_pagerduty'), 0)
})

t.test('a connection that is made meanwhile is found after Enter, and how to name it is told', async (t) => {
  const { sim, account, run } = await world(t)
  const early = await run('connect', ['--yes'], '')
  t.equal(early.code, 1)
  t.match(early.stderr, /Press Enter once PagerDuty shows that it is connected: $/)
  t.match(early.stdout, /\nPagerDuty is not connected yet\.\nAlternatively, let Alertmanager page;/)
  t.notMatch(early.stdout, 'Then put the token into a file')

  const folder = t.testdir({ token: `  ${tokenOf(early.stdout)}\n` })
  const finish = ['--cloudflare.accounts', account, '--token-file', `${folder}/token`]
  t.match(await run('connect', finish), {
    code: 1,
    stdout: /^PagerDuty is not connected yet\.\nAlternatively, /,
  })
  sim.world.consentPagerDuty(tokenOf(early.stdout), 'SRE primary')
  const finished = await run('connect', finish)
  t.match(finished, { code: 0, stdout: /^Connected: SRE primary / })
  t.notMatch(finished.stdout, 'Alertmanager')
  t.equal(sim.requests.count('connect_pagerduty'), 1, 'finishing asks for no other token')
  t.match(await run('connect', ['--token-file', `${folder}/none`]), {
    code: 64,
    stderr: new RegExp(`--token-file: cannot read ${folder}/none: no such file\n$`),
  })
})

t.test('where nobody can press Enter, it says how to finish, and that is no failure', async (t) => {
  const { account, run } = await world(t)
  const { code, stdout, stderr } = await run('connect', ['--yes'])
  t.equal(code, 0)
  t.match(stdout, `Open https://dash.cloudflare.com/${account}/notifications/destinations`)
  t.match(
    stdout,
    `Then put the token into a file and run: logpush-exporter provision pagerduty connect --cloudflare.accounts ${account} --token-file PATH\nAlternatively, let Alertmanager page;`,
  )
  t.notMatch(stdout, 'not connected yet')
  const audit = stderr.split('\n').find((line) => line.includes('provision write')) ?? '{}'
  t.match(
    JSON.parse(audit),
    { audit: true, action: 'connect pagerduty', account_id: account, result: 'done' },
    'the write is in the log',
  )
  t.notOk(audit.includes(tokenOf(stdout)), 'without the token')
})
