import t from 'tap'
import { createHealthClient } from '../../../src/cloudflare/health/health-client.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import type { AllowedQuery, ApiFailureKind } from '../../../src/errors.ts'
import type { HealthQuery } from '../../../src/ports/cloudflare.ts'
import {
  account,
  canary,
  clientDeps,
  everythingOf,
  failureOf,
  options,
  zone,
} from '../../support/cloudflare-clients.ts'
import { type Behaviour, fakeHttp, json, refused, text } from '../../support/fake-http.ts'

const zones = [zone('b'), zone('c')]
const from = minuteOf(Date.UTC(2026, 10, 24, 3))
const query: HealthQuery = { scopes: zones, from, to: from + 15, limit: 1000 }

interface Form {
  readonly name: string
  readonly answer: Behaviour
  readonly kind: ApiFailureKind
  readonly message: string
  readonly codes?: readonly (number | string)[]
  readonly code?: string
  readonly allowed?: AllowedQuery
  readonly retryAfterMs?: number
  readonly timeoutMs?: number
}

/** A GraphQL answer with one error, as Cloudflare sends it. */
function errorAnswer(
  message: string,
  code?: string,
  more: { status?: number; data?: unknown } = {},
): Behaviour {
  const extensions = { timestamp: '2026-11-24T03:00:00Z', ...(code === undefined ? {} : { code }) }
  const path = ['viewer', 'zones', '0', 'rows']
  return json(more.status ?? 200, { data: more.data ?? null, errors: [{ message, path, extensions }] })
}

const someData = { viewer: { zones: [{ zoneTag: zones[0]?.id, rows: [] }] } }

