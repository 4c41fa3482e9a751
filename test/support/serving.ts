import { createExporter, type Exporter, type ExporterDeps } from '../../src/commands/serve/exporter.ts'
import { allSettings, defaultsOf, type Settings } from '../../src/settings/exporter-settings.ts'
import type { Simulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { exporterDeps } from './exporter-deps.ts'
import { logSink } from './log-sink.ts'
import { parseScrape, type ScrapedSample, sampleValue } from './scrape.ts'
import { simStart, stepped } from './simulation.ts'
import { createSteppedClock, settle } from './stepped-clock.ts'

type Ends = { teardown(end: () => Promise<void>): unknown }

/** How far the clock of the simulated Cloudflare is ahead of the exporter's. */
export const aheadMs = 90_000

/** A Cloudflare with one account, one zone and a job in each. */
export function smallWorld(t: Ends): Promise<Simulator> {
  const build = buildWorld(5)
  const account = build.account('Quay')
  build.job({ name: 'audit', scope: accountScope(account) })
  build.job({ name: 'http', scope: zoneScope(build.zone('quay.example', account)) })
  return stepped(t, { world: build.spec(), startAt: simStart + aheadMs, dateHeader: true })
}

export interface ServingOptions {
  readonly settings?: Partial<Settings>
  readonly deps?: Partial<ExporterDeps>
}

/** What is asked of an exporter, without a socket. */
export function asked({ http: { app } }: Pick<Exporter, 'http'>) {
  const samples = async (): Promise<readonly ScrapedSample[]> =>
    parseScrape((await app.inject('/metrics')).body)
  return {
    samples,
    /** A sample by the end of its name. */
    sample: async (name: string, labels: Readonly<Record<string, string>> = {}) =>
      sampleValue(await samples(), `cloudflare_logpush_${name}`, labels),
    async get(path: string): Promise<string> {
      const { statusCode, body } = await app.inject(path)
      return `${statusCode} ${body.trim()}`
    },
    post: (url: string, headers: Readonly<Record<string, string>> = {}, payload: object = {}) =>
      app.inject({ method: 'POST', url, headers, payload }),
  }
}

/** An exporter that does not poll yet; on a clock of the test's own. Without a simulator nobody would answer it. */
export async function serving(simulator: Simulator | null, { settings: edit, deps }: ServingOptions = {}) {
  const clock = createSteppedClock(simStart)
  const log = logSink()
  const settings: Settings = {
    ...defaultsOf(allSettings),
    statePath: ':memory:',
    ...(simulator === null ? {} : { baseUrl: simulator.url }),
    ...edit,
  }
  const apiToken = simulator?.token ?? ''
  const exporter = await createExporter(settings, exporterDeps(settings, { clock, log, apiToken, ...deps }))
  return { ...asked(exporter), exporter, settings, clock, log }
}

/** The same, polling until the test ends; `after` waits for what really happens between it and the simulator. */
export async function running(t: Ends, simulator: Simulator, options: ServingOptions = {}) {
  const own = await serving(simulator, options)
  const stop = new AbortController()
  const ended = own.exporter.run(stop.signal)
  const end = async (): Promise<void> => {
    stop.abort()
    await own.clock.advance(0)
    await ended
  }
  t.teardown(end)
  return { ...own, stop, ended, end }
}

/** Waits in real time, since the clock of the test stands still: for answers that come over a socket. */
export async function eventually(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 20_000
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
    await settle(2)
  }
}
