/*
 * A Prometheus and an Alertmanager of our own on loopback, with the shipped rules and routes played faster. Their
 * files live in a folder of their own, which goes when they are stopped.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWake } from '../../access/wake.ts'
import { holding } from '../../domain/holding.ts'
import { exitCode, UserError } from '../../errors.ts'
import type { Clock } from '../../ports/runtime.ts'
import { type ChildProgram, findProgram, freePorts, type StartProgram } from '../../runtime/child-program.ts'
import { shippedPath } from '../../runtime/shipped-file.ts'
import { linkToExporter } from './demo-links.ts'
import { shortenedScrapeMs, shortenRoutes, shortenRules } from './shortened-alerts.ts'

export interface AlertPrograms {
  readonly prometheus: string
  readonly alertmanager: string
}

export interface AlertChainOptions {
  readonly programs: AlertPrograms
  readonly startProgram: StartProgram
  /** `host:port` of the exporter, and its path for metrics. */
  readonly target: string
  readonly metricsPath: string
  /** Where events go, without `/v2/enqueue`. */
  readonly pagerDutyUrl: string
  /** By how much everything goes faster than shipped. */
  readonly factor: number
  readonly clock: Clock
  /** Ends the waiting for them. */
  readonly signal: AbortSignal
}

export interface AlertChain {
  /** Addresses, without a slash at the end. */
  readonly prometheus: string
  readonly alertmanager: string
  /** Resolves when one of them ends by itself, to why. */
  readonly broken: Promise<string>
  stop(): Promise<void>
}

const rulesFile = 'cloudflare-logpush.rules.yaml'
const routesFile = 'alertmanager.yaml'

const startMs = 30_000

/** The programs, or what to say of those that are missing. */
export function findAlertPrograms(
  searchPath: string | undefined,
):
  | { readonly ok: true; readonly programs: AlertPrograms }
  | { readonly ok: false; readonly missing: readonly string[] } {
  const prometheus = findProgram(['prometheus'], searchPath)
  const alertmanager = findProgram(['prometheus-alertmanager', 'alertmanager'], searchPath)
  if (prometheus !== null && alertmanager !== null)
    return { ok: true, programs: { prometheus, alertmanager } }
  const missing = holding([
    [prometheus === null, 'prometheus'],
    [alertmanager === null, 'prometheus-alertmanager (or alertmanager)'],
  ])
  return { ok: false, missing }
}

/**
 * Starts both and waits until they answer, or the signal comes.
 * @throws UserError when one of them does not start, with what it said, or the shipped files are not there.
 */
export async function startAlertChain(options: AlertChainOptions): Promise<AlertChain> {
  const [rules, routes] = await Promise.all([shipped(rulesFile), shipped(routesFile)])
  const [prometheusPort = 0, alertmanagerPort = 0] = await freePorts(2)
  const folder = await mkdtemp(join(tmpdir(), 'logpush-alerting-'))
  const started: ChildProgram[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((program) => program.stop()))
    await rm(folder, { recursive: true, force: true })
  }
  const start = async (
    name: string,
    port: number,
    path: string,
    args: readonly string[],
  ): Promise<string> => {
    const address = `127.0.0.1:${port}`
    const program = options.startProgram(path, [
      ...args,
      `--web.listen-address=${address}`,
      `--web.external-url=http://${address}/`,
      '--log.level=warn',
    ])
    started.push(program)
    await answers(name, `http://${address}`, program, options)
    return `http://${address}`
  }
  try {
    const { factor, pagerDutyUrl, programs } = options
    const inFolder = (name: string): string => join(folder, name)
    const keyFile = inFolder('routing-key')
    await writeFile(keyFile, 'not-a-real-routing-key\n')
    const linked = linkToExporter(rules, `http://${options.target}`)
    await writeFile(inFolder(rulesFile), shortenRules(linked, factor))
    await writeFile(inFolder(routesFile), shortenRoutes(routes, factor, { pagerDutyUrl, keyFile }))
    await writeFile(inFolder('prometheus.yml'), prometheusConfig(options, alertmanagerPort))
    const alertmanager = await start('Alertmanager', alertmanagerPort, programs.alertmanager, [
      `--config.file=${inFolder(routesFile)}`,
      `--storage.path=${inFolder('alertmanager')}`,
      '--cluster.listen-address=',
    ])
    const prometheus = await start('Prometheus', prometheusPort, programs.prometheus, [
      `--config.file=${inFolder('prometheus.yml')}`,
      `--storage.tsdb.path=${inFolder('prometheus')}`,
      // An alert that fires before Prometheus knows its Alertmanager would else wait for a minute.
      '--rules.alert.resend-delay=1s',
    ])
    const broken = Promise.race(started.map(({ ended }) => ended))
    return { prometheus, alertmanager, broken, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function shipped(name: string): Promise<string> {
  const path = shippedPath(`alerts/${name}`)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new UserError(`alert rules not found: cannot read ${path}`, exitCode.failure, { cause })
  }
}

/** JSON, which is YAML as well. */
function prometheusConfig(
  { target, metricsPath, factor }: AlertChainOptions,
  alertmanagerPort: number,
): string {
  const interval = `${shortenedScrapeMs(factor)}ms`
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: [rulesFile],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
    scrape_configs: [
      {
        job_name: 'logpush-exporter',
        metrics_path: metricsPath,
        static_configs: [{ targets: [target], labels: { namespace: 'logpush' } }],
      },
    ],
  })
}

async function answers(
  name: string,
  url: string,
  program: ChildProgram,
  { clock, signal }: AlertChainOptions,
): Promise<void> {
  const begun = clock.monotonic()
  const wake = createWake(clock)
  let lastWords: string | null = null
  void program.ended.then((words) => {
    lastWords = words
    wake.trigger()
  })
  while (!signal.aborted && !(await isReady(`${url}/-/ready`))) {
    if (lastWords !== null) throw new UserError(`${name} exited at startup: ${lastWords}`, exitCode.failure)
    if (clock.monotonic() - begun > startMs)
      throw new UserError(`${name} does not respond at ${url}`, exitCode.failure)
    await wake.pause(100, signal)
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url)
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
