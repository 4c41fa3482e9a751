import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { contrary } from '../support/api-mode.ts'
import { type ExporterProcess, eventually, startExporter } from '../support/exporter-process.ts'
import { type ScrapedSample, sampleValue, scrape } from '../support/scrape.ts'

/*
 * The real program against an API that refuses, lies or is not there: it says so once, shows it in metrics, goes
 * on where going on makes sense, and says once when it is over.
 */

t.setTimeout(240_000)

const generous = { requests: 100_000, windowMs: 300_000 }

async function simulator(
  t: { teardown(end: () => Promise<void>): unknown },
  build = world(),
): Promise<Simulator> {
  const started = await startSimulator({
    world: build.spec(),
    rateLimits: { rest: generous, graphql: generous },
    contrary,
  })
  t.teardown(() => started.close())
  return started
}

function world() {
  const build = buildWorld(3)
  const account = build.account('Quay')
  build.job({ name: 'audit', scope: accountScope(account), traffic: { batchEveryMs: 5_000 } })
  build.job({
    name: 'http',
    scope: zoneScope(build.zone('quay.example', account)),
    traffic: { batchEveryMs: 5_000 },
  })
  return build
}

function start(
  t: { teardown(end: () => Promise<void>): unknown },
  url: string,
  token: string,
): Promise<ExporterProcess> {
  const every = ['health', 'inventory', 'discovery'].map((name) => `--${name}.poll-interval=150ms`)
  return startExporter(t, {
    args: [`--cloudflare.base-url=${url}`, '--state.path=:memory:', '--cloudflare.budget-share=1', ...every],
    env: { CLOUDFLARE_API_TOKEN: token },
  })
}

/** Waits until a poller has ended so many more cycles. */
async function polls(
  exporter: ExporterProcess,
  poller: string,
  more: number,
): Promise<readonly ScrapedSample[]> {
  const count = async (): Promise<number> =>
    sampleValue(await scrape(`${exporter.url}/metrics`), 'cloudflare_logpush_exporter_polls_total', {
      poller,
    }) ?? 0
  const before = await count()
  await eventually(
    async () => ((await count()) >= before + more ? true : undefined),
    `${more} more ${poller} polls`,
    60,
  )
  return scrape(`${exporter.url}/metrics`)
}

interface Line {
  readonly level: string
  readonly msg: string
  readonly kind?: string
}

/** What a contrary API has said of it whatever else is wrong. */
const ofContrary =
  /^Cloudflare answered with objects that cannot be read|^the rate limit in a response is not plausible/

/** Batches of every job of a zone: a contrary API adds jobs. */
function batches(samples: readonly ScrapedSample[], zone: string): number {
  return samples
    .filter(({ name, labels }) => name === 'cloudflare_logpush_batches_total' && labels.zone === zone)
    .reduce((sum, { value }) => sum + value, 0)
}

function lines(exporter: ExporterProcess, levels: readonly string[] = ['warn', 'error']): readonly string[] {
  return exporter.log
    .map((line): Line => JSON.parse(line))
    .filter(({ level, msg }) => levels.includes(level) && !['listening', 'shutting down'].includes(msg))
    .filter(({ msg }) => !(contrary && ofContrary.test(msg)))
    .map(({ level, msg, kind }) => `${level}: ${msg}${kind === undefined ? '' : ` (${kind})`}`)
}

t.test('a wrong token: said once, shown in metrics, and the program goes on', async (t) => {
  const { url } = await simulator(t)
  const exporter = await start(t, url, 'wrong-token-canary-0123456789')
  const shown = await polls(exporter, 'discovery', 4)
  t.same([...lines(exporter)].sort(), [
    'error: Cloudflare does not accept the API token; check it, or create a new one; a new token can take about a minute to work',
    'error: poll failed (auth)',
  ])
  t.equal(sampleValue(shown, 'cloudflare_logpush_exporter_token_active'), 0)
  t.ok(
    (sampleValue(shown, 'cloudflare_logpush_exporter_poll_failures_total', {
      poller: 'discovery',
      kind: 'auth',
    }) ?? 0) >= 4,
  )
  t.notMatch(exporter.log.join('\n'), /canary/)
  t.equal((await fetch(`${exporter.url}/-/ready`)).status, 200, 'it is ready to tell that it is blind')
})

