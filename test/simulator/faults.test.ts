import t from 'tap'
import type { Fault } from '../../src/simulator/api/faults.ts'
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { ask, iso, query, simStart, stepped } from '../support/simulation.ts'

const minute = 60_000

async function simulated(
  t: Parameters<typeof stepped>[0],
  options: SimulatorOptions = {},
): Promise<{ readonly sim: Simulator; readonly zones: readonly string[]; readonly job: number }> {
  const world = buildWorld(6)
  const account = world.account('Quay')
  const zones = ['a.example', 'b.example'].map((name) => world.zone(name, account))
  const [job = 0] = zones.map((zone) => world.job({ scope: zoneScope(zone) }))
  const sim = await stepped(t, { world: world.spec(), ...options })
  sim.clock.advance(30 * minute)
  return { sim, zones, job }
}

const health = (zones: readonly string[]): string =>
  `query Health { viewer { zones(filter: { zoneTag_in: ${JSON.stringify(zones)} }) { zoneTag
    logpushHealthAdaptiveGroups(limit: 100, filter: { datetime_geq: "${iso(simStart)}" }) { count dimensions { datetimeMinute } } } } }`

t.test('a fault strikes the requests it names, as often as it says', async (t) => {
  const { sim } = await simulated(t)
  sim.faults.add({
    api: 'rest',
    operation: 'list_accounts',
    count: 2,
    effect: { kind: 'status', status: 503 },
  })
  const statuses: number[] = []
  for (const path of ['/zones', '/accounts', '/accounts', '/accounts'])
    statuses.push((await ask(sim, path)).status)
  t.strictSame(statuses, [200, 503, 503, 200])
  t.strictSame(sim.faults.list(), [])
  const id = sim.faults.add({ path: '/zones', effect: { kind: 'status', status: 429, retryAfterSeconds: 7 } })
  const limited = await ask(sim, '/zones')
  t.match(limited, { status: 429, body: { success: false, errors: [{ code: 10429 }] } })
  t.equal(limited.headers.get('retry-after'), '7')
  sim.faults.remove(id)
  t.equal((await ask(sim, '/zones')).status, 200)
  sim.faults.add({ probability: 0.5, effect: { kind: 'status', status: 500 } })
  let failed = 0
  for (let i = 0; i < 40; i += 1) failed += (await ask(sim, '/accounts')).status === 500 ? 1 : 0
  t.ok(failed > 8 && failed < 32, `about half: ${failed} of 40`)
})

