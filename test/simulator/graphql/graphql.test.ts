import { GraphQLClient } from 'graphql-request'
import t from 'tap'
import type { Simulator, SimulatorOptions } from '../../../src/simulator/server.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import type { TokenSpec, WorldSpec } from '../../../src/simulator/world/world-spec.ts'
import { ask, healthFields, iso, query, simStart, stepped, zoneRows } from '../../support/simulation.ts'

const minute = 60_000

interface Twelve {
  readonly spec: WorldSpec
  readonly accounts: readonly [string, string]
  readonly zones: readonly string[]
}

/** Two accounts; twelve zones in the first, one in the second. */
function twelveZones(tokens: readonly Partial<TokenSpec>[] = [{}]): Twelve {
  const world = buildWorld(21)
  const accounts = [world.account('Quay'), world.account('Other')] as const
  const zones = Array.from({ length: 12 }, (_, i) => world.zone(`zone-${i}.example`, accounts[0]))
  zones.push(world.zone('other.example', accounts[1]))
  for (const zone of zones) {
    world.job({ scope: zoneScope(zone), scenario: { kind: 'losing', share: 0.3, failure: 'server_error' } })
    world.job({ scope: zoneScope(zone), scenario: { kind: 'retrying', share: 0.4 } })
  }
  world.job({ scope: accountScope(accounts[0]) })
  for (const token of tokens) world.token(token)
  return { spec: world.spec(), accounts, zones }
}

async function simulated(
  t: Parameters<typeof stepped>[0],
  tokens?: readonly Partial<TokenSpec>[],
  options: Omit<SimulatorOptions, 'world'> = {},
): Promise<Twelve & { readonly sim: Simulator; readonly zone: string }> {
  const world = twelveZones(tokens)
  const sim = await stepped(t, { world: world.spec, ...options })
  sim.clock.advance(60 * minute)
  return { ...world, sim, zone: world.zones[0] ?? '' }
}

const during = `datetime_geq: "${iso(simStart)}", datetime_lt: "${iso(simStart + 30 * minute)}"`
const node = (filter: string, fields: string, more = ''): string =>
  `logpushHealthAdaptiveGroups(limit: 5000, filter: { ${filter} } ${more}) { ${fields} }`
const ofZone = (zone: string, inner: string): string =>
  `{ viewer { zones(filter: { zoneTag: "${zone}" }) { zoneTag ${inner} } } }`

t.test('the real client reads ten zones and one account in one query', async (t) => {
  const { sim, zones, accounts } = await simulated(t)
  const client = new GraphQLClient(`${sim.url}/graphql`, {
    headers: { authorization: `Bearer ${sim.token}` },
    jsonSerializer: {
      stringify: JSON.stringify,
      parse: (text) => {
        const parsed = JSON.parse(text)
        if (parsed.errors === null) delete parsed.errors
        return parsed
      },
    },
  })
  const text = `query Health($zones: [string!], $account: String!, $from: Time!, $to: Time!) {
    viewer {
      budget
      zones(filter: { zoneTag_in: $zones }) {
        zoneTag
        settings { logpushHealthAdaptiveGroups { enabled maxDuration maxPageSize notOlderThan maxNumberOfFields availableFields } }
        logpushHealthAdaptiveGroups(limit: 100, filter: { datetimeMinute_geq: $from, datetimeMinute_lt: $to }) { ...Row }
      }
      accounts(filter: { accountTag: $account }) {
        accountTag
        logpushHealthAdaptiveGroups(limit: 100, filter: { datetimeMinute_geq: $from, datetimeMinute_lt: $to }) { count dimensions { jobId } }
      }
    }
  }
  fragment Row on ZoneLogpushHealthAdaptiveGroups { ${healthFields} }`
  const data = await client.request<{
    viewer: { budget: number; zones: Record<string, unknown[]>[]; accounts: Record<string, unknown>[] }
  }>(text, {
    zones: zones.slice(0, 10),
    account: accounts[0],
    from: iso(simStart),
    to: iso(simStart + 10 * minute),
  })
  t.equal(data.viewer.budget, 299)
  t.strictSame(
    data.viewer.zones.map(({ zoneTag }) => zoneTag),
    zones.slice(0, 10),
  )
  for (const zone of data.viewer.zones) t.ok((zone.logpushHealthAdaptiveGroups?.length ?? 0) >= 20)
  t.match(data.viewer.zones[0]?.settings, {
    logpushHealthAdaptiveGroups: {
      enabled: true,
      maxDuration: 86_400,
      maxPageSize: 10_000,
      availableFields: ['count', 'sum_uploads'],
    },
  })
  t.match(data.viewer.accounts, [
    { accountTag: accounts[0], logpushHealthAdaptiveGroups: [{ dimensions: { jobId: 410_027 } }] },
  ])
})

