import { existsSync, readFileSync } from 'node:fs'
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql'
import t from 'tap'
import { createHealthClient } from '../../../src/cloudflare/health/health-client.ts'
import {
  type HealthFilter,
  healthQuery,
  limitsQuery,
  type QueryShape,
} from '../../../src/cloudflare/health/health-query.ts'
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
    ...filters.map((used) => healthQuery(shape, used)),
  ])
  t.equal(texts.length, 15)
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
  t.strictSame(byAccount, byUser)
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
  const wire = { enabled: true, maxDuration: 86400, notOlderThan: 2592000, maxPageSize: '10000', more: 1 }
  const limits = {
    enabled: true,
    maxDurationSeconds: 86400,
    notOlderThanSeconds: 2592000,
    maxPageSize: 10000,
  }
  const settings = { logpushHealthAdaptiveGroups: wire }
  const server = await fakeHttp(
    json(200, { data: { viewer: { accounts: [{ accountTag: account.id, settings }] } } }),
  )
  t.teardown(() => server.close())
  const deps = clientDeps(server.baseUrl)
  const client = createHealthClient(deps)
  t.strictSame(await client.readLimits([account], options), new Map([[account.id, limits]]))
  const zones = [
    { zoneTag: zoneB.id, settings },
    { zoneTag: zoneC.id, settings: null },
    { zoneTag: zone('d').id, settings: { logpushHealthAdaptiveGroups: null } },
    { zoneTag: zone('e').id, settings },
  ]
  server.answer(json(200, { data: { viewer: { zones } } }))
  t.strictSame(
    await client.readLimits([zoneB, zoneC, zone('d')], options),
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

t.test('an answer that is not what was asked is refused, not counted', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createHealthClient(clientDeps(server.baseUrl))
  const twoZones = { ...accountQuery, scopes: [zoneB, zoneC] }
  const ask = async (query: HealthQuery, body: unknown) => {
    server.answer(json(200, body))
    return failureOf(client.readHealth(query, options))
  }
  t.match(await ask(twoZones, { data: { viewer: { zones: [{ zoneTag: zoneB.id, rows: [] }] } } }), {
    kind: 'partial',
    codes: [zoneC.id],
    message: `cannot read zone health: the response lacks 1 of 2 scopes: ${zoneC.id}`,
  })
  t.match(await ask(accountQuery, { data: { viewer: { accounts: [] } } }), {
    kind: 'partial',
    codes: [account.id],
  })
  const wrongShape = (where: string) => ({
    kind: 'bad_response',
    message: `cannot read account health: the response (200) does not have the expected shape at ${where}`,
  })
  t.match(await ask(accountQuery, { data: null }), wrongShape('data'))
  t.match(await ask(accountQuery, { data: { viewer: null } }), wrongShape('data.viewer'))
  t.match(await ask(accountQuery, accountAnswer(null)), wrongShape('accountTag.rows'))
  t.match(
    await ask(accountQuery, accountAnswer([row({ final: 2 })])),
    wrongShape('accountTag.rows.0.dimensions.final'),
  )
  t.match(
    await ask(accountQuery, accountAnswer([row({ uploads: -1 })])),
    wrongShape('accountTag.rows.0.sum.uploads'),
  )
  t.match(await ask(accountQuery, accountAnswer([row({ at: 'soon' })])), { kind: 'bad_response' })
  t.match(await ask(accountQuery, accountAnswer([row({ jobId: 'x' })])), { kind: 'bad_response' })
  t.match(await ask(accountQuery, accountAnswer([{ ...row(), sum: null }])), { kind: 'bad_response' })
  for (const at of ['2026-11-24T02:59:00Z', '2026-11-24T03:15:00Z'])
    t.match(await ask(accountQuery, accountAnswer([row({ at })])), {
      kind: 'bad_response',
      message: `cannot read account health: the response has rows that were not requested, at ${at.replace('Z', '.000Z')}`,
    })
  const jobs = { geq: '8', lt: '10' }
  for (const jobId of [7, 10])
    t.match(await ask({ ...accountQuery, jobs }, accountAnswer([row({ jobId })])), { kind: 'bad_response' })
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
