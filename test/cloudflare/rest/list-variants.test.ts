import t from 'tap'
import { createRestClient, type RestClient } from '../../../src/cloudflare/rest/rest-client.ts'
import { Secret } from '../../../src/domain/secret.ts'
import type { Listing, Unreadable } from '../../../src/ports/listing.ts'
import { account, clientDeps, failureOf, options, zone } from '../../support/cloudflare-clients.ts'
import { fakeHttp, json, ok } from '../../support/fake-http.ts'

/*
 * Every shape in which the API is known, or must be feared, to answer a list: what is read of it, and what it costs.
 */

const zoneA = zone('b')
const since = Date.UTC(2026, 10, 1)

type List = (client: RestClient) => Promise<Listing<unknown>>

const lists = {
  jobs: (client) => client.listJobs(account, options),
  zones: (client) => client.listZones({ page: 1 }, options),
  'zones of an account': (client) => client.listZones({ page: 1, accountId: account.id }, options),
  accounts: (client) => client.listAccounts(1, options),
  history: (client) => client.listHistory(account.id, { page: 1, since }, options),
  policies: (client) => client.listPolicies(account.id, options),
  audit: (client) => client.listAuditLog(account.id, { since, before: since, cursor: null }, options),
  webhooks: (client) => client.listWebhooks(account.id, options),
} satisfies Record<string, List>

/** A sound object of each list: whatever its neighbour is like, it is read as it is. */
const sound: Readonly<Record<keyof typeof lists, object>> = {
  jobs: { id: 1, name: 'sound', dataset: 'dns_logs', enabled: true },
  zones: { id: zoneA.id, name: zoneA.name, account: { id: account.id, name: 'Quay' } },
  'zones of an account': { id: zoneA.id, name: zoneA.name, account: { id: account.id, name: 'Quay' } },
  accounts: { id: account.id, name: 'Quay' },
  history: { id: 'h1', alert_type: 'x', sent: '2026-11-02T00:00:00Z' },
  policies: {
    id: 'p1',
    name: 'sound',
    alert_type: 'x',
    enabled: true,
    mechanisms: { email: [{ id: 'a@b.c' }] },
  },
  audit: {
    id: 'e1',
    action: { type: 'delete', time: '2026-11-02T00:00:00Z' },
    raw: { method: 'DELETE', uri: '/client/v4/zones/z/logpush/jobs/7' },
  },
  webhooks: { id: 'w1', name: 'sound', url: 'https://hook.example.com/', type: 'generic' },
}

/** Lists that the API's description lets be null. */
const nullable = ['policies', 'webhooks', 'audit']

interface Variant {
  readonly of: keyof typeof lists
  readonly name: string
  readonly item: unknown
  /** Of the object as it is read; null where it is left out. */
  readonly gives: object | null
  /** The field that is named as not readable; none where the variant is sound. */
  readonly odd?: string
}

const job = { id: 7, name: 'odd', dataset: 'http_requests', enabled: true }

const oddJob = (field: string, value: unknown, read: object): Variant => ({
  of: 'jobs',
  name: `${field} ${JSON.stringify(value)}`,
  item: { ...job, [field]: value },
  gives: { id: '7', name: 'odd', enabled: true, ...read },
  odd: field,
})

const lostJob = (field: string, value: unknown): Variant => ({
  of: 'jobs',
  name: `${field} ${JSON.stringify(value)}`,
  item: { ...job, [field]: value },
  gives: null,
  odd: field,
})

const write = { type: 'update', time: '2026-11-02T01:00:00Z', result: 'success' }

const auditRow = (name: string, edit: object, gives: object | null, odd?: string): Variant => ({
  of: 'audit',
  name,
  item: {
    id: 'e2',
    action: write,
    actor: { type: 'user', id: 'u1' },
    raw: { method: 'PUT', status_code: 200, uri: '/zones/z/logpush/jobs/8?x=1' },
    resource: { id: '8', product: 'logpush', type: 'jobs', scope: {} },
    ...edit,
  },
  gives,
  ...(odd === undefined ? {} : { odd }),
})

const writing = (request: unknown): object => ({ resource: { id: 8, product: 'Logpush', request } })

