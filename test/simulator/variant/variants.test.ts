import t from 'tap'
import { findVariant, variantLines, variantTable } from '../../../src/simulator/variant/variant-table.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import { ask, iso, query, simStart, stepped } from '../../support/simulation.ts'

type Tap = Parameters<typeof stepped>[0]

async function simulated(t: Tap, more: Parameters<typeof stepped>[1] = {}) {
  const world = buildWorld(5)
  const account = world.account('Quay')
  const first = world.zone('quay.example', account)
  const second = world.zone('cdn.example', account)
  const job = world.job({
    scope: zoneScope(first),
    name: 'http',
    fields: { output_options: { field_names: ['RayID'], sample_rate: 0 }, max_upload_bytes: 0 },
  })
  const healthy = world.job({ scope: zoneScope(second), name: 'cdn' })
  world.job({ scope: accountScope(account), name: 'audit' })
  const webhook = world.webhook({ accountId: account, name: 'hook', url: 'http://127.0.0.1:9/hook' })
  const service = world.pagerduty(account, 'SRE')
  const kept = { webhooks: [{ id: webhook }], pagerduty: [{ id: service }], email: [] }
  const policy = world.policy({
    accountId: account,
    name: 'disabled',
    alertType: 'failing_logpush_job_disabled_alert',
    mechanisms: kept,
  })
  world.token({ expiresOn: simStart + 90 * 86_400_000 })
  const sim = await stepped(t, { world: world.spec(), ...more })
  return { sim, account, first, second, job, healthy, webhook, kept, policy }
}

const health = `query Rows($zones: [string!]!, $from: Time!, $to: Time!) {
  viewer { zones(filter: { zoneTag_in: $zones }, limit: 10) { zoneTag
    rows: logpushHealthAdaptiveGroups(filter: { datetimeMinute_geq: $from, datetimeMinute_lt: $to }, limit: 100) {
      dimensions { datetimeMinute jobId destinationType status final success }
      sum { uploads records bytes bytesCompressed } avg { uploadDuration sampleInterval } max { timestamp } } } } }`

const limits = `query Limits($zones: [string!]!) { viewer { zones(filter: { zoneTag_in: $zones }, limit: 10) {
  zoneTag settings { logpushHealthAdaptiveGroups { enabled } } } } }`

const window = (minutes: number) => ({ from: iso(simStart - minutes * 60_000), to: iso(simStart) })

t.test('every variant has a name of its own, a text, and something that it does', async (t) => {
  t.ok(variantTable.length > 90, `${variantTable.length}`)
  t.equal(new Set(variantTable.map(({ name }) => name)).size, variantTable.length)
  const odd = variantTable.filter(
    ({ name, does, instead, change }) =>
      !/^[a-z]+\/[a-z0-9-]+$/.test(name) ||
      !/^[a-z].{10,140}[^.]$/.test(does) ||
      (instead === undefined) === (change === undefined),
  )
  t.strictSame(odd, [])
  t.equal(variantLines().length, variantTable.length)
  t.equal(findVariant('no/such'), null)
})

