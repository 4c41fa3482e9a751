import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { runProvision } from '../../support/run-provision.ts'

type Tap = { teardown(end: () => unknown): unknown }

async function world(t: Tap, ...accounts: readonly string[]) {
  const built = buildWorld(17)
  const [id = ''] = accounts.map((name) => built.account(name))
  const sim = await startSimulator({ world: built.spec() })
  t.teardown(() => sim.close())
  const env = { CLOUDFLARE_API_TOKEN: sim.token, LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url }
  return { sim, id, env }
}

const tokenOf = (stdout: string) => /integration token for [^:]*: (\S+)/.exec(stdout)?.[1] ?? ''

t.test('connecting on a terminal: token, browser, completion', async (t) => {
  const { sim, id, env } = await world(t, 'Quay')
  t.match(await runProvision(['pagerduty', 'list'], { env }), {
    code: 0,
    stdout: 'No PagerDuty service is connected to account Quay.\n',
  })
  t.match(await runProvision(['pagerduty', 'connect'], { env }), { code: 1, stderr: /nothing was changed/ })
  t.equal(sim.requests.count('connect_pagerduty'), 0)
  // The answer serves both questions: whether to begin, and whether the browser step is done.
  const early = await runProvision(['pagerduty', 'connect'], { env, answer: 'yes' })
  t.equal(early.code, 1, 'nobody has consented at PagerDuty')
  t.match(
    early.stdout,
    /PagerDuty is not connected yet\.\n.*let Alertmanager page; this needs no connection at Cloudflare\. alerts\/alertmanager\.yaml/,
  )
  t.match(early.stdout, new RegExp(`Open https://dash\\.cloudflare\\.com/${id}/notifications/destinations`))

  const folder = mkdtempSync(join(tmpdir(), 'pagerduty-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'token')
  writeFileSync(file, `${tokenOf(early.stdout)}\n`)
  const finish = ['pagerduty', 'connect', '--token-file', file]
  t.match(await runProvision(finish, { env }), { code: 1, stdout: /not connected yet/ })
  sim.world.consentPagerDuty(tokenOf(early.stdout), 'SRE primary')
  t.match(await runProvision(finish, { env }), {
    code: 0,
    stdout: /^Connected: SRE primary \(id [0-9a-f]{32}\)\. In a policy: pagerduty: \["SRE primary"\]\n$/,
  })
  t.equal(sim.requests.count('connect_pagerduty'), 1)
  t.match(JSON.parse((await runProvision(['pagerduty', 'list', '-o', 'json'], { env })).stdout), [
    { name: 'SRE primary' },
  ])
  t.match(await runProvision(['pagerduty', 'connect', '--token-file', join(folder, 'none')], { env }), {
    code: 64,
    stderr: /--token-file: cannot read/,
  })
})

t.test('what the dashboard has connected meanwhile needs no more linking', async (t) => {
  const { sim, env } = await world(t, 'Quay')
  const begun = runProvision(['pagerduty', 'connect', '--yes'], { env })
  const { code, stdout } = await begun
  t.equal(code, 0, 'without a terminal it says how to go on')
  t.match(
    stdout,
    /Then put the token into a file and run: logpush-exporter provision pagerduty connect .*--token-file PATH/,
  )
  t.match(stdout, /Events API v2, routing_key_file/)
  sim.world.consentPagerDuty(tokenOf(stdout), 'SRE primary')
})

t.test('which account is meant', async (t) => {
  const { id, env } = await world(t, 'Quay', 'Staging')
  t.match(await runProvision(['pagerduty', 'list'], { env }), {
    code: 64,
    stderr: /--cloudflare\.accounts: select one of the accounts that the token sees: Quay, Staging/,
  })
  for (const named of ['Staging', id]) {
    t.equal((await runProvision(['pagerduty', 'list', '--cloudflare.accounts', named], { env })).code, 0)
  }
  t.match(await runProvision(['pagerduty', 'list', '--cloudflare.accounts', 'Nobody'], { env }), { code: 64 })
  t.match(await runProvision(['pagerduty', 'list', '--cloudflare.accounts', 'Quay,Staging'], { env }), {
    code: 64,
  })
})
