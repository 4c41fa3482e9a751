import t from 'tap'
import { allPages } from '../../src/access/paging.ts'
import { createHealthClient } from '../../src/cloudflare/health/health-client.ts'
import { createRestClient, type RestClient } from '../../src/cloudflare/rest/rest-client.ts'
import { type AuditEntry, actorText } from '../../src/domain/job/audit-entry.ts'
import type { HealthRow } from '../../src/domain/ledger/health-row.ts'
import type { Scope, ZoneScope } from '../../src/domain/scope.ts'
import { Secret } from '../../src/domain/secret.ts'
import { minuteOf } from '../../src/domain/time.ts'
import type { ApiFailureKind } from '../../src/errors.ts'
import type { AuditPage } from '../../src/ports/audit-log.ts'
import type { HealthApi } from '../../src/ports/cloudflare.ts'
import type { FaultEffect } from '../../src/simulator/api/faults.ts'
import type { Simulator, SimulatorOptions } from '../../src/simulator/server.ts'
import type { JobTruth } from '../../src/simulator/world/truth.ts'
import { accountScope, buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { clientDeps, everythingOf, failureOf, options } from '../support/cloudflare-clients.ts'
import { fakeHttp, json } from '../support/fake-http.ts'
import { simStart, stepped } from '../support/simulation.ts'

/*
 * Our adapters against the simulator, which shares no code with them: what both think of Cloudflare must fit.
 */

type Tap = Parameters<typeof stepped>[0]
type Zone = ZoneScope

function clients(
  sim: Simulator,
  more: { token?: string; rateLimitType?: 'user' | 'account'; timeoutMs?: number } = {},
) {
  const { token = sim.token, ...rest } = more
  const deps = clientDeps(sim.url, { token: () => new Secret(token), ...rest })
  return { rest: createRestClient(deps), health: createHealthClient(deps), exchanges: deps.exchanges }
}

const accountsOf = async (rest: RestClient) =>
  (await allPages((page) => rest.listAccounts(page, options))).items
const zonesOf = async (rest: RestClient, accountId?: string) => {
  const owner = accountId === undefined ? {} : { accountId }
  return (await allPages((page) => rest.listZones({ page, ...owner }, options))).items
}

const conf = new Secret(
  'r2://logs/new/{DATE}?account-id=a&access-key-id=canary-id&secret-access-key=canary-key',
)
const challenged = new Secret('s3://logs-bucket/worker/{DATE}?region=us-east-1')

/** One account, three zones with jobs of each scenario, and an account without zones. */
function smallWorld() {
  const world = buildWorld(5)
  const account = world.account('Quay')
  const empty = world.account('Empty')
  const names = ['quay.example', 'cdn.example', 'docs.example']
  const [first = '', second = '', third = ''] = names.map((name) => world.zone(name, account))
  world.job({ scope: zoneScope(first), name: 'healthy', scenario: { kind: 'healthy' } })
  world.job({ scope: zoneScope(first), name: 'retrying', scenario: { kind: 'retrying', share: 0.5 } })
  world.job({
    scope: zoneScope(second),
    name: 'losing',
    scenario: { kind: 'losing', share: 0.5, failure: 'dns' },
  })
  world.job({
    scope: accountScope(account),
    name: 'audit',
    dataset: 'audit_logs_v2',
    scenario: { kind: 'slow' },
  })
  return { world, account, empty, first, second, third }
}

async function simulated(t: Tap, options: SimulatorOptions = {}) {
  const { world, ...ids } = smallWorld()
  const sim = await stepped(t, { world: world.spec(), ...options })
  return { sim, ...ids, ...clients(sim) }
}

t.test('the directory is read page by page, an account without zones included', async (t) => {
  const world = buildWorld(3)
  const owner = world.account('Many')
  const empty = world.account('Empty')
  for (let i = 0; i < 123; i += 1) world.zone(`zone-${i}.example`, owner)
  const sim = await stepped(t, { world: world.spec() })
  const { rest, exchanges } = clients(sim)
  t.strictSame(await accountsOf(rest), [
    { id: owner, name: 'Many' },
    { id: empty, name: 'Empty' },
  ])
  const before = exchanges.length
  const zones = await zonesOf(rest)
  t.equal(exchanges.length - before, 3, '123 zones are three requests')
  t.equal(zones.length, 123)
  t.match(zones[0], { kind: 'zone', name: 'zone-0.example', account: { id: owner, name: 'Many' } })
  t.equal(new Set(zones.map(({ id }) => id)).size, 123)
  t.equal((await zonesOf(rest, owner)).length, 123)
  t.strictSame(await zonesOf(rest, empty), [])
  t.match(exchanges[0], { code: '200', rateLimit: { limit: 1200, windowSeconds: 300, remaining: 1199 } })
})

t.test('jobs are made, read, changed and deleted, in an account and in a zone', async (t) => {
  const { sim, rest, account, third } = await simulated(t)
  const scopes = [
    { scope: { kind: 'account', id: account } as const, dataset: 'gateway_dns', field: 'Datetime' },
    { scope: { kind: 'zone', id: third } as const, dataset: 'http_requests', field: 'EdgeStartTimestamp' },
  ]
  for (const { scope, dataset, field } of scopes) {
    const { items: before } = await rest.listJobs(scope, options)
    const body = {
      name: 'sre-new',
      dataset,
      destinationConf: conf,
      outputOptions: { field_names: [field], timestamp_format: 'rfc3339' },
      maxUploadIntervalSeconds: 60,
    }
    const made = await rest.createJob(scope, body, options)
    t.match(made, {
      name: 'sre-new',
      dataset,
      kind: '',
      enabled: false,
      lastComplete: null,
      maxUploadIntervalSeconds: 60,
    })
    t.ok(made.destinationConf.equals(conf))
    t.strictSame(await rest.getJob(scope, made.id, options), made)
    const changed = await rest.updateJob(scope, made.id, { enabled: true }, options)
    t.strictSame({ ...changed, enabled: false }, made, 'an update changes what it names')
    t.ok(changed.enabled)
    sim.clock.advance(600_000)
    const { items: listed } = await rest.listJobs(scope, options)
    t.strictSame(listed.map(({ id }) => id).sort(), [...before.map(({ id }) => id), made.id].sort())
    const running = listed.find(({ id }) => id === made.id)
    t.ok((running?.lastComplete ?? 0) > simStart, 'an enabled job delivers')
    await rest.deleteJob(scope, made.id, options)
    t.match(await failureOf(rest.getJob(scope, made.id, options)), {
      kind: 'not_found',
      operation: 'read a job',
    })
    t.equal((await rest.listJobs(scope, options)).items.length, before.length)
    const fields = await rest.datasetFields(scope, dataset, options)
    t.ok(fields.size > 5 && fields.has(field))
  }
})

t.test('a failing job shows its error as a secret', async (t) => {
  const { sim, rest, first } = await simulated(t)
  sim.world.breakJob('healthy', 'expired_credentials')
  sim.clock.advance(900_000)
  const { items: jobs } = await rest.listJobs({ kind: 'zone', id: first }, options)
  const failing = jobs.find(({ name }) => name === 'healthy')
  t.ok((failing?.lastError ?? 0) > simStart)
  t.match(failing?.errorMessage?.reveal(), /401 Unauthorized/)
  const secret = /secret-access-key=(\w+)/.exec(failing?.destinationConf.reveal() ?? '')?.[1] ?? 'none'
  t.match(failing?.errorMessage?.reveal(), secret, 'the API does quote the destination')
  t.notOk(everythingOf(jobs).includes(secret))
})

t.test('destinations and ownership are validated and challenged', async (t) => {
  const files = new Map<string, string>()
  const { sim, rest, third } = await simulated(t, {
    objectStore: { put: (bucket, key, text) => void files.set(`${bucket}/${key}`, String(text)) },
  })
  const scope = { kind: 'zone', id: third } as const
  t.strictSame(await rest.validateDestination(scope, conf, options), { valid: true, message: '' })
  sim.world.breakDestination('r2://logs/')
  const broken = await rest.validateDestination(scope, conf, options)
  t.strictSame(broken, { valid: false, message: 'error writing object: error uploading' })
  const challenge = await rest.requestChallenge(scope, challenged, options)
  t.match(challenge, { valid: true, message: '', filename: /ownership-challenge-\w+\.txt$/ })
  const token = new Secret((files.get(`logs-bucket/${challenge.filename}`) ?? '').trim())
  t.strictSame(await rest.validateChallenge(scope, challenged, token, options), { valid: true })
  t.strictSame(await rest.validateChallenge(scope, challenged, new Secret('other'), options), {
    valid: false,
  })
  const body = { dataset: 'http_requests', destinationConf: challenged }
  t.match(await failureOf(rest.createJob(scope, body, options)), { kind: 'invalid_request', status: 400 })
  t.match(await rest.createJob(scope, { ...body, ownershipChallenge: token }, options), {
    dataset: 'http_requests',
  })
})

t.test('tokens are verified, each by its own call', async (t) => {
  const { world, account } = smallWorld()
  const expiresOn = simStart + 86_400_000
  const user = world.token({ expiresOn })
  const owned = world.token({ kind: 'account', accountId: account })
  const dead = world.token({ expiresOn: simStart - 1 })
  const sim = await stepped(t, { world: world.spec() })
  const as = (token: string) => clients(sim, { token }).rest
  t.match(await as(user).verifyToken(null, options), { status: 'active', expiresOn })
  t.match(await as(owned).verifyToken(account, options), { status: 'active', expiresOn: null })
  t.match(await as(dead).verifyToken(null, options), { status: 'expired' })
  for (const wrong of [as(user).verifyToken(account, options), as(owned).verifyToken(null, options)])
    t.match(await failureOf(wrong), { kind: 'auth', status: 401, codes: [1000] })
  for (const call of [
    as('unknown').listAccounts(1, options),
    as('unknown').listJobs({ kind: 'account', id: account }, options),
    as(dead).listZones({ page: 1 }, options),
  ])
    t.match(await failureOf(call), { kind: /^(auth|forbidden)$/ })
})

t.test('policies, webhooks, PagerDuty and the history of notifications', async (t) => {
  const { sim, rest, account, first } = await simulated(t)
  const receiver = await fakeHttp(json(200, {}))
  t.teardown(() => receiver.close())
  const url = new Secret(receiver.baseUrl.replace('/client/v4', '/hook'))
  const alerts = await rest.listAvailableAlerts(account, options)
  const alertType = 'failing_logpush_job_disabled_alert'
  t.match(
    alerts.items.find(({ type }) => type === alertType),
    { filters: [], isWhole: true },
  )
  t.match(
    alerts.items.find(({ type }) => type === 'billing_usage_alert'),
    {
      filters: [
        { name: 'product', isRequired: true },
        { name: 'limit', isRequired: true, maxValues: 1 },
      ],
    },
  )

  const { id } = await rest.createWebhook(account, { name: 'w', url, secret: new Secret('s') }, options)
  t.equal(receiver.received.length, 1, 'the test message came before the answer')
  t.match((await rest.listWebhooks(account, options)).items, [{ id, name: 'w', type: 'generic' }])
  await rest.updateWebhook(account, id, { name: 'renamed', url }, options)
  t.match((await rest.listWebhooks(account, options)).items, [{ id, name: 'renamed' }])
  receiver.answer(json(500, {}))
  t.match(await failureOf(rest.createWebhook(account, { name: 'x', url }, options)), {
    kind: 'invalid_request',
  })
  receiver.answer(json(200, {}))

  const { token } = await rest.connectPagerDuty(account, options)
  t.match(await failureOf(rest.completePagerDuty(account, token, options)), { kind: 'invalid_request' })
  sim.world.consentPagerDuty(token, 'SRE primary')
  await rest.completePagerDuty(account, token, options)
  const [service] = await rest.listPagerDuty(account, options)
  t.match(service, { name: 'SRE primary' })
  const mechanisms = await rest.listEligibleMechanisms(account, options)
  t.ok(mechanisms.every(({ eligible }) => eligible) && mechanisms.length === 3)

  const policy = {
    name: 'sre-logpush-disabled',
    description: 'pages',
    enabled: true,
    alertType,
    mechanisms: { email: ['sre@example.com'], webhooks: [id], pagerduty: [service?.id ?? ''] },
    filters: null,
    alertInterval: null,
    createdAt: null,
  }
  const createdAt = sim.clock.now()
  const made = await rest.createPolicy(account, policy, options)
  t.strictSame((await rest.listPolicies(account, options)).items, [{ id: made.id, ...policy, createdAt }])
  const quieter = { ...policy, mechanisms: { ...policy.mechanisms, pagerduty: [] } }
  await rest.updatePolicy(account, made.id, quieter, options)
  t.strictSame((await rest.listPolicies(account, options)).items, [{ id: made.id, ...quieter, createdAt }])

  const since = sim.clock.now()
  sim.world.breakJob('healthy')
  sim.clock.advance(25 * 3_600_000)
  await sim.idle()
  t.match(
    (await rest.listJobs({ kind: 'zone', id: first }, options)).items.find(({ name }) => name === 'healthy'),
    { enabled: false },
  )
  const { items: history } = await allPages((page) => rest.listHistory(account, { page, since }, options))
  const disabled = history.filter((entry) => entry.alertType === alertType && entry.sent > since)
  t.strictSame(disabled.map(({ mechanismType }) => mechanismType).sort(), ['email', 'webhook'])
  t.match(disabled[0], { policyId: made.id })
  t.strictSame(await rest.listHistory(account, { page: 1, since: sim.clock.now() + 1 }, options), {
    items: [],
    unreadable: [],
    fill: 'empty',
    lastPage: 0,
    does: 'list sent notifications',
  })

  await rest.deletePolicy(account, made.id, options)
  await rest.deleteWebhook(account, id, options)
  t.strictSame((await rest.listPolicies(account, options)).items, [])
  t.strictSame((await rest.listWebhooks(account, options)).items, [])
})

/** The simulator's totals, as our rows add up. */
function totals(rows: readonly HealthRow[]) {
  const sum = (pick: (row: HealthRow) => number, kept: readonly HealthRow[] = rows) =>
    kept.reduce((total, row) => total + pick(row), 0)
  const delivered = rows.filter((row) => row.final && row.success)
  const lost = rows.filter((row) => row.final && !row.success)
  return {
    uploads: sum(({ uploads }) => uploads),
    retries: sum(
      ({ uploads }) => uploads,
      rows.filter((row) => !row.final),
    ),
    batches: sum(({ uploads }) => uploads, delivered) + sum(({ uploads }) => uploads, lost),
    lostBatches: sum(({ uploads }) => uploads, lost),
    records: sum(({ records }) => records, delivered),
    bytes: sum(({ bytes }) => bytes, delivered),
    compressedBytes: sum(({ compressedBytes }) => compressedBytes, delivered),
    lostRecords: sum(({ records }) => records, lost),
    lostBytes: sum(({ bytes }) => bytes, lost),
    lastUploadMs: Math.max(...rows.map(({ lastUpload }) => lastUpload)),
  }
}

t.test('health adds up to what really happened, in both ways of counting queries', async (t) => {
  const { sim, rest, account } = await simulated(t)
  sim.clock.advance(3 * 3_600_000)
  const [from, to] = [minuteOf(simStart), minuteOf(simStart) + 120]
  const zones = await zonesOf(rest, account)
  const accountScope: Scope = { kind: 'account', id: account, name: 'Quay' }
  const truth = sim.world.truth({ fromMs: from * 60_000, toMs: to * 60_000 })
  for (const rateLimitType of ['user', 'account'] as const) {
    const { health, exchanges } = clients(sim, { rateLimitType })
    const window = { from, to, limit: 10_000 }
    const ofZones = await health.readHealth({ scopes: zones, ...window }, options)
    const ofAccount = await health.readHealth({ scopes: [accountScope], ...window }, options)
    t.strictSame(
      [...ofZones.rows.keys()],
      zones.map(({ id }) => id),
      'each zone is there, busy or not',
    )
    const rows = [...ofZones.rows.values(), ...ofAccount.rows.values()].flat()
    for (const job of truth.jobs.values()) {
      const own = rows.filter(({ jobId }) => jobId === String(job.jobId))
      const { uploadSeconds, ...counts } = pickCounts(job)
      t.strictSame(totals(own), counts, `${job.name}, ${rateLimitType}`)
      const seconds = own.reduce((total, row) => total + row.uploadSeconds, 0)
      t.ok(Math.abs(seconds - uploadSeconds) < 0.01, `${job.name}: ${seconds} s, really ${uploadSeconds} s`)
    }
    t.ok(rows.every(({ destinationType }) => destinationType === destinationType.toLowerCase()))
    const counted = exchanges.map(({ accountId }) => accountId)
    t.strictSame(counted, rateLimitType === 'user' ? [null, null] : [account, account])
  }
})

function pickCounts({ jobId, scope, name, deletedAtMs, responses, ...counts }: JobTruth) {
  // GraphQL tells the time of the last upload in whole seconds.
  return { ...counts, lastUploadMs: Math.floor((counts.lastUploadMs ?? 0) / 1000) * 1000 }
}

t.test('an answer cut by the limit is as long as the limit, and its halves are the whole', async (t) => {
  const { sim, health, rest, account } = await simulated(t)
  sim.clock.advance(3 * 3_600_000)
  const from = minuteOf(simStart)
  const scopes: readonly Zone[] = (await zonesOf(rest, account)).slice(0, 1)
  const read = async (query: Partial<Parameters<HealthApi['readHealth']>[0]>) =>
    [
      ...(
        await health.readHealth({ scopes, from, to: from + 60, limit: 10_000, ...query }, options)
      ).rows.values(),
    ].flat()
  const whole = await read({})
  t.ok(whole.length > 60)
  t.equal((await read({ limit: 20 })).length, 20)
  t.strictSame([...(await read({ to: from + 30 })), ...(await read({ from: from + 30 }))], whole)
  const ids = [...new Set(whole.map(({ jobId }) => jobId))].sort()
  t.equal(ids.length, 2)
  const lt = ids[1] ?? ''
  const byJob = [...(await read({ jobs: { lt } })), ...(await read({ jobs: { geq: lt } }))]
  t.equal(byJob.length, whole.length)
  const { faults } = sim
  faults.add({ effect: { kind: 'truncated', rows: 7 }, count: 1 })
  t.equal((await read({ limit: 7 })).length, 7)
})

t.test('the limits of the dataset are read for accounts and zones', async (t) => {
  const { sim, rest, account, first } = await simulated(t)
  sim.world.setHealthSettings(zoneScope(first), { maxDuration: 3600, maxPageSize: 500, enabled: false })
  const zones = await zonesOf(rest, account)
  for (const rateLimitType of ['user', 'account'] as const) {
    const { health } = clients(sim, { rateLimitType })
    const { limits: ofZones } = await health.readLimits(zones, options)
    t.match(ofZones.get(first), { enabled: false, maxDurationSeconds: 3600, maxPageSize: 500 })
    t.equal(ofZones.size, zones.length)
    const { limits: ofAccount } = await health.readLimits(
      [{ kind: 'account', id: account, name: '' }],
      options,
    )
    t.match(ofAccount.get(account), { enabled: true, maxDurationSeconds: 86_400, maxPageSize: 10_000 })
  }
  const { health } = clients(sim)
  const from = minuteOf(simStart)
  const wide = { scopes: zones.filter(({ id }) => id === first), from: from - 120, to: from, limit: 10 }
  t.match(await failureOf(health.readHealth(wide, options)), { kind: /^(invalid_request|forbidden)$/ })
})

t.test('the audit log tells who wrote to which job, page by page', async (t) => {
  const { sim, rest, account, first } = await simulated(t)
  const zone = { kind: 'zone', id: first } as const
  const since = sim.clock.now() + 1
  sim.clock.advance(60_000)
  const body = { name: 'new', dataset: 'http_requests', enabled: true, destinationConf: conf }
  const { id } = await rest.createJob(zone, body, options)
  await rest.updateJob(zone, id, { enabled: false }, options)
  sim.clock.advance(60_000)
  sim.world.enableJob('new')
  await rest.deleteJob(zone, id, options)
  sim.world.breakJob('healthy')
  sim.clock.advance(25 * 3_600_000)
  const list = async (at = sim.clock.now()) => {
    const entries: AuditEntry[] = []
    let cursor: string | null = null
    do {
      const page: AuditPage = await rest.listAuditLog(account, { since, before: at, cursor }, options)
      entries.push(...page.items)
      cursor = page.cursor
    } while (cursor !== null)
    return entries
  }
  const token = 'token "pipeline" of sre@quay.example'
  const made = simStart + 60_000
  const expected = [
    ['deleted', made + 60_000, token],
    ['enabled', made + 60_000, 'sre@quay.example (dashboard)'],
    ['disabled', made, token],
    ['created', made, token],
  ]
  const told = (entries: readonly AuditEntry[]) =>
    entries.map(({ jobId, action, at, actor }) => [jobId === id && action, at, actorText(actor, 'email')])
  const entries = await list()
  t.strictSame(told(entries), expected, 'what Cloudflare did by itself is not in it')
  t.notMatch(everythingOf(entries), /canary/, 'what was written to the job is not kept')
  t.strictSame(told(await list(made + 1)), expected.slice(2))
  for (let i = 0; i < 450; i += 1) sim.world[i % 2 === 0 ? 'disableJob' : 'enableJob']('retrying')
  sim.variants.enable({ name: 'audit/cursors' })
  const all = await list()
  t.equal(new Set(all.map((entry) => entry.id)).size, 454, 'over three pages, each entry once')

  const blind = smallWorld().world
  blind.token({ grants: [{ permission: 'logs_write' }] })
  const other = await stepped(t, { world: blind.spec() })
  const refused = clients(other).rest.listAuditLog(account, { since, before: since, cursor: null }, options)
  t.match(await failureOf(refused), { kind: 'forbidden', message: /Account Settings Read/ })
})

t.test('a grant that is missing is named, with the scopes it is missing for', async (t) => {
  const { world, account, first, second } = smallWorld()
  const everything = world.token()
  const narrow = world.token({
    grants: [
      { permission: 'zone_read' },
      { permission: 'analytics_read', resources: [first] },
      { permission: 'logs_read' },
    ],
  })
  const sim = await stepped(t, { world: world.spec() })
  const zones = await zonesOf(clients(sim, { token: everything }).rest, account)
  const { rest, health } = clients(sim, { token: narrow })
  t.match(await failureOf(rest.listJobs({ kind: 'zone', id: first }, options)), {
    kind: 'forbidden',
    status: 403,
    message: /needs the permission "Logs Write" here$/,
  })
  const from = minuteOf(simStart)
  const failure = await failureOf(
    health.readHealth({ scopes: zones, from, to: from + 1, limit: 10 }, options),
  )
  t.match(failure, { kind: 'forbidden', message: /needs the permission "Analytics Read" here$/ })
  t.ok(failure.codes.includes(second) && !failure.codes.includes(first), String(failure.codes))
  const one = { scopes: zones.filter(({ id }) => id === first), from, to: from + 1, limit: 10 }
  t.equal((await health.readHealth(one, options)).rows.size, 1)
})

t.test('quota and permission differ though their code is one', async (t) => {
  const world = buildWorld(4)
  const zone = world.zone('full.example', world.account('A'), { maxJobs: 0 })
  const sim = await stepped(t, { world: world.spec() })
  const call = clients(sim).rest.createJob(
    { kind: 'zone', id: zone },
    { dataset: 'http_requests', destinationConf: conf },
    options,
  )
  t.match(await failureOf(call), {
    kind: 'forbidden',
    codes: [1004, 'quota'],
    message: /the plan or a quota/,
  })
})

t.test('budgets that are spent say so, and for how long', async (t) => {
  const window = { requests: 2, windowMs: 60_000 }
  const { sim, rest, account } = await simulated(t, {
    rateLimits: { graphql: window, rest: { requests: 9, windowMs: 60_000 } },
  })
  const scopes: readonly Scope[] = [{ kind: 'account', id: account, name: '' }]
  const { health, exchanges } = clients(sim)
  await health.readLimits(scopes, options)
  await health.readLimits(scopes, options)
  const spent = await failureOf(health.readLimits(scopes, options))
  t.match(spent, { kind: 'rate_limited' })
  t.ok((spent.retryAfterMs ?? 0) > 0, `wait ${spent.retryAfterMs} ms`)
  t.match(exchanges.at(-1), {
    throttled: true,
    retryAfterMs: spent.retryAfterMs,
    rateLimit: { limit: 2, remaining: 0 },
  })
  t.ok(['budget', '429'].includes(exchanges.at(-1)?.code ?? ''))
  for (let i = 0; i < 6; i += 1) await rest.listAccounts(1, options)
  const refused = await failureOf(rest.listAccounts(1, options))
  t.match(refused, { kind: 'rate_limited', status: 429 })
  t.ok((refused.retryAfterMs ?? 0) > 0)
})

t.test('each fault of the simulator is the failure that it stands for', async (t) => {
  const { sim, account } = await simulated(t)
  // Only what is meant to take too long meets a short limit: a busy machine is slow by itself.
  const [patient, hasty] = [clients(sim), clients(sim, { timeoutMs: 200 })]
  const scopes: readonly Scope[] = [{ kind: 'account', id: account, name: '' }]
  const cases: readonly (readonly [FaultEffect, ApiFailureKind, ApiFailureKind | null])[] = [
    [{ kind: 'status', status: 500 }, 'unavailable', 'unavailable'],
    [{ kind: 'status', status: 503, retryAfterSeconds: 9 }, 'unavailable', 'unavailable'],
    [{ kind: 'status', status: 429, retryAfterSeconds: 9 }, 'rate_limited', 'rate_limited'],
    [{ kind: 'status', status: 401 }, 'auth', 'auth'],
    [{ kind: 'hang' }, 'timeout', 'timeout'],
    [{ kind: 'slow', delayMs: 400 }, 'timeout', 'timeout'],
    [{ kind: 'reset' }, 'network', 'network'],
    [{ kind: 'lost_answer' }, 'network', 'network'],
    [{ kind: 'html' }, 'bad_response', 'bad_response'],
    [{ kind: 'cut_json' }, 'bad_response', 'bad_response'],
    [{ kind: 'success_false' }, 'invalid_request', null],
  ]
  for (const [effect, restKind, graphqlKind] of cases) {
    const { rest, health } = restKind === 'timeout' ? hasty : patient
    sim.faults.add({ effect, count: 1 })
    const failure = await failureOf(rest.listJobs({ kind: 'account', id: account }, options))
    t.equal(failure.kind, restKind, `REST: ${effect.kind}`)
    if (effect.kind === 'status')
      t.equal(failure.retryAfterMs, effect.retryAfterSeconds === undefined ? undefined : 9000)
    if (graphqlKind === null) continue
    sim.faults.add({ effect, count: 1 })
    t.equal(
      (await failureOf(health.readLimits(scopes, options))).kind,
      graphqlKind,
      `GraphQL: ${effect.kind}`,
    )
  }
  sim.faults.add({ effect: { kind: 'budget' }, count: 1 })
  t.match(await failureOf(patient.health.readLimits(scopes, options)), {
    kind: 'rate_limited',
    codes: ['budget'],
  })
  sim.faults.add({ effect: { kind: 'partial' }, count: 1 })
  t.match(await failureOf(patient.health.readLimits(scopes, options)), { kind: /^(unavailable|partial)$/ })
  t.equal(sim.faults.list().length, 0)
  t.equal(
    (await patient.health.readLimits(scopes, options)).limits.size,
    1,
    'the next call is as good as ever',
  )
})

t.test('a job of one account is not read under another', async (t) => {
  const { rest, account, empty } = await simulated(t)
  const [job] = (await rest.listJobs({ kind: 'account', id: account }, options)).items
  t.match(await failureOf(rest.getJob({ kind: 'account', id: empty }, job?.id ?? '', options)), {
    kind: 'not_found',
  })
})