t.test('a good answer says errors: null, a bad one data: null', async (t) => {
  const { sim, zone } = await simulated(t)
  const good = await query(sim, ofZone(zone, node(during, 'count')))
  t.strictSame([good.status, good.body.errors], [200, null])
  const bad = await query(sim, ofZone(zone, node(during, 'count colour')))
  t.strictSame([bad.status, bad.body.data, bad.body.errors[0].message], [200, null, 'unknown field "colour"'])
  t.match(bad.body.errors[0].extensions, { timestamp: '2026-11-24T07:00:00.000Z' })
})

t.test('rows are grouped by exactly the dimensions asked for', async (t) => {
  const { sim, zone } = await simulated(t)
  const rows = async (fields: string, more = '') =>
    (await query(sim, ofZone(zone, node(during, fields, more)))).body.data.viewer.zones[0]
      .logpushHealthAdaptiveGroups
  const [all] = await rows('count')
  t.strictSame(await rows('sum { uploads }'), [{ sum: { uploads: all.count } }], 'none: one row')
  const byJob = await rows('count dimensions { jobId }', 'orderBy: [jobId_ASC]')
  t.equal(byJob.length, 2)
  t.equal(byJob[0].count + byJob[1].count, all.count)
  const byHour = await rows('count dimensions { when: datetimeHour }')
  t.strictSame(
    byHour,
    [{ count: all.count, dimensions: { when: '2026-11-24T06:00:00Z' } }],
    'an alias is no other dimension',
  )
  const fine = await rows(
    'count dimensions { date datetimeFifteenMinutes datetimeFiveMinutes error }',
    'orderBy: [count_DESC]',
  )
  t.ok(fine.length > 10)
  t.strictSame(
    fine.map((row: { count: number }) => row.count),
    fine.map((row: { count: number }) => row.count).toSorted((a: number, b: number) => b - a),
  )
  const types = new Set(
    (await rows('dimensions { destinationType }')).map(
      (row: { dimensions: { destinationType: string } }) => row.dimensions.destinationType,
    ),
  )
  t.strictSame(types, new Set(['R2', 'r2']), 'the case of types is not to be relied on')
})

t.test('filters hold on every dimension, alone and combined', async (t) => {
  const { sim, zone } = await simulated(t)
  const count = async (filter: string): Promise<number> => {
    const { body } = await query(sim, ofZone(zone, node(`${during}, ${filter}`, 'count')))
    if (body.errors !== null) throw new Error(body.errors[0].message)
    return body.data.viewer.zones[0].logpushHealthAdaptiveGroups[0]?.count ?? 0
  }
  const all = await count('')
  const lost = await count('final: 1, success: 0')
  t.ok(lost > 3)
  t.equal(await count('status_neq: 200, final_gt: 0'), lost)
  t.equal(await count('OR: [{ final: 1, success: 0 }, { final: 1, success: 0 }]'), lost)
  t.equal((await count('OR: [{ final: 0 }, { success: 1 }]')) + lost, all)
  t.equal(await count('AND: [{ final: 1 }, { success: 0 }]'), lost)
  t.equal((await count('jobId: 410001')) + (await count('jobId_notin: [410001]')), all)
  t.equal(await count('jobId_geq: 410001, jobId_lt: 410002'), await count('jobId_in: [410001]'))
  t.equal((await count('destinationType: "R2"')) + (await count('destinationType: "r2"')), all)
  t.equal(await count('error_like: "%503%"'), await count('status: 503'))
  t.equal((await count('error_notlike: "%503%"')) + (await count('status_in: [503]')), all)
  t.equal(await count('date: "2026-11-24"'), all)
  t.equal(await count('date_gt: "2026-11-24"'), 0)
  const half = `"${iso(simStart + 15 * minute)}"`
  t.equal((await count(`datetimeMinute_lt: ${half}`)) + (await count(`datetimeMinute_geq: ${half}`)), all)
  t.equal(
    await count(`datetimeMinute_leq: ${half}`),
    await count(`AND: [{ datetime_lt: "${iso(simStart + 16 * minute)}" }]`),
  )
  t.equal(await count(`datetimeFifteenMinutes: ${half}`), await count(`AND: [{ datetime_geq: ${half} }]`))
})

