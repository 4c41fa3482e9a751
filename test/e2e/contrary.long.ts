import t from 'tap'
import { startSimulator } from '../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { eventually, startExporter } from '../support/exporter-process.ts'
import { type ScrapedSample, sampleValue, scrape } from '../support/scrape.ts'
import { differences, expectedCounters, wentDown } from '../support/truth.ts'

/*
 * The real program against an API that answers each call in another of the forms that Cloudflare is known for, with
 * limits and objects that cannot be read among them, and with one zone that is refused. All others are counted to the
 * last upload, on time, and nothing is taken for throttling.
 */

t.setTimeout(240_000)

const minute = 60_000
const startAt = Date.parse('2026-11-24T06:00:00Z')
const strides = 3

function world() {
  const build = buildWorld(23)
  const account = build.account('Quay')
  const zones = ['a.example', 'b.example', 'c.example', 'refused.example'].map((name) =>
    build.zone(name, account, { health: { maxPageSize: 60, maxDuration: 3600 } }),
  )
  const traffic = { batchEveryMs: 7_000, recordsPerBatch: 500 }
  build.job({ name: 'audit', scope: accountScope(account), traffic })
  for (const id of zones) {
    const scope = zoneScope(id)
    build.job({ name: `retrying ${id}`, scope, traffic, scenario: { kind: 'retrying', share: 0.3 } })
    const losing = { kind: 'losing', share: 0.2, failure: 'server_error' } as const
    build.job({ name: `losing ${id}`, scope, traffic, scenario: losing })
  }
  return { spec: build.spec(), refused: zones.at(-1) ?? '' }
}

t.test('contrary: all is counted exactly and on time, but for the zone that is refused', async (t) => {
  const { spec, refused } = world()
  const plenty = { requests: 100_000, windowMs: 300_000 }
  const simulator = await startSimulator({
    world: spec,
    startAt,
    speed: 0,
    dateHeader: true,
    rateLimits: { rest: plenty, graphql: plenty },
    contrary: true,
    variants: [
      { name: 'graphql/no-permission', where: refused },
      { name: 'jobs/refused-403', where: refused },
    ],
  })
  t.teardown(() => simulator.close())
  const exporter = await startExporter(t, {
    args: [
      `--cloudflare.base-url=${simulator.url}`,
      '--state.path=:memory:',
      '--health.poll-interval=100ms',
      '--inventory.poll-interval=200ms',
      '--discovery.poll-interval=400ms',
      '--cloudflare.budget-share=1',
    ],
    env: { CLOUDFLARE_API_TOKEN: simulator.token },
  })
  const refusedJobs = new Set(simulator.world.state.jobsByScope.get(refused)?.map(({ id }) => String(id)))
  /** A scrape in which every neighbour is read up to now. */
  const fresh = (): Promise<readonly ScrapedSample[]> =>
    eventually(
      async () => {
        const samples = await scrape(`${exporter.url}/metrics`)
        const read = samples.filter(
          ({ name, labels }) =>
            name === 'cloudflare_logpush_data_timestamp_seconds' &&
            labels.source === 'health' &&
            labels.zone !== 'refused.example',
        )
        return read.length === 4 && read.every(({ value }) => value * 1000 >= simulator.clock.now() - minute)
          ? samples
          : undefined
      },
      'health data of every neighbour, up to now',
      40,
    )
  let last = await fresh()
  for (let stride = 0; stride < strides; stride += 1) {
    simulator.clock.advance(1.5 * minute)
    const samples = await fresh()
    t.same(wentDown(last, samples), [], `no counter went down in stride ${stride + 1}`)
    last = samples
  }
  for (const job of simulator.world.jobs()) simulator.world.setScenario(job.id, { kind: 'idle' })
  for (let rest = 0; rest < 4; rest += 1) {
    simulator.clock.advance(5 * minute)
    await fresh()
  }
  const expected = new Map(
    [...expectedCounters(simulator, startAt - 15 * minute)].filter(([key]) => {
      const [, labels] = JSON.parse(key) as [string, { job_id: string }]
      return !refusedJobs.has(labels.job_id)
    }),
  )
  let left: readonly string[] = ['not asked yet']
  await eventually(
    async () => {
      left = differences(expected, await fresh())
      return left.length === 0 ? true : undefined
    },
    'all counts exact',
    30,
  ).catch(() => undefined)
  t.same(left, [])
  const samples = await fresh()
  for (const api of ['rest', 'graphql'])
    t.equal(sampleValue(samples, 'cloudflare_logpush_exporter_api_throttled_total', { api }) ?? 0, 0, api)
  const down = samples.filter(({ name, value }) => name === 'cloudflare_logpush_up' && value === 0)
  t.same([...new Set(down.map(({ labels }) => labels.zone))], ['refused.example'])
  const used = [...simulator.variants.used().keys()]
  t.comment(
    `${used.length} variants, ${simulator.requests.count()} requests, ${expected.size} counters, difference 0`,
  )
  t.ok(used.length > 30, `${used.length} variants`)
  t.ok(expected.size > 60)
  exporter.signal('SIGTERM')
  t.equal(await exporter.ended, 0)
})
