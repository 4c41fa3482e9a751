import type { Simulator } from '../../src/simulator/server.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { type ExporterProcess, eventually, startExporter } from './exporter-process.ts'
import type { PostgresServer } from './postgres-server.ts'
import { sampleValue, scrape } from './scrape.ts'
import { differences, expectedCounters } from './truth.ts'

/* Several real exporters on one database, before one simulator. */

const minute = 60_000
const startAt = Date.parse('2026-11-24T06:00:00Z')
const leader = 'cloudflare_logpush_exporter_leader'

type Ends = { teardown(end: () => Promise<void>): unknown }

export async function startWorld(t: Ends): Promise<Simulator> {
  const build = buildWorld(7)
  const account = build.account('Quay')
  const traffic = { batchEveryMs: 7_000, recordsPerBatch: 500 }
  build.job({ name: 'healthy', scope: accountScope(account), traffic })
  for (const name of ['a.example', 'b.example', 'c.example']) {
    const scope = zoneScope(build.zone(name, account))
    build.job({ name: `retrying ${name}`, scope, traffic, scenario: { kind: 'retrying', share: 0.3 } })
    build.job({
      name: `losing ${name}`,
      scope,
      traffic,
      scenario: { kind: 'losing', share: 0.2, failure: 'server_error' },
    })
  }
  const rateLimit = { requests: 1_000_000, windowMs: 300_000 }
  const simulator = await startSimulator({
    world: build.spec(),
    startAt,
    speed: 0,
    dateHeader: true,
    rateLimits: { rest: rateLimit, graphql: rateLimit },
  })
  t.teardown(() => simulator.close())
  return simulator
}

export function startReplica(
  t: Ends,
  simulator: Simulator,
  postgres: Pick<PostgresServer, 'address' | 'env'>,
  args: readonly string[] = ['--shard=auto'],
): Promise<ExporterProcess> {
  return startExporter(t, {
    args: [
      `--cloudflare.base-url=${simulator.url}`,
      `--state.path=${postgres.address}`,
      '--health.poll-interval=100ms',
      '--inventory.poll-interval=200ms',
      '--cloudflare.budget-share=1',
      ...args,
    ],
    env: { CLOUDFLARE_API_TOKEN: simulator.token, ...postgres.env },
  })
}

export async function leads({ url }: ExporterProcess): Promise<boolean> {
  return sampleValue(await scrape(`${url}/metrics`), leader) === 1
}

/** The one of them that runs the shard. */
export function leaderOf(replicas: readonly ExporterProcess[], seconds = 30): Promise<ExporterProcess> {
  return eventually(
    async () => {
      for (const replica of replicas) if (await leads(replica).catch(() => false)) return replica
      return undefined
    },
    'one of them leads',
    seconds,
  )
}

/** Seconds until this one shows health data up to now. */
export async function serves(
  replica: ExporterProcess,
  simulator: Simulator,
  seconds: number,
): Promise<number> {
  const begun = performance.now()
  await eventually(
    async () => {
      const samples = await scrape(`${replica.url}/metrics`)
      const labels = { zone: 'a.example', source: 'health' }
      const upTo = sampleValue(samples, 'cloudflare_logpush_data_timestamp_seconds', labels)
      return upTo !== undefined && upTo * 1000 >= simulator.clock.now() - minute ? true : undefined
    },
    'health data up to now',
    seconds,
  )
  return (performance.now() - begun) / 1000
}

/** Ends the uploads and lets their rows settle: from then on the counts are final. */
export function settle(simulator: Simulator): void {
  for (const job of simulator.world.jobs()) simulator.world.setScenario(job.id, { kind: 'idle' })
  simulator.clock.advance(40 * minute)
}

/** Uploads begin again, as they were at the start. */
export function resume(simulator: Simulator): void {
  for (const job of simulator.world.jobs()) {
    const name = String(job.fields.name)
    if (name.startsWith('retrying')) simulator.world.setScenario(job.id, { kind: 'retrying', share: 0.3 })
    else if (name.startsWith('losing'))
      simulator.world.setScenario(job.id, { kind: 'losing', share: 0.2, failure: 'server_error' })
    else simulator.world.setScenario(job.id, { kind: 'healthy' })
  }
}

/** What differs from the simulator's own counts once there was time to be right. */
export async function differencesOf(
  replica: ExporterProcess,
  simulator: Simulator,
): Promise<readonly string[]> {
  const expected = expectedCounters(simulator, startAt - 15 * minute)
  let left: readonly string[] = ['not asked yet']
  await eventually(
    async () => {
      left = differences(expected, await scrape(`${replica.url}/metrics`))
      return left.length === 0 ? true : undefined
    },
    'all counts exact',
    20,
  ).catch(() => undefined)
  return left
}
