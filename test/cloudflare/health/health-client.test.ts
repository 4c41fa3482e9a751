import { existsSync, readFileSync } from 'node:fs'
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql'
import t from 'tap'
import { createHealthClient } from '../../../src/cloudflare/health/health-client.ts'
import {
  type HealthFilter,
  healthQuery,
  limitsQuery,
  optionalFields,
  type QueryShape,
} from '../../../src/cloudflare/health/health-query.ts'
import { aim } from '../../../src/cloudflare/health/health-target.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import { InternalError } from '../../../src/errors.ts'
import type { HealthQuery } from '../../../src/ports/cloudflare.ts'
import { healthSdl } from '../../../src/simulator/graphql/graphql-sdl.ts'
import { account, clientDeps, failureOf, options, zone } from '../../support/cloudflare-clients.ts'
import { fakeHttp, json } from '../../support/fake-http.ts'

const schemaFile = new URL('../../../../shared/reference/cloudflare-graphql-logpush.graphql', import.meta.url)
const from = minuteOf(Date.UTC(2026, 10, 24, 3))
const accountQuery: HealthQuery = { scopes: [account], from, to: from + 15, limit: 1000 }
const [zoneB, zoneC] = [zone('b'), zone('c')]

interface RowSpec {
  readonly at?: string
  readonly jobId?: number | string
  readonly type?: string
  readonly status?: number
  readonly final?: number
  readonly success?: number
  readonly uploads?: number | string
  readonly seconds?: number
  readonly interval?: number
  readonly last?: string
}

function row(spec: RowSpec = {}): object {
  const uploads = spec.uploads ?? 4
  return {
    dimensions: {
      datetimeMinute: spec.at ?? '2026-11-24T03:01:00Z',
      jobId: spec.jobId ?? 7,
      destinationType: spec.type ?? 'S3',
      status: spec.status ?? 200,
      final: spec.final ?? 1,
      success: spec.success ?? 1,
    },
    sum: { uploads, records: 100, bytes: 2000, bytesCompressed: 500 },
    avg: { uploadDuration: spec.seconds ?? 0.5, sampleInterval: spec.interval ?? 1 },
    max: { timestamp: spec.last ?? '2026-11-24T03:01:30Z' },
  }
}

const accountAnswer = (rows: unknown, errors: unknown = null) => ({
  data: { viewer: { accounts: [{ accountTag: account.id, rows }] } },
  errors,
})

/** The simulator's always; Cloudflare's own where a copy lies beside the repository. */
const schemas: readonly (readonly [name: string, schema: GraphQLSchema])[] = [
  ['simulator', buildSchema(healthSdl())],
  ...(existsSync(schemaFile) ? [['Cloudflare', buildSchema(readFileSync(schemaFile, 'utf8'))] as const] : []),
]

t.test('every query is valid in the schema', (t) => {
  const shapes: readonly QueryShape[] = ['account', 'zones', 'zones of account']
  const window: readonly HealthFilter[] = ['from', 'to']
  const filters: readonly (readonly HealthFilter[])[] = [
    window,
    [...window, 'jobFrom'],
    [...window, 'jobTo'],
    [...window, 'jobFrom', 'jobTo'],
  ]
  const texts = shapes.flatMap((shape) => [
    limitsQuery(shape),
    ...filters.flatMap((used) => [healthQuery(shape, used), healthQuery(shape, used, 'needed')]),
  ])
  t.equal(texts.length, 27)
  for (const text of texts) {
    for (const [name, schema] of schemas)
      t.strictSame(
        validate(schema, parse(text)).map(({ message }) => message),
        [],
        `${name}: ${text}`,
      )
    t.notMatch(text, /\b(datetime|error)\b/, 'rows are not grouped by what makes each upload a row')
  }
  t.end()
})