t.test(
  'each variant changes an answer, and all of them can be enabled and disabled by the controls',
  async (t) => {
    const { sim, account, first, second, job, healthy, policy, kept } = await simulated(t)
    // What some variants wait for: empty lists, a history.
    const empty = (await simulated(t)).sim
    for (const map of ['webhooks', 'policies', 'pagerduty'] as const)
      empty.world.state.notifications[map].clear()
    sim.clock.advance(60_000)
    await ask(sim, `/zones/${second}/logpush/jobs/${healthy}`, { method: 'PUT', body: { name: 'cdn' } })
    sim.world.breakJob(job)
    sim.clock.advance(25 * 3_600_000)
    sim.world.enableJob(healthy)
    sim.clock.advance(60_000)
    await sim.idle()
    const jobs = `/zones/${first}/logpush`
    const alerting = `/accounts/${account}/alerting/v3`
    const now = sim.clock.now()
    // What is asked meanwhile writes too, at this instant or at the start.
    const audit = `/accounts/${account}/logs/audit?since=${iso(simStart + 1)}&before=${iso(now - 1)}`
    const rows = { zones: [second, first], from: iso(now - 40 * 60_000), to: iso(now) }
    const conf = { destination_conf: 's3://b/p?region=x' }
    const requests: (readonly [operation: string, path: string, more?: Parameters<typeof ask>[2]])[] = [
      ['list_zones', '/zones'],
      ['list_accounts', '/accounts'],
      ['verify_token', '/user/tokens/verify'],
      ['list_jobs', `${jobs}/jobs`],
      ['list_jobs', `/zones/${second}/logpush/jobs`],
      ['get_job', `${jobs}/jobs/${job}`],
      ['update_job', `/zones/${second}/logpush/jobs/${healthy}`, { method: 'PUT', body: { name: 'cdn' } }],
      ['request_challenge', `${jobs}/ownership`, { body: conf }],
      ['validate_challenge', `${jobs}/ownership/validate`, { body: { ...conf, ownership_challenge: 'x' } }],
      ['validate_destination', `${jobs}/validate/destination`, { body: conf }],
      ['dataset_fields', `${jobs}/datasets/http_requests/fields`],
      ['list_policies', `${alerting}/policies`],
      ['get_policy', `${alerting}/policies/${policy}`],
      ['update_policy', `${alerting}/policies/${policy}`, { method: 'PUT', body: { mechanisms: kept } }],
      ['list_webhooks', `${alerting}/destinations/webhooks`],
      ['list_pagerduty', `${alerting}/destinations/pagerduty`],
      ['eligible_mechanisms', `${alerting}/destinations/eligible`],
      ['available_alerts', `${alerting}/available_alerts`],
      ['history', `${alerting}/history`],
      ['audit_log', `${audit}&limit=1`],
      ['audit_log', audit],
      ['graphql', '/graphql', { body: { query: health, variables: rows } }],
      ['graphql', '/graphql', { body: { query: limits, variables: { zones: [first] } } }],
    ]
    const answers = async (of: readonly string[]): Promise<ReadonlyMap<string, string>> => {
      const asked = requests.filter(([operation]) => of.includes(operation))
      const all = [sim, empty].flatMap((one, world) =>
        asked.map(async ([, path, more], index) => {
          const { status, headers, body } = await ask(one, path, more)
          const told = ['content-type', 'ratelimit-policy', 'retry-after'].map((name) => headers.get(name))
          const text = JSON.stringify([status, told, body])
          const settled = text.replaceAll(/"extensions":\{[^}]*\}|"(modified|filename)":"[^"]*"/g, '')
          return [`${world} ${index} ${path}`, settled] as const
        }),
      )
      return new Map(await Promise.all(all))
    }
    const operationsOf = (name: string): readonly string[] => {
      const of = findVariant(name)?.of ?? []
      return typeof of !== 'string' ? of : [of === 'graphql' ? 'graphql' : 'list_zones']
    }
    const plain = new Map<string, ReadonlyMap<string, string>>()
    const plainOf = async (of: readonly string[]) => {
      const known = plain.get(String(of)) ?? (await answers(of))
      plain.set(String(of), known)
      return known
    }
    // A policy that was written once comes back a little different from one that never was.
    await answers(['update_policy'])
    const idle: string[] = []
    for (const { name } of variantTable) {
      const of = operationsOf(name)
      const before = await plainOf(of)
      await ask(sim, '/__sim/variants', { body: { name } })
      empty.variants.enable({ name })
      // Throttling strikes every tenth request only.
      let changed = false
      for (let pass = 0; pass < 10 && !changed; pass += 1)
        changed = [...(await answers(of))].some(([key, text]) => text !== before.get(key))
      if (!changed) idle.push(name)
      await ask(sim, '/__sim/variants', { method: 'DELETE' })
      empty.variants.clear()
    }
    t.strictSame(idle, [], 'each changes something')
    for (const [of, before] of plain)
      t.strictSame(await answers(of.split(',')), before, `the world is as it was: ${of}`)
  },
)

t.test('the controls say what is in force, and refuse what is not', async (t) => {
  const { sim, first } = await simulated(t)
  const post = (body: unknown) => ask(sim, '/__sim/variants', { body })
  t.equal((await post({ name: 'jobs/2021', where: first })).status, 200)
  t.equal((await post({ contrary: true })).status, 200)
  const { body } = await ask(sim, '/__sim/variants')
  t.match(body, { contrary: true, enabled: [{ name: 'jobs/2021', where: first }] })
  t.equal(body.all.length, variantTable.length)
  for (const wrong of [{ name: 'no/such' }, { name: 5 }, { name: 'jobs/2021', where: 5 }, 'jobs/2021'])
    t.equal((await post(wrong)).status, 400, JSON.stringify(wrong))
  t.throws(() => sim.variants.enable({ name: 'no/such' }), /unknown variant "no\/such"/)
  sim.variants.disable('jobs/2021')
  t.strictSame(sim.variants.list(), [])
})