t.test('a token without Logs Write: uploads are counted from health data alone', async (t) => {
  const build = world()
  const token = build.token({
    grants: (['account_settings_read', 'zone_read', 'account_analytics_read', 'analytics_read'] as const).map(
      (permission) => ({ permission }),
    ),
  })
  const { url } = await simulator(t, build)
  const exporter = await start(t, url, token)
  await polls(exporter, 'inventory', 3)
  const shown = await polls(exporter, 'health', 4)
  t.same(lines(exporter), [
    'warn: cannot list jobs: the token may not list jobs there (needs Logs Write), or the plan has no Logpush; continuing with health data only; a new token can take about a minute to work (forbidden)',
  ])
  t.equal(sampleValue(shown, 'cloudflare_logpush_up', { zone: 'quay.example', source: 'inventory' }), 0)
  t.equal(sampleValue(shown, 'cloudflare_logpush_up', { zone: 'quay.example', source: 'health' }), 1)
  t.ok(batches(shown, 'quay.example') > 0)
  t.ok(batches(shown, '') > 0, 'of the account')
  t.equal(sampleValue(shown, 'cloudflare_logpush_job_enabled'), undefined, 'what is not known is not shown')
})

t.test('no network: said once, over when it is over', async (t) => {
  const blackHole = createServer().listen(0, '127.0.0.1')
  const { port } = await new Promise<AddressInfo>((resolve) =>
    blackHole.on('listening', () => resolve(blackHole.address() as AddressInfo)),
  )
  await new Promise((resolve) => blackHole.close(resolve))
  const exporter = await start(t, `http://127.0.0.1:${port}/client/v4`, 'token-0123456789')
  const shown = await polls(exporter, 'discovery', 3)
  t.same([...new Set(lines(exporter))], ['error: poll failed (network)'])
  t.ok(lines(exporter).length <= 2, 'once for each poller that met it')
  t.ok(
    (sampleValue(shown, 'cloudflare_logpush_exporter_api_requests_total', {
      operation: 'list_zones',
      code: 'error',
    }) ?? 0) > 0,
  )
})

for (const [name, effect, kind, metric] of [
  ['a storm of 429s', { kind: 'status', status: 429, retryAfterSeconds: 1 }, 'rate_limited', 'throttled'],
  ['a proxy that answers with HTML', { kind: 'html' }, 'bad_response', null],
  ['errors of the API itself', { kind: 'status', status: 503 }, 'unavailable', null],
  ['answers cut in the middle', { kind: 'cut_json' }, 'bad_response', null],
] as const) {
  t.test(`${name}: one line when it begins and one when it is over, and the numbers stay`, async (t) => {
    const simulated = await simulator(t)
    const exporter = await start(t, simulated.url, simulated.token)
    const before = await polls(exporter, 'health', 2)
    t.same(lines(exporter), [])
    const fault = simulated.faults.add({ effect })
    const during = await polls(exporter, 'health', kind === 'rate_limited' ? 2 : 4)
    t.equal(sampleValue(during, 'cloudflare_logpush_up', { zone: 'quay.example', source: 'health' }), 0)
    t.ok(batches(before, 'quay.example') > 0)
    t.ok(batches(during, 'quay.example') >= batches(before, 'quay.example'))
    const said = lines(exporter)
    t.equal(new Set(said).size, said.length, `nothing is said twice: ${said.join(' | ')}`)
    t.ok(said.includes(`warn: cannot read health data; counters pause and catch up later (${kind})`))
    if (metric === 'throttled')
      t.ok(
        (sampleValue(during, 'cloudflare_logpush_exporter_api_throttled_total', { api: 'graphql' }) ?? 0) > 0,
      )
    simulated.faults.remove(fault)
    await eventually(
      async () =>
        lines(exporter, ['info']).some((line) => line.startsWith('info: reading health data works again'))
          ? true
          : undefined,
      'the end is said',
      60,
    )
    t.equal(
      lines(exporter, ['info']).filter((line) => line.startsWith('info: reading health data works again'))
        .length,
      1,
    )
  })
}

