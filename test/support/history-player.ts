import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alertsText } from '../../.build/generated/alert-files.ts'
import type { AlertPrograms } from '../../src/commands/demo/alert-chain.ts'
import { shortenRoutes, shortenRules } from '../../src/commands/demo/shortened-alerts.ts'
import { freePorts, startProgram } from '../../src/runtime/child-program.ts'
import { type PagerDutyEvent, startFakePagerDuty } from './fake-pagerduty.ts'
import { type History, renderWorld } from './history-world.ts'

/*
 * Plays histories of jobs and exporters, each in a namespace of its own, to a real Prometheus and a real Alertmanager
 * with the shipped rules and routes, all lengths of time divided by one factor.
 */

/** What became of one history. Minutes are those of the shipped rules. */
export interface Played {
  readonly name: string
  /** `class severity` of each incident, in the order of their first event. */
  readonly incidents: readonly string[]
  /** Those whose last event is no resolve. */
  readonly open: readonly string[]
  /** When the first incident began and the last one ended; null when there was none. */
  readonly pagedAt: number | null
  readonly resolvedAt: number | null
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Plays all of them at the same time and compares at `minutes`.
 * @throws Error when a program does not start.
 */
export async function playHistories(
  programs: AlertPrograms,
  histories: readonly History[],
  { factor, minutes }: { readonly factor: number; readonly minutes: number },
): Promise<readonly Played[]> {
  const folder = await mkdtemp(join(tmpdir(), 'histories-'))
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
  await writeFile(inFolder('rules.yaml'), shortenRules(alertsText('cloudflare-logpush.rules.yaml'), factor))
  await writeFile(
    inFolder('routes.yaml'),
    shortenRoutes(alertsText('alertmanager.yaml'), factor, {
      pagerDutyUrl: pagerDuty.url,
      keyFile: inFolder('key'),
    }),
  )
  await writeFile(
    inFolder('prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
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
      '--rules.alert.resend-delay=1s',
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
  const incidents = new Map<string, { what: string; open: boolean; from: number; to: number }>()
  for (const [index, { dedup_key, event_action, payload }] of events.entries()) {
    const at = times[index] ?? Number.NaN
    const known = incidents.get(dedup_key)
    if (known !== undefined) incidents.set(dedup_key, { ...known, open: event_action !== 'resolve', to: at })
    else if (payload?.custom_details.namespace?.split('-')[0] === namespace)
      incidents.set(dedup_key, {
        what: `${payload.class.replace('CloudflareLogpush', '')} ${payload.severity}`,
        open: true,
        from: at,
        to: at,
      })
  }
  const all = [...incidents.values()]
  return {
    incidents: all.map(({ what }) => what),
    open: all.filter(({ open }) => open).map(({ what }) => what),
    pagedAt: all.length === 0 ? null : Math.min(...all.map(({ from }) => from)),
    resolvedAt: all.length === 0 ? null : Math.max(...all.map(({ to }) => to)),
  }
}
