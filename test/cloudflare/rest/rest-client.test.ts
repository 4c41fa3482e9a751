import t from 'tap'
import { createRestClient, type RestClient } from '../../../src/cloudflare/rest/rest-client.ts'
import type { JobRecord } from '../../../src/domain/job/job.ts'
import { Secret } from '../../../src/domain/secret.ts'
import type { PolicyWrite } from '../../../src/ports/notifications.ts'
import {
  account,
  canary,
  clientDeps,
  everythingOf,
  failureOf,
  options,
  zone,
} from '../../support/cloudflare-clients.ts'
import { fakeHttp, json, ok } from '../../support/fake-http.ts'

const zoneA = zone('b')
const accountPath = `/client/v4/accounts/${account.id}`
const zonePath = `/client/v4/zones/${zoneA.id}`
const conf = new Secret(canary.destination)

/** Secrets made readable, so that results can be compared as plain values. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return `secret ${value.reveal()}`
  if (value instanceof Map) return { map: [...value] }
  if (Array.isArray(value)) return value.map(revealed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revealed(part)]))
}

interface Method {
  readonly name: string
  readonly call: (client: RestClient) => Promise<unknown>
  readonly sent: string
  readonly body?: unknown
  readonly result: unknown
  readonly gives: unknown
}

const emptyJob: JobRecord = {
  id: '7',
  name: null,
  dataset: 'http_requests',
  kind: '',
  enabled: false,
  destinationConf: new Secret(''),
  lastComplete: null,
  lastError: null,
  errorMessage: null,
  filter: null,
  filterAttackTraffic: null,
  frequency: null,
  logpullOptions: null,
  outputOptions: null,
  maxUploadBytes: null,
  maxUploadRecords: null,
  maxUploadIntervalSeconds: null,
  transformerId: null,
}

const fullJob = {
  id: 7,
  name: 'sre-worker-logs',
  dataset: 'a_dataset_of_next_year',
  kind: 'edge',
  enabled: true,
  destination_conf: canary.destination,
  last_complete: '2026-11-24T02:59:30Z',
  last_error: '2026-11-24T02:58:30.5Z',
  error_message: 'boom',
  filter: '{"where":{}}',
  filter_attack_traffic: false,
  frequency: 'high',
  logpull_options: 'fields=a',
  output_options: { field_names: ['a'], 'CVE-2021-44228': true },
  max_upload_bytes: 0,
  max_upload_records: 1000,
  max_upload_interval_seconds: 30,
  transformer_id: 3,
  a_field_of_next_year: 1,
}

const fullRecord: JobRecord = {
  id: '7',
  name: 'sre-worker-logs',
  dataset: 'a_dataset_of_next_year',
  kind: 'edge',
  enabled: true,
  destinationConf: conf,
  lastComplete: Date.UTC(2026, 10, 24, 2, 59, 30),
  lastError: Date.UTC(2026, 10, 24, 2, 58, 30, 500),
  errorMessage: new Secret('boom'),
  filter: '{"where":{}}',
  filterAttackTraffic: false,
  frequency: 'high',
  logpullOptions: 'fields=a',
  outputOptions: { field_names: ['a'], 'CVE-2021-44228': true },
  maxUploadBytes: 0,
  maxUploadRecords: 1000,
  maxUploadIntervalSeconds: 30,
  transformerId: 3,
}

const policy: PolicyWrite = {
  name: 'sre-logpush-disabled',
  description: '',
  enabled: true,
  alertType: 'failing_logpush_job_disabled_alert',
  mechanisms: { email: ['sre@example.com'], webhooks: ['w1'], pagerduty: [] },
  filters: null,
  alertInterval: null,
}

const policyBody = {
  name: 'sre-logpush-disabled',
  description: '',
  enabled: true,
  alert_type: 'failing_logpush_job_disabled_alert',
  mechanisms: { email: [{ id: 'sre@example.com' }], webhooks: [{ id: 'w1' }] },
}

const hook = { name: 'w', url: new Secret('https://hook.example.com/x'), secret: new Secret('s3cr3t') }
const since = Date.UTC(2026, 10, 1)

const methods: readonly Method[] = [
  {
    name: 'listAccounts',
    call: (client) => client.listAccounts(1, options),
    sent: 'GET /client/v4/accounts?page=1&per_page=50',
    result: [{ id: account.id, name: 'Example', type: 'standard' }, null],
    gives: {
      items: [{ id: account.id, name: 'Example' }],
      unreadable: [],
      fill: 'short',
      lastPage: null,
      does: 'list accounts',
    },
  },
  {
    name: 'listZones',
    call: (client) => client.listZones({ page: 2 }, options),
    sent: 'GET /client/v4/zones?page=2&per_page=50',
    result: [{ id: zoneA.id, name: zoneA.name, account: { id: account.id, name: 'Example' }, plan: {} }],
    gives: { items: [zoneA], unreadable: [], fill: 'short', lastPage: null, does: 'list zones' },
  },
  {
    name: 'listZones of one account',
    call: (client) => client.listZones({ page: 1, accountId: account.id }, options),
    sent: `GET /client/v4/zones?page=1&per_page=50&account.id=${account.id}`,
    result: [],
    gives: { items: [], unreadable: [], fill: 'empty', lastPage: null, does: 'list zones' },
  },
  {
    name: 'listJobs of an account',
    call: (client) => client.listJobs(account, options),
    sent: `GET ${accountPath}/logpush/jobs`,
    result: [fullJob, null],
    gives: { items: [fullRecord], unreadable: [] },
  },
  {
    name: 'listJobs of a zone, with the least that a job may say',
    call: (client) => client.listJobs(zoneA, options),
    sent: `GET ${zonePath}/logpush/jobs`,
    result: [
      { id: '7' },
      {
        id: 7,
        name: '',
        last_complete: '',
        last_error: 'null',
        error_message: '',
        filter: '',
        dataset: null,
      },
      { id: 7, last_complete: null, last_error: '0001-01-01T00:00:00Z', kind: null, enabled: null },
      { id: 7, last_complete: 'yesterday', output_options: null, filter: { where: {} } },
    ],
    gives: {
      items: [emptyJob, emptyJob, emptyJob, { ...emptyJob, filter: '{"where":{}}' }],
      unreadable: [],
    },
  },
  {
    name: 'getJob',
    call: (client) => client.getJob(zoneA, '7', options),
    sent: `GET ${zonePath}/logpush/jobs/7`,
    result: fullJob,
    gives: fullRecord,
  },
  {
    name: 'createJob',
    call: (client) =>
      client.createJob(
        account,
        {
          name: 'n',
          dataset: 'd',
          kind: 'edge',
          enabled: false,
          destinationConf: conf,
          ownershipChallenge: new Secret('jwt'),
          filter: '',
          filterAttackTraffic: true,
          outputOptions: { sample_rate: 1 },
          maxUploadBytes: 0,
          maxUploadRecords: 1000,
          maxUploadIntervalSeconds: 30,
          transformerId: 3,
        },
        options,
      ),
    sent: `POST ${accountPath}/logpush/jobs`,
    body: {
      name: 'n',
      dataset: 'd',
      kind: 'edge',
      enabled: false,
      destination_conf: canary.destination,
      ownership_challenge: 'jwt',
      filter: '',
      filter_attack_traffic: true,
      output_options: { sample_rate: 1 },
      max_upload_bytes: 0,
      max_upload_records: 1000,
      max_upload_interval_seconds: 30,
      transformer_id: 3,
    },
    result: fullJob,
    gives: fullRecord,
  },
  {
    name: 'updateJob, which sends only what is given',
    call: (client) => client.updateJob(zoneA, '7', { enabled: true }, options),
    sent: `PUT ${zonePath}/logpush/jobs/7`,
    body: { enabled: true },
    result: fullJob,
    gives: fullRecord,
  },
  {
    name: 'deleteJob',
    call: (client) => client.deleteJob(account, '7', options),
    sent: `DELETE ${accountPath}/logpush/jobs/7`,
    result: {},
    gives: undefined,
  },
  {
    name: 'datasetFields',
    call: (client) => client.datasetFields(zoneA, 'http_requests', options),
    sent: `GET ${zonePath}/logpush/datasets/http_requests/fields`,
    result: { ClientIP: 'IP address of the client', Odd: { type: 'string' } },
    gives: {
      map: [
        ['ClientIP', 'IP address of the client'],
        ['Odd', ''],
      ],
    },
  },
  {
    name: 'validateDestination',
    call: (client) => client.validateDestination(zoneA, conf, options),
    sent: `POST ${zonePath}/logpush/validate/destination`,
    body: { destination_conf: canary.destination },
    result: { valid: false, message: `cannot write to ${canary.destination}` },
    gives: { valid: false, message: 'cannot write to s3://logs.example.com/***' },
  },
  {
    name: 'requestChallenge',
    call: (client) => client.requestChallenge(account, conf, options),
    sent: `POST ${accountPath}/logpush/ownership`,
    body: { destination_conf: canary.destination },
    result: { filename: 'logs/ownership-challenge-1a2b.txt', valid: true, message: '' },
    gives: { filename: 'logs/ownership-challenge-1a2b.txt', valid: true, message: '' },
  },
  {
    name: 'requestChallenge that Cloudflare could not write',
    call: (client) => client.requestChallenge(account, conf, options),
    sent: `POST ${accountPath}/logpush/ownership`,
    body: { destination_conf: canary.destination },
    result: { filename: null, valid: false, message: 'access denied' },
    gives: { filename: '', valid: false, message: 'access denied' },
  },
  {
    name: 'validateChallenge',
    call: (client) => client.validateChallenge(zoneA, conf, new Secret('jwt'), options),
    sent: `POST ${zonePath}/logpush/ownership/validate`,
    body: { destination_conf: canary.destination, ownership_challenge: 'jwt' },
    result: { valid: true },
    gives: { valid: true },
  },
  {
    name: 'verifyToken of a user',
    call: (client) => client.verifyToken(null, options),
    sent: 'GET /client/v4/user/tokens/verify',
    result: { id: 't1', status: 'active', expires_on: '2027-01-01T00:00:00Z' },
    gives: { id: 't1', status: 'active', expiresOn: Date.UTC(2027, 0, 1) },
  },
  {
    name: 'verifyToken of an account',
    call: (client) => client.verifyToken(account.id, options),
    sent: `GET ${accountPath}/tokens/verify`,
    result: { id: 't1', status: 'on_holiday' },
    gives: { id: 't1', status: 'unknown', expiresOn: null },
  },
  {
    name: 'listPolicies',
    call: (client) => client.listPolicies(account.id, options),
    sent: `GET ${accountPath}/alerting/v3/policies`,
    result: [
      { id: 'p1', ...policyBody, filters: {}, alert_interval: '', created: '2026-01-01T00:00:00Z' },
      {
        id: 'p2',
        name: 'n',
        alert_type: 'x',
        mechanisms: null,
        filters: { zones: ['z'] },
        alert_interval: '30m',
      },
    ],
    gives: {
      unreadable: [],
      items: [
        { id: 'p1', ...policy, createdAt: Date.UTC(2026, 0, 1) },
        {
          id: 'p2',
          name: 'n',
          description: '',
          enabled: false,
          alertType: 'x',
          mechanisms: { email: [], webhooks: [], pagerduty: [] },
          filters: { zones: ['z'] },
          alertInterval: '30m',
          createdAt: null,
        },
      ],
    },
  },
  {
    name: 'createPolicy',
    call: (client) => client.createPolicy(account.id, policy, options),
    sent: `POST ${accountPath}/alerting/v3/policies`,
    body: policyBody,
    result: { id: 'p1' },
    gives: { id: 'p1' },
  },
  {
    name: 'updatePolicy',
    call: (client) =>
      client.updatePolicy(
        account.id,
        'p1',
        { ...policy, filters: { a: ['b'] }, alertInterval: '30m' },
        options,
      ),
    sent: `PUT ${accountPath}/alerting/v3/policies/p1`,
    body: { ...policyBody, filters: { a: ['b'] }, alert_interval: '30m' },
    result: { id: 'p1' },
    gives: undefined,
  },
  {
    name: 'deletePolicy',
    call: (client) => client.deletePolicy(account.id, 'p1', options),
    sent: `DELETE ${accountPath}/alerting/v3/policies/p1`,
    result: null,
    gives: undefined,
  },
  {
    name: 'listWebhooks',
    call: (client) => client.listWebhooks(account.id, options),
    sent: `GET ${accountPath}/alerting/v3/destinations/webhooks`,
    result: [
      {
        id: 'w1',
        name: 'w',
        url: 'https://hook.example.com/x',
        type: 'generic',
        created_at: '2026-11-01T00:00:00Z',
        last_success: null,
      },
    ],
    gives: {
      unreadable: [],
      items: [
        {
          id: 'w1',
          name: 'w',
          url: new Secret('https://hook.example.com/x'),
          type: 'generic',
          createdAt: since,
          lastSuccess: null,
          lastFailure: null,
        },
      ],
    },
  },
  {
    name: 'createWebhook',
    call: (client) => client.createWebhook(account.id, hook, options),
    sent: `POST ${accountPath}/alerting/v3/destinations/webhooks`,
    body: { name: 'w', url: 'https://hook.example.com/x', secret: 's3cr3t' },
    result: { id: 'w1' },
    gives: { id: 'w1' },
  },
  {
    name: 'updateWebhook',
    call: (client) => client.updateWebhook(account.id, 'w1', { name: 'w', url: hook.url }, options),
    sent: `PUT ${accountPath}/alerting/v3/destinations/webhooks/w1`,
    body: { name: 'w', url: 'https://hook.example.com/x' },
    result: { id: 'w1' },
    gives: undefined,
  },
  {
    name: 'deleteWebhook',
    call: (client) => client.deleteWebhook(account.id, 'w1', options),
    sent: `DELETE ${accountPath}/alerting/v3/destinations/webhooks/w1`,
    result: null,
    gives: undefined,
  },
  {
    name: 'listPagerDuty',
    call: (client) => client.listPagerDuty(account.id, options),
    sent: `GET ${accountPath}/alerting/v3/destinations/pagerduty`,
    result: [{ id: 'pd1', name: 'SRE primary' }],
    gives: [{ id: 'pd1', name: 'SRE primary' }],
  },
  {
    name: 'connectPagerDuty',
    call: (client) => client.connectPagerDuty(account.id, options),
    sent: `POST ${accountPath}/alerting/v3/destinations/pagerduty/connect`,
    result: { id: 'integration' },
    gives: { token: 'integration' },
  },
  {
    name: 'completePagerDuty',
    call: (client) => client.completePagerDuty(account.id, 'integration', options),
    sent: `GET ${accountPath}/alerting/v3/destinations/pagerduty/connect/integration`,
    result: { id: 'pd1' },
    gives: undefined,
  },
  {
    name: 'listTransformers',
    call: (client) => client.listTransformers(account.id, options),
    sent: `GET ${accountPath}/logpush/transformers`,
    result: [
      { id: 42, name: 'redact-pii', dataset: 'http_requests', description: '', associated_jobs: [{ id: 1 }] },
      { id: 43, name: 'new' },
      { name: 'lost' },
      null,
    ],
    gives: {
      items: [
        { id: 42, name: 'redact-pii', dataset: 'http_requests' },
        { id: 43, name: 'new', dataset: null },
      ],
      unreadable: [{ id: null, name: 'lost', field: 'id', leftOut: true }],
    },
  },
  {
    name: 'listAvailableAlerts',
    call: (client) => client.listAvailableAlerts(account.id, options),
    sent: `GET ${accountPath}/alerting/v3/available_alerts`,
    result: {
      Logs: [{ type: 'failing_logpush_job_disabled_alert', display_name: 'Failing', filter_options: null }],
      'Origin Monitoring': [
        { type: 'http_alert', display_name: 'H', filter_options: [{ Key: 'zones', Optional: false }] },
      ],
      Empty: null,
    },
    gives: {
      items: [
        { type: 'failing_logpush_job_disabled_alert', filters: [], isWhole: true },
        {
          type: 'http_alert',
          filters: [{ name: 'zones', isRequired: true, values: null, maxValues: null }],
          isWhole: true,
        },
      ],
      unreadable: [],
    },
  },
  {
    name: 'listEligibleMechanisms',
    call: (client) => client.listEligibleMechanisms(account.id, options),
    sent: `GET ${accountPath}/alerting/v3/destinations/eligible`,
    result: {
      Email: [{ type: 'email', eligible: true, ready: true }],
      PD: [{ type: 'pagerduty', eligible: false }],
    },
    gives: [
      { type: 'email', eligible: true },
      { type: 'pagerduty', eligible: false },
    ],
  },
  {
    name: 'listHistory',
    call: (client) => client.listHistory(account.id, { page: 1, since }, options),
    sent: `GET ${accountPath}/alerting/v3/history?page=1&per_page=25&since=2026-11-01T00%3A00%3A00.000Z`,
    result: [
      {
        id: 'h1',
        policy_id: 'p1',
        alert_type: 'failing_logpush_job_disabled_alert',
        alert_body: `conf ${canary.destination}`,
        mechanism_type: 'webhook',
        sent: '2026-11-01T00:00:00Z',
      },
      { id: 'h2', sent: '2026-11-01T00:00:00Z' },
    ],
    gives: {
      items: [
        {
          id: 'h1',
          policyId: 'p1',
          alertType: 'failing_logpush_job_disabled_alert',
          mechanismType: 'webhook',
          sent: since,
          alertBody: new Secret(`conf ${canary.destination}`),
        },
        {
          id: 'h2',
          policyId: null,
          alertType: '',
          mechanismType: '',
          sent: since,
          alertBody: new Secret(''),
        },
      ],
      unreadable: [],
      fill: 'short',
      lastPage: null,
      does: 'list sent notifications',
    },
  },
  {
    name: 'listAuditLog',
    call: (client) =>
      client.listAuditLog(account.id, { since, before: since + 60_000, cursor: 'c1' }, options),
    sent: `GET ${accountPath}/logs/audit?since=2026-11-01T00%3A00%3A00.000Z&before=2026-11-01T00%3A01%3A00.000Z&direction=desc&limit=200&cursor=c1`,
    result: [
      {
        id: 'e1',
        action: { type: 'update', time: '2026-11-01T00:00:30Z', result: 'success' },
        actor: { type: 'user', id: 'u1', email: 'sre@quay.example', context: 'dash' },
        raw: { method: 'PUT', status_code: 200, uri: `${accountPath}/logpush/jobs/7` },
        resource: { request: { enabled: false, destination_conf: canary.destination } },
      },
    ],
    gives: {
      items: [
        {
          id: 'e1',
          at: since + 30_000,
          jobId: '7',
          action: 'disabled',
          actor: {
            type: 'user',
            id: 'u1',
            email: 'sre@quay.example',
            context: 'dash',
            tokenId: null,
            tokenName: null,
          },
        },
      ],
      unreadable: [],
      fill: 'short',
      lastPage: null,
      cursor: null,
    },
  },
]

t.test('each method sends one documented request and reads its result', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const deps = clientDeps(server.baseUrl)
  const client = createRestClient(deps)
  for (const method of methods) {
    server.answer(ok(method.result))
    const before = server.received.length
    const result = await method.call(client)
    const requests = server.received.slice(before)
    t.strictSame(
      requests.map(({ method, url }) => `${method} ${url}`),
      [method.sent],
      method.name,
    )
    const body = requests[0]?.body ?? ''
    t.strictSame(body === '' ? undefined : JSON.parse(body), method.body, `body of ${method.name}`)
    t.strictSame(revealed(result), revealed(method.gives), `result of ${method.name}`)
    t.notMatch(everythingOf(result), /canary/i, `${method.name} gives secrets as secrets`)
  }
  const called = new Set(methods.map(({ name }) => name.split(/[ ,]/)[0]))
  t.strictSame(
    Object.keys(client).filter((name) => !called.has(name)),
    [],
    'every method is in the table',
  )
  t.equal(new Set(deps.exchanges.map(({ operation }) => operation)).size, Object.keys(client).length)
  t.ok(deps.exchanges.every(({ code, durationMs }) => code === '200' && durationMs > 0))
})

t.test('a request carries our token and name, and nothing else from the environment', async (t) => {
  const server = await fakeHttp(ok([]))
  const before = { ...process.env }
  t.teardown(async () => {
    process.env = before
    await server.close()
  })
  Object.assign(process.env, {
    CLOUDFLARE_API_TOKEN: 'canary-env',
    CLOUDFLARE_API_KEY: 'canary-env',
    CLOUDFLARE_EMAIL: 'canary-env',
    CLOUDFLARE_API_USER_SERVICE_KEY: 'canary-env',
    CLOUDFLARE_BASE_URL: 'http://canary-env.example.com',
    CLOUDFLARE_CUSTOM_HEADERS: 'X-Auth-Key: canary-env\nAuthorization: canary-env',
    CLOUDFLARE_LOG: 'debug',
  })
  let token = 'first'
  const deps = clientDeps(server.baseUrl, { token: () => new Secret(token) })
  const client = createRestClient(deps)
  await client.listAccounts(1, options)
  token = 'second'
  await client.listAccounts(1, options)
  const [first, second] = server.received
  t.equal(first?.headers.authorization, 'Bearer first')
  t.equal(second?.headers.authorization, 'Bearer second', 'the token is asked for each time')
  t.equal(first?.headers['user-agent'], 'logpush-exporter/0.0.0-test')
  t.match(first?.headers['api-version'], /^2026-\d\d-\d\d$/, 'the API version is pinned')
  t.notMatch(JSON.stringify(server.received), /canary-env|stainless/i)
})

t.test('a page says how full it is and what the totals promise', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  const full = Array.from({ length: 50 }, (_, index) => ({ id: `a${index}`, name: '' }))
  const page = async (items: readonly unknown[], info?: object) => {
    server.answer(ok(items, info))
    const { fill, lastPage } = await client.listAccounts(1, options)
    return [fill, lastPage]
  }
  t.same(await page(full, { page: 1, per_page: 50, total_pages: 3, total_count: 120 }), ['full', 3])
  t.same(await page(full, { per_page: 50, total_count: 50 }), ['full', 1])
  t.same(await page(full, { per_page: 50, total_count: 51 }), ['full', 2])
  t.same(await page(full, { per_page: 50, total_count: 0, total_pages: 0 }), ['full', 0])
  t.same(await page(full), ['full', null])
  t.same(await page([...full.slice(1), null]), ['full', null], 'null items count for the length of a page')
  t.same(await page(full.slice(0, 49)), ['short', null])
  t.same(
    await page(full.slice(0, 20), { per_page: 20, total_count: 60 }),
    ['full', 3],
    'smaller pages than asked',
  )
  t.same(await page(full, { per_page: 1000, total_count: 120 }), ['full', 3], 'or no larger ones')
  t.same(await page(full, { per_page: 0 }), ['full', null])
  t.same(await page([], { total_pages: 100 }), ['empty', 100])
})

t.test('what an answer says of budget and time is observed', async (t) => {
  const server = await fakeHttp(
    json(
      200,
      { success: true, result: [] },
      {
        ratelimit: '"default";r=50;t=30',
        'ratelimit-policy': '"default";q=100;w=60',
        date: 'Tue, 24 Nov 2026 03:00:00 GMT',
      },
    ),
  )
  t.teardown(() => server.close())
  const deps = clientDeps(server.baseUrl)
  await createRestClient(deps).listJobs(account, options)
  t.match(deps.exchanges, [
    {
      api: 'rest',
      operation: 'list_jobs',
      code: '200',
      accountId: null,
      rateLimit: { limit: 100, windowSeconds: 60, remaining: 50, resetSeconds: 30 },
      retryAfterMs: null,
      throttled: false,
      serverTime: Date.UTC(2026, 10, 24, 3),
    },
  ])
})

t.test('"no content" says that it was done', async (t) => {
  const server = await fakeHttp((response) => response.writeHead(204).end())
  t.teardown(() => server.close())
  const deps = clientDeps(server.baseUrl)
  await createRestClient(deps).deleteJob(account, '7', options)
  t.match(deps.exchanges, [{ operation: 'delete_job', code: '204' }])
  t.match(server.received, [{ method: 'DELETE', url: `${accountPath}/logpush/jobs/7` }])
})

t.test('a scope or id cannot lead a request elsewhere', async (t) => {
  const server = await fakeHttp(ok([]))
  t.teardown(() => server.close())
  const client = createRestClient(clientDeps(server.baseUrl))
  await client.listJobs({ kind: 'zone', id: '../accounts/x?y=1#' }, options)
  t.equal(server.received[0]?.url, '/client/v4/zones/..%2Faccounts%2Fx%3Fy=1%23/logpush/jobs')
  for (const id of ['', '1/../2', '-1', '1e3', '90071992547409931'])
    t.match(await failureOf(client.deleteJob(account, id, options)), { kind: 'invalid_request' }, id)
  t.equal(server.received.length, 1)
})

t.test('thirty requests at once share one signal without a warning', async (t) => {
  const server = await fakeHttp(ok([]))
  const warnings: string[] = []
  const onWarning = (warning: Error) => warnings.push(warning.name)
  process.on('warning', onWarning)
  t.teardown(async () => {
    process.off('warning', onWarning)
    await server.close()
  })
  const client = createRestClient(clientDeps(server.baseUrl))
  const { signal } = new AbortController()
  await Promise.all(Array.from({ length: 30 }, () => client.listJobs(account, { signal })))
  await new Promise(setImmediate)
  t.strictSame(warnings, [])
})