t.test('settings that are wrong end the program with 64 and every mistake', async (t) => {
  const bundle = new URL('../../dist/main.js', import.meta.url).pathname
  const { status, stderr } = spawnSync(
    process.execPath,
    [bundle, 'serve', '--health.poll-interval=soon', '--web.listen-adress=:1', '--cloudflare.budget-share=7'],
    { encoding: 'utf8', env: { PATH: process.env.PATH } },
  )
  t.equal(status, 64)
  t.match(stderr, /--health\.poll-interval/)
  t.match(stderr, /--web\.listen-address/, 'the nearest right name')
  t.match(stderr, /--cloudflare\.budget-share/)
})

/* Secrets: in the token, in destinations, in error messages and in headers; at the most talkative level. */

t.test('canary secrets appear in no log, metric, page or state file', async (t) => {
  const { mkdtempSync, readdirSync, readFileSync, rmSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const folder = mkdtempSync(join(tmpdir(), 'canary-'))
  t.teardown(async () => rmSync(folder, { recursive: true, force: true }))
  const build = buildWorld(5)
  const account = build.account('Quay')
  const zone = zoneScope(build.zone('quay.example', account))
  const canary = (name: string): string => `CANARY-${name}-s3cr3t`
  const destinations = [
    `r2://logs/http/{DATE}?account-id=0123&access-key-id=${canary('r2id')}&secret-access-key=${canary('r2key')}`,
    `splunk://splunk.example:8088/services/collector/raw?channel=${canary('channel')}&header_Authorization=Splunk%20${canary('hec')}`,
    `https://logs.example/in/${canary('path')}?header_X-Key=${canary('header')}`,
    `sumo://endpoint1.example/receiver/v1/http/${canary('sumo')}`,
    `azure://quay.blob.core.windows.net/logs?sv=1&sig=${canary('sig')}`,
    `datadog://http-intake.logs.datadoghq.com/api/v2/logs?header_DD-API-KEY=${canary('dd')}`,
  ]
  for (const failure of ['dns', 'timeout', 'expired_credentials'] as const) {
    for (const destinationConf of destinations)
      build.job({
        name: `${failure} job`,
        scope: zone,
        destinationConf,
        scenario: { kind: 'dead', failure },
        traffic: { batchEveryMs: 2_000 },
      })
  }
  const token = build.token({ text: canary('token') })
  const simulated = await startSimulator({
    world: build.spec(),
    rateLimits: { rest: generous, graphql: generous },
    contrary,
  })
  t.teardown(() => simulated.close())
  const exporter = await startExporter(t, {
    args: [
      `--cloudflare.base-url=${simulated.url}`,
      `--state.path=${join(folder, 'ledger.db')}`,
      '--log.level=debug',
      '--health.poll-interval=150ms',
      '--inventory.poll-interval=150ms',
    ],
    env: { CLOUDFLARE_API_TOKEN: token },
  })
  // The first push of a job fails two seconds after its beginning.
  await eventually(async () => {
    const failing = sampleValue(await scrape(`${exporter.url}/metrics`), 'cloudflare_logpush_job_failing', {
      job_id: '410001',
    })
    return failing === 1 ? true : undefined
  }, 'a job that fails')
  simulated.faults.add({ effect: { kind: 'success_false' }, count: 2 })
  await polls(exporter, 'inventory', 3)
  const outputs: Record<string, string> = { log: exporter.log.join('\n') }
  for (const path of ['/metrics', '/', '/api/v1/jobs', '/-/ready']) {
    const answer = await fetch(`${exporter.url}${path}`, { headers: { 'x-canary': canary('request') } })
    outputs[path] = `${[...answer.headers].join('\n')}\n${await answer.text()}`
  }
  exporter.signal('SIGTERM')
  await exporter.ended
  for (const file of readdirSync(folder)) outputs[file] = readFileSync(join(folder, file), 'latin1')
  t.match(
    outputs['/metrics'],
    /cloudflare_logpush_job_failing\{[^}]*\} 1/,
    'there were failing jobs to speak of',
  )
  t.match(outputs.log, /job is failing/)
  for (const [where, text] of Object.entries(outputs)) {
    t.notMatch(text, /CANARY/i, where)
    t.notMatch(text, /s3cr3t/i, where)
  }
})