t.test('an answer stops at the limit, and pages by time add up', async (t) => {
  const { sim, zone } = await simulated(t)
  const whole = await zoneRows(sim, zone, simStart, simStart + 20 * minute)
  t.equal((await zoneRows(sim, zone, simStart, simStart + 20 * minute, 7)).length, 7)
  const parts = [
    ...(await zoneRows(sim, zone, simStart, simStart + 10 * minute)),
    ...(await zoneRows(sim, zone, simStart + 10 * minute, simStart + 20 * minute)),
  ]
  const key = (row: unknown): string => JSON.stringify(row)
  t.strictSame(parts.map(key).sort(), whole.map(key).sort())
})

t.test('limits of the dataset are errors with the documented texts', async (t) => {
  const { sim, zone, zones } = await simulated(t)
  sim.world.setHealthSettings(
    { kind: 'zone', id: zone },
    { maxDuration: 3600, notOlderThan: 7200, maxPageSize: 50, maxNumberOfFields: 3 },
  )
  const message = async (text: string): Promise<string> => {
    const { status, body } = await query(sim, text)
    t.strictSame([status, body.data], [200, null])
    return body.errors[0].message
  }
  const run = (args: string, fields = 'count'): string =>
    ofZone(zone, `logpushHealthAdaptiveGroups(${args}) { ${fields} }`)
  const since = (ms: number): string => `filter: { datetime_geq: "${iso(simStart + ms)}" }`
  t.equal(
    await message(run(`limit: 51, ${since(0)}`)),
    'limit must be positive number and not greater than 50',
  )
  t.equal(
    await message(run(`limit: 0, ${since(0)}`)),
    'limit must be positive number and not greater than 50',
  )
  t.match(await message(run(`limit: 5, ${since(-minute)}`)), /^query time range is too large/)
  t.equal(await message(run(`limit: 5, ${since(-61 * minute)}`)), 'cannot request data older than 7200s')
  t.equal(await message(run('limit: 5, filter: {}')), 'cannot request data older than 7200s')
  t.equal(
    await message(run(`limit: 5, ${since(0)}`, 'count sum { bytes records uploads }')),
    "number of fields can't be more than 3",
  )
  t.match(
    await message(run(`limit: "5", ${since(0)}`)),
    /^error parsing args: "5" is not a uint64|^error parsing args/,
  )
  t.match(await message(run('limit: 5, filter: { datetime_geq: "yesterday" }')), /^error parsing args/)
  t.match(await message(run('limit: 5, filter: { colour: "red" }')), /^error parsing args/)
  t.equal(await message('{ viewer {'), 'query contains error, please review it and retry')
  t.match(
    await message(
      `{ viewer { zones(filter: {zoneTag_in: ${JSON.stringify(zones.slice(0, 11))}}) { zoneTag } } }`,
    ),
    /zones can't be more than 10/,
  )
  t.equal(
    (await query(sim, ofZone(zone, `settings { logpushHealthAdaptiveGroups { maxDuration } }`))).body.data
      .viewer.zones[0].settings.logpushHealthAdaptiveGroups.maxDuration,
    3600,
  )
  sim.world.setHealthSettings({ kind: 'zone', id: zone }, { enabled: false })
  t.equal(await message(run(`limit: 5, ${since(0)}`)), `zone '${zone}' does not have access to the path`)
})

t.test('a token sees only what it was granted, and errors name the rest', async (t) => {
  const { zones: ids, accounts: owners } = twelveZones()
  const first = ids[0] ?? ''
  const { sim, zones, accounts, zone, spec } = await simulated(t, [
    { grants: [{ permission: 'analytics_read', resources: [first] }] },
    { grants: [{ permission: 'account_analytics_read', resources: [owners[0]] }] },
    { status: 'disabled' },
  ])
  const [zoneToken, accountToken, disabled] = spec.tokens.map(({ text }) => text)
  const run = (text: string, token: string | undefined) => query(sim, text, {}, { token: token ?? '' })
  t.equal((await run(ofZone(zone, node(during, 'count')), zoneToken)).body.errors, null)
  const two = await run(
    `{ viewer { zones(filter: {zoneTag_in: ["${zones[0]}", "${zones[1]}"]}) { zoneTag } } }`,
    zoneToken,
  )
  t.match(two.body, {
    data: null,
    errors: [
      {
        message: `zones [${zones[1]}] are not authorized`,
        extensions: { code: 'authz' },
        path: ['viewer', 'zones'],
      },
    ],
  })
  const account = (id: string): string =>
    `{ viewer { accounts(filter: {accountTag: "${id}"}) { ${node(during, 'count')} } } }`
  t.equal((await run(account(accounts[0]), accountToken)).body.errors, null)
  t.match((await run(account(accounts[1]), accountToken)).body, {
    data: null,
    errors: [{ message: 'not authorized for that account' }],
  })
  t.match((await run(account(accounts[0]), zoneToken)).body.errors, [
    {
      message: /not authorized for that account/,
      path: ['viewer', 'accounts', '0', 'logpushHealthAdaptiveGroups'],
    },
  ])
  const unauthorized = await run(ofZone(zone, node(during, 'count')), disabled)
  t.match(unauthorized, { status: 401, body: { data: null, errors: [{ message: 'Unauthorized' }] } })
  const listed = await run('{ viewer { zones(filter: {zoneTag_gt: ""}, limit: 10) { zoneTag } } }', zoneToken)
  t.strictSame(listed.body.data.viewer.zones, [{ zoneTag: zone }], 'a range holds what may be read')
})

