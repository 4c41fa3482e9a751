import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { findAlertPrograms, startAlertChain } from '../../src/commands/demo/alert-chain.ts'
import { startProgram } from '../../src/runtime/child-program.ts'
import { createSystemClock } from '../../src/runtime/system-clock.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { eventually, startExporter } from '../support/exporter-process.ts'
import { type PagerDutyEvent, startFakePagerDuty } from '../support/fake-pagerduty.ts'
import { sampleValue, scrape } from '../support/scrape.ts'

/*
 * The whole way for real: simulated Cloudflare → the built exporter → Prometheus → Alertmanager → PagerDuty, with the
 * shipped rules and routes, 120 times faster (src/commands/demo/shortened-alerts.ts says how).
 */

t.setTimeout(240_000)

const factor = 120
const second = 1_000
const day = 86_400 * second

const found = findAlertPrograms(process.env.PATH)
const skip = found.ok
  ? false
  : `not installed: ${found.missing.join(', ')} (Debian: prometheus, prometheus-alertmanager)`

const secrets = {
  azure: 'canary-azure-signature',
  splunk: 'canary-hec-token',
  sumo: 'canary-sumo-collector',
  webhook: 'canary-webhook-secret',
}

const splunk = 'splunk://splunk.quay.example:8088'

function world() {
  const build = buildWorld(5)
  const account = build.account('Quay')
  const scope = zoneScope(build.zone('quay.example', account))
  // One try in sight, the next in ten minutes: failing, but with few retries and without losses.
  const calm = { traffic: { batchEveryMs: 3 * second, recordsPerBatch: 100 }, retryDelaysMs: [600 * second] }
  const job = (name: string, destinationConf: string, more = {}): number =>
    build.job({ name, scope, destinationConf, ...calm, ...more })
  const azure = 'azure://quaylogs.blob.core.windows.net/logs/http?sv=2024-11-04&ss=b&srt=o&sp=w'
  const jobs = {
    broken: job('quay-http-azure', `${azure}&sig=${secrets.azure}`),
    stalled: job('quay-dns-gcs', 'gs://quay-dns/{DATE}', {
      dataset: 'dns_logs',
      scenario: { kind: 'idle' },
      scenarioSinceMs: -45 * second,
    }),
    doomed: job(
      'quay-nel-sumo',
      `sumo://endpoint1.collection.sumologic.com/receiver/v1/http/${secrets.sumo}`,
      {
        dataset: 'nel_reports',
        scenario: { kind: 'dead', failure: 'expired_credentials' },
        scenarioSinceMs: 12 * second - day,
        traffic: { batchEveryMs: 5 * second, recordsPerBatch: 10 },
        // Nothing is given up before it is switched off, or lost batches would be a page of their own.
        retryDelaysMs: [day + 3_600 * second],
      },
    ),
    fleet: Array.from({ length: 20 }, (_, index) =>
      job(
        `quay-fleet-${String(index + 1).padStart(2, '0')}`,
        `${splunk}/services/collector/raw?channel=${index}&header_Authorization=Splunk%20${secrets.splunk}`,
        { traffic: { batchEveryMs: 2 * second, recordsPerBatch: 10 } },
      ),
    ),
  }
  for (let i = 0; i < 3; i += 1) job(`quay-healthy-${i}`, `s3://quay-healthy-${i}/{DATE}?region=us-east-1`)
  return { spec: build.spec({ ingestion: { fastestMs: 500, usualMs: 2 * second } }), account, jobs }
}

const settingsFile = `job:
  max_lag: 1h
  overrides:
    - match: { job_name: quay-dns-gcs }
      max_lag: 1m
    - match: { job_name: quay-nel-sumo }
      max_lag: 30d
`

