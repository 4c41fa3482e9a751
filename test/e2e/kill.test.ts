import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startSimulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { contrary } from '../support/api-mode.ts'
import { type ExporterProcess, eventually, startExporter } from '../support/exporter-process.ts'
import { type ScrapedSample, sampleValue, scrape } from '../support/scrape.ts'
import { differences, expectedCounters, wentDown } from '../support/truth.ts'

/*
 * The real program, killed with SIGKILL again and again while it reads, counts and saves, under 429s, 5xx and cut
 * answers. What it shows in the end is the simulator's own count, to the last upload.
 */

t.setTimeout(280_000)

const minute = 60_000
const startAt = Date.parse('2026-11-24T06:00:00Z')
const kills = contrary ? 5 : 12
/* A contrary API has no more than 20 minutes: what lies before is a gap, declared and not counted. */
const longestPause = (contrary ? 6 : 20) * minute
const strideAtMost = (contrary ? 1 : 3) * minute
const rest = contrary ? Array.from({ length: 4 }, () => 5 * minute) : [40 * minute]
const zoneNames = ['a.example', 'b.example', 'c.example']

function world() {
  const build = buildWorld(7)
  const account = build.account('Quay')
  const zones = zoneNames.map((name) =>
    // Pages so small that most answers have to be asked for in parts; a contrary API narrows windows by itself.
    zoneScope(build.zone(name, account, { health: { maxPageSize: contrary ? 500 : 60, maxDuration: 3600 } })),
  )
  const traffic = { batchEveryMs: 7_000, recordsPerBatch: 500 }
  build.job({ name: 'healthy', scope: accountScope(account), traffic })
  for (const scope of zones) {
    build.job({ name: `retrying ${scope.id}`, scope, traffic, scenario: { kind: 'retrying', share: 0.3 } })
    build.job({
      name: `losing ${scope.id}`,
      scope,
      traffic,
      scenario: { kind: 'losing', share: 0.2, failure: 'server_error' },
    })
  }
  return build.spec()
}

/** The same numbers in each run, so that a failure comes back. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

t.test(
  'killed at random points, under faults and late rows, no upload is lost or counted twice',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kill-'))
    t.teardown(async () => rmSync(folder, { recursive: true, force: true }))
    const simulator = await startSimulator({
      world: world(),
      startAt,
      speed: 0,
      dateHeader: true,
      contrary,
      rateLimits: {
        rest: { requests: 100_000, windowMs: 300_000 },
        graphql: { requests: 100_000, windowMs: 300_000 },
      },
    })
    t.teardown(() => simulator.close())
    const random = chance(20261124)
    const start = (): Promise<ExporterProcess> =>
      startExporter(t, {
        args: [
          `--cloudflare.base-url=${simulator.url}`,
          `--state.path=${join(folder, 'ledger.db')}`,
          '--health.poll-interval=100ms',
          '--inventory.poll-interval=200ms',
          '--cloudflare.budget-share=1',
        ],
        env: { CLOUDFLARE_API_TOKEN: simulator.token },
      })
    const counted = (
      exporter: ExporterProcess,
      zones: readonly string[] = ['a.example'],
    ): Promise<readonly ScrapedSample[]> =>
      eventually(
        async () => {
          const samples = await scrape(`${exporter.url}/metrics`)
          const isUpToDate = (zone: string): boolean => {
            const labels = { zone, source: 'health' }
            const seconds = sampleValue(samples, 'cloudflare_logpush_data_timestamp_seconds', labels)
            return seconds !== undefined && seconds * 1000 >= simulator.clock.now() - minute
          }
          return zones.every(isUpToDate) ? samples : undefined
        },
        'health data up to now',
        contrary ? 90 : 30,
      )

    let last: readonly ScrapedSample[] = []
    let exporter = await start()
    // Counting begins when a zone is first read. The account's own row has no zone.
    last = await counted(exporter, ['', ...zoneNames])
    for (let kill = 0; kill < kills; kill += 1) {
      // Time goes on in strides while the exporter is at work, and a moment that nobody chose ends it.
      const strides = 1 + Math.floor(random() * 4)
      for (let stride = 0; stride < strides; stride += 1) {
        simulator.clock.advance(Math.floor(random() * strideAtMost))
        await new Promise((resolve) => setTimeout(resolve, random() * 150))
      }
      exporter.signal('SIGKILL')
      t.equal(await exporter.ended, 'SIGKILL')
      simulator.clock.advance(Math.floor(random() * longestPause))
      if (kill % 3 === 0)
        simulator.faults.add({ api: 'graphql', effect: { kind: 'status', status: 502 }, count: 2 })
      if (kill % 3 === 1) simulator.faults.add({ api: 'graphql', effect: { kind: 'partial' }, count: 3 })
      if (kill % 3 === 2) simulator.faults.add({ effect: { kind: 'cut_json' }, count: 3 })
      exporter = await start()
      const samples = await counted(exporter)
      t.same(wentDown(last, samples), [], `no counter went down over kill ${kill + 1}`)
      last = samples
    }

    for (const job of simulator.world.jobs()) simulator.world.setScenario(job.id, { kind: 'idle' })
    for (const pause of rest) {
      simulator.clock.advance(pause)
      await counted(exporter, ['', ...zoneNames])
    }
    const expected = expectedCounters(simulator, startAt - 15 * minute)
    let left: readonly string[] = ['not asked yet']
    await eventually(
      async () => {
        left = differences(expected, await counted(exporter))
        return left.length === 0 ? true : undefined
      },
      'all counts exact',
      20,
    ).catch(() => undefined)
    t.same(left, [])
    const uploads = [...simulator.world.truth({ fromMs: startAt - 15 * minute }).jobs.values()].reduce(
      (sum, job) => sum + job.uploads,
      0,
    )
    t.comment(`${kills} kills, ${uploads} uploads, ${expected.size} counters, difference 0`)
    t.ok(uploads > (contrary ? 1_500 : 5_000))

    exporter.signal('SIGTERM')
    t.equal(await exporter.ended, 0, 'it ends by itself when asked')
  },
)