t.test('a variant can be restricted to one zone: the answers about others are as before', async (t) => {
  const { sim, first, second } = await simulated(t)
  sim.variants.enable({ name: 'jobs/refused-403', where: first })
  t.match(await ask(sim, `/zones/${first}/logpush/jobs`), {
    status: 403,
    body: { success: false, errors: [{ code: 10000 }] },
  })
  t.equal((await ask(sim, `/zones/${second}/logpush/jobs`)).status, 200)
  sim.variants.clear()
  sim.variants.enable({ name: 'graphql/outside', where: second })
  const tags = async (zones: readonly string[]) => {
    const { body } = await query(sim, health, { zones, ...window(3) })
    t.equal(body.errors, null)
    return body.data.viewer.zones.map(({ zoneTag }: { zoneTag: string }) => zoneTag)
  }
  t.strictSame(await tags([first, second]), [first])
  t.strictSame(await tags([first]), [first])
  t.strictSame(await tags([second]), [])
})

t.test('limits refuse what is beyond them, and answer what is within', async (t) => {
  const { sim, first } = await simulated(t)
  const message = async (minutes: number) =>
    (await query(sim, health, { zones: [first], ...window(minutes) })).body.errors?.[0] ?? null
  sim.variants.enable({ name: 'graphql/too-old' })
  t.match(await message(30), {
    message: 'cannot request data older than 20m',
    extensions: { code: 'quota' },
  })
  t.equal(await message(20), null)
  sim.variants.clear()
  sim.variants.enable({ name: 'graphql/too-wide-scope' })
  t.match(await message(6), {
    message: `zone "${first}" cannot request a time range wider than 5m, but your query time range spans 6m0s`,
  })
  t.equal(await message(5), null)
  sim.variants.clear()
  sim.variants.enable({ name: 'graphql/field-not-entitled' })
  t.match(await message(5), { message: /does not have access to the field 'uploadduration' from the path/ })
  const narrow = health.replace('avg { uploadDuration sampleInterval }', '')
  t.equal((await query(sim, narrow, { zones: [first], ...window(5) })).body.errors, null)
})

t.test('ids are taken with and without dashes, whatever form they were told in', async (t) => {
  const { sim, account, policy, webhook } = await simulated(t)
  const dashed = (id: string) => id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  const alerting = `/accounts/${account}/alerting/v3`
  sim.variants.enable({ name: 'ids/dashes-in-lists' })
  const { body } = await ask(sim, `${alerting}/policies`)
  t.equal(body.result[0].id, dashed(policy))
  t.equal(body.result[0].mechanisms.webhooks[0].id, webhook)
  const put = { mechanisms: { webhooks: [{ id: dashed(webhook) }] } }
  t.equal(
    (await ask(sim, `${alerting}/policies/${dashed(policy)}`, { method: 'PUT', body: put })).status,
    200,
  )
  sim.variants.clear()
  sim.variants.enable({ name: 'ids/dashes-in-policies' })
  const shown = await ask(sim, `${alerting}/policies/${policy}`)
  t.equal(shown.body.result.id, policy)
  t.strictSame(shown.body.result.mechanisms.webhooks, [{ id: dashed(webhook) }])
})

t.test('a token that was just made is refused now and then for a minute', async (t) => {
  const { sim } = await simulated(t, { variants: [{ name: 'token/new' }] })
  const statuses = async () => {
    const all: number[] = []
    for (let i = 0; i < 4; i += 1) all.push((await ask(sim, '/zones')).status)
    return all
  }
  t.strictSame(await statuses(), [403, 200, 403, 200])
  sim.clock.advance(60_000)
  t.strictSame(await statuses(), [200, 200, 200, 200])
})

t.test('contrary: the same seed gives the same answers, another from call to call', async (t) => {
  const tellings = async () => {
    const { sim, account, first } = await simulated(t, { contrary: true })
    const texts: string[] = []
    for (let i = 0; i < 30; i += 1) {
      texts.push(JSON.stringify((await ask(sim, `/zones/${first}/logpush/jobs`)).body))
      texts.push(JSON.stringify((await ask(sim, `/accounts/${account}/alerting/v3/policies`)).body))
    }
    return { texts, used: sim.variants.used() }
  }
  const [one, other] = [await tellings(), await tellings()]
  t.strictSame(one.texts, other.texts)
  t.ok(new Set(one.texts).size > 20, `${new Set(one.texts).size} different answers`)
  const costs = [...one.used.keys()].map((name) => findVariant(name)?.cost)
  t.strictSame(
    costs.filter((cost) => cost === 'answer' || cost === 'scope'),
    [],
  )
  t.ok(one.used.size > 15, `${one.used.size} variants`)
})
