import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { ArrivalRule } from '../../../src/domain/arrival/arrival-rule.ts'
import type { Settings } from '../../../src/settings/exporter-settings.ts'
import { eventually, running, type ServingOptions, serving, smallWorld } from '../../support/serving.ts'

type Reread = NonNullable<NonNullable<ServingOptions['deps']>['reread']>

/** A file of settings that a test edits. */
function editable() {
  let read: Reread = async () => ({ ok: false, problem: 'not yet' })
  return {
    deps: { reread: () => read() },
    to(settings: Settings): void {
      read = async () => ({ ok: true, settings })
    },
    toProblem(problem: string): void {
      read = async () => ({ ok: false, problem })
    },
  }
}

t.test('new settings are in force at once; those that need a restart are named', async (t) => {
  const file = editable()
  const { exporter, settings, sample, log, get } = await serving(null, { deps: file.deps })
  file.to({ ...settings, budgetShare: 0.25, healthPollIntervalMs: 120_000 })
  t.same(await exporter.reload(), { ok: true })
  t.same(log.taken(), [{ level: 'info', message: 'settings reloaded' }], 'nothing needs a restart')
  t.equal(await sample('exporter_api_budget_limit', { api: 'rest' }), 300, 'a quarter of 1200')
  t.equal(await sample('exporter_config_info', { poll_interval: '2m', budget_share: '0.25' }), 1)
  log.clear()
  file.to({ ...settings, totalShards: 7, maxLagMs: 1_000, telemetryPath: '/other' })
  t.same(await exporter.reload(), { ok: true })
  t.same(log.taken(), [
    { level: 'info', message: 'settings reloaded' },
    {
      level: 'warn',
      message: 'changed settings need a restart to take effect',
      settings: ['--web.telemetry-path', '--total-shards'],
    },
  ])
  t.equal(await sample('exporter_total_shards'), 1, 'the old one counts')
  t.match(await get('/metrics'), /^200 /)
})

t.test('settings that cannot be read change nothing, and are told until they can', async (t) => {
  const file = editable()
  const { exporter, settings, sample, log, post } = await serving(null, { deps: file.deps })
  file.toProblem('--job.max-lag: expected a duration')
  t.same(await exporter.reload(), { ok: false, problem: '--job.max-lag: expected a duration' })
  t.same(log.taken(), [
    {
      level: 'error',
      message: 'settings not reloaded; keeping the old ones',
      problem: '--job.max-lag: expected a duration',
    },
  ])
  t.equal(await sample('exporter_config_last_reload_successful'), 0)
  file.to(settings)
  t.equal((await post('/-/reload')).statusCode, 200)
  t.equal(await sample('exporter_config_last_reload_successful'), 1)
})

t.test('a reload polls at once, and what is shown goes by the new settings', async (t) => {
  let asked = 0
  const elastic = createServer((_request, response) => {
    asked += 1
    response.writeHead(403).end()
  })
  await new Promise<void>((resolve) => elastic.listen(0, '127.0.0.1', resolve))
  t.teardown(() => elastic.close())
  const { port } = elastic.address() as AddressInfo
  const place = {
    store: 'elastic',
    url: `http://127.0.0.1:${port}`,
    index: 'logs',
    timeField: 'at',
    query: null,
  } as const
  const rule: ArrivalRule = {
    match: { jobName: 'http' },
    read: { kind: 'elastic', place, apiKeyFile: null },
    intervalMs: 60_000,
    tolerance: 0.98,
    lateWindowMs: 3_600_000,
  }
  const file = editable()
  const simulator = await smallWorld(t)
  const { exporter, settings, samples, sample, clock, end } = await running(t, simulator, {
    settings: { arrival: [rule], maxLagMs: 600_000 },
    deps: file.deps,
  })
  const http = { zone: 'quay.example' }
  const healthPolls = () => sample('exporter_polls_total', { poller: 'health' })
  await exporter.after('health')
  await eventually(async () => {
    simulator.clock.advance(60_000)
    await clock.advance(60_000)
    return asked > 0
  }, 'the destination is read')
  t.equal(await sample('job_max_lag_seconds', http), 600)
  const polls = (await healthPolls()) ?? 0

  file.to({ ...settings, maxLagMs: 1_200_000 })
  await exporter.reload()
  t.equal(await sample('job_max_lag_seconds', http), 1200)
  t.equal(await sample('arrival_min_ratio', http), 0.98, 'what was read stays')
  await eventually(async () => (await healthPolls()) === polls + 1, 'a poll')

  file.to({ ...settings, arrival: [] })
  await exporter.reload()
  t.notOk(
    (await samples()).some(({ name }) => name.startsWith('cloudflare_logpush_arriv')),
    'destinations that are not read any more are not shown',
  )
  await end()
})