t.test('one account is asked with whole minutes as variables, and its rows are read', async (t) => {
  const server = await fakeHttp(
    json(200, accountAnswer([row(), row({ final: 0, success: 0, status: 1105, jobId: '8' })])),
  )
  t.teardown(() => server.close())
  const deps = clientDeps(server.baseUrl)
  const answer = await createHealthClient(deps).readHealth(accountQuery, options)
  t.strictSame([...answer.rows.keys()], [account.id])
  t.strictSame(answer.rows.get(account.id), [
    {
      minute: from + 1,
      jobId: '7',
      destinationType: 's3',
      status: 200,
      final: true,
      success: true,
      uploads: 4,
      records: 100,
      bytes: 2000,
      compressedBytes: 500,
      uploadSeconds: 2,
      sampleInterval: 1,
      lastUpload: Date.UTC(2026, 10, 24, 3, 1, 30),
    },
    {
      minute: from + 1,
      jobId: '8',
      destinationType: 's3',
      status: 1105,
      final: false,
      success: false,
      uploads: 4,
      records: 100,
      bytes: 2000,
      compressedBytes: 500,
      uploadSeconds: 2,
      sampleInterval: 1,
      lastUpload: Date.UTC(2026, 10, 24, 3, 1, 30),
    },
  ])
  const [request] = server.received
  t.match(request, { method: 'POST', url: '/client/v4/graphql' })
  t.equal(request?.headers['x-rate-limit-type'], undefined)
  t.strictSame(JSON.parse(request?.body ?? '').variables, {
    account: account.id,
    from: '2026-11-24T03:00:00Z',
    to: '2026-11-24T03:15:00Z',
    limit: 1000,
  })
  t.match(deps.exchanges, [
    { api: 'graphql', operation: 'read_account_health', code: '200', accountId: null },
  ])
})

t.test('rows come as the API grouped them: whoever counts them adds up what is one series', async (t) => {
  const rows = [
    row({ type: 'S3', uploads: 3, seconds: 1, interval: 1, last: '2026-11-24T03:01:10Z' }),
    row({ type: 's3', uploads: '1', seconds: 5, interval: 5, last: '2026-11-24T03:01:50Z' }),
    row({ type: 's3', at: '2026-11-24T03:02:00Z' }),
    row({ type: 's3', final: 0 }),
  ]
  const server = await fakeHttp(json(200, accountAnswer(rows)))
  t.teardown(() => server.close())
  const client = createHealthClient(clientDeps(server.baseUrl))
  const read = (await client.readHealth({ ...accountQuery, limit: 4 }, options)).rows.get(account.id)
  t.equal(read?.length, 4, 'an answer as long as the limit keeps its length, and is seen to be cut')
  t.match(read, [
    { destinationType: 's3', uploads: 3, sampleInterval: 1 },
    { destinationType: 's3', uploads: 1, sampleInterval: 5 },
  ])
})

