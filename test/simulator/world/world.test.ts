import t from 'tap'
import type { Simulator } from '../../../src/simulator/server.ts'
import type { JobTruth } from '../../../src/simulator/world/truth.ts'
import type { JobDraft, WorldExtras } from '../../../src/simulator/world/world-builder.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import type { WorldSpec } from '../../../src/simulator/world/world-spec.ts'
import { ask, simStart, stepped, zoneRows } from '../../support/simulation.ts'

const minute = 60_000
const hour = 3_600_000

function oneJobWorld(
  draft: Partial<JobDraft> = {},
  extras: WorldExtras = {},
): { spec: WorldSpec; zone: string; job: number } {
  const world = buildWorld(7)
  const zone = world.zone('quay.example', world.account('Quay'))
  const job = world.job({ scope: zoneScope(zone), name: 'the-job', ...draft })
  return { spec: world.spec(extras), zone, job }
}

function allFates(): { spec: WorldSpec; zone: string } {
  const world = buildWorld(11)
  const zone = world.zone('quay.example', world.account('Quay'))
  const scenarios: NonNullable<JobDraft['scenario']>[] = [
    { kind: 'healthy' },
    { kind: 'slow' },
    { kind: 'retrying', share: 0.5 },
    { kind: 'losing', share: 0.4, failure: 'dns' },
    { kind: 'dead', failure: 'timeout' },
    { kind: 'idle' },
  ]
  for (const scenario of scenarios)
    world.job({ scope: zoneScope(zone), name: scenario.kind, scenario: scenario })
  return { spec: world.spec(), zone }
}

/** What the API's rows add up to, per job, in the shape of the truth. */
async function addedUp(sim: Simulator, zone: string, fromMs: number, toMs: number) {
  const jobs = new Map<number, Record<string, number>>()
  for (const row of await zoneRows(sim, zone, fromMs, toMs)) {
    const { jobId, final, success, destinationType, status } = row.dimensions
    const sums = jobs.get(jobId) ?? {}
    const add = (key: string, value: number): void => {
      sums[key] = Math.round(((sums[key] ?? 0) + value) * 1000) / 1000
    }
    add('uploads', row.sum.uploads)
    add('uploadSeconds', row.avg.uploadDuration * row.sum.uploads)
    add(`${destinationType.toLowerCase()} ${status} ${final} ${success}`, row.sum.uploads)
    if (final === 1) add(success === 1 ? 'records' : 'lostRecords', row.sum.records)
    if (final === 1) add(success === 1 ? 'bytes' : 'lostBytes', row.sum.bytes)
    if (final === 1 && success === 1) add('compressedBytes', row.sum.bytesCompressed)
    jobs.set(jobId, sums)
  }
  return jobs
}

function expected(truth: JobTruth): Record<string, number> {
  const sums: Record<string, number> = { uploads: truth.uploads, uploadSeconds: truth.uploadSeconds }
  for (const row of truth.responses) {
    sums[`${row.destinationType} ${row.status} ${Number(row.final)} ${Number(row.success)}`] = row.uploads
  }
  if (truth.batches > truth.lostBatches) {
    Object.assign(sums, {
      records: truth.records,
      bytes: truth.bytes,
      compressedBytes: truth.compressedBytes,
    })
  }
  if (truth.lostBatches > 0)
    Object.assign(sums, { lostRecords: truth.lostRecords, lostBytes: truth.lostBytes })
  return sums
}

t.test('for a settled period the truth is what GraphQL returns, for every scenario', async (t) => {
  const { spec, zone } = allFates()
  const sim = await stepped(t, { world: spec })
  sim.clock.advance(3 * hour)
  const [from, to] = [simStart + hour, simStart + 2 * hour]
  const rows = await addedUp(sim, zone, from, to)
  const truth = sim.world.truth({ fromMs: from, toMs: to })
  const seen: string[] = []
  for (const job of truth.jobs.values()) {
    if (job.uploads === 0) continue
    seen.push(job.name)
    t.strictSame(rows.get(job.jobId), expected(job), job.name)
  }
  t.strictSame(seen, ['healthy', 'slow', 'retrying', 'losing', 'dead'])
  t.equal(rows.size, seen.length)
  const [healthy, , retrying, losing, dead] = [...truth.jobs.values()]
  if (!healthy || !retrying || !losing || !dead) throw new Error('jobs are missing')
  t.ok(retrying.retries > 20 && retrying.lostBatches === 0, 'retrying delays, it does not lose')
  t.ok(losing.lostBatches > 20 && losing.lostBatches < losing.batches, 'losing loses some')
  t.equal(dead.batches, dead.lostBatches, 'dead loses all')
  t.equal(healthy.uploads, healthy.batches, 'healthy never retries')
})

