import t from 'tap'
import { startSimulator } from '../../src/simulator/server.ts'
import { buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { type ExporterProcess, eventually, startExporter } from '../support/exporter-process.ts'
import { sampleValue, scrape } from '../support/scrape.ts'

/* The real program beside an audit log: who did it is seen, by those who may see it. */

t.setTimeout(120_000)

const minute = 60_000
const disabledAlert = 'cloudflare_failing_logpush_job_disabled_alert'

async function begin(
  t: { teardown(end: () => Promise<void>): unknown },
  { contrary = false, mayRead = true, args = [] as readonly string[] } = {},
) {
  const build = buildWorld(11)
  const account = build.account('Quay')
  const scope = zoneScope(build.zone('quay.example', account))
  const failing = build.job({
    name: 'failing',
    scope,
    scenario: { kind: 'dead', failure: 'access_denied' },
    scenarioSinceMs: -60 * minute,
  })
  build.token()
  if (!mayRead) build.token({ grants: [{ permission: 'logs_write' }, { permission: 'zone_read' }] })
  const spec = build.spec()
  const simulator = await startSimulator({ world: spec, contrary })
  t.teardown(() => simulator.close())
  const exporter = await startExporter(t, {
    args: [
      `--cloudflare.base-url=${simulator.url}`,
      '--state.path=:memory:',
      '--inventory.poll-interval=150ms',
      ...args,
    ],
    env: { CLOUDFLARE_API_TOKEN: spec.tokens.at(-1)?.text ?? '' },
  })
  const job = async (): Promise<Record<string, unknown>> =>
    (await (await fetch(`${exporter.url}/api/v1/jobs/${failing}`)).json()) as Record<string, unknown>
  const becomes = (what: string, is: (job: Record<string, unknown>) => boolean) =>
    eventually(async () => (is(await job()) ? true : undefined), what)
  await becomes('the job fails', ({ failing_since: since }) => typeof since === 'string')
  return { simulator, exporter, failing, job, becomes }
}

const lines = (exporter: ExporterProcess, text: string): readonly string[] =>
  exporter.log.filter((line) => line.includes(text))

for (const contrary of [false, true])
  t.test(
    `a person who disables a failing job is named on its page and in the log, and pages nobody${contrary ? ', by a contrary API too' : ''}`,
    async (t) => {
      const { simulator, exporter, failing, job, becomes } = await begin(t, { contrary })
      await eventually(
        async () => (simulator.requests.count('audit_log') >= 1 ? true : undefined),
        'the audit log is read at the start',
      )
      simulator.world.disableJob('failing')
      // The log may tell of it before the next listing of jobs.
      await becomes(
        'the job is disabled, and who did it is known',
        ({ enabled, changes }) => enabled === false && Array.isArray(changes) && changes.length > 0,
      )
      const by = contrary ? /^(sre@quay\.example|user|somebody)/ : /^sre@quay\.example \(dashboard\)$/
      t.match(await job(), {
        enabled: false,
        changes: [{ at: /^20/, action: 'disabled', by }],
      })
      const page = await (await fetch(`${exporter.url}/jobs/${failing}`)).text()
      t.match(page, /<dt>Changed<\/dt><dd>by .*\(disabled\)<\/dd>/)
      // An entry may say no more than that the job changed, and come before the listing that shows how.
      const disabled = () => lines(exporter, contrary ? 'audit log: job ' : 'audit log: job disabled')
      const line = await eventually(async () => disabled()[0], 'it is in the log')
      t.match(JSON.parse(line), { job_id: String(failing), job_name: 'failing', by })
      t.equal(disabled().length, 1, 'one line')
      const labels = { job_id: String(failing) }
      t.equal(sampleValue(await scrape(`${exporter.url}/metrics`), disabledAlert, labels), 0)
      t.notMatch(await (await fetch(`${exporter.url}/metrics`)).text(), 'sre@', 'no metric names anybody')
      if (!contrary)
        t.ok(simulator.requests.count('audit_log') < 5, `${simulator.requests.count('audit_log')} requests`)
    },
  )

t.test('without the permission all the rest works, and one line says what to grant', async (t) => {
  const { simulator, exporter, job, becomes } = await begin(t, { mayRead: false })
  await eventually(
    async () => (lines(exporter, 'the audit log cannot be read').length > 0 ? true : undefined),
    'it is said',
  )
  simulator.world.disableJob('failing')
  await becomes('the job is off', ({ enabled }) => enabled === false)
  t.match(await job(), { changes: [] })
  t.match(lines(exporter, 'the audit log cannot be read').length, 1)
  t.equal(simulator.requests.count('audit_log'), 1)
})

t.test('it is not read with --audit.actor=off', async (t) => {
  const { simulator, becomes } = await begin(t, { args: ['--audit.actor=off'] })
  simulator.world.disableJob('failing')
  await becomes('the job is off', ({ enabled }) => enabled === false)
  t.equal(simulator.requests.count('audit_log'), 0)
})