t.test('in account mode each account has its own budget, and lists of zones live inside it', async (t) => {
  const { sim, zones, accounts, zone } = await simulated(t, undefined, {
    rateLimits: { graphql: { requests: 2, windowMs: 300_000 }, scope: { requests: 3, windowMs: 300_000 } },
  })
  const headers = { 'x-rate-limit-type': 'account-based' }
  const run = (text: string) => query(sim, text, {}, { headers })
  const nested = (account: string, ids: readonly string[]): string =>
    `{ viewer { accounts(filter: {accountTag: "${account}"}) { zones(filter: {zoneTag_in: ${JSON.stringify(ids)}}) { zoneTag ${node(during, 'count')} } } } }`
  const refused = await run(`{ viewer { zones(filter: {zoneTag_in: ["${zone}"]}) { zoneTag } } }`)
  t.match(refused.body.errors, [{ message: /nested in accounts/ }])
  for (let i = 0; i < 3; i += 1)
    t.equal((await run(nested(accounts[0], zones.slice(0, 10)))).body.errors, null)
  const over = await run(nested(accounts[0], zones.slice(0, 10)))
  t.match(over, {
    status: 200,
    body: {
      data: null,
      errors: [
        {
          extensions: { code: 'budget' },
          message: new RegExp(`^Account ${accounts[0]} has exceeded its rate limit`),
        },
      ],
    },
  })
  t.equal(
    (await run(nested(accounts[1], zones.slice(12)))).body.errors,
    null,
    'another account is not concerned',
  )
  t.match(
    (await run(nested(accounts[1], zones.slice(0, 1)))).body.errors,
    [{ message: /zones \[.*\] are not authorized/ }],
    'a zone belongs to its account',
  )
  for (let i = 0; i < 3; i += 1) t.equal((await run(ofZone(zone, node(during, 'count')))).body.errors, null)
  t.match((await run(ofZone(zone, node(during, 'count')))).body.errors, [
    { message: new RegExp(`^Zone ${zone} has exceeded`) },
  ])
  sim.clock.advance(300_000)
  t.equal((await run(nested(accounts[0], zones.slice(0, 10)))).body.errors, null, 'five minutes later')
})

t.test('the usual budget is per token: 429 with Retry-After when it is used up', async (t) => {
  const { sim, zone } = await simulated(t, undefined, {
    rateLimits: { graphql: { requests: 2, windowMs: 300_000 } },
  })
  const run = () => query(sim, ofZone(zone, node(during, 'count')))
  t.equal((await run()).headers.get('ratelimit'), '"graphql";r=1;t=300')
  t.equal((await run()).headers.get('ratelimit-policy'), '"graphql";q=2;w=300')
  sim.clock.advance(100_000)
  const over = await run()
  t.match(over, {
    status: 429,
    body: { data: null, errors: [{ message: 'rate limiter budget depleted, try again after 5 minutes' }] },
  })
  t.equal(over.headers.get('retry-after'), '300')
  sim.clock.advance(250_000)
  t.equal((await run()).status, 429, 'the block lasts five minutes from there')
  sim.clock.advance(50_000)
  t.equal((await run()).status, 200)
})

t.test('errors can carry the documented HTTP status instead', async (t) => {
  const { sim, zone } = await simulated(t, undefined, { documentedGraphqlStatus: true })
  t.equal((await query(sim, ofZone(zone, node(during, 'colour')))).status, 400)
  t.equal((await query(sim, `{ viewer { zones(filter: {zoneTag: "x"}) { zoneTag } } }`)).status, 403)
  t.equal((await query(sim, ofZone(zone, node(during, 'count')))).status, 200)
  t.equal((await ask(sim, '/graphql', { body: { nothing: 1 } })).status, 400)
})
