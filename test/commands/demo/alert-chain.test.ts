import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import t from 'tap'
import {
  type AlertChainOptions,
  findAlertPrograms,
  startAlertChain,
} from '../../../src/commands/demo/alert-chain.ts'
import { exitCode } from '../../../src/errors.ts'
import { type FakePrograms, fakePrograms } from '../../support/fake-programs.ts'
import { leapingClock } from '../../support/leaping-clock.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

/* Prometheus and Alertmanager as the demo starts them. */

const options = (programs: FakePrograms, edit: Partial<AlertChainOptions> = {}): AlertChainOptions => ({
  programs: { prometheus: '/bin/prometheus', alertmanager: '/bin/alertmanager' },
  startProgram: programs.start,
  target: '127.0.0.1:10199',
  metricsPath: '/metrics',
  pagerDutyUrl: 'http://127.0.0.1:1234',
  factor: 10,
  clock: leapingClock(),
  signal: new AbortController().signal,
  ...edit,
})

/** Where its files are. */
const folderOf = ({ started }: FakePrograms): string => dirname(started[0]?.flag('--config.file') ?? '')

t.test('the programs are found on the search path, under either name', async (t) => {
  const root = t.testdir()
  const folder = (name: string, ...programs: readonly string[]): string => {
    const path = join(root, name)
    mkdirSync(path)
    for (const program of programs) writeFileSync(join(path, program), '', { mode: 0o755 })
    return path
  }
  const debian = folder('debian', 'prometheus', 'prometheus-alertmanager', 'alertmanager')
  const upstream = folder('upstream', 'alertmanager')
  const alone = folder('alone', 'prometheus')
  t.strictSame(findAlertPrograms(debian), {
    ok: true,
    programs: {
      prometheus: join(debian, 'prometheus'),
      alertmanager: join(debian, 'prometheus-alertmanager'),
    },
  })
  t.strictSame(findAlertPrograms([upstream, alone].join(delimiter)), {
    ok: true,
    programs: { prometheus: join(alone, 'prometheus'), alertmanager: join(upstream, 'alertmanager') },
  })
  const [prometheus, alertmanager] = ['prometheus', 'prometheus-alertmanager (or alertmanager)']
  t.strictSame(findAlertPrograms(upstream), { ok: false, missing: [prometheus] })
  t.strictSame(findAlertPrograms(alone), { ok: false, missing: [alertmanager] })
  t.strictSame(findAlertPrograms(undefined), { ok: false, missing: [prometheus, alertmanager] })
})