t.test('zones are asked together, by user or below their account', async (t) => {
  const zones = [zoneC, zoneB].map(({ id }) => ({
    zoneTag: id,
    rows: id === zoneB.id ? [row({ jobId: 20 })] : [],
  }))
  const server = await fakeHttp(json(200, { data: { viewer: { zones } } }))
  t.teardown(() => server.close())
  const query = { ...accountQuery, scopes: [zoneB, zoneC], jobs: { geq: '10', lt: '9007199254740993' } }
  const byUser = await createHealthClient(clientDeps(server.baseUrl)).readHealth(query, options)
  t.strictSame(
    [...byUser.rows].map(([id, rows]) => [id, rows.length]),
    [
      [zoneB.id, 1],
      [zoneC.id, 0],
    ],
  )
  server.answer(json(200, { data: { viewer: { accounts: [{ zones }] } } }))
  const deps = clientDeps(server.baseUrl, { rateLimitType: 'account' })
  const byAccount = await createHealthClient(deps).readHealth(query, options)
  t.strictSame({ ...byAccount, date: byUser.date }, byUser, 'whatever second it is')
  t.match(deps.exchanges, [{ operation: 'read_zone_health', accountId: account.id }])
  const [first, second] = server.received
  const common = {
    zones: [zoneB.id, zoneC.id],
    from: '2026-11-24T03:00:00Z',
    to: '2026-11-24T03:15:00Z',
    jobFrom: 10,
    jobTo: '9007199254740993',
    limit: 1000,
  }
  t.strictSame(JSON.parse(first?.body ?? '').variables, common)
  t.equal(first?.headers['x-rate-limit-type'], undefined)
  t.strictSame(JSON.parse(second?.body ?? '').variables, { account: account.id, ...common })
  t.equal(second?.headers['x-rate-limit-type'], 'account-based')
  t.match(JSON.parse(second?.body ?? '').query, /accounts\(.*\) \{\n\s+zones\(/)
})

t.test('the limits of the dataset are read for an account and for zones', async (t) => {
  const wire = {
    enabled: true,
    maxDuration: 86400,
    notOlderThan: 2592000,
    maxPageSize: '10000',
    availableFields: ['sum_uploads', 'dimensions_jobId', ...optionalFields],
    more: 1,
  }
  const limits = {
    enabled: true,
    maxDurationSeconds: 86400,
    notOlderThanSeconds: 2592000,
    maxPageSize: 10000,
    optionalFields: true,
  }
  const settings = { logpushHealthAdaptiveGroups: wire }
  const server = await fakeHttp(
    json(200, { data: { viewer: { accounts: [{ accountTag: account.id, settings }] } } }),
  )
  t.teardown(() => server.close())
  const deps = clientDeps(server.baseUrl)
  const client = createHealthClient(deps)
  t.strictSame((await client.readLimits([account], options)).limits, new Map([[account.id, limits]]))
  const zones = [
    { zoneTag: zoneB.id, settings },
    { zoneTag: zoneC.id, settings: null },
    { zoneTag: zone('d').id, settings: { logpushHealthAdaptiveGroups: null } },
    { zoneTag: zone('e').id, settings },
  ]
  server.answer(json(200, { data: { viewer: { zones } } }))
  t.strictSame(
    (await client.readLimits([zoneB, zoneC, zone('d')], options)).limits,
    new Map([
      [zoneB.id, limits],
      [zoneC.id, null],
      [zone('d').id, null],
    ]),
    'without the dataset there are no limits, and what was not asked is left out',
  )
  t.strictSame(
    deps.exchanges.map(({ operation }) => operation),
    ['read_account_limits', 'read_zone_limits'],
  )
})

t.test('a plan without averages or times says so in the list of its fields', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const mayRead = async (availableFields: unknown) => {
    const own = {
      enabled: true,
      maxDuration: 86400,
      notOlderThan: 2592000,
      maxPageSize: 10000,
      availableFields,
    }
    const settings = { logpushHealthAdaptiveGroups: own }
    server.answer(json(200, { data: { viewer: { accounts: [{ accountTag: account.id, settings }] } } }))
    const { limits } = await createHealthClient(clientDeps(server.baseUrl)).readLimits([account], options)
    return limits.get(account.id)?.optionalFields
  }
  t.equal(await mayRead(['sum_uploads', 'avg_uploadDuration', 'avg_sampleInterval']), false)
  t.equal(await mayRead(['sum_uploads', ...optionalFields]), true)
  t.equal(await mayRead(['SUM_UPLOADS', ...optionalFields.map((name) => name.replace('_', '.'))]), true)
  t.equal(await mayRead(['something else']), true, 'a list of another kind says nothing')
  t.equal(await mayRead(null), true)
  t.equal(await mayRead([7]), true)
})

t.test('without averages and times the counts are read all the same', async (t) => {
  const variants = [
    { avg: null, max: null },
    { avg: undefined, max: undefined },
    { avg: { uploadDuration: null, sampleInterval: -1 }, max: { timestamp: null } },
    { avg: { uploadDuration: -1, sampleInterval: 'x' }, max: { timestamp: '1970-01-01T00:00:00Z' } },
    { avg: 7, max: { timestamp: '0001-01-01T00:00:00Z' } },
  ]
  const server = await fakeHttp(json(200, accountAnswer(variants.map((more) => ({ ...row(), ...more })))))
  t.teardown(() => server.close())
  const client = createHealthClient(clientDeps(server.baseUrl))
  const answer = await client.readHealth({ ...accountQuery, fields: 'needed' }, options)
  t.equal(answer.failures.size, 0)
  t.equal(answer.rows.get(account.id)?.length, variants.length)
  for (const one of answer.rows.get(account.id) ?? [])
    t.match(one, {
      uploads: 4,
      records: 100,
      uploadSeconds: 0,
      sampleInterval: null,
      lastUpload: Date.UTC(2026, 10, 24, 3, 1),
    })
  t.notMatch(JSON.parse(server.received[0]?.body ?? '').query, /avg|max/)
})

t.test('rows that were not asked for are left out and told, unless they may hide others', async (t) => {
  const later = row({ at: '2026-11-24T03:15:00Z', jobId: 8 })
  const server = await fakeHttp(
    json(200, { data: { viewer: { zones: [{ zoneTag: zoneB.id, rows: [row(), later] }] } } }),
  )
  t.teardown(() => server.close())
  const client = createHealthClient(clientDeps(server.baseUrl))
  const read = (limit: number) => client.readHealth({ ...accountQuery, scopes: [zoneB], limit }, options)
  const { rows, failures, strays } = await read(3)
  t.strictSame(
    rows.get(zoneB.id)?.map(({ jobId }) => jobId),
    ['7'],
  )
  t.equal(failures.size, 0)
  t.strictSame(strays?.get(zoneB.id), [
    { id: '8', name: '', field: 'dimensions (not requested)', leftOut: true },
  ])
  const jobs = { geq: '8', lt: '10' }
  for (const [one, query] of [
    [row({ at: '2026-11-24T02:59:00Z' }), {}],
    [row({ jobId: 7 }), { jobs }],
    [row({ jobId: 10 }), { jobs }],
  ] as const) {
    server.answer(json(200, accountAnswer([one])))
    const { rows, strays } = await client.readHealth({ ...accountQuery, ...query }, options)
    t.strictSame(rows.get(account.id), [])
    t.equal(strays?.get(account.id)?.length, 1)
  }
  server.answer(json(200, { data: { viewer: { zones: [{ zoneTag: zoneB.id, rows: [row(), later] }] } } }))
  const cut = await read(2)
  t.match(cut.failures.get(zoneB.id)?.failure, {
    kind: 'bad_response',
    message:
      'cannot read zone health: the response has rows that were not requested, at 2026-11-24T03:15:00.000Z',
  })
  t.strictSame([...cut.rows.keys()], [])
})

t.test('an odd part of an answer costs its scope alone, and is not counted', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createHealthClient(clientDeps(server.baseUrl))
  const twoZones = { ...accountQuery, scopes: [zoneB, zoneC] }
  const ofZones = async (...zones: readonly unknown[]) => {
    server.answer(json(200, { data: { viewer: { zones } } }))
    const { rows, failures } = await client.readHealth(twoZones, options)
    return { read: [...rows.keys()], failures }
  }
  const good = { zoneTag: zoneB.id, rows: [row()] }
  const left = await ofZones(good)
  t.strictSame(left.read, [zoneB.id])
  t.match(left.failures.get(zoneC.id)?.failure, {
    kind: 'forbidden',
    message:
      'cannot read zone health: the response has nothing about it, as for all that the API token may not read; it needs the permission "Analytics Read" here',
  })
  t.strictSame([...(await ofZones()).failures.keys()], [zoneB.id, zoneC.id])
  t.strictSame((await ofZones(null, good, 'x')).read, [zoneB.id], 'what is no zone is passed over')

  const odd: readonly (readonly [unknown, string, string | null])[] = [
    [row({ final: 2 }), 'dimensions.final', '7'],
    [row({ uploads: -1, jobId: 9 }), 'sum.uploads', '9'],
    [row({ at: 'soon' }), 'dimensions.datetimeMinute', '7'],
    [row({ jobId: 'x' }), 'dimensions.jobId', 'x'],
    [{ ...row(), sum: null }, 'sum', '7'],
    [{ ...row(), dimensions: null }, 'dimensions', null],
    ['row', 'the object', null],
  ]
  for (const [one, field, id] of odd) {
    const found = await ofZones(good, { zoneTag: zoneC.id, rows: [row(), one, null] })
    t.strictSame(found.read, [zoneB.id], field)
    t.match(found.failures.get(zoneC.id), {
      failure: {
        kind: 'bad_response',
        message: `cannot read zone health: 1 of its rows cannot be read, at ${field}`,
      },
      unreadable: [{ id, field, leftOut: true }],
    })
  }
  t.match((await ofZones(good, { zoneTag: zoneC.id, rows: null })).failures.get(zoneC.id)?.failure, {
    message: 'cannot read zone health: the response (200) does not have the expected shape at zoneTag.rows',
  })

  server.answer(json(200, { data: { viewer: { accounts: [] } } }))
  t.match((await client.readHealth(accountQuery, options)).failures.get(account.id)?.failure, {
    kind: 'forbidden',
    message: /"Account Analytics Read"/,
  })
})