const auditRows: readonly Variant[] = [
  auditRow('with all fields', {}, { jobId: '8', action: 'changed', at: Date.UTC(2026, 10, 2, 1) }),
  auditRow('the switch alone', writing({ enabled: true }), { action: 'enabled' }),
  auditRow('a whole job', writing({ enabled: true, name: 'x' }), { action: 'changed' }),
  auditRow('a whole job, off', writing({ enabled: false, name: 'x' }), { action: 'disabled' }),
  auditRow('a body as text', writing('{"enabled":false}'), { action: 'disabled' }),
  auditRow('a body that is no JSON', writing('{"enabled":'), { action: 'changed' }),
  auditRow('by product and id', { raw: null }, { jobId: '8' }),
  auditRow(
    'a job that was made',
    {
      action: { ...write, type: 'create' },
      raw: { method: 'POST', uri: '/zones/z/logpush/jobs' },
      resource: { id: null, response: { result: { id: 9 } } },
    },
    { jobId: '9', action: 'created' },
  ),
  auditRow(
    'by the method alone',
    { action: { time: write.time }, raw: { method: 'DELETE', uri: '/logpush/jobs/8' } },
    {
      action: 'deleted',
    },
  ),
  auditRow(
    'a token as an object',
    { actor: { token: { id: 't1', name: 'terraform' } } },
    {
      actor: { tokenId: 't1', tokenName: 'terraform', type: null },
    },
  ),
  auditRow(
    'a field of the actor that is no text',
    { actor: { email: 5, id: 'u1' } },
    {
      actor: { email: null, id: 'u1' },
    },
  ),
  auditRow('an actor that is none', { actor: 'sre' }, { actor: { id: null } }, 'actor'),
  auditRow('no time', { action: { type: 'update' } }, null, 'action.time'),
  auditRow('no id', { id: null }, null, 'id'),
  auditRow('a write that was refused', { action: { ...write, result: 'failure' } }, null),
  auditRow('a write that failed', { raw: { status_code: 400, uri: '/logpush/jobs/8' } }, null),
  auditRow('a look at a job', { action: { ...write, type: 'view' } }, null),
  auditRow(
    'another product, odd',
    { id: null, raw: { uri: '/zones/z/dns_records/8' }, resource: { id: '8' } },
    null,
  ),
  auditRow(
    'a check of a destination',
    { raw: { uri: '/zones/z/logpush/validate/destination' }, resource: null },
    null,
  ),
  auditRow('no object', { id: 'e2', raw: 5, resource: [] }, null),
]