t.test('the same seed gives the same world, however often it is looked at', async (t) => {
  const spec = (): WorldSpec => ({
    ...allFates().spec,
    script: [
      { atMs: 10 * minute, jobId: 410_001, action: { kind: 'break', failure: 'not_found' } },
      { atMs: 25 * minute, everyMs: 20 * minute, jobId: 410_001, action: { kind: 'mend' } },
      { atMs: 30 * minute, everyMs: 20 * minute, jobId: 410_001, action: { kind: 'break', failure: 'dns' } },
      { atMs: 40 * minute, jobId: 410_003, action: { kind: 'disable' } },
      { atMs: 50 * minute, jobId: 410_004, action: { kind: 'delete' } },
    ],
  })
  const { zone } = allFates()
  const often = await stepped(t, { world: spec() })
  const once = await stepped(t, { world: spec() })
  for (let step = 0; step < 90; step += 1) {
    often.clock.advance(minute)
    if (step % 7 === 0) await ask(often, `/zones/${zone}/logpush/jobs`)
    if (step % 11 === 0) await zoneRows(often, zone, simStart, often.clock.now())
  }
  once.clock.advance(90 * minute)
  t.strictSame([...often.world.truth().jobs], [...once.world.truth().jobs])
  t.strictSame(
    await zoneRows(often, zone, simStart, simStart + 2 * hour),
    await zoneRows(once, zone, simStart, simStart + 2 * hour),
  )
  t.strictSame(
    (await ask(often, `/zones/${zone}/logpush/jobs`)).body,
    (await ask(once, `/zones/${zone}/logpush/jobs`)).body,
  )
  const other = await stepped(t, { world: { ...spec(), seed: 12 } })
  other.clock.advance(90 * minute)
  t.notSame([...other.world.truth().jobs], [...once.world.truth().jobs], 'another seed, another world')
})

t.test('rows only ever grow, some come late, and none later than fourteen minutes', async (t) => {
  const { spec, zone, job } = oneJobWorld({ traffic: { batchEveryMs: 2_000 } })
  const sim = await stepped(t, { world: spec })
  const watched = simStart + 5 * minute
  sim.clock.advance(6 * minute)
  const counts: number[] = []
  for (let age = 0; age <= 15; age += 1) {
    const rows = await zoneRows(sim, zone, watched, watched + minute)
    counts.push(rows.reduce((sum, row) => sum + row.sum.uploads, 0))
    sim.clock.advance(minute)
  }
  const total = sim.world.truth({ fromMs: watched, toMs: watched + minute }).jobs.get(job)?.uploads
  t.strictSame(
    counts,
    counts.toSorted((a, b) => a - b),
    'never fewer',
  )
  t.ok((counts[0] ?? 0) < (counts[1] ?? 0), `the youngest minute is not complete: ${counts}`)
  t.equal(counts[14], total, 'complete after fourteen minutes')
})

t.test(
  'a broken destination shows in the job, and mending it clears the error with the next success',
  async (t) => {
    const { spec, zone, job } = oneJobWorld()
    const sim = await stepped(t, { world: spec })
    const shown = async () => (await ask(sim, `/zones/${zone}/logpush/jobs/${job}`)).body.result
    sim.clock.advance(5 * minute)
    const before = await shown()
    t.match(before, {
      enabled: true,
      last_error: null,
      error_message: null,
      last_complete: /^2026-11-24T06:04/,
    })
    sim.world.breakJob('the-job', 'access_denied')
    sim.clock.advance(10 * minute)
    const broken = await shown()
    t.match(broken, { enabled: true, last_error: /^2026-11-24T06:1/, error_message: /AccessDenied/ })
    t.ok(broken.last_complete <= '2026-11-24T06:05:01Z', 'nothing was completed since')
    sim.world.mendJob(job)
    sim.clock.advance(3 * minute)
    t.match(await shown(), { last_error: null, error_message: null, last_complete: /^2026-11-24T06:17/ })
  },
)

