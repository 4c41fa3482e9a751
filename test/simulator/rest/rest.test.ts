import Cloudflare from 'cloudflare'
import t from 'tap'
import type { Simulator, SimulatorOptions } from '../../../src/simulator/server.ts'
import type { StoreAddress } from '../../../src/simulator/store/object-store.ts'
import type { Permission } from '../../../src/simulator/world/permissions.ts'
import { accountScope, buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import type { Grant, TokenSpec, WorldSpec } from '../../../src/simulator/world/world-spec.ts'
import { ask, simStart, stepped } from '../../support/simulation.ts'

interface Small {
  readonly spec: WorldSpec
  readonly account: string
  readonly zone: string
  readonly other: string
}

function small(tokens: readonly Partial<TokenSpec>[] = [{}]): Small {
  const world = buildWorld(9)
  const account = world.account('Quay')
  const zone = world.zone('quay.example', account)
  const other = world.zone('cdn.example', account, { maxJobs: 0 })
  world.job({ scope: zoneScope(zone), name: 'http' })
  world.job({ scope: accountScope(account), name: 'gateway', dataset: 'gateway_dns' })
  for (const token of tokens) world.token(token)
  return { spec: world.spec(), account, zone, other }
}

const grants = (...permissions: readonly Permission[]): Grant[] =>
  permissions.map((permission) => ({ permission }))

type Teardown = Parameters<typeof stepped>[0]

async function simulated(
  t: Teardown,
  tokens?: readonly Partial<TokenSpec>[],
  options: Omit<SimulatorOptions, 'world'> = {},
): Promise<Small & { readonly sim: Simulator; readonly tokens: readonly string[] }> {
  const world = small(tokens)
  const sim = await stepped(t, { world: world.spec, ...options })
  sim.clock.advance(600_000)
  return { ...world, sim, tokens: world.spec.tokens.map(({ text }) => text) }
}

const r2 = 'r2://logs/new/{DATE}?account-id=a&access-key-id=b&secret-access-key=c'

t.test('lists come in pages that end, in Cloudflare’s envelope', async (t) => {
  const world = buildWorld(2)
  const accounts = [world.account('One'), world.account('Two')]
  for (let i = 0; i < 57; i += 1) world.zone(`zone-${i}.example`, accounts[i % 2] ?? '')
  const sim = await stepped(t, { world: world.spec() })
  const first = await ask(sim, '/zones')
  t.match(first.body, { success: true, errors: [], messages: [] })
  t.strictSame(first.body.result_info, { page: 1, per_page: 20, count: 20, total_count: 57, total_pages: 3 })
  t.match(first.body.result[0], { name: 'zone-0.example', status: 'active', account: { name: 'One' } })
  t.equal((await ask(sim, '/zones?page=3')).body.result.length, 17)
  t.strictSame((await ask(sim, '/zones?page=4')).body.result, [])
  t.equal((await ask(sim, '/zones?per_page=1000')).body.result.length, 50, 'fifty at most')
  t.equal((await ask(sim, `/zones?account.id=${accounts[1]}&per_page=50`)).body.result.length, 28)
  t.equal((await ask(sim, '/zones?account.name=One&per_page=50')).body.result.length, 29)
  t.equal((await ask(sim, '/zones?name=zone-7.example')).body.result.length, 1)
  t.strictSame((await ask(sim, '/zones?status=pending')).body.result, [])
  t.strictSame((await ask(sim, '/accounts')).body.result_info.total_count, 2)
  t.match((await ask(sim, '/nonsense')).body, {
    success: false,
    result: null,
    errors: [{ code: 7003 }, { code: 7000 }],
  })
})

t.test('the real client lists, reads, makes, changes and deletes jobs', async (t) => {
  const { sim, zone } = await simulated(t)
  const client = new Cloudflare({ apiToken: sim.token, baseURL: sim.url, maxRetries: 0 })
  const zones: string[] = []
  for await (const each of client.zones.list()) zones.push(each.name)
  t.strictSame(zones, ['quay.example', 'cdn.example'])
  const made = await client.logpush.jobs.create({
    zone_id: zone,
    destination_conf: r2,
    dataset: 'firewall_events',
    name: 'made',
    filter: '{ "where": {"key":"ClientIP", "operator":"eq", "value":"192.0.2.1"} }',
    output_options: { field_names: ['RayID', 'ClientIP'], timestamp_format: 'rfc3339' },
  })
  t.match(made, {
    id: Number,
    enabled: false,
    dataset: 'firewall_events',
    kind: '',
    frequency: 'high',
    logpull_options: null,
    max_upload_bytes: null,
    destination_conf: r2,
    last_complete: null,
    last_error: null,
    error_message: null,
    filter: '{"where":{"key":"ClientIP","operator":"eq","value":"192.0.2.1"}}',
    output_options: {
      field_names: ['RayID', 'ClientIP'],
      timestamp_format: 'rfc3339',
      output_type: 'ndjson',
      sample_rate: 1,
      'CVE-2021-44228': false,
    },
  })
  const id = made?.id ?? 0
  await client.logpush.jobs.update(id, { zone_id: zone, enabled: true })
  await client.logpush.jobs.update(id, { zone_id: zone, output_options: { field_names: ['RayID'] } })
  const changed = await client.logpush.jobs.get(id, { zone_id: zone })
  t.match(changed, {
    enabled: true,
    name: 'made',
    output_options: { field_names: ['RayID'], timestamp_format: 'unixnano' },
  })
  const names: (string | null | undefined)[] = []
  for await (const job of client.logpush.jobs.list({ zone_id: zone })) names.push(job?.name)
  t.strictSame(names, ['http', 'made'])
  t.match(await client.logpush.datasets.fields.get('http_requests', { zone_id: zone }), { RayID: String })
  t.strictSame(await client.logpush.jobs.delete(id, { zone_id: zone }), { id })
  const gone: unknown = await client.logpush.jobs.get(id, { zone_id: zone }).catch((error: unknown) => error)
  t.match(gone, { status: 404, errors: [{ code: 1001 }] })
})

t.test('what can’t be is refused with 400 and code 1002', async (t) => {
  const { sim, zone, account } = await simulated(t)
  const jobs = `/zones/${zone}/logpush/jobs`
  const [job] = (await ask(sim, jobs)).body.result
  const cases: readonly [what: string, method: string, path: string, body: object, message: RegExp][] = [
    ['no destination', 'POST', jobs, {}, /destination_conf is required/],
    ['an unknown scheme', 'POST', jobs, { destination_conf: 'ftp://x/y' }, /unsupported scheme/],
    ['a missing parameter', 'POST', jobs, { destination_conf: 's3://b/p' }, /missing parameter region/],
    [
      'another scope’s dataset',
      'POST',
      jobs,
      { destination_conf: r2, dataset: 'audit_logs' },
      /not available for zones/,
    ],
    [
      'an unknown field',
      'POST',
      jobs,
      { destination_conf: r2, output_options: { field_names: ['RayId'] } },
      /RayId/,
    ],
    [
      'a sample rate of 0',
      'POST',
      jobs,
      { destination_conf: r2, output_options: { sample_rate: 0 } },
      /sample_rate/,
    ],
    [
      'a short interval',
      'POST',
      jobs,
      { destination_conf: r2, max_upload_interval_seconds: 5 },
      /between 30 and 300/,
    ],
    ['a filter that is no JSON', 'POST', jobs, { destination_conf: r2, filter: '{' }, /filter/],
    ['a filter without where', 'POST', jobs, { destination_conf: r2, filter: '{}' }, /where/],
    [
      'edge on an account',
      'POST',
      `/accounts/${account}/logpush/jobs`,
      { destination_conf: r2, dataset: 'audit_logs', kind: 'edge' },
      /edge/,
    ],
    ['a text for a switch', 'PUT', `${jobs}/${job.id}`, { enabled: 'true' }, /enabled must be a boolean/],
    [
      'another dataset',
      'PUT',
      `${jobs}/${job.id}`,
      { dataset: 'dns_logs' },
      /dataset of a job cannot be changed/,
    ],
    ['another kind', 'PUT', `${jobs}/${job.id}`, { kind: 'edge' }, /kind of a job cannot be changed/],
    [
      'a wrong SAS',
      'POST',
      jobs,
      { destination_conf: 'azure://a.blob.core.windows.net/c/p?srt=co&sig=x' },
      /srt=o/,
    ],
  ]
  for (const [what, method, path, body, message] of cases) {
    const answer = await ask(sim, path, { method, body })
    t.match(answer, { status: 400, body: { success: false, errors: [{ code: 1002, message }] } }, what)
  }
  t.equal((await ask(sim, jobs)).body.result.length, 1, 'and nothing was made')
  const broken = await fetch(sim.url + jobs, {
    method: 'POST',
    headers: { authorization: `Bearer ${sim.token}`, 'content-type': 'application/json' },
    body: '{"destination',
  })
  t.match(await broken.json(), { success: false, errors: [{ code: 6007 }] })
})

t.test('tokens: what is missing decides how it is refused', async (t) => {
  const everything = grants('logs_write', 'pii_read', 'zone_read', 'account_settings_read')
  const { sim, zone, account, other, tokens } = await simulated(t, [
    { grants: everything },
    { grants: [{ permission: 'logs_read' }, { permission: 'zone_read' }] },
    { grants: [{ permission: 'logs_write', level: 'account' }] },
    { grants: everything, status: 'disabled' },
    { grants: everything, expiresOn: simStart - 1 },
    { grants: [] },
  ])
  const [full, reader, accountOnly, disabled, expired, nothing] = tokens
  const jobs = `/zones/${zone}/logpush/jobs`
  const accountJobs = `/accounts/${account}/logpush/jobs`
  const expect = async (
    what: string,
    path: string,
    token: string | null | undefined,
    status: number,
    code: number | null,
  ) => {
    const answer = await ask(sim, path, { token: token ?? null })
    t.equal(answer.status, status, what)
    t.equal(answer.body.errors[0]?.code ?? null, code, what)
  }
  await expect('everything', jobs, full, 200, null)
  await expect('no Logs Write', jobs, reader, 403, 1004)
  await expect(
    'Logs Read is enough for fields',
    `/zones/${zone}/logpush/datasets/http_requests/fields`,
    reader,
    200,
    null,
  )
  await expect('Logs Write for the account is none for the zone', jobs, accountOnly, 403, 10000)
  await expect('no PII Read', accountJobs, accountOnly, 403, 1004)
  await expect('a disabled token', jobs, disabled, 401, 10000)
  await expect('an expired token', jobs, expired, 401, 10000)
  await expect('an unknown token', jobs, 'guess', 401, 10000)
  await expect('an unknown token for zones', '/zones', 'guess', 403, 9109)
  await expect('no header', jobs, null, 400, 9106)
  await expect('no grant', '/zones', nothing, 403, 9109)
  await expect('a zone that is none of ours', `/zones/${'0'.repeat(32)}/logpush/jobs`, full, 403, 10000)
  await expect('a malformed id', '/zones/quay.example/logpush/jobs', full, 404, 7003)
  const malformed = await ask(sim, jobs, { token: null, headers: { authorization: 'Bearer ' } })
  t.match(malformed, { status: 400, body: { errors: [{ code: 6003, error_chain: [{ code: 6111 }] }] } })
  const quota = await ask(sim, `/zones/${other}/logpush/jobs`, {
    body: { destination_conf: r2 },
    token: full ?? '',
  })
  t.match(quota, { status: 403, body: { errors: [{ code: 1004, message: /exceeded max jobs allowed/ }] } })
})

t.test('an account-owned token reaches its own account only', async (t) => {
  const world = buildWorld(3)
  const [own, other] = ['Own', 'Other'].map((name) => world.account(name))
  const zones = [own, other].map((account, i) => world.zone(`zone-${i}.example`, account ?? ''))
  world.token({ kind: 'account', accountId: own ?? '' })
  const sim = await stepped(t, { world: world.spec() })
  t.equal((await ask(sim, `/zones/${zones[0]}/logpush/jobs`)).status, 200)
  t.match(await ask(sim, `/zones/${zones[1]}/logpush/jobs`), {
    status: 403,
    body: { errors: [{ code: 10000 }] },
  })
  t.equal((await ask(sim, `/accounts/${other}/alerting/v3/policies`)).status, 403)
  const names = async (path: string) =>
    (await ask(sim, path)).body.result.map(({ name }: { name: string }) => name)
  t.strictSame(await names('/accounts'), ['Own'])
  t.strictSame(await names('/zones'), ['zone-0.example'])
})

t.test('a token is verified where it belongs, and its verification shows its state', async (t) => {
  const world = small().account
  const { sim, account, tokens } = await simulated(t, [
    { kind: 'user', expiresOn: simStart + 86_400_000 },
    { kind: 'account', accountId: world },
    { status: 'disabled' },
  ])
  const [user, owned, disabled] = tokens
  const verify = async (path: string, token: string | undefined) =>
    (await ask(sim, path, { token: token ?? '' })).body
  t.match(await verify('/user/tokens/verify', user), {
    result: { status: 'active', expires_on: '2026-11-25T06:00:00Z' },
  })
  t.match(await verify(`/accounts/${account}/tokens/verify`, owned), { result: { status: 'active' } })
  t.match(await verify('/user/tokens/verify', disabled), { result: { status: 'disabled' } })
  t.match(await verify('/user/tokens/verify', owned), {
    success: false,
    errors: [{ code: 1000, message: 'Invalid API Token' }],
  })
  t.match(await verify(`/accounts/${account}/tokens/verify`, user), {
    success: false,
    errors: [{ code: 1000 }],
  })
  sim.clock.advance(86_400_000)
  t.match(await verify('/user/tokens/verify', user), { result: { status: 'expired' } })
})

t.test('ownership: a challenge is written, bound to destination and scope, and expires', async (t) => {
  const store = new Map<string, string>()
  const targets: StoreAddress[] = []
  const { sim, zone, account } = await simulated(t, undefined, {
    objectStore: {
      put: (bucket, key, text, at) => {
        store.set(`${bucket}/${key}`, String(text))
        targets.push(at)
      },
    },
  })
  const conf = 's3://quay-logs/http/{DATE}?region=us-east-1'
  const ownership = `/zones/${zone}/logpush/ownership`
  const { result } = (await ask(sim, ownership, { body: { destination_conf: conf } })).body
  t.match(result, {
    valid: true,
    message: '',
    filename: /^http\/20261124\/ownership-challenge-[0-9a-f]{8}\.txt$/,
  })
  t.notMatch(result, { token: /./ })
  const token = store.get(`quay-logs/${result.filename}`)?.trim() ?? ''
  t.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/)
  t.match(targets, [{ scheme: 's3', host: 'quay-logs' }])
  const again = (await ask(sim, ownership, { body: { destination_conf: conf } })).body.result
  t.not(again.filename, result.filename, 'each challenge has its own file')

  const valid = async (where: string, destination: string, challenge: string): Promise<boolean> =>
    (
      await ask(sim, `${where}/logpush/ownership/validate`, {
        body: { destination_conf: destination, ownership_challenge: challenge },
      })
    ).body.result.valid
  t.equal(await valid(`/zones/${zone}`, conf, `${token}\n`), true)
  t.equal(await valid(`/zones/${zone}`, conf.replace('http/', ''), token), false, 'another path')
  t.equal(await valid(`/accounts/${account}`, conf, token), false, 'another scope')
  t.equal(await valid(`/zones/${zone}`, conf, `${token}x`), false, 'a forged one')

  const jobs = `/zones/${zone}/logpush/jobs`
  const create = (body: object) => ask(sim, jobs, { body: { destination_conf: conf, ...body } })
  t.match(await create({}), {
    status: 400,
    body: { errors: [{ code: 1002, message: /challenge is required/ }] },
  })
  t.match(await create({ ownership_challenge: 'x' }), { status: 400, body: { errors: [{ code: 1002 }] } })
  const made = await create({ ownership_challenge: token })
  t.match(made, { status: 201, body: { result: { id: Number } } })
  t.notOk('ownership_challenge' in made.body.result, 'the challenge never comes back')
  const job = `${jobs}/${made.body.result.id}`
  t.equal(
    (await ask(sim, job, { method: 'PUT', body: { enabled: true } })).status,
    200,
    'no challenge for other fields',
  )
  t.equal(
    (await ask(sim, job, { method: 'PUT', body: { destination_conf: conf } })).status,
    200,
    'nor for the same destination',
  )
  const moved = { destination_conf: `${conf}&sse=AES256` }
  t.equal((await ask(sim, job, { method: 'PUT', body: moved })).status, 400, 'but for another one')
  t.equal(
    (await ask(sim, job, { method: 'PUT', body: { destination_conf: r2 } })).status,
    200,
    'unless that needs none',
  )

  sim.clock.advance(8 * 86_400_000)
  t.equal(await valid(`/zones/${zone}`, conf, token), false, 'seven days later')
  t.match(await ask(sim, ownership, { body: { destination_conf: r2 } }), { status: 400 }, 'r2 needs none')
})

