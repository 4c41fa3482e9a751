import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startSimulator } from '../../src/simulator/server.ts'
import { buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { type ExporterProcess, eventually, startExporter } from '../support/exporter-process.ts'
import { sampleValue, scrape } from '../support/scrape.ts'

/*
 * The real program behind a webhook of the simulated Cloudflare. Polls are an hour apart, so that what is seen
 * within seconds came by the webhook.
 */

t.setTimeout(120_000)

const startAt = Date.parse('2026-11-24T06:00:00Z')
const secret = 'e2e-webhook-secret-canary'
const disabledAlert = 'cloudflare_failing_logpush_job_disabled_alert'
const received = 'cloudflare_logpush_notifications_total'

t.test(
  'a job that Cloudflare switches off is on /metrics within a second, and is not forgotten',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'webhook-'))
    t.teardown(async () => rmSync(folder, { recursive: true, force: true }))
    const secretFile = join(folder, 'secret')
    writeFileSync(secretFile, `${secret}\nthe-next-secret\n`)
    const build = buildWorld(11)
    const account = build.account('Quay')
    const scope = zoneScope(build.zone('quay.example', account))
    const doomed = [-20, -10, 0].map((minutes) =>
      build.job({
        name: `doomed ${minutes}`,
        scope,
        scenario: { kind: 'dead', failure: 'access_denied' },
        scenarioSinceMs: minutes * 60_000,
      }),
    )
    const [first = 0] = doomed
    build.job({ name: 'neighbour', scope })
    const simulator = await startSimulator({ world: build.spec(), startAt, speed: 0, dateHeader: true })
    t.teardown(() => simulator.close())
    const disabledAt = doomed.map((id) => simulator.world.job(id).disableAtMs ?? 0)
    const goTo = (instant: number): void => simulator.clock.advance(instant - simulator.clock.now())
    goTo((disabledAt[0] ?? 0) - 60_000)

    const start = (): Promise<ExporterProcess> =>
      startExporter(t, {
        args: [
          `--cloudflare.base-url=${simulator.url}`,
          `--state.path=${join(folder, 'ledger.db')}`,
          `--notifications.webhook-secret-file=${secretFile}`,
          '--notifications.history-poll-interval=0',
          '--inventory.poll-interval=1h',
          '--discovery.poll-interval=1h',
          '--log.level=debug',
        ],
        env: { CLOUDFLARE_API_TOKEN: simulator.token },
      })
    const value = async (exporter: ExporterProcess, name: string, labels = {}) =>
      sampleValue(await scrape(`${exporter.url}/metrics`), name, labels)
    const becomes = (exporter: ExporterProcess, id: number, wanted: number) =>
      eventually(
        async () =>
          (await value(exporter, disabledAlert, { job_id: String(id) })) === wanted ? true : undefined,
        `${disabledAlert} of ${id} becomes ${wanted}`,
      )

    let exporter = await start()
    await becomes(exporter, first, 0)
    t.equal(await value(exporter, received, { source: 'webhook' }), 0, 'counted from 0')
    simulator.world.subscribe({
      accountId: account,
      url: `${exporter.url}/webhooks/cloudflare`,
      secret,
    })

    const tookMs: number[] = []
    for (const [index, id] of doomed.entries()) {
      const began = performance.now()
      goTo((disabledAt[index] ?? 0) + 1_000)
      await becomes(exporter, id, 1)
      tookMs.push(Math.round(performance.now() - began))
    }
    t.comment(`from the notification to /metrics: ${tookMs.join(', ')} ms`)
    t.ok((tookMs.sort((a, b) => a - b)[1] ?? Number.NaN) < 1_000, `within a second: ${tookMs.join(', ')} ms`)
    await simulator.idle()
    const labels = { account: 'Quay', alert_type: 'failing_logpush_job_disabled_alert', source: 'webhook' }
    t.equal(await value(exporter, received, labels), 3)
    await eventually(
      async () => (simulator.requests.count('list_jobs') >= 4 ? true : undefined),
      'the account and its zone are listed again at once',
    )

    exporter.signal('SIGKILL')
    await exporter.ended
    const logs = [...exporter.log]
    exporter = await start()
    t.equal(await value(exporter, received, labels), 3, 'counted after a crash as before')
    await becomes(exporter, first, 1)
    const replay = await fetch(`${exporter.url}/webhooks/cloudflare`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cf-webhook-auth': 'the-next-secret' },
      body: JSON.stringify({
        alert_type: labels.alert_type,
        account_id: account,
        ts: Math.floor((disabledAt[0] ?? 0) / 1000),
        data: { job_id: first },
      }),
    })
    t.equal(await replay.text(), 'Already received.\n', 'by the second secret, and no news')
    t.equal(await value(exporter, received, labels), 3)

    simulator.world.subscribe({ accountId: account, url: `${exporter.url}/webhooks/cloudflare`, secret })
    simulator.clock.advance(1_000)
    simulator.world.mendJob(first)
    simulator.world.enableJob(first)
    const enabledAt = performance.now()
    await becomes(exporter, first, 0)
    const endedMs = performance.now() - enabledAt
    t.comment(`from the end of the alert to /metrics: ${Math.round(endedMs)} ms`)
    t.ok(endedMs < 2_000, 'its end is seen as soon, by a look at the jobs')
    t.equal(await value(exporter, received, labels), 4)

    exporter.signal('SIGTERM')
    t.equal(await exporter.ended, 0)
    const all = [...logs, ...exporter.log].join('\n')
    t.match(all, /notification received/)
    t.same(
      all.split('\n').filter((line) => /canary|the-next-secret|secret-access-key=(?!\*\*\*)/.test(line)),
      [],
    )
  },
)