t.test('garbage, cut, lost and missing answers', async (t) => {
  const { sim, zones } = await simulated(t)
  const once = (effect: Fault['effect'], api: Fault['api'] = 'rest'): number =>
    sim.faults.add({ api, count: 1, effect })
  once({ kind: 'html' })
  t.match(await ask(sim, '/zones'), { status: 200, body: /<!doctype html>/ })
  once({ kind: 'cut_json' })
  t.match(await ask(sim, '/zones'), { status: 200, body: /^\{"success":true/ }, 'a text, not JSON')
  once({ kind: 'success_false' })
  t.match(await ask(sim, '/zones'), { status: 200, body: { success: false, result: null } })
  once({ kind: 'reset' })
  await t.rejects(ask(sim, '/zones'), TypeError)
  const jobs = `/zones/${zones[0]}/logpush/jobs`
  once({ kind: 'lost_answer' })
  const body = { name: 'lost', destination_conf: 'r2://b/p?account-id=a&access-key-id=b&secret-access-key=c' }
  await t.rejects(ask(sim, jobs, { body }), TypeError)
  t.match((await ask(sim, jobs)).body.result, [{}, { name: 'lost' }], 'the job was made all the same')
  once({ kind: 'hang' })
  const hanging = fetch(`${sim.url}/zones`, {
    headers: { authorization: `Bearer ${sim.token}` },
    signal: AbortSignal.timeout(150),
  })
  await t.rejects(hanging, { name: 'TimeoutError' })
  once({ kind: 'slow', delayMs: 120 })
  const began = performance.now()
  t.equal((await ask(sim, '/zones')).status, 200)
  t.ok(performance.now() - began >= 110)
})

t.test('GraphQL faults: budget inside a 200, partial data, fewer rows', async (t) => {
  const { sim, zones } = await simulated(t)
  const once = (effect: Fault['effect']): number =>
    sim.faults.add({ api: 'graphql', operation: 'Health', count: 1, effect })
  once({ kind: 'budget' })
  t.match(await query(sim, health(zones)), {
    status: 200,
    body: { data: null, errors: [{ extensions: { code: 'budget' } }] },
  })
  once({ kind: 'partial' })
  const partial = (await query(sim, health(zones))).body
  t.ok(partial.data.viewer.zones[0].logpushHealthAdaptiveGroups.length > 10)
  t.strictSame(partial.data.viewer.zones[1], { zoneTag: zones[1], logpushHealthAdaptiveGroups: [] })
  t.match(partial.errors, [{ path: ['viewer', 'zones', '1'], message: String }])
  once({ kind: 'truncated', rows: 3 })
  const cut = (await query(sim, health(zones))).body
  t.equal(cut.data.viewer.zones[0].logpushHealthAdaptiveGroups.length, 3)
  once({ kind: 'status', status: 502 })
  t.equal((await query(sim, health(zones))).status, 502)
  t.equal((await query(sim, health(zones))).body.errors, null, 'and then it is well again')
})

t.test('REST limits: headers always, 429 with Retry-After, each token for itself', async (t) => {
  const { sim } = await simulated(t, { rateLimits: { rest: { requests: 3, windowMs: 300_000 } } })
  sim.world.setToken({
    text: 'second',
    id: 'b'.repeat(32),
    kind: 'user',
    grants: [{ permission: 'zone_read' }],
  })
  const first = await ask(sim, '/zones')
  t.equal(first.headers.get('ratelimit'), '"default";r=2;t=300')
  t.equal(first.headers.get('ratelimit-policy'), '"default";q=3;w=300')
  t.equal(first.headers.get('retry-after'), null)
  await ask(sim, '/zones')
  await ask(sim, '/zones')
  const over = await ask(sim, '/zones')
  t.match(over, { status: 429, body: { success: false, errors: [{ code: 10429 }] } })
  t.equal(over.headers.get('retry-after'), '300')
  t.equal(over.headers.get('ratelimit'), '"default";r=0;t=300')
  t.equal((await ask(sim, '/zones', { token: 'second' })).status, 200)
  sim.clock.advance(300_000)
  t.equal((await ask(sim, '/zones')).status, 200)
})

t.test('the simulator is moved and asked over HTTP', async (t) => {
  const { sim, zones, job } = await simulated(t, { dateHeader: true })
  t.match((await ask(sim, '/__sim/clock', { body: { advance: 90_000 } })).body, {
    now: simStart + 30 * minute + 90_000,
  })
  t.equal((await ask(sim, '/zones')).headers.get('date'), 'Tue, 24 Nov 2026 06:31:30 GMT')
  t.equal((await ask(sim, '/__sim/clock', { body: { advance: -1 } })).status, 400)
  const truth = (await ask(sim, `/__sim/truth?from=${iso(simStart)}&to=${simStart + 10 * minute}`)).body
  t.equal(truth.toMs, simStart + 10 * minute)
  t.ok(truth.jobs[0].uploads >= 18 && truth.jobs[0].uploads <= 22)
  t.strictSame(
    truth.jobs,
    JSON.parse(
      JSON.stringify([...sim.world.truth({ fromMs: simStart, toMs: simStart + 10 * minute }).jobs.values()]),
    ),
  )
  await ask(sim, `/__sim/jobs/${job}`, { body: { action: 'break', failure: 'tls' } })
  await ask(sim, '/__sim/clock', { body: { advance: 5 * minute } })
  t.match((await ask(sim, `/zones/${zones[0]}/logpush/jobs/${job}`)).body.result, { error_message: /x509/ })
  await ask(sim, `/__sim/jobs/${job}`, { body: { action: 'disable' } })
  t.match((await ask(sim, '/__sim/jobs')).body, [
    { id: job, enabled: false, scenario: { kind: 'dead' } },
    { enabled: true },
  ])
  t.equal((await ask(sim, `/__sim/jobs/${job}`, { body: { action: 'explode' } })).status, 400)
  await ask(sim, `/__sim/jobs/${job}`, { body: { action: 'delete' } })
  t.equal((await ask(sim, `/zones/${zones[0]}/logpush/jobs/${job}`)).status, 404)

  const { id } = (
    await ask(sim, '/__sim/faults', { body: { kind: 'status', status: 500, operation: 'list_zones' } })
  ).body
  t.equal((await ask(sim, '/zones')).status, 500)
  t.match((await ask(sim, '/__sim/faults')).body, [{ id, struck: 1, operation: 'list_zones' }])
  await ask(sim, '/__sim/faults', { method: 'DELETE' })
  t.equal((await ask(sim, '/zones')).status, 200)
  t.equal((await ask(sim, '/__sim/faults', { body: { kind: 'plague' } })).status, 400)

  const requests = (await ask(sim, '/__sim/requests')).body
  t.match(requests.counts, { 'rest list_zones': 3, 'rest get_job': 2 })
  t.match(requests.recent.at(-1), {
    api: 'rest',
    operation: 'list_zones',
    method: 'GET',
    path: '/client/v4/zones',
    status: 200,
  })
  t.notMatch(JSON.stringify(requests), sim.token)
})

t.test('accelerated time runs by itself, and what is due happens with nobody asking', async (t) => {
  let realMs = 1_000_000
  const world = buildWorld(8)
  const zone = world.zone('quay.example', world.account('Quay'))
  const job = world.job({ scope: zoneScope(zone), scenario: { kind: 'dead', failure: 'dns' } })
  const sim = await startSimulator({ world: world.spec(), startAt: simStart, speed: 3600, now: () => realMs })
  t.teardown(() => sim.close())
  realMs += 10_000
  t.equal(sim.clock.now(), simStart + 10 * 3_600_000)
  realMs += 15_000
  realMs -= 5_000
  t.equal(sim.clock.now(), simStart + 20 * 3_600_000)
  realMs -= 5_000
  t.equal(sim.clock.now(), simStart + 20 * 3_600_000, 'a real clock that is set back stops time')
  realMs += 10_000
  const enabled = (): boolean | undefined => sim.world.state.jobs.get(job)?.phases.at(-1)?.enabled
  while (enabled() !== false) await new Promise((resolve) => setImmediate(resolve))
  t.equal(enabled(), false, 'switched off by the passing of time alone')
})
