import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { type ExporterProcess, startExporter } from '../support/exporter-process.ts'
import { figureText, grew, type Series } from '../support/flatness.ts'
import { scrape } from '../support/scrape.ts'

/*
 * The real program for 20 minutes (SOAK_MINUTES) while jobs, zones and tokens come and go and webhooks pour in:
 * memory, handles, series and ledger end where they were.
 */

t.setTimeout(3_500_000)
const minutes = Number(process.env.SOAK_MINUTES ?? 20)
const secret = 'soak-webhook-secret'
const zonesLive = 20
const churnMs = 1_000

const flat = (name: string, share: number, slack: number): Series => ({ name, share, slack, values: [] })
const series = {
  rssMb: flat('resident memory, MB', 0.1, 5),
  handles: flat('open files and sockets', 0, 5),
  samples: flat('samples on /metrics', 0.1, 20),
  storeKb: flat('ledger on disk, kB', 0.1, 100),
}

/** Zones in a ring of twice as many as are there at once. */
function createChurn(simulator: Simulator, tokenFile: string, webhook: () => string) {
  const { world } = simulator
  const [account] = world.accounts()
  if (account === undefined) throw new Error('there is an account')
  const ring = [...world.zones()]
  const gone = ring.splice(zonesLive)
  for (const zone of gone) world.state.zones.delete(zone.id)
  const jobs: number[] = []
  let tokens = 0
  let turn = 0

  const addJob = (): void => {
    const zone = ring[turn % ring.length]
    if (zone === undefined) return
    const [name, scope] = [`churn-${turn}-${jobs.length}`, zoneScope(zone.id)]
    const destinationConf = `s3://logs/${name}?region=us-east-1`
    jobs.push(
      world.addJob({
        name,
        scope,
        dataset: 'http_requests',
        destinationConf,
        traffic: { batchEveryMs: 5_000 },
      }),
    )
  }
  const swapZone = (): void => {
    const [next, oldest] = [gone.shift(), ring.shift()]
    if (next === undefined || oldest === undefined) return
    world.state.zones.delete(oldest.id)
    world.addZone(next)
    ring.push(next)
    gone.push(oldest)
  }
  const swapToken = (): void => {
    tokens += 1
    const text = `soak-token-${tokens}`
    const [old] = [...world.state.tokens.values()].slice(-1)
    if (old === undefined) return
    world.setToken({ ...old, text, id: `soak ${tokens}` })
    writeFileSync(tokenFile, text)
    world.state.tokens.delete(old.text)
  }
  const notify = async (): Promise<void> => {
    const body = {
      alert_type: 'failing_logpush_job_disabled_alert',
      alert_event: 'ALERT_STATE_EVENT_START',
      account_id: account.id,
      alert_correlation_id: `soak-${turn}`,
      data: { job_id: jobs[turn % Math.max(1, jobs.length)] ?? 1 },
      ts: Math.floor(Date.now() / 1000),
    }
    const headers = { 'content-type': 'application/json', 'cf-webhook-auth': secret }
    await fetch(webhook(), { method: 'POST', headers, body: JSON.stringify(body) })
  }
  return async (): Promise<void> => {
    turn += 1
    addJob()
    for (const id of jobs.splice(0, Math.max(0, jobs.length - 60)))
      if (world.jobs().some((job) => job.id === id)) world.removeJob(id)
    if (turn % 5 === 0) swapZone()
    if (turn % 30 === 0) swapToken()
    await notify()
  }
}

async function measure(exporter: ExporterProcess, folder: string): Promise<void> {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${exporter.pid}/status`, 'utf8'))?.[1]
  series.rssMb.values.push(Number(kb) / 1024)
  series.handles.values.push(readdirSync(`/proc/${exporter.pid}/fd`).length)
  series.samples.values.push((await scrape(`${exporter.url}/metrics`)).length)
  const files = readdirSync(folder).filter((file) => file.startsWith('ledger'))
  series.storeKb.values.push(files.reduce((sum, file) => sum + statSync(join(folder, file)).size / 1024, 0))
}

t.test('nothing grows under churn', { skip: process.platform !== 'linux' }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const build = buildWorld(41)
  const account = build.account('Quay')
  build.job({ name: 'audit', scope: accountScope(account) })
  for (let index = 0; index < 2 * zonesLive; index += 1) {
    const scope = zoneScope(build.zone(`z${index}.example`, account))
    for (const name of ['http', 'dns'])
      build.job({ name: `${name} ${index}`, scope, traffic: { batchEveryMs: 10_000 } })
  }
  const plenty = { requests: 1_000_000, windowMs: 300_000 }
  const simulator = await startSimulator({
    world: build.spec(),
    rateLimits: { rest: plenty, graphql: plenty },
  })
  t.teardown(() => simulator.close())
  const [tokenFile, secretFile] = [join(folder, 'token'), join(folder, 'secret')]
  writeFileSync(tokenFile, simulator.token)
  writeFileSync(secretFile, secret)
  let url = ''
  const churn = createChurn(simulator, tokenFile, () => `${url}/webhooks/cloudflare`)
  const exporter = await startExporter(t, {
    args: [
      `--cloudflare.base-url=${simulator.url}`,
      `--cloudflare.api-token-file=${tokenFile}`,
      `--state.path=${join(folder, 'ledger.db')}`,
      `--notifications.webhook-secret-file=${secretFile}`,
      '--cloudflare.budget-share=1',
      '--health.poll-interval=5s',
      '--inventory.poll-interval=10s',
      '--discovery.poll-interval=15s',
    ],
  })
  url = exporter.url
  const end = performance.now() + minutes * 60_000
  for (let turn = 0; performance.now() < end; turn += 1) {
    await churn()
    if (turn % 5 === 0) await measure(exporter, folder)
    await new Promise((resolve) => setTimeout(resolve, churnMs))
  }
  for (const one of Object.values(series)) t.equal(grew(one), false, figureText(one))
  t.comment(`${exporter.log.length} lines of log`)
  exporter.signal('SIGTERM')
  t.equal(await exporter.ended, 0)
})