t.test(
  'a job that fails for 24 hours is switched off once, and stays off until somebody enables it',
  async (t) => {
    const { spec, zone, job } = oneJobWorld({ scenario: { kind: 'dead', failure: 'dns' } })
    const sim = await stepped(t, { world: spec })
    const enabled = async () => (await ask(sim, `/zones/${zone}/logpush/jobs/${job}`)).body.result.enabled
    sim.clock.advance(24 * hour)
    t.equal(await enabled(), true, 'the first failure is less than 24 hours ago')
    sim.clock.advance(2 * minute)
    t.equal(await enabled(), false)
    const { result } = (await ask(sim, `/zones/${zone}/logpush/jobs/${job}`)).body
    t.match(
      result,
      { last_error: /^2026-11-25T05:59|^2026-11-25T06:00/, error_message: /no such host/ },
      'the stale error stays',
    )
    sim.clock.advance(hour)
    const off = sim.world.truth({ fromMs: simStart + 24.5 * hour, toMs: simStart + 25 * hour })
    t.equal(off.jobs.get(job)?.uploads, 0, 'nothing is tried while it is off')
    sim.world.mendJob(job)
    sim.world.enableJob(job)
    t.match((await ask(sim, `/zones/${zone}/logpush/jobs/${job}`)).body.result, {
      enabled: true,
      last_complete: null,
      last_error: null,
    })
    sim.clock.advance(3 * minute)
    const again = (await ask(sim, `/zones/${zone}/logpush/jobs/${job}`)).body.result
    t.match(again, { enabled: true, last_error: null, last_complete: String }, 'it delivers again')
  },
)

t.test('mending in time keeps a job on, and breaking it again counts from then', async (t) => {
  const { spec, job } = oneJobWorld({ scenario: { kind: 'dead', failure: 'dns' } })
  const sim = await stepped(t, { world: spec })
  sim.clock.advance(23 * hour)
  sim.world.mendJob(job)
  sim.clock.advance(5 * minute)
  sim.world.breakJob(job)
  sim.clock.advance(23 * hour)
  t.ok(sim.world.job(job).phases.at(-1)?.enabled, 'on after 46 hours')
  sim.clock.advance(65 * minute)
  t.notOk(sim.world.job(job).phases.at(-1)?.enabled, 'off 24 hours after the second breakage')
})

t.test('a deleted job is gone from REST, its past stays in GraphQL and in the truth', async (t) => {
  const { spec, zone, job } = oneJobWorld()
  const sim = await stepped(t, { world: spec })
  sim.clock.advance(30 * minute)
  sim.world.removeJob(job)
  sim.clock.advance(30 * minute)
  t.strictSame((await ask(sim, `/zones/${zone}/logpush/jobs`)).body.result, [])
  t.ok((await zoneRows(sim, zone, simStart, simStart + 30 * minute)).length > 20)
  t.strictSame(await zoneRows(sim, zone, simStart + 32 * minute, simStart + hour), [])
  t.equal(sim.world.truth().jobs.get(job)?.deletedAtMs, simStart + 30 * minute)
})

t.test('never delivered, quiet and switched off jobs look as they do at Cloudflare', async (t) => {
  const world = buildWorld(3)
  const zone = world.zone('quay.example', world.account('Quay'))
  world.job({ scope: zoneScope(zone), name: 'never', scenario: { kind: 'idle' } })
  world.job({ scope: zoneScope(zone), name: 'quiet', scenario: { kind: 'idle' }, scenarioSinceMs: -3 * hour })
  world.job({ scope: zoneScope(zone), name: 'off', enabled: false })
  const sim = await stepped(t, { world: world.spec() })
  sim.clock.advance(hour)
  const [never, quiet, off] = (await ask(sim, `/zones/${zone}/logpush/jobs`)).body.result
  t.match(never, { enabled: true, last_complete: null, last_error: null })
  t.match(quiet, { enabled: true, last_complete: /^2026-11-24T0[23]:/, last_error: null })
  t.match(off, { enabled: false, last_complete: null, last_error: null })
  t.strictSame(await zoneRows(sim, zone, simStart, sim.clock.now()), [])
})