const forms: readonly Form[] = [
  {
    name: 'a spent budget inside a 200',
    answer: errorAnswer('rate limiter budget depleted, try again after 5 minutes', 'budget'),
    kind: 'rate_limited',
    codes: ['budget'],
    code: 'budget',
    retryAfterMs: 300_000,
    message:
      'cannot read zone health: the GraphQL rate limit is exhausted (code budget: rate limiter budget depleted, try again after 5 minutes)',
  },
  {
    name: 'a spent budget by its text alone',
    answer: errorAnswer('limit reached, please try reduced time period'),
    kind: 'rate_limited',
    code: 'budget',
    message:
      'cannot read zone health: the GraphQL rate limit is exhausted (limit reached, please try reduced time period)',
  },
  {
    name: 'a spent budget under the code of a limit',
    answer: errorAnswer('quota exceeded, please repeat your request in the next minute', 'quota'),
    kind: 'rate_limited',
    codes: ['quota'],
    code: 'budget',
    message:
      'cannot read zone health: the GraphQL rate limit is exhausted (code quota: quota exceeded, please repeat your request in the next minute)',
  },
  {
    name: 'a query for too many scopes, which is no throttling',
    answer: errorAnswer('in combination, your request queries too many nodes, zones and accounts'),
    kind: 'invalid_request',
    allowed: { fewerScopes: true },
    message:
      'cannot read zone health: Cloudflare refused the query (in combination, your request queries too many nodes, zones and accounts)',
  },
  {
    name: 'a limit of the plan under the code quota, which is no throttling',
    answer: errorAnswer('cannot request data older than 1w1d', 'quota'),
    kind: 'invalid_request',
    codes: ['quota'],
    allowed: { notOlderThanSeconds: 691_200 },
    message:
      'cannot read zone health: Cloudflare refused the query (code quota: cannot request data older than 1w1d)',
  },
  {
    name: 'a limit of one zone, named',
    answer: errorAnswer(
      `zone "${zones[0]?.id}" cannot request a time range wider than 4w4d, but your query time range spans 38w2d15h32m42s924ms`,
      'quota',
    ),
    kind: 'invalid_request',
    codes: ['quota', String(zones[0]?.id)],
    allowed: { maxDurationSeconds: 2_764_800 },
    message:
      'cannot read zone health: Cloudflare refused the query (code quota: zone "***" cannot request a time range wider than 4w4d, but your query time range spans 38w2d15h32m42s924ms)',
  },
  {
    name: 'too many fields',
    answer: errorAnswer("number of fields can't be more than 30", 'quota', { status: 400 }),
    kind: 'invalid_request',
    codes: ['quota'],
    code: '400',
    allowed: { neededFieldsOnly: true },
    message:
      "cannot read zone health: Cloudflare refused the query (400, code quota: number of fields can't be more than 30)",
  },
  {
    name: 'a field that is not on the plan',
    answer: errorAnswer(
      `zone '${zones[1]?.id}' does not have access to the field 'uploadduration' from the path`,
      'authz',
    ),
    kind: 'forbidden',
    codes: ['authz', 'plan', String(zones[1]?.id)],
    allowed: { neededFieldsOnly: true },
    message:
      "cannot read zone health: the plan does not include this health data (code authz: zone '***' does not have access to the field 'uploadduration' from the path)",
  },
  {
    name: 'a plan without the data, in other words',
    answer: errorAnswer('not available for your plan. Upgrade to a higher one'),
    kind: 'forbidden',
    codes: ['plan'],
    message:
      'cannot read zone health: the plan does not include this health data (not available for your plan. Upgrade to a higher one)',
  },
  {
    name: 'a missing permission in the words of a bad token',
    answer: errorAnswer('Authentication error', 'authz'),
    kind: 'forbidden',
    codes: ['authz'],
    message:
      'cannot read zone health: the API token may not read health data (code authz: Authentication error); it needs the permission "Analytics Read" here',
  },
  {
    name: 'a spent budget under 429, where the header outweighs the text',
    answer: (response, request, socket) => {
      response.setHeader('retry-after', '7')
      errorAnswer('budget depleted, try again after 5 minutes', 'budget', { status: 429 })(
        response,
        request,
        socket,
      )
    },
    kind: 'rate_limited',
    codes: ['budget'],
    code: '429',
    retryAfterMs: 7000,
    message:
      'cannot read zone health: the GraphQL rate limit is exhausted (429, code budget: budget depleted, try again after 5 minutes)',
  },
  {
    name: 'zones that the token may not read, named',
    answer: errorAnswer(`zones [${zones[0]?.id}, ${zones[1]?.id}] are not authorized`, 'authz'),
    kind: 'forbidden',
    codes: ['authz', ...zones.map(({ id }) => id)],
    message: `cannot read zone health: the API token may not read health data for ${zones[0]?.id}, ${zones[1]?.id} (code authz: zones [***, ***] are not authorized); it needs the permission "Analytics Read" here`,
  },
  {
    name: 'zones that the token may not read, by the text under 403',
    answer: errorAnswer(`not authorized for zones [${zones[1]?.id}]`, undefined, { status: 403 }),
    kind: 'forbidden',
    codes: zones.slice(1).map(({ id }) => id),
    code: '403',
    message: `cannot read zone health: the API token may not read health data for ${zones[1]?.id} (403: not authorized for zones [***]); it needs the permission "Analytics Read" here`,
  },
  {
    name: 'a plan without the dataset',
    answer: errorAnswer("zone does not have access to the path 'logpushHealthAdaptiveGroups'"),
    kind: 'forbidden',
    codes: ['plan'],
    message:
      "cannot read zone health: the plan does not include this health data (zone does not have access to the path '***')",
  },
  {
    name: 'a bad token inside a 200',
    answer: errorAnswer('Unauthorized'),
    kind: 'auth',
    message: 'cannot read zone health: Cloudflare refused the API token (Unauthorized)',
  },
  {
    name: 'a bad token in the REST envelope',
    answer: refused(401, 10000, `Authentication error ${canary.token}`),
    kind: 'auth',
    codes: [10000],
    code: '401',
    message:
      'cannot read zone health: Cloudflare refused the API token (401, code 10000: Authentication error ***); check that it is complete, not expired and not revoked',
  },
  {
    name: 'a range that is too old',
    answer: errorAnswer('cannot request data older than 7d'),
    kind: 'invalid_request',
    allowed: { notOlderThanSeconds: 604_800 },
    message: 'cannot read zone health: Cloudflare refused the query (cannot request data older than 7d)',
  },
  {
    name: 'a range that is too wide',
    answer: errorAnswer('query time range is too large. Time range is 1d, limit is 1h'),
    kind: 'invalid_request',
    allowed: { maxDurationSeconds: 3600 },
    message:
      'cannot read zone health: Cloudflare refused the query (query time range is too large. Time range is 1d, limit is 1h)',
  },
  {
    name: 'a limit that is too high',
    answer: errorAnswer('limit must be positive number and not greater than 10000', undefined, {
      status: 400,
    }),
    kind: 'invalid_request',
    allowed: { maxPageSize: 10_000 },
    code: '400',
    message:
      'cannot read zone health: Cloudflare refused the query (400: limit must be positive number and not greater than 10000)',
  },
  {
    name: 'a refusal in words that nobody knows, by its status',
    answer: errorAnswer('no such luck', undefined, { status: 401 }),
    kind: 'auth',
    code: '401',
    message: 'cannot read zone health: Cloudflare refused the API token (401: no such luck)',
  },
  {
    name: 'a field that the schema has no more',
    answer: errorAnswer('unknown field "uploads"'),
    kind: 'invalid_request',
    message: 'cannot read zone health: Cloudflare refused the query (unknown field "uploads")',
  },
  {
    name: 'a database in trouble',
    answer: errorAnswer('unable to execute query'),
    kind: 'unavailable',
    message: 'cannot read zone health: the GraphQL API is failing (unable to execute query)',
  },
  {
    name: 'an error of no known class beside data',
    answer: errorAnswer('something went sideways', undefined, { data: someData }),
    kind: 'partial',
    message: 'cannot read zone health: part of the response is missing (something went sideways)',
  },
  {
    name: 'an error of no known class without data',
    answer: errorAnswer('something went sideways', undefined, { data: { viewer: null } }),
    kind: 'unavailable',
    message: 'cannot read zone health: the GraphQL API is failing (something went sideways)',
  },
  {
    name: 'several errors, where the most pressing counts',
    answer: json(200, {
      data: someData,
      errors: [
        { message: 'unable to execute query' },
        null,
        { message: 'budget depleted', extensions: { code: 'budget' } },
      ],
    }),
    kind: 'rate_limited',
    codes: ['budget'],
    code: 'budget',
    message: 'cannot read zone health: the GraphQL rate limit is exhausted (code budget: budget depleted)',
  },
  {
    name: 'an error that quotes a destination',
    answer: errorAnswer(`unable to execute query near ${canary.destination}`, canary.destination),
    kind: 'unavailable',
    codes: ['unknown'],
    message:
      'cannot read zone health: the GraphQL API is failing (code unknown: unable to execute query near s3://logs.example.com/***)',
  },
  {
    name: 'errors of another shape',
    answer: json(200, { data: null, errors: [canary.page] }),
    kind: 'unavailable',
    message: 'cannot read zone health: the GraphQL API is failing',
  },
  {
    name: 'errors that are no list',
    answer: json(200, { data: null, errors: canary.page }),
    kind: 'bad_response',
    message: 'cannot read zone health: the response (200) is not valid JSON, or is truncated',
  },
  {
    name: 'JSON that is cut short',
    answer: json(200, JSON.stringify({ data: someData }).slice(0, -5)),
    kind: 'bad_response',
    message: 'cannot read zone health: the response (200) is not valid JSON, or is truncated',
  },
  {
    name: 'a list instead of an answer',
    answer: json(200, [{ data: someData }]),
    kind: 'bad_response',
    message: 'cannot read zone health: the response (200) does not have the expected shape at data',
  },
  {
    name: "a proxy's page under 200",
    answer: text(200, 'text/html', `<p>${canary.page}</p>`),
    kind: 'bad_response',
    message:
      'cannot read zone health: the response has text/html instead of JSON (200); check for a proxy in between, and check the base URL',
  },
  {
    name: 'a bad gateway in HTML',
    answer: text(502, 'text/html', `<p>${canary.page}</p>`),
    kind: 'unavailable',
    code: '502',
    message: "cannot read zone health: Cloudflare's API is failing (502, text/html)",
  },
  {
    name: 'a rate limit without a body to read',
    answer: text(429, 'text/plain', canary.page),
    kind: 'rate_limited',
    code: '429',
    message: 'cannot read zone health: the API rate limit is exhausted (429, text/plain)',
  },
  {
    name: 'an unavailable API in JSON',
    answer: json(503, { errors: [{ message: 'too many queries in progress' }] }),
    kind: 'unavailable',
    code: '503',
    message: 'cannot read zone health: the GraphQL API is failing (503: too many queries in progress)',
  },
  {
    name: 'an error status with JSON that says nothing',
    answer: json(500, {}),
    kind: 'unavailable',
    code: '500',
    message: "cannot read zone health: Cloudflare's API is failing (500)",
  },
  {
    name: 'a reset connection',
    answer: (_response, _request, socket) => socket.resetAndDestroy(),
    kind: 'network',
    code: 'error',
    message:
      'cannot read zone health: the connection was closed before the response was complete (ECONNRESET)',
  },
  {
    name: 'an answer that is nested without end',
    answer: text(200, 'application/json', `{"data":${'['.repeat(500_000)}`),
    kind: 'bad_response',
    message: 'cannot read zone health: the response (200) is nested more than 64 levels deep',
  },
  {
    name: 'an error with a megabyte of text',
    answer: errorAnswer('x'.repeat(1_000_000), undefined, { status: 502 }),
    kind: 'unavailable',
    code: '502',
    message: "cannot read zone health: Cloudflare's API is failing (502)",
  },
  {
    name: 'silence in the middle of the body',
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"data"')
    },
    timeoutMs: 150,
    kind: 'timeout',
    code: 'error',
    message: 'cannot read zone health: no complete response within 0.15 s',
  },
]