t.test('both are started with files of their own, and the files go when they are stopped', async (t) => {
  const programs = fakePrograms()
  const chain = await startAlertChain(options(programs))
  const [alertmanager, prometheus] = programs.started
  const folder = folderOf(programs)
  t.match(basename(folder), /^logpush-alerting-/)
  t.equal(dirname(folder), tmpdir())
  const common = (url: string) => [
    `--web.listen-address=${url.replace('http://', '')}`,
    `--web.external-url=${url}/`,
    '--log.level=warn',
  ]
  t.strictSame(alertmanager?.args, [
    `--config.file=${folder}/alertmanager.yaml`,
    `--storage.path=${folder}/alertmanager`,
    '--cluster.listen-address=',
    ...common(chain.alertmanager),
  ])
  t.strictSame(prometheus?.args, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/prometheus`,
    '--rules.alert.resend-delay=1s',
    ...common(chain.prometheus),
  ])
  t.strictSame([alertmanager?.name, prometheus?.name], ['alertmanager', 'prometheus'])
  for (const url of [chain.alertmanager, chain.prometheus]) t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  await chain.stop()
  t.strictSame([alertmanager?.stopped, prometheus?.stopped], [true, true])
  t.notOk(existsSync(folder))
  await chain.stop()
})

t.test('Prometheus scrapes the exporter, and tells Alertmanager of the shipped alerts', async (t) => {
  const programs = fakePrograms()
  const chain = await startAlertChain(options(programs, { metricsPath: '/m' }))
  t.teardown(() => chain.stop())
  const [, prometheus] = programs.started
  t.strictSame(JSON.parse(prometheus?.config ?? ''), {
    global: { scrape_interval: '3000ms', scrape_timeout: '3000ms', evaluation_interval: '3000ms' },
    rule_files: ['cloudflare-logpush.rules.yaml'],
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [chain.alertmanager.replace('http://', '')] }] }],
    },
    scrape_configs: [
      {
        job_name: 'logpush-exporter',
        metrics_path: '/m',
        static_configs: [{ targets: ['127.0.0.1:10199'], labels: { namespace: 'logpush' } }],
      },
    ],
  })
  const rules = readFileSync(join(folderOf(programs), 'cloudflare-logpush.rules.yaml'), 'utf8')
  t.match(rules, 'runbook_url: http://127.0.0.1:10199/runbooks/CloudflareLogpush')
  t.match(rules, / for: 30000ms$/m, 'five minutes, ten times faster')
  t.equal(
    rules.match(/- alert: /g)?.length,
    readFileSync('alerts/cloudflare-logpush.rules.yaml', 'utf8').match(/- alert: /g)?.length,
  )
})

t.test('Alertmanager sends to the inbox, with a key that opens nothing', async (t) => {
  const programs = fakePrograms()
  const chain = await startAlertChain(options(programs))
  t.teardown(() => chain.stop())
  const { config = '' } = programs.started[0] ?? {}
  t.match(config, 'url: http://127.0.0.1:1234/v2/enqueue')
  t.match(config, / group_wait: 1500ms$/m, 'fifteen seconds, ten times faster')
  const [, key = ''] = /routing_key_file: "(.*)"/.exec(config) ?? []
  t.equal(key, join(folderOf(programs), 'routing-key'))
  t.equal(readFileSync(key, 'utf8'), 'not-a-real-routing-key\n')
})

t.test('each is waited for until it says that it is ready', async (t) => {
  const clock = leapingClock()
  const programs = fakePrograms((_, asked) => (asked < 3 ? 503 : 200))
  const chain = await startAlertChain(options(programs, { clock }))
  t.teardown(() => chain.stop())
  t.equal(programs.started.length, 2)
  t.strictSame(new Set(clock.slept), new Set([100]))
  t.ok(clock.slept.length >= 4)
})

t.test('one that is not ready after half a minute is given up, and nothing stays', async (t) => {
  for (const [leapMs, endsMs] of [
    [29_900, 30_100],
    [29_901, 30_001],
  ] as const) {
    const clock = leapingClock()
    const programs = fakePrograms((_, asked) => {
      if (asked === 1) clock.leap(leapMs)
      return 503
    })
    await t.rejects(startAlertChain(options(programs, { clock })), {
      name: 'UserError',
      message: /^Alertmanager does not respond at http:\/\/127\.0\.0\.1:\d+$/,
      exitCode: exitCode.failure,
    })
    t.equal(clock.monotonic(), endsMs)
    t.strictSame(
      programs.started.map(({ stopped }) => stopped),
      [true],
    )
    t.notOk(existsSync(folderOf(programs)))
  }
})

t.test('one that ends at its start is told at once, with its last words', async (t) => {
  const programs = fakePrograms(
    () => 200,
    ({ name, end }) => {
      if (name === 'prometheus') end('bad config')
    },
  )
  const clock = createSteppedClock()
  const begun = clock.monotonic()
  await t.rejects(startAlertChain(options(programs, { clock })), {
    name: 'UserError',
    message: 'Prometheus exited at startup: bad config',
    exitCode: exitCode.failure,
  })
  t.equal(clock.monotonic(), begun)
  t.strictSame(
    programs.started.map(({ stopped }) => stopped),
    [true, true],
  )
})

t.test('one that ends while it is waited for is told before the next question', async (t) => {
  const programs = fakePrograms(() => 503)
  const stepped = createSteppedClock()
  const clock: typeof stepped = {
    ...stepped,
    sleep(ms, signal) {
      programs.started[0]?.end('killed')
      return stepped.sleep(ms, signal)
    },
  }
  await t.rejects(startAlertChain(options(programs, { clock })), {
    message: 'Alertmanager exited at startup: killed',
  })
})

t.test('told to stop, it waits for neither', async (t) => {
  const programs = fakePrograms(() => 503)
  const chain = await startAlertChain(options(programs, { signal: AbortSignal.abort() }))
  t.equal(programs.started.length, 2)
  await chain.stop()
})

t.test('the chain is broken when either of them ends', async (t) => {
  for (const index of [0, 1]) {
    const programs = fakePrograms()
    const chain = await startAlertChain(options(programs))
    programs.started[index]?.end('out of memory')
    t.equal(await chain.broken, 'out of memory')
    await chain.stop()
  }
})