t.test('a row put in by hand appears exactly as given, when it says', async (t) => {
  const { spec, zone, job } = oneJobWorld({ scenario: { kind: 'idle' } })
  const sim = await stepped(t, { world: spec })
  sim.clock.advance(10 * minute)
  const endMs = simStart + 2 * minute + 1_500
  sim.world.inject({
    job,
    endMs,
    visibleAtMs: simStart + 12 * minute,
    final: true,
    success: false,
    status: 1201,
    destinationType: 's3',
    records: 5,
    bytes: 50,
    compressedBytes: 7,
    durationMs: 250,
  })
  t.strictSame(await zoneRows(sim, zone, simStart, simStart + 5 * minute), [], 'not yet')
  sim.clock.advance(2 * minute)
  t.strictSame(await zoneRows(sim, zone, simStart, simStart + 5 * minute), [
    {
      count: 1,
      sum: { uploads: 1, records: 5, bytes: 50, bytesCompressed: 7 },
      avg: { uploadDuration: 0.25, sampleInterval: 1 },
      max: { timestamp: '2026-11-24T06:02:01Z' },
      dimensions: {
        datetimeMinute: '2026-11-24T06:02:00Z',
        jobId: job,
        destinationType: 's3',
        status: 1201,
        final: 1,
        success: 0,
      },
    },
  ])
  t.match(sim.world.truth().jobs.get(job), { uploads: 1, lostBatches: 1, lostRecords: 5, lostBytes: 50 })
  t.match(sim.world.truth({ visibleAtMs: simStart + 11 * minute }).jobs.get(job), { uploads: 0 })
})

t.test('an account holds its own jobs only, or its zones’ as well', async (t) => {
  const build = (extras: WorldExtras): { spec: WorldSpec; account: string } => {
    const world = buildWorld(5)
    const account = world.account('Quay')
    world.job({ scope: zoneScope(world.zone('quay.example', account)), name: 'of-the-zone' })
    world.job({ scope: accountScope(account), name: 'of-the-account' })
    return { spec: world.spec(extras), account }
  }
  const jobIds = async (extras: WorldExtras): Promise<number[]> => {
    const { spec, account } = build(extras)
    const sim = await stepped(t, { world: spec })
    sim.clock.advance(hour)
    const { body } = await ask(sim, '/graphql', {
      body: {
        query: `{ viewer { accounts(filter: {accountTag: "${account}"}) {
          logpushHealthAdaptiveGroups(limit: 10, orderBy: [jobId_ASC], filter: {datetime_geq: "2026-11-24T06:00:00Z"}) {
            dimensions { jobId } } } } }`,
      },
    })
    return body.data.viewer.accounts[0].logpushHealthAdaptiveGroups.map(
      (row: { dimensions: { jobId: number } }) => row.dimensions.jobId,
    )
  }
  t.strictSame(await jobIds({}), [410_002])
  t.strictSame(await jobIds({ accountHoldsZoneJobs: true }), [410_001, 410_002])
})

t.test(
  'the demo loses its first batch 20 to 40 seconds after the start, whatever the seed and the hour',
  async (t) => {
    for (const [seed, startAt] of [
      [1, simStart],
      [2, simStart + 12_345],
      [42, simStart + 7 * hour + 777],
    ] as const) {
      const news: string[] = []
      const onNews = (event: { readonly jobName: string; readonly what: string }): void => {
        news.push(`${event.jobName}: ${event.what}`)
      }
      const sim = await stepped(t, { world: 'demo', seed, startAt, onNews })
      const job = sim.world.job('quay-firewall-splunk')
      const lost = async (): Promise<boolean> =>
        (await zoneRows(sim, job.scope.id, startAt - 15 * minute, startAt + 2 * minute)).some(
          ({ dimensions }) =>
            dimensions.jobId === job.id && dimensions.final === 1 && dimensions.success === 0,
        )
      sim.clock.advance(17_000)
      t.notOk(await lost(), `seed ${seed}: not after 17 s`)
      sim.clock.advance(23_000)
      t.ok(await lost(), `seed ${seed}: after 40 s`)
      t.equal(sim.world.accounts().length, 2)
      t.equal(sim.world.zones().length, 6)
      t.equal(sim.world.jobs().length, 21)
      const enabled = (name: string): boolean => sim.world.job(name).phases.at(-1)?.enabled ?? false
      t.notOk(enabled('registry-http-s3'), 'one job was switched off before the start')
      t.ok(enabled('quay-http-sumo'))
      sim.clock.advance(2 * minute)
      t.notOk(enabled('quay-http-sumo'), 'another is switched off soon after it')
      sim.clock.advance(2 * minute)
      t.equal(sim.world.jobs().length, 20, 'and one is deleted')
      t.strictSame(news, [
        'quay-firewall-splunk: it loses batches',
        'quay-firewall-splunk: it loses batches',
        'cdn-http-azure: its destination fails (access_denied)',
        'quay-http-sumo: Cloudflare disabled it after a day of failures',
        'cdn-firewall-r2: it was deleted',
        'cdn-http-azure: its destination works again',
      ])
    }
  },
)