t.test('each way in which GraphQL fails becomes one ApiFailure without secrets', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  for (const form of forms) {
    const { name, answer, kind, message, codes, code = '200', retryAfterMs, timeoutMs = 5000 } = form
    server.answer(answer)
    const before = server.received.length
    const deps = clientDeps(server.baseUrl, { timeoutMs })
    const failure = await failureOf(createHealthClient(deps).readHealth(query, options))
    t.equal(failure.message, message, name)
    t.match(failure, { kind, operation: 'read zone health' }, name)
    t.strictSame(failure.codes, codes ?? [], `codes of ${name}`)
    t.strictSame(failure.allowed, form.allowed ?? {}, `what may be asked after ${name}`)
    t.equal(failure.retryAfterMs, retryAfterMs, `time to wait of ${name}`)
    t.equal(server.received.length, before + 1, `${name} is asked once`)
    const observed = deps.exchanges.map(({ api, code, throttled }) => ({ api, code, throttled }))
    t.strictSame(
      observed,
      [{ api: 'graphql', code, throttled: kind === 'rate_limited' }],
      `exchange of ${name}`,
    )
    t.notMatch(everythingOf(failure), /canary/i, `${name} shows no secret`)
    t.equal(failure.cause, undefined, `${name} keeps no original`)
  }
})

t.test('the permission named fits the kind of scope', async (t) => {
  const server = await fakeHttp(errorAnswer('not authorized for that account', 'authz'))
  t.teardown(() => server.close())
  const client = createHealthClient(clientDeps(server.baseUrl))
  const failure = await failureOf(client.readHealth({ ...query, scopes: [account] }, options))
  t.match(failure.message, /"Account Analytics Read"/)
  const limits = await failureOf(client.readLimits([account], options))
  t.match(limits.message, /^cannot read account limits: .*"Account Analytics Read"/)
})

t.test('a health query that is given up ends at once', async (t) => {
  const server = await fakeHttp(() => {})
  t.teardown(() => server.close())
  const giveUp = new AbortController()
  const running = failureOf(
    createHealthClient(clientDeps(server.baseUrl)).readHealth(query, { signal: giveUp.signal }),
  )
  setImmediate(() => giveUp.abort())
  t.match(await running, { kind: 'aborted' })
})