t.test('an answer without scopes is refused as a whole', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createHealthClient(clientDeps(server.baseUrl))
  const cases = [
    [{ data: null }, 'data'],
    [{ data: { viewer: null } }, 'data.viewer'],
  ] as const
  for (const [body, where] of cases) {
    server.answer(json(200, body))
    t.match(await failureOf(client.readHealth(accountQuery, options)), {
      kind: 'bad_response',
      message: `cannot read account health: the response (200) does not have the expected shape at ${where}`,
    })
  }
})

t.test('the last upload lies in its minute, or is told as its start', async (t) => {
  const times = ['03:00:59.999', '03:01:00', '03:01:59.999', '03:02:00'].map((time) => `2026-11-24T${time}Z`)
  const server = await fakeHttp(json(200, accountAnswer(times.map((last) => row({ last })))))
  t.teardown(() => server.close())
  const answer = await createHealthClient(clientDeps(server.baseUrl)).readHealth(accountQuery, options)
  const start = Date.UTC(2026, 10, 24, 3, 1)
  t.same(
    answer.rows.get(account.id)?.map(({ lastUpload }) => lastUpload - start),
    [0, 0, 59_999, 0],
  )
})

t.test('a query holds ten zones', async (t) => {
  const ten = [...'0123456789'].map((digit) => zone(digit))
  for (const rateLimitType of ['user', 'account'] as const)
    t.equal(aim(ten, rateLimitType).call('health').operation, 'read_zone_health')
})

t.test('scopes that no query can hold are our own mistake', async (t) => {
  const byUser = createHealthClient(clientDeps('http://127.0.0.1:9/client/v4'))
  const byAccount = createHealthClient(
    clientDeps('http://127.0.0.1:9/client/v4', { rateLimitType: 'account' }),
  )
  const other = zone('e', { ...account, id: 'f'.repeat(32) })
  const eleven = [...'0123456789a'].map((digit) => zone(digit))
  for (const scopes of [[], [account, account], [zoneB, account], eleven]) {
    await t.rejects(byUser.readHealth({ ...accountQuery, scopes }, options), InternalError)
    await t.rejects(byUser.readLimits(scopes, options), InternalError)
  }
  await t.rejects(byAccount.readHealth({ ...accountQuery, scopes: [zoneB, other] }, options), InternalError)
})
