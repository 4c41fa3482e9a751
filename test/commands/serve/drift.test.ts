import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createExporter } from '../../../src/commands/serve/exporter.ts'
import { readTextFile } from '../../../src/runtime/text-file.ts'
import { allSettings, defaultsOf } from '../../../src/settings/exporter-settings.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { accountScope, buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { exporterDeps } from '../../support/exporter-deps.ts'
import { logSink } from '../../support/log-sink.ts'
import { runProvision } from '../../support/run-provision.ts'
import { ask, simStart } from '../../support/simulation.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

/* `serve --manifest.file` against the simulator: what a hand changes shows, and nothing is written. */

t.setTimeout(120_000)

const manifest = `version: 1
account: { name: Quay }
owner: sre
scopes: [{ zone: quay.example }]
jobs:
  - name: sre-http
    zone: quay.example
    dataset: http_requests
    destination: { splunk: { host: "hec.example.com:8088", channel: c, sourcetype: cf, token: "\${env:HEC}" } }
    output: { fields: all }
  - name: sre-audit
    scope: account
    dataset: audit_logs_v2
    destination: { splunk: { host: "hec.example.com:8088", channel: c, sourcetype: cf, token: "\${file:hec.txt}" } }
notifications:
  policies: [{ name: sre-disabled, alert: failing_logpush_job_disabled_alert, email: [sre@example.com] }]
prune: true
`

const added = `  - name: sre-dns
    zone: quay.example
    dataset: dns_logs
    destination: { splunk: { host: "hec.example.com:8088", channel: c, sourcetype: cf, token: "\${env:HEC}" } }
`