const variants: readonly Variant[] = [
  ...auditRows,
  {
    of: 'jobs',
    name: 'as of 2021',
    item: {
      id: 1,
      enabled: false,
      name: 'old',
      dataset: 'http_requests',
      logpull_options: 'fields=a&timestamps=rfc3339',
      destination_conf: 's3://quay-logs?region=x',
      last_complete: null,
      last_error: null,
      error_message: null,
    },
    gives: { kind: '', frequency: null, outputOptions: null, filter: null, lastComplete: null },
  },
  {
    of: 'jobs',
    name: 'as of 2025',
    item: { ...job, frequency: 'high', kind: '', time_created: '2025-01-01T00:00:00.123456Z' },
    gives: { frequency: 'high', kind: '', outputOptions: null },
  },
  {
    of: 'jobs',
    name: 'nulls and their likes',
    item: {
      ...job,
      name: null,
      filter: '',
      logpull_options: '',
      max_upload_bytes: 0,
      max_upload_records: null,
      output_options: { 'CVE-2021-44228': null },
      kind: 'instant-logs',
    },
    gives: { name: null, filter: null, logpullOptions: null, maxUploadBytes: 0, maxUploadRecords: null },
  },
  {
    of: 'jobs',
    name: 'a filter without where',
    item: { ...job, filter: '{"key":"a","operator":"eq","value":"b"}' },
    gives: { filter: '{"key":"a","operator":"eq","value":"b"}' },
  },
  {
    of: 'jobs',
    name: 'a filter that is not text',
    item: { ...job, filter: { where: {} } },
    gives: { filter: '{"where":{}}' },
  },
  {
    of: 'jobs',
    name: 'times with and without microseconds',
    item: { ...job, last_complete: '2026-11-24T02:59:30Z', last_error: '2026-11-24T02:58:30.500001Z' },
    gives: {
      lastComplete: Date.UTC(2026, 10, 24, 2, 59, 30),
      lastError: Date.UTC(2026, 10, 24, 2, 58, 30, 500),
    },
  },
  {
    of: 'jobs',
    name: 'an error message that is an object',
    item: { ...job, error_message: { reason: 'denied' } },
    gives: { errorMessage: new Secret('{"reason":"denied"}') },
  },
  {
    of: 'jobs',
    name: 'an empty text for output options',
    item: { ...job, output_options: '' },
    gives: { outputOptions: null },
  },
  {
    of: 'jobs',
    name: 'an empty list for output options',
    item: { ...job, output_options: [] },
    gives: { outputOptions: null },
  },
  oddJob('max_upload_bytes', '5000000', { maxUploadBytes: null }),
  oddJob('output_options', ['a'], { outputOptions: null }),
  oddJob('transformer_id', 't', { transformerId: null }),
  oddJob('transformer_id', {}, { transformerId: null }),
  oddJob('error_message', 5, { errorMessage: null }),
  oddJob('filter', [], { filter: null }),
  oddJob('last_complete', 1_700_000_000, { lastComplete: null }),
  oddJob('logpull_options', {}, { logpullOptions: null }),
  oddJob('filter_attack_traffic', 'off', { filterAttackTraffic: null }),
  oddJob('destination_conf', {}, { destinationConf: new Secret('') }),
  oddJob('name', 12, { name: null }),
  lostJob('id', null),
  lostJob('id', ''),
  lostJob('id', 1.5),
  lostJob('enabled', 'true'),
  lostJob('id', 2 ** 60),
  lostJob('dataset', {}),
  { of: 'jobs', name: 'a text for a job', item: 'job 7', gives: null, odd: 'the object' },
  { of: 'jobs', name: 'a list for a job', item: [job], gives: null, odd: 'the object' },
  {
    of: 'zones',
    name: 'with many nulls',
    item: { ...sound.zones, original_registrar: null, owner: { id: null }, tenant: null },
    gives: { kind: 'zone', account: { id: account.id, name: 'Quay' } },
  },
  {
    of: 'zones',
    name: 'account null',
    item: { ...sound.zones, id: 'z2', account: null },
    gives: { id: 'z2', account: { id: '', name: '' } },
  },
  {
    of: 'zones of an account',
    name: 'account null',
    item: { ...sound.zones, id: 'z2', account: null },
    gives: { id: 'z2', account: { id: account.id, name: '' } },
  },
  {
    of: 'zones',
    name: 'an account that cannot be read',
    item: { ...sound.zones, id: 'z2', account: 'Quay' },
    gives: { id: 'z2', account: { id: '', name: '' } },
    odd: 'account',
  },
  { of: 'zones', name: 'id null', item: { ...sound.zones, id: null }, gives: null, odd: 'id' },
  { of: 'accounts', name: 'name null', item: { id: 'a2', name: null }, gives: { id: 'a2', name: '' } },
  {
    of: 'accounts',
    name: 'a name that is no text',
    item: { id: 'a2', name: {} },
    gives: { id: 'a2', name: '' },
    odd: 'name',
  },
  { of: 'accounts', name: 'no id', item: { name: 'Quay' }, gives: null, odd: 'id' },
  {
    of: 'history',
    name: 'alert_body as an object',
    item: { ...sound.history, id: 'h2', alert_body: { data: { a: 1 }, metadata: {} } },
    gives: { id: 'h2', alertBody: new Secret('{"data":{"a":1},"metadata":{}}') },
  },
  {
    of: 'history',
    name: 'alert_body null',
    item: { ...sound.history, alert_body: null },
    gives: { alertBody: new Secret('') },
  },
  { of: 'history', name: 'without sent', item: { id: 'h2', alert_type: 'x' }, gives: null, odd: 'sent' },
  {
    of: 'history',
    name: 'a policy_id that is no text',
    item: { ...sound.history, policy_id: 5 },
    gives: { policyId: null },
    odd: 'policy_id',
  },
  ...[[], null, {}].map(
    (mechanisms): Variant => ({
      of: 'policies',
      name: `mechanisms ${JSON.stringify(mechanisms)}`,
      item: { ...sound.policies, id: 'p2', mechanisms },
      gives: { id: 'p2', mechanisms: { email: [], webhooks: [], pagerduty: [] } },
    }),
  ),
  {
    of: 'policies',
    name: 'mechanisms without ids',
    item: {
      ...sound.policies,
      mechanisms: { email: [{}, { id: 'a@b.c' }], webhooks: [{ id: '' }, null], pagerduty: null },
    },
    gives: { mechanisms: { email: ['a@b.c'], webhooks: [], pagerduty: [] } },
  },
  {
    of: 'policies',
    name: 'with all that newer answers have',
    item: { ...sound.policies, conditions: { and: [] }, filters: [], created: 5, alert_interval: '30m' },
    gives: { filters: null, alertInterval: '30m' },
  },
  {
    of: 'policies',
    name: 'an interval that is no text',
    item: { ...sound.policies, alert_interval: 30 },
    gives: { enabled: true, alertInterval: null },
    odd: 'alert_interval',
  },
  {
    of: 'policies',
    name: 'mechanisms that cannot be read',
    item: { ...sound.policies, mechanisms: { email: 'a@b.c' } },
    gives: { mechanisms: { email: [], webhooks: [], pagerduty: [] } },
    odd: 'mechanisms',
  },
  ...['id', 'enabled', 'alert_type'].map(
    (field): Variant => ({
      of: 'policies',
      name: `${field} {}`,
      item: { ...sound.policies, [field]: {} },
      gives: null,
      odd: field,
    }),
  ),
  {
    of: 'webhooks',
    name: 'as of 2025',
    item: { ...sound.webhooks, created_at: '2025-03-01T00:00:00Z', last_failure: null, last_success: null },
    gives: { createdAt: Date.UTC(2025, 2, 1), lastFailure: null },
  },
  {
    of: 'webhooks',
    name: 'an address that is no text',
    item: { ...sound.webhooks, id: 'w2', url: {} },
    gives: { id: 'w2', url: new Secret('') },
    odd: 'url',
  },
  { of: 'webhooks', name: 'id null', item: { ...sound.webhooks, id: null }, gives: null, odd: 'id' },
]