t.test('from Cloudflare to PagerDuty', { skip }, async (t) => {
  if (!found.ok) return
  const begun = performance.now()
  const since = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`
  const folder = mkdtempSync(join(tmpdir(), 'chain-'))
  t.teardown(async () => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'settings.yaml'), settingsFile)
  writeFileSync(join(folder, 'secret'), secrets.webhook)

  const { spec, account, jobs } = world()
  const simulator = await startSimulator({
    world: spec,
    rateLimits: {
      rest: { requests: 100_000, windowMs: 300_000 },
      graphql: { requests: 100_000, windowMs: 300_000 },
    },
  })
  t.teardown(() => simulator.close())
  const exporter = await startExporter(t, {
    args: [
      `--cloudflare.base-url=${simulator.url}`,
      `--config.file=${join(folder, 'settings.yaml')}`,
      `--notifications.webhook-secret-file=${join(folder, 'secret')}`,
      '--state.path=:memory:',
      '--inventory.poll-interval=1s',
      '--health.poll-interval=5s',
      '--health.initial-lookback=1m',
      '--health.revision-window=1m',
      '--cloudflare.budget-share=1',
    ],
    env: { CLOUDFLARE_API_TOKEN: simulator.token },
  })
  simulator.world.subscribe({
    accountId: account,
    url: `${exporter.url}/webhooks/cloudflare`,
    secret: secrets.webhook,
  })
  const pagerDuty = await startFakePagerDuty()
  t.teardown(() => pagerDuty.close())
  const chain = await startAlertChain({
    programs: found.programs,
    startProgram,
    target: exporter.url.replace('http://', ''),
    metricsPath: '/metrics',
    pagerDutyUrl: pagerDuty.url,
    factor,
    clock: createSystemClock(),
    signal: new AbortController().signal,
  })
  t.teardown(() => chain.stop())
  const ask = async (path: string): Promise<string> =>
    (await fetch(`${chain.prometheus}/api/v1/${path}`)).text()
  await eventually(
    async () =>
      (await ask('query?query=job_id:cloudflare_logpush_job_info:unique')).includes('quay.example') &&
      (await ask('alertmanagers')).includes('"url"')
        ? true
        : undefined,
    'Prometheus knows the exporter and the Alertmanager',
  )
  t.comment(`the chain stands after ${since(begun)}`)

  const { events } = pagerDuty
  const classOf = ({ payload }: PagerDutyEvent): string => payload?.class ?? ''
  /** Events of one incident, found by what its trigger is about. */
  const incident = (alert: string, component: string): readonly PagerDutyEvent[] => {
    const key = events.find(
      (event) => classOf(event) === alert && event.payload?.component === component,
    )?.dedup_key
    return events.filter(({ dedup_key }) => dedup_key === key)
  }
  const actions = (alert: string, component: string): readonly string[] =>
    incident(alert, component).map(({ event_action }) => event_action)
  const becomes = async (alert: string, component: string, wanted: readonly string[]): Promise<void> => {
    await eventually(
      async () => (actions(alert, component).length >= wanted.length ? true : undefined),
      `${alert} of ${component}: ${wanted.join(', ')}`,
      60,
    )
    t.same(actions(alert, component), wanted, `${alert} of ${component}`)
  }
  const incidents = [
    ['CloudflareLogpushJobFailing', 'quay-http-azure'],
    ['CloudflareLogpushJobStalled', 'quay-dns-gcs'],
    ['CloudflareLogpushJobDisabled', 'quay-nel-sumo'],
    ['CloudflareLogpushDestinationOutage', splunk],
  ] as const

  const brokenAt = performance.now()
  simulator.world.breakJob(jobs.broken, 'expired_credentials')
  simulator.world.breakDestination(splunk, 'dns')
  await Promise.all(
    incidents.map(async ([alert, component]) => {
      await becomes(alert, component, ['trigger'])
      t.comment(`${alert}: trigger after ${since(brokenAt)}`)
    }),
  )

  await t.test('each trouble is one incident that a person half asleep understands', async (t) => {
    const [failing] = incident('CloudflareLogpushJobFailing', 'quay-http-azure')
    t.match(failing, {
      event_action: 'trigger',
      routing_key: 'not-a-real-routing-key',
      payload: {
        severity: 'warning',
        summary: 'quay-http-azure (http_requests, zone quay.example): Logpush job cannot deliver.',
        group: 'quay.example',
        custom_details: {
          job: 'quay-http-azure',
          job_id: String(jobs.broken),
          dataset: 'http_requests',
          zone: 'quay.example',
          account: 'Quay',
          namespace: 'logpush',
          destination: 'azure://quaylogs.blob.core.windows.net',
          firing: /has been failing to deliver to azure:.*Last error: auth\./s,
          alerts: 'CloudflareLogpushJobFailing ',
        },
      },
      links: [
        { href: /\/runbooks\/CloudflareLogpushJobFailing$/, text: 'Runbook' },
        { href: new RegExp(`/jobs/${jobs.broken}$`), text: 'Dashboard' },
      ],
    })
    t.comment(JSON.stringify(failing))
    t.match(incident('CloudflareLogpushJobStalled', 'quay-dns-gcs'), [
      {
        payload: {
          // It has no error, and nobody knows yet what it usually pushes.
          severity: 'warning',
          custom_details: { dataset: 'dns_logs', firing: /no error.*; its limit is 1m\./s },
        },
      },
    ])
    t.match(incident('CloudflareLogpushJobDisabled', 'quay-nel-sumo'), [
      {
        payload: {
          severity: 'critical',
          summary: /quay-nel-sumo \(nel_reports, zone quay\.example\): Cloudflare disabled/,
        },
      },
    ])
    const samples = await scrape(`${exporter.url}/metrics`)
    const count = (source: string) =>
      sampleValue(samples, 'cloudflare_logpush_notifications_total', { source, account: 'Quay' })
    t.equal(count('webhook'), 1, 'told by the webhook')
    t.match(exporter.log.join('\n'), /Cloudflare reported that it disabled a failing job/)
    t.match(incident('CloudflareLogpushDestinationOutage', splunk), [
      {
        payload: {
          severity: 'critical',
          custom_details: { firing: /\d+ Logpush jobs cannot deliver to splunk:.*Error classes: dns\./s },
        },
      },
    ])
    const ofFleet = events.filter(({ payload }) => payload?.component.startsWith('quay-fleet'))
    t.same(ofFleet, [], 'one page for 20 jobs of one dead destination')
  })

  const mendedAt = performance.now()
  simulator.world.mendJob(jobs.broken)
  simulator.world.mendDestination(splunk)
  simulator.world.setScenario(jobs.stalled, { kind: 'healthy' })
  simulator.world.mendJob(jobs.doomed)
  simulator.world.enableJob(jobs.doomed)
  await Promise.all(
    incidents.map(async ([alert, component]) => {
      await becomes(alert, component, ['trigger', 'resolve'])
      t.comment(`${alert}: resolve after ${since(mendedAt)}`)
    }),
  )

  const blindAt = performance.now()
  simulator.faults.add({ api: 'rest', effect: { kind: 'status', status: 500 } })
  await becomes('CloudflareLogpushExporterBlind', 'exporter', ['trigger'])
  t.comment(`CloudflareLogpushExporterBlind: trigger after ${since(blindAt)}`)
  t.match(incident('CloudflareLogpushExporterBlind', 'exporter'), [
    {
      payload: {
        severity: 'critical',
        custom_details: { firing: /cannot read the state of jobs \(REST API\)/ },
      },
    },
  ])
  simulator.faults.clear()
  await becomes('CloudflareLogpushExporterBlind', 'exporter', ['trigger', 'resolve'])

  const told = (severity: string): readonly string[] => [
    ...new Set(
      events
        .filter(({ payload }) => payload?.severity === severity)
        .map((event) => `${classOf(event)} ${event.payload?.component}`),
    ),
  ]
  const [failing, silent, ...pages] = [...incidents, ['CloudflareLogpushExporterBlind', 'exporter'] as const]
  t.same(
    [...told('critical')].sort(),
    pages.map((pair) => pair.join(' ')).sort(),
    'nobody was called for anything else',
  )
  // Until it was switched off the doomed job was failing, and an exporter that gets blind fails to read before it
  // is: those tickets are in order.
  const inOrder = [
    failing.join(' '),
    silent.join(' '),
    /^\S* quay-nel-sumo$/,
    'CloudflareLogpushExporterCollectFailing exporter',
  ]
  const tickets = told('warning').filter((one) => !inOrder.some((known) => one.match(known)))
  t.same(tickets, [], 'nor was a ticket opened')
  const everything = JSON.stringify(events) + exporter.log.join('\n')
  for (const secret of Object.values(secrets)) t.notOk(everything.includes(secret), `${secret} is nowhere`)
  t.comment(`${events.length} events in ${since(begun)}`)
})