async function world(t: { teardown(end: () => unknown): unknown }) {
  const built = buildWorld(3)
  const account = built.account('Quay')
  const zone = built.zone('quay.example', account)
  built.job({ scope: accountScope(account), name: 'theirs' })
  const sim = await startSimulator({
    world: built.spec(),
    startAt: simStart,
    speed: 0,
    rateLimits: { rest: { requests: 100_000, windowMs: 300_000 } },
  })
  t.teardown(sim.close)
  const folder = mkdtempSync(join(tmpdir(), 'drift-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'manifest.yaml')
  writeFileSync(file, manifest)
  writeFileSync(join(folder, 'hec.txt'), 'canary-hec-file\n')
  const env = {
    HEC: 'canary-hec-env',
    CLOUDFLARE_API_TOKEN: sim.token,
    LOGPUSH_EXPORTER_CLOUDFLARE_BASE_URL: sim.url,
    XDG_CACHE_HOME: folder,
  }
  const applied = await runProvision(['apply', '-f', file, '--yes'], { env })
  if (applied.code !== 0) throw new Error(applied.stdout + applied.stderr)
  return { sim, zone, account, file, env }
}

async function exporterOf(
  t: { teardown(end: () => unknown): unknown },
  { sim, file, env }: Awaited<ReturnType<typeof world>>,
) {
  const clock = createSteppedClock(simStart)
  const log = logSink()
  const settings = {
    ...defaultsOf(allSettings),
    baseUrl: sim.url,
    statePath: ':memory:',
    manifestFile: file,
    historyPollIntervalMs: null,
  }
  const exporter = await createExporter(
    settings,
    exporterDeps(settings, { clock, log, env, apiToken: sim.token, readFile: readTextFile }),
  )
  const [address] = await exporter.listen([{ host: '127.0.0.1', port: 0 }])
  const stop = new AbortController()
  const running = exporter.run(stop.signal)
  t.teardown(async () => {
    stop.abort()
    let ended = false
    const end = running.then(() => {
      ended = true
    })
    while (!ended) await clock.advance(1000)
    await end
  })
  const lines = async (): Promise<readonly string[]> => {
    const text = await (await fetch(`http://127.0.0.1:${address?.port}/metrics`)).text()
    return text.split('\n').filter((line) => line.startsWith('cloudflare_logpush_manifest'))
  }
  const drifts = async () =>
    (await lines())
      .filter((line) => line.includes('_drift{'))
      .map((line) =>
        line
          .replace(
            /.*\{account="Quay",zone="(.*)",kind="(.*)",name="(.*)",change="(.*)"\} (.)/,
            '$2 $3 $4 $5 $1',
          )
          .trim(),
      )
      .sort()
  return {
    clock,
    log,
    drifts,
    lines,
    /** Moves the time on until the drift is as expected; at most so many seconds. */
    async until(expected: readonly string[], seconds: number): Promise<number> {
      const wanted = JSON.stringify([...expected].sort())
      const step = seconds > 100 ? 10 : 1
      for (let second = 0; second <= seconds; second += step) {
        if (JSON.stringify(await drifts()) === wanted) return second
        await clock.advance(step * 1000)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      throw new Error(
        `not within ${seconds} s: ${wanted}\nbut: ${JSON.stringify(await drifts())}\n${JSON.stringify(log.lines)}`,
      )
    },
  }
}

const asApplied = ['job sre-audit none 0', 'job sre-http none 0 quay.example', 'policy sre-disabled none 0']

t.test(
  'a hand edit, a removed object and a changed file show as drift; nothing is ever written',
  async (t) => {
    const cloudflare = await world(t)
    const { sim, zone, account, file } = cloudflare
    const writes = () =>
      sim.requests.count('create_job') + sim.requests.count('update_job') + sim.requests.count('delete_job')
    const exporter = await exporterOf(t, cloudflare)
    await exporter.until(asApplied, 30)
    const [timestamp = ''] = (await exporter.lines()).filter((line) =>
      line.startsWith('cloudflare_logpush_manifest_last_check'),
    )
    t.ok(Math.abs(Number(timestamp.split(' ')[1]) - simStart / 1000) < 60, 'compared right after the start')

    const jobs = await ask(sim, `/zones/${zone}/logpush/jobs`)
    const id = jobs.body.result.find((job: { name: string }) => job.name === 'sre-http').id
    await ask(sim, `/zones/${zone}/logpush/jobs/${id}`, { method: 'PUT', body: { enabled: false } })
    const seconds = await exporter.until(
      ['job sre-audit none 0', 'job sre-http update 1 quay.example', 'policy sre-disabled none 0'],
      330,
    )
    t.comment(`a hand edit showed after ${seconds} s`)
    t.equal(
      exporter.log.lines.filter(
        ({ message }) => message === 'drift detected: live configuration differs from the manifest',
      ).length,
      1,
    )

    const told = () =>
      exporter.log.lines.filter(({ message }) => /^drift /.test(message)).map(({ level }) => level)
    await exporter.clock.advance(1_000_000)
    t.same(told(), ['warn'], 'what stays as it is is not told again')
    await ask(sim, `/zones/${zone}/logpush/jobs/${id}`, { method: 'PUT', body: { enabled: true } })
    await exporter.until(asApplied, 330)
    t.same(told(), ['warn', 'info'], 'and its end is told once')

    await ask(sim, `/zones/${zone}/logpush/jobs/${id}`, { method: 'DELETE' })
    await ask(sim, `/accounts/${account}/logpush/jobs`, {
      body: {
        name: 'sre-stray',
        dataset: 'audit_logs',
        destination_conf:
          'splunk://hec.example.com:8088/services/collector/raw?channel=c&insecure-skip-verify=false&sourcetype=cf&header_Authorization=Splunk%20canary-hec-env',
      },
    })
    await exporter.until(
      [
        'job sre-audit none 0',
        'job sre-http create 1 quay.example',
        'job sre-stray delete 1',
        'policy sre-disabled none 0',
      ],
      330,
    )

    const before = writes()
    writeFileSync(file, manifest.replace('notifications:', `${added}notifications:`))
    const noticed = await exporter.until(
      [
        'job sre-audit none 0',
        'job sre-dns create 1 quay.example',
        'job sre-http create 1 quay.example',
        'job sre-stray delete 1',
        'policy sre-disabled none 0',
      ],
      40,
    )
    t.comment(`a changed file was compared after ${noticed} s`)
    t.equal(writes(), before, 'the exporter wrote nothing')
    t.notMatch(JSON.stringify(exporter.log.lines), /canary/)
    t.notMatch((await exporter.lines()).join(), /canary/)
  },
)

t.test('a broken manifest is one line in the log, and the last good result stays', async (t) => {
  const cloudflare = await world(t)
  const exporter = await exporterOf(t, cloudflare)
  await exporter.until(asApplied, 30)
  const errors = () => exporter.log.lines.filter(({ level }) => level === 'error')
  const stamp = async () => (await exporter.lines()).filter((line) => line.includes('last_check'))

  writeFileSync(cloudflare.file, manifest.replace('dataset: audit_logs_v2', 'datasett: audit_logs_v2'))
  const good = await stamp()
  for (let minute = 0; minute < 12; minute += 1) await exporter.clock.advance(60_000)
  t.equal(errors().length, 1, 'said once in twelve minutes')
  t.match(errors()[0], {
    fields: { problem: /manifest\.yaml:13:.*unknown key "datasett"; did you mean "dataset"\?/ },
  })
  t.strictSame(await exporter.drifts(), asApplied)
  t.strictSame(await stamp(), good, 'and the time of the last check with it')

  unlinkSync(cloudflare.file)
  await exporter.clock.advance(400_000)
  t.match(errors().at(-1), { fields: { problem: /--manifest\.file: cannot read/ } })
  t.strictSame(await exporter.drifts(), asApplied)

  writeFileSync(cloudflare.file, manifest.replace('env:HEC', 'env:NOT_THERE'))
  await exporter.clock.advance(400_000)
  t.match(errors().at(-1), { fields: { problem: /NOT_THERE is not set/ } })
  t.equal(errors().length, 3)

  writeFileSync(cloudflare.file, manifest)
  await exporter.clock.advance(400_000)
  await exporter.until(asApplied, 30)
  t.equal(errors().length, 3)
  t.ok(exporter.log.lines.some(({ message }) => message === 'comparing the manifest works again'))
})

t.test('an account that is given by its id is labelled with the name that its zones know', async (t) => {
  const cloudflare = await world(t)
  writeFileSync(cloudflare.file, manifest.replace('{ name: Quay }', `{ id: ${cloudflare.account} }`))
  const exporter = await exporterOf(t, cloudflare)
  await exporter.until(asApplied, 30)
  t.strictSame(await exporter.drifts(), asApplied)
})

t.test('without a manifest nothing of the comparison is loaded', async (t) => {
  const parts = readdirSync(new URL('../../../src/commands/serve', import.meta.url))
  t.ok(parts.includes('drift-part.ts'))
  const source = readFileSync(new URL('../../../src/commands/serve/drift-part.ts', import.meta.url), 'utf8')
  const eager = [...source.matchAll(/^import (?!type).* from '(.*)'$/gm)].map(([, from]) => from)
  t.notMatch(eager.join(), /provision|\.\/drift\.ts|manifest/)
})

t.test('zones that a declaration for many does not reach are counted, and a new one is drift', async (t) => {
  const cloudflare = await world(t)
  const { sim, file } = cloudflare
  const [zone] = sim.world.zones()
  if (zone === undefined) throw new Error('the world has no zone')
  sim.world.addZone({ ...zone, id: 'c'.repeat(32), name: 'cdn.example' })
  writeFileSync(file, manifest.replace('    zone: quay.example', '    zones: ["*quay.example"]'))
  const exporter = await exporterOf(t, cloudflare)
  await exporter.until(asApplied, 30)
  const uncovered = async () =>
    (await exporter.lines()).filter((line) => line.startsWith('cloudflare_logpush_manifest_uncovered'))
  const line = (zones: number) =>
    `cloudflare_logpush_manifest_uncovered_zones{account="Quay",dataset="http_requests"} ${zones}`
  t.same(await uncovered(), [line(1)])
  sim.world.addZone({ ...zone, id: 'd'.repeat(32), name: 'new.quay.example' })
  await exporter.until(
    [
      'job sre-audit none 0',
      'job sre-http create 1 new.quay.example',
      'job sre-http none 0 quay.example',
      'policy sre-disabled none 0',
    ],
    330,
  )
  t.same(await uncovered(), [line(1)], 'the new zone is selected: drift, and no gap')
})
