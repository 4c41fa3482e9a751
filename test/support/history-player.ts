import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { alertsText } from '../../.build/generated/alert-files.ts'
import type { AlertPrograms } from '../../src/commands/demo/alert-chain.ts'
import { shortenedScrapeMs, shortenRoutes, shortenRules } from '../../src/commands/demo/shortened-alerts.ts'
import { freePorts, startProgram } from '../../src/runtime/child-program.ts'
import { type PagerDutyEvent, startFakePagerDuty } from './fake-pagerduty.ts'
import { batchesOf, type History, type HistoryWorld, renderWorld } from './history-world.ts'

/*
 * Plays histories of jobs and exporters, each in a namespace of its own, to a real Prometheus and a real Alertmanager
 * with the shipped rules and routes, all lengths of time divided by one factor.
 */

/** What became of one history. Minutes are those of the shipped rules. */
export interface Played {
  readonly name: string
  /** `class severity` of each incident, in the order of their first event. */
  readonly incidents: readonly string[]
  /** The alerts that were in them, by name. */
  readonly alerts: readonly string[]
  /** How often somebody was called, and how often a ticket was opened; one that opens again counts again. */
  readonly pages: number
  readonly tickets: number
  /** Those whose last event is no resolve. */
  readonly open: readonly string[]
  /** When the first incident began and the last one ended; null when there was none. */
  readonly pagedAt: number | null
  readonly resolvedAt: number | null
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export interface Playing {
  readonly factor: number
  /** When to compare, in minutes of the shipped rules. */
  readonly minutes: number
  /** Texts of other rules and routes than the shipped ones. */
  readonly rules?: string
  readonly routes?: string
  /** Whether Prometheus is to know what the jobs pushed yesterday. */
  readonly knowsYesterday?: boolean
}

/**
 * Plays all of them at the same time.
 * @throws Error when a program does not start.
 */
export async function playHistories(
  programs: AlertPrograms,
  histories: readonly History[],
  { factor, minutes, rules, routes, knowsYesterday = false }: Playing,
): Promise<readonly Played[]> {
  const folder = await mkdtemp(join(tmpdir(), 'histories-'))
  const scrapeMs = shortenedScrapeMs(factor)
  const worlds = new Map(histories.map(({ name, begin }, index) => [name, begin(`h${index}`)]))
  const target = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
    response.end([...worlds.values()].map((world) => renderWorld(world, Date.now(), factor)).join(''))
  })
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
  const address = target.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const pagerDuty = await startFakePagerDuty()
  const [prometheusPort = 0, alertmanagerPort = 0] = await freePorts(2)
  const inFolder = (name: string): string => join(folder, name)
  await writeFile(inFolder('key'), 'not-a-real-routing-key\n')
  await writeFile(
    inFolder('rules.yaml'),
    shortenRules(rules ?? alertsText('cloudflare-logpush.rules.yaml'), factor),
  )
  await writeFile(
    inFolder('routes.yaml'),
    shortenRoutes(routes ?? alertsText('alertmanager.yaml'), factor, {
      pagerDutyUrl: pagerDuty.url,
      keyFile: inFolder('key'),
    }),
  )
  await writeFile(
    inFolder('prometheus.yml'),
    JSON.stringify({
      global: {
        scrape_interval: `${scrapeMs}ms`,
        scrape_timeout: `${scrapeMs}ms`,
        evaluation_interval: `${scrapeMs}ms`,
      },
      rule_files: ['rules.yaml'],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
      scrape_configs: [
        {
          job_name: 'logpush-exporter',
          honor_labels: true,
          static_configs: [{ targets: [`127.0.0.1:${address.port}`] }],
        },
      ],
    }),
  )
  if (knowsYesterday) await writeYesterday(inFolder('prometheus'), [...worlds.values()], factor)
  const started = [
    startProgram(programs.alertmanager, [
      `--config.file=${inFolder('routes.yaml')}`,
      `--storage.path=${inFolder('alertmanager')}`,
      '--cluster.listen-address=',
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--log.level=error',
    ]),
    startProgram(programs.prometheus, [
      `--config.file=${inFolder('prometheus.yml')}`,
      `--storage.tsdb.path=${inFolder('prometheus')}`,
      // Alertmanager takes an alert for ended after four of these: long enough for a busy machine.
      '--rules.alert.resend-delay=5s',
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
      '--log.level=error',
    ]),
  ]
  const times: number[] = []
  try {
    await firstScrape(`http://127.0.0.1:${prometheusPort}`)
    const begun = Date.now()
    const minute = (): number => ((Date.now() - begun) * factor) / 60_000
    const waiting = histories
      .flatMap(({ name, steps }) => steps.map(([at, step]) => ({ name, at, step })))
      .sort((one, other) => one.at - other.at)
    while (minute() < minutes) {
      while ((waiting[0]?.at ?? Number.POSITIVE_INFINITY) <= minute()) {
        const next = waiting.shift()
        const world = next === undefined ? undefined : worlds.get(next.name)
        if (world !== undefined)
          await next?.step(world, { now: Date.now(), alertmanager: `http://127.0.0.1:${alertmanagerPort}` })
      }
      while (times.length < pagerDuty.events.length) times.push(minute())
      await sleep(50)
    }
    return histories.map(({ name }, index) => ({ name, ...outcome(`h${index}`, pagerDuty.events, times) }))
  } finally {
    await Promise.all(started.map((program) => program.stop()))
    await pagerDuty.close()
    target.close()
    target.closeAllConnections()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * What was recorded of batches in the last 26 hours, every quarter of an hour: more than a scrape's lookback would need.
 */
async function writeYesterday(data: string, worlds: readonly HistoryWorld[], factor: number): Promise<void> {
  const hour = 3_600_000 / factor
  const lines = worlds.flatMap(({ namespace, started, jobs }) =>
    jobs.flatMap((job) =>
      Array.from({ length: 26 * 4 }, (_, index) => {
        const at = started - (26 - index / 4) * hour
        const labels = `namespace="${namespace}",account="${job.account}",zone="${job.zone}",job_id="${job.id}"`
        return `job_id:cloudflare_logpush_batches:max{${labels}} ${batchesOf(job, at, factor, started)} ${(at / 1000).toFixed(3)}`
      }),
    ),
  )
  const file = `${data}.txt`
  await writeFile(file, `# TYPE job_id:cloudflare_logpush_batches:max gauge\n${lines.join('\n')}\n# EOF\n`)
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', file, data]
  await promisify(execFile)('promtool', args)
}

/** Prometheus knows its targets and its Alertmanager five seconds after its start. */
async function firstScrape(prometheus: string): Promise<void> {
  const end = Date.now() + 60_000
  for (;;) {
    try {
      const answer = await fetch(`${prometheus}/api/v1/query?query=job_id:cloudflare_logpush_job_info:unique`)
      if ((await answer.text()).includes('job_id')) return
    } catch {
      // It is still starting.
    }
    if (Date.now() > end) throw new Error('Prometheus has scraped nothing in 60 s')
    await sleep(100)
  }
}

function outcome(
  namespace: string,
  events: readonly PagerDutyEvent[],
  times: readonly number[],
): Omit<Played, 'name'> {
  const incidents = new Map<string, Incident>()
  for (const [index, { dedup_key, event_action, payload }] of events.entries()) {
    const at = times[index] ?? Number.NaN
    const known = incidents.get(dedup_key)
    const isOpen = event_action !== 'resolve'
    const alerts = payload?.custom_details.alerts?.trim().split(' ') ?? []
    if (known !== undefined)
      incidents.set(dedup_key, {
        ...known,
        isOpen,
        opened: known.opened + Number(isOpen && !known.isOpen),
        alerts: [...known.alerts, ...alerts],
        to: at,
      })
    else if (payload?.custom_details.namespace?.split('-')[0] === namespace)
      incidents.set(dedup_key, {
        what: `${payload.class.replace('CloudflareLogpush', '')} ${payload.severity}`,
        isOpen,
        opened: 1,
        alerts,
        from: at,
        to: at,
      })
  }
  const all = [...incidents.values()]
  const opened = (severity: string): number =>
    all.filter(({ what }) => what.endsWith(severity)).reduce((sum, incident) => sum + incident.opened, 0)
  const names = all.flatMap(({ alerts }) => alerts).filter((alert) => alert !== '')
  return {
    incidents: all.map(({ what }) => what),
    alerts: [...new Set(names.map((alert) => alert.replace('CloudflareLogpush', '')))],
    pages: opened('critical'),
    tickets: opened('warning'),
    open: all.filter(({ isOpen }) => isOpen).map(({ what }) => what),
    pagedAt: all.length === 0 ? null : Math.min(...all.map(({ from }) => from)),
    resolvedAt: all.length === 0 ? null : Math.max(...all.map(({ to }) => to)),
  }
}

interface Incident {
  readonly what: string
  readonly isOpen: boolean
  /** How often. */
  readonly opened: number
  readonly alerts: readonly string[]
  readonly from: number
  readonly to: number
}
