import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { type DemoAlertingOptions, startDemoAlerting } from '../../../src/commands/demo/demo-alerting.ts'
import { type FakePrograms, fakePrograms } from '../../support/fake-programs.ts'
import { leapingClock } from '../../support/leaping-clock.ts'
import { settle } from '../../support/stepped-clock.ts'

/* The chain behind the exporter of the demo, with programs that are none. */

const searchPath = mkdtempSync(join(tmpdir(), 'demo-alerting-'))
t.teardown(() => rmSync(searchPath, { recursive: true }))
for (const name of ['prometheus', 'alertmanager']) writeFileSync(join(searchPath, name), '', { mode: 0o755 })

async function started(programs: FakePrograms, edit: Partial<DemoAlertingOptions> = {}) {
  const said: string[] = []
  const alerting = await startDemoAlerting({
    searchPath,
    startProgram: programs.start,
    exporterUrl: 'http://127.0.0.1:10199',
    clock: leapingClock(),
    signal: new AbortController().signal,
    say: (line) => said.push(line),
    ...edit,
  })
  return { alerting, said }
}

t.test('without the programs it says which are missing and where to get them', async (t) => {
  const programs = fakePrograms()
  const { alerting, said } = await started(programs, { searchPath: '/nowhere' })
  t.strictSame(alerting.notes, [
    'No alerting: prometheus and prometheus-alertmanager (or alertmanager) cannot be found on this machine.',
    'On Debian and Ubuntu: apt-get install prometheus prometheus-alertmanager.',
  ])
  t.strictSame(alerting.addresses, [])
  t.strictSame(said, [])
  t.strictSame(programs.started, [])
  await alerting.stop()
})

t.test('it says where the parts are, and that they are ten times faster', async (t) => {
  const programs = fakePrograms()
  const { alerting, said } = await started(programs)
  const [alertmanager, prometheus] = programs.started.map(({ flag }) => flag('--web.external-url'))
  const [inbox] = alerting.addresses
  t.strictSame(alerting.addresses, [
    { name: 'PagerDuty inbox', url: inbox?.url, note: 'incidents open and resolve here' },
    { name: 'Alertmanager', url: alertmanager },
    { name: 'Prometheus', url: prometheus },
  ])
  t.match(inbox?.url, /^http:\/\/127\.0\.0\.1:\d+\/$/)
  t.strictSame(alerting.notes, [
    'For the demo, alert timings are ten times shorter: 90 seconds of failure open an incident.',
  ])
  t.strictSame(said, ['Starting Prometheus and Alertmanager …'])
  const page = await (await fetch(inbox?.url ?? '')).text()
  const links = [...page.matchAll(/<a href="(http[^"]*)">([^<]*)<\/a>/g)].map(([, href, text]) => [
    text,
    href,
  ])
  t.strictSame(links, [
    ['Alertmanager', alertmanager],
    ['Prometheus', prometheus],
    ['Status page', 'http://127.0.0.1:10199/'],
  ])
  t.match(programs.started[0]?.config, `url: ${inbox?.url}v2/enqueue`)
  t.match(programs.started[1]?.config, '"scrape_interval":"3000ms"')
  t.match(
    programs.started[1]?.config,
    '"metrics_path":"/metrics","static_configs":[{"targets":["127.0.0.1:10199"]',
  )
  await alerting.stop()
  t.strictSame(
    programs.started.map(({ stopped }) => stopped),
    [true, true],
  )
  await t.rejects(fetch(inbox?.url ?? ''), 'the inbox is closed as well')
})

t.test('a part that ends is told, unless the demo is being stopped', async (t) => {
  for (const isStopping of [false, true]) {
    const programs = fakePrograms()
    const stop = new AbortController()
    const { alerting, said } = await started(programs, { signal: stop.signal })
    if (isStopping) stop.abort()
    programs.started[1]?.end('out of memory')
    await alerting.stop()
    await settle()
    t.strictSame(said.slice(1), isStopping ? [] : ['Alerting has stopped: out of memory'])
  }
})

t.test('a part that does not start costs the alerting only', async (t) => {
  const programs = fakePrograms(undefined, ({ end }) => end('bad config'))
  const { alerting } = await started(programs)
  t.strictSame(alerting.notes, ['No alerting: Alertmanager exited at startup: bad config'])
  t.strictSame(alerting.addresses, [])
  const [, inbox = ''] = /url: (http:\S+)\/v2\/enqueue/.exec(programs.started[0]?.config ?? '') ?? []
  t.match(inbox, /:\d+$/)
  await t.rejects(fetch(inbox), 'its inbox is closed')
  await alerting.stop()
})

t.test('an error of ours is no lack of alerting', async (t) => {
  const broken = {
    ...fakePrograms(),
    start: () => {
      throw new TypeError('a bug')
    },
  }
  await t.rejects(started(broken), { name: 'TypeError', message: 'a bug' })
})