t.test('destinations are validated, and one out of order takes no new job', async (t) => {
  const { sim, zone } = await simulated(t)
  const check = async (conf: string) =>
    (await ask(sim, `/zones/${zone}/logpush/validate/destination`, { body: { destination_conf: conf } })).body
      .result
  const exists = async (conf: string) =>
    (
      await ask(sim, `/zones/${zone}/logpush/validate/destination/exists`, {
        body: { destination_conf: conf },
      })
    ).body.result
  t.strictSame(await check(r2), { valid: true, message: '' })
  t.match(await check('nowhere'), { valid: false, message: /unsupported scheme/ })
  const [job] = (await ask(sim, `/zones/${zone}/logpush/jobs`)).body.result
  t.strictSame(await exists(job.destination_conf), { exists: true })
  t.strictSame(await exists(r2), { exists: false })
  sim.world.breakDestination('r2://logs/', 'access_denied')
  t.match(await check(r2), { valid: false, message: /error uploading/ })
  const refused = await ask(sim, `/zones/${zone}/logpush/jobs`, { body: { destination_conf: r2 } })
  t.match(refused, {
    status: 400,
    body: { errors: [{ message: /error validating destination: error writing object/ }] },
  })
  sim.clock.advance(600_000)
  t.match(
    (await ask(sim, `/zones/${zone}/logpush/jobs`)).body.result[0],
    { error_message: /AccessDenied/ },
    'jobs there fail',
  )
  sim.world.mendDestination('r2://logs/')
  t.strictSame(await check(r2), { valid: true, message: '' })
})

t.test('the destination is tested again on every update, one of enabled alone too', async (t) => {
  const world = buildWorld(5)
  const zone = world.zone('quay.example', world.account('Quay'))
  const job = world.job({ scope: zoneScope(zone), name: 'http', destinationConf: 's3://b/p?region=x' })
  const sim = await stepped(t, { world: world.spec() })
  const put = (body: object) => ask(sim, `/zones/${zone}/logpush/jobs/${job}`, { method: 'PUT', body })
  t.equal((await put({ enabled: false })).status, 200)
  sim.world.breakDestination('s3://b/')
  t.match(await put({ enabled: true }), {
    status: 400,
    body: { errors: [{ code: 1002, message: /^error validating destination: error writing object/ }] },
  })
  sim.world.mendDestination('s3://b/')
  t.match(await put({ enabled: true }), { status: 200, body: { result: { enabled: true } } })
  sim.world.breakJob(job)
  t.equal((await put({ name: 'renamed' })).status, 400)
})