for (const { of, name, item, gives, odd } of variants) {
  t.test(`${of}: ${name}`, async (t) => {
    const server = await fakeHttp(ok([item, sound[of]]))
    t.teardown(() => server.close())
    const { items, unreadable } = await lists[of](createRestClient(clientDeps(server.baseUrl)))
    t.equal(items.length, gives === null ? 1 : 2)
    if (gives !== null) t.match(revealed(items[0]), revealed(gives))
    server.answer(ok([sound[of]]))
    const alone = await lists[of](createRestClient(clientDeps(server.baseUrl)))
    t.strictSame(revealed(items.at(-1)), revealed(alone.items[0]), 'its neighbour is read as it is')
    const told = odd === undefined ? [] : [{ field: odd, leftOut: gives === null }]
    t.match(unreadable, told)
    t.equal(unreadable.length, told.length)
  })
}

t.test('an unreadable object is told by what can be read of it, cut to a length fit for a log', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  const told = async (item: unknown): Promise<readonly Unreadable[]> => {
    server.answer(ok([item]))
    return (await client.listJobs(account, options)).unreadable
  }
  t.strictSame(await told({ id: 7, name: 'n', enabled: 1 }), [
    { id: '7', name: 'n', field: 'enabled', leftOut: true },
  ])
  t.strictSame(await told({ id: 7, enabled: 1 }), [{ id: '7', name: '', field: 'enabled', leftOut: true }])
  t.strictSame(await told({ id: {}, name: {} }), [{ id: null, name: null, field: 'id', leftOut: true }])
  const long = await told({ id: 'i'.repeat(5000), name: 'n'.repeat(5000), enabled: 1 })
  t.match(long, [{ id: /^i{100}$/, name: /^n{100}$/ }])
})

t.test('a list that is missing is no empty list', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  for (const [name, list] of Object.entries(lists))
    for (const result of [null, {}, '', undefined]) {
      if (result === null && nullable.includes(name)) continue
      server.answer(json(200, { success: true, errors: [], messages: [], result }))
      t.match(await failureOf(list(client)), { kind: 'bad_response' }, `${name}: ${JSON.stringify(result)}`)
    }
})

