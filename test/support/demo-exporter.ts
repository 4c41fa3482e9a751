import { anyKeys, demoArrival, storeHistoryMs } from '../../src/commands/demo/demo-store.ts'
import { createExporter, type Exporter } from '../../src/commands/serve/exporter.ts'
import { allSettings, defaultsOf, type Settings } from '../../src/settings/exporter-settings.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import type { FolderStore } from '../../src/simulator/store/folder-store.ts'
import type { WorldSpec } from '../../src/simulator/world/world-spec.ts'
import { exporterDeps } from './exporter-deps.ts'
import { logSink } from './log-sink.ts'
import { createSteppedClock, settle } from './stepped-clock.ts'

export interface DemoExporter {
  readonly url: string
  readonly exporter: Exporter
  /** How many requests the simulated Cloudflare has had. */
  requests(): number
  /** What no page may show: the token, and the credentials in destinations. */
  readonly secrets: readonly string[]
  /** Moves the simulated world and the exporter on together. */
  advance(minutes: number): Promise<void>
  close(): Promise<void>
}

/** How far the clock moves at once; polls are as far apart. */
const stepMs = 120_000

/**
 * A real exporter over a simulated Cloudflare, both on a clock that only the test moves: what it shows is the same
 * each time. It begins with four hours of history. With a folder, log files are written to it and read.
 */
export async function startDemoExporter(
  world: WorldSpec | string,
  startAt: number,
  edit: Partial<Settings> = {},
  files: FolderStore | null = null,
): Promise<DemoExporter> {
  const simulator = await startSimulator({
    seed: 7,
    world,
    startAt,
    speed: 0,
    dateHeader: true,
    ...(files === null ? {} : { folder: files, historyMs: storeHistoryMs }),
  })
  await simulator.idle()
  const clock = createSteppedClock(startAt)
  const settings: Settings = {
    ...defaultsOf(allSettings),
    baseUrl: simulator.url,
    statePath: ':memory:',
    initialLookbackMs: 4 * 3_600_000,
    healthPollIntervalMs: stepMs,
    inventoryPollIntervalMs: stepMs,
    arrival: files === null ? [] : demoArrival(simulator.origin),
    ...edit,
  }
  const exporter = await createExporter(
    settings,
    exporterDeps(settings, { clock, log: logSink(), env: anyKeys, apiToken: simulator.token }),
  )
  const [address] = await exporter.listen([{ host: '127.0.0.1', port: 0 }])
  const stop = new AbortController()
  const running = exporter.run(stop.signal)
  // Requests to the simulator take real time while the clock stands still; nothing tells when the last has ended.
  const answered = async (): Promise<void> => {
    for (let [quiet, before] = [0, -1]; quiet < 5; ) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      const count = simulator.requests.count()
      quiet = count === before ? quiet + 1 : 0
      before = count
    }
    await settle()
  }
  await exporter.after('health')
  return {
    url: `http://127.0.0.1:${address?.port}`,
    exporter,
    requests: () => simulator.requests.count(),
    secrets: [simulator.token, ...credentialsOf(world)],
    async advance(minutes) {
      const end = clock.now() + minutes * 60_000
      while (clock.now() < end) {
        const ms = Math.min(stepMs, end - clock.now())
        simulator.clock.advance(ms)
        if (files !== null) await simulator.idle()
        await clock.advance(ms)
        await answered()
      }
    },
    async close() {
      stop.abort()
      await clock.advance(0)
      await running
      await simulator.close()
    },
  }
}

/** What stands in destinations where a credential does. */
function credentialsOf(world: WorldSpec | string): readonly string[] {
  if (typeof world === 'string') return []
  const pattern = /not-(?:a-)?real[\w-]*|(?<=(?:secret-access-key|access-key-id)=)[^&]+/g
  return [...new Set(world.jobs.flatMap(({ destinationConf }) => destinationConf.match(pattern) ?? []))]
}