t.test('a job that is answered with null is gone', async (t) => {
  const server = await fakeHttp(ok(null))
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  t.match(await failureOf(client.getJob(account, '7', options)), { kind: 'not_found' })
})

t.test('null is an empty list where the description says so', async (t) => {
  const server = await fakeHttp(ok(null))
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  const empty = { items: [], unreadable: [] }
  t.strictSame(await client.listPolicies(account.id, options), empty)
  t.strictSame(await client.listWebhooks(account.id, options), empty)
})

t.test('envelopes differ, and what cannot be read of their advice on paging is not given', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  for (const rest of [
    { errors: null, messages: null },
    {},
    { errors: [], result_info: null },
    { result_info: { page: 1, per_page: 50, count: 1, total_count: 1 } },
    { result_info: { page: '1', per_page: '50', total_count: '2000', total_pages: {} } },
    { result_info: [] },
    { result_info: 'none' },
  ]) {
    server.answer(json(200, { success: true, result: [sound.zones], ...rest }))
    const { items, fill } = await client.listZones({ page: 1 }, options)
    t.strictSame([items.length, fill], [1, 'short'], JSON.stringify(rest))
  }
})

t.test('connected PagerDuty services come as a list, as one object or as null', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  const read = async (result: unknown): Promise<unknown> => {
    server.answer(ok(result))
    return client.listPagerDuty(account.id, options)
  }
  const one = { id: 'p1', name: 'SRE' }
  t.strictSame(await read([one, { name: 'no id' }]), [one])
  t.strictSame(await read(one), [one])
  t.strictSame(await read(null), [])
  t.match(await failureOf(read('none')), { kind: 'bad_response' })
})

t.test('eligible mechanisms come by kind or by group, singular or plural, or not at all', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  const read = async (result: unknown): Promise<readonly string[]> => {
    server.answer(ok(result))
    const found = await client.listEligibleMechanisms(account.id, options)
    return found.map(({ type, eligible }) => `${type} ${eligible}`)
  }
  t.strictSame(await read({ email: { eligible: true, ready: true, type: 'email' } }), ['email true'])
  t.strictSame(await read({ Group: [{ eligible: false, type: 'webhooks' }] }), ['webhook false'])
  t.strictSame(await read({ webhooks: [{ eligible: false }], pagerduty: null }), ['webhook false'])
  t.strictSame(await read({ email: 5, x: [null, { type: 'email' }] }), [], 'what cannot be read says nothing')
  t.strictSame(await read(null), [])
})

t.test('alert types come in categories, flat, or not at all, and filters in any form', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  const read = async (result: unknown): Promise<readonly string[]> => {
    server.answer(ok(result))
    const { items, unreadable } = await client.listAvailableAlerts(account.id, options)
    return [
      ...items.map(({ type, filters }) =>
        [type, ...filters.flatMap(({ name, isRequired }) => (isRequired ? [name] : []))].join(' '),
      ),
      ...unreadable.map(({ field }) => `unreadable ${field}`),
    ]
  }
  t.strictSame(await read(null), [])
  t.strictSame(await read({}), [])
  t.strictSame(await read([{ type: 'a', display_name: 'A' }]), ['a'])
  t.strictSame(
    await read({ Logs: [{ type: 'a' }, null], Odd: 'text', Empty: null, Zones: [{ type: 5 }, {}] }),
    ['a', 'unreadable Odd', 'unreadable type', 'unreadable type'],
  )
  const withFilters = (filters: unknown) => read({ Logs: [{ type: 'a', filter_options: filters }] })
  const optional = { Key: 'zones', ComparisonOperator: '==', Range: '0-n' }
  for (const filters of [null, {}, [], 'none', [optional], [{ ...optional, Optional: true }], [null, 5, {}]])
    t.strictSame(await withFilters(filters), ['a'], JSON.stringify(filters))
  t.strictSame(await withFilters([optional, { ...optional, Key: 'services', Optional: false }]), [
    'a services',
  ])
  t.match(await failureOf(read('none')), { kind: 'bad_response' })
})

/** Secrets made readable, so that results can be compared as plain values. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return `secret ${value.reveal()}`
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revealed(part)]))
}
