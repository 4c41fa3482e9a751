import { createServer } from 'node:https'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { createRestClient } from '../../../src/cloudflare/rest/rest-client.ts'
import { Secret } from '../../../src/domain/secret.ts'
import type { ApiFailureKind } from '../../../src/errors.ts'
import { certificate, serverCertificate } from '../../support/certificates.ts'
import {
  account,
  canary,
  clientDeps,
  everythingOf,
  failureOf,
  options,
} from '../../support/cloudflare-clients.ts'
import { type Behaviour, fakeHttp, json, refused, text } from '../../support/fake-http.ts'

interface Form {
  readonly name: string
  readonly answer: Behaviour
  readonly kind: ApiFailureKind
  readonly message: string | RegExp
  readonly codes?: readonly (number | string)[]
  readonly status?: number
  readonly retryAfterMs?: number
  readonly code?: string
  readonly timeoutMs?: number
}

const html = `<html><body>Access denied ${canary.page} ${canary.token}</body></html>`
const job = { id: 1, dataset: 'http_requests', destination_conf: canary.destination }
const jobs = JSON.stringify({ success: true, errors: [], messages: [], result: [job] })
const forms: readonly Form[] = [
  {
    name: 'lists of jobs that are refused as a bad token is: the token may be good',
    answer: refused(401, 10000, `Authentication error for ${canary.token}`),
    kind: 'auth',
    status: 401,
    codes: [10000],
    message:
      'cannot list jobs: the API token may not do this here (it needs "Logs Write"), or the plan has no Logpush (401, code 10000: Authentication error for ***)',
  },
  {
    name: 'a malformed authorization header',
    answer: json(400, {
      success: false,
      errors: [
        {
          code: 6003,
          message: 'Invalid request headers',
          error_chain: [{ code: 6111, message: 'Invalid format for Authorization header' }],
        },
      ],
    }),
    kind: 'auth',
    status: 400,
    codes: [6003, 6111],
    message:
      'cannot list jobs: Cloudflare refused the API token (400, code 6003, 6111: Invalid request headers); check that it is complete, not expired and not revoked',
  },
  {
    name: 'an invalid token by its own code',
    answer: refused(403, 9109, 'Invalid access token'),
    kind: 'auth',
    status: 403,
    codes: [9109],
    message:
      'cannot list jobs: Cloudflare refused the API token (403, code 9109: Invalid access token); check that it is complete, not expired and not revoked',
  },
  {
    name: 'a resource out of reach, by the same code',
    answer: refused(403, 9109, 'Unauthorized to access requested resource'),
    kind: 'forbidden',
    status: 403,
    codes: [9109],
    message:
      'cannot list jobs: the API token may not do this (403, code 9109: Unauthorized to access requested resource); it needs the permission "Logs Write" here',
  },
  {
    name: 'a resource out of reach, whatever status that comes with',
    answer: refused(401, 9109, 'Unauthorized to access requested resource'),
    kind: 'forbidden',
    status: 401,
    codes: [9109],
    message:
      'cannot list jobs: the API token may not do this (401, code 9109: Unauthorized to access requested resource); it needs the permission "Logs Write" here',
  },
  {
    name: 'a token without the permission',
    answer: refused(403, 10000, 'Authentication error'),
    kind: 'forbidden',
    status: 403,
    codes: [10000],
    message:
      'cannot list jobs: the API token may not do this here (it needs "Logs Write"), or the plan has no Logpush (403, code 10000: Authentication error)',
  },
  {
    name: 'the permission for Zero Trust missing',
    answer: refused(403, 1004, "reading job for product 'gateway_dns' is not allowed (1004)"),
    kind: 'forbidden',
    status: 403,
    codes: [1004, 'zero_trust'],
    message:
      'cannot list jobs: the API token may not do this (403, code 1004: reading job for product \'gateway_dns\' is not allowed (1004)); it needs the permission "Zero Trust: PII Read" here, beside Logs Write',
  },
  {
    name: 'a quota, by the same code',
    answer: refused(403, 1004, 'creating a new job is not allowed: exceeded max jobs allowed'),
    kind: 'forbidden',
    status: 403,
    codes: [1004, 'quota'],
    message:
      'cannot list jobs: the plan or a quota does not allow this (403, code 1004: creating a new job is not allowed: exceeded max jobs allowed)',
  },
  {
    name: 'an error that quotes a destination',
    answer: refused(400, 1002, `error validating destination: cannot write to ${canary.destination}`),
    kind: 'invalid_request',
    status: 400,
    codes: [1002],
    message:
      'cannot list jobs: Cloudflare refused the request (400, code 1002: error validating destination: cannot write to s3://logs.example.com/***)',
  },
  {
    name: 'success false inside a 200',
    answer: refused(200, 1004, 'not allowed'),
    kind: 'forbidden',
    status: 200,
    codes: [1004],
    message:
      'cannot list jobs: the API token may not do this (200, code 1004: not allowed); it needs the permission "Logs Write" here',
  },
  {
    name: 'success false inside a 200, of no known code',
    answer: refused(200, 4711, 'no'),
    kind: 'invalid_request',
    status: 200,
    codes: [4711],
    message: 'cannot list jobs: Cloudflare refused the request (200, code 4711: no)',
  },
  {
    name: 'success false that names no error',
    answer: json(200, { success: false, errors: [], result: [] }),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response reports failure but no error (200)',
  },
  {
    name: 'a rate limit with seconds to wait',
    answer: json(
      429,
      { success: false, errors: [{ code: 10429, message: 'slow down' }] },
      { 'retry-after': '17' },
    ),
    kind: 'rate_limited',
    status: 429,
    codes: [10429],
    retryAfterMs: 17_000,
    message: 'cannot list jobs: the API rate limit is exhausted (429, code 10429: slow down)',
  },
  {
    name: 'a rate limit with a date to wait for',
    answer: json(
      429,
      { success: false, errors: [] },
      {
        date: 'Tue, 24 Nov 2026 03:00:00 GMT',
        'retry-after': 'Tue, 24 Nov 2026 03:04:00 GMT',
      },
    ),
    kind: 'rate_limited',
    status: 429,
    retryAfterMs: 240_000,
    message: 'cannot list jobs: the API rate limit is exhausted (429)',
  },
  {
    name: 'a rate limit by a page',
    answer: text(429, 'text/html; charset=utf-8', html),
    kind: 'rate_limited',
    status: 429,
    message: 'cannot list jobs: the API rate limit is exhausted (429, text/html)',
  },
  {
    name: 'a scope that does not exist',
    answer: refused(404, 7003, 'Could not route to /client/v4/accounts/x/logpush/jobs'),
    kind: 'not_found',
    status: 404,
    codes: [7003],
    message: 'cannot list jobs: not found at Cloudflare (404, code 7003: Could not route to ***)',
  },
  {
    name: 'a conflict',
    answer: refused(409, 1409, 'in use'),
    kind: 'conflict',
    status: 409,
    codes: [1409],
    message: 'cannot list jobs: Cloudflare refused the request (409, code 1409: in use)',
  },
  {
    name: 'an internal error',
    answer: refused(500, 1000000, 'internal'),
    kind: 'unavailable',
    status: 500,
    codes: [1000000],
    message: "cannot list jobs: Cloudflare's API is failing (500, code 1000000: internal)",
  },
  {
    name: 'a bad gateway in HTML',
    answer: text(502, 'text/html', html),
    kind: 'unavailable',
    status: 502,
    message: "cannot list jobs: Cloudflare's API is failing (502, text/html)",
  },
  {
    name: 'a bad gateway without a content type',
    answer: text(504, '', html),
    kind: 'unavailable',
    status: 504,
    message: "cannot list jobs: Cloudflare's API is failing (504, no content type)",
  },
  {
    name: "a proxy's page under 200",
    answer: text(200, 'text/html', html),
    kind: 'bad_response',
    status: 200,
    message:
      'cannot list jobs: the response has text/html instead of JSON (200); check for a proxy in between, and check the base URL',
  },
  {
    name: "a proxy's page under 403",
    answer: text(403, 'text/html', html),
    kind: 'bad_response',
    status: 403,
    message:
      'cannot list jobs: the response has text/html instead of JSON (403); check for a proxy in between, and check the base URL',
  },
  {
    name: 'a text that is no JSON',
    answer: text(200, 'text/plain', `upstream connect error ${canary.page}`),
    kind: 'bad_response',
    status: 200,
    message:
      'cannot list jobs: the response has text/plain instead of JSON (200); check for a proxy in between, and check the base URL',
  },
  {
    name: 'JSON as plain text that is cut short',
    answer: text(200, 'text/plain', jobs.slice(0, -30)),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) is not valid JSON, or is truncated',
  },
  {
    name: 'a redirect to a login page',
    answer: (response) => {
      response.writeHead(302, { location: `https://login.example.com/?t=${canary.page}` }).end()
    },
    kind: 'bad_response',
    status: 302,
    message:
      'cannot list jobs: the response is a redirect (302), which is not followed; check for a proxy in between, and check the base URL',
  },
  {
    name: 'JSON that is cut short',
    answer: json(200, jobs.slice(0, -30)),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) is not valid JSON, or is truncated',
  },
  {
    name: 'garbage that calls itself JSON',
    answer: json(200, `\u0000\u0001${canary.page}`),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) is not valid JSON, or is truncated',
  },
  {
    name: 'an empty answer',
    answer: json(200, ''),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) is empty',
  },
  {
    name: 'an error of garbage that calls itself JSON',
    answer: json(403, `{"errors": ${canary.page}`),
    kind: 'forbidden',
    status: 403,
    message:
      'cannot list jobs: the API token may not do this (403); it needs the permission "Logs Write" here',
  },
  {
    name: 'JSON of another shape',
    answer: json(200, { jobs: [canary.page] }),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) does not have the expected shape at envelope.success',
  },
  {
    name: 'a result that is missing',
    answer: json(200, { success: true, errors: [], messages: [] }),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) does not have the expected shape at result',
  },
  {
    name: 'a result that is null',
    answer: json(200, { success: true, errors: [], messages: [], result: null }),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) does not have the expected shape at result',
  },
  {
    name: 'a compressed answer that is damaged',
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(gzipSync(jobs).fill(0, 12))
    },
    kind: 'bad_response',
    code: 'error',
    message: 'cannot list jobs: the compressed response is damaged (Z_DATA_ERROR)',
  },
  {
    name: 'a small answer that unpacks to a huge one',
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(gzipSync(Buffer.alloc(25_000_000, ' ')))
    },
    // A busy machine takes its time for so much.
    timeoutMs: 60_000,
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) is longer than 24 MB',
  },
  {
    name: 'an answer that is nested without end',
    answer: text(200, 'application/json', '['.repeat(200_000)),
    kind: 'bad_response',
    status: 200,
    message: 'cannot list jobs: the response (200) is nested more than 64 levels deep',
  },
  {
    name: 'an error with a megabyte of text',
    answer: json(503, { success: false, errors: [{ code: 1, message: canary.page.repeat(100_000) }] }),
    kind: 'unavailable',
    status: 503,
    message: "cannot list jobs: Cloudflare's API is failing (503)",
  },
  {
    name: 'a refusal with a megabyte of page',
    answer: text(429, 'text/html', '<p>'.repeat(400_000)),
    kind: 'rate_limited',
    status: 429,
    message: 'cannot list jobs: the API rate limit is exhausted (429, text/html)',
  },
  {
    name: 'a refusal with thousands of errors',
    answer: json(400, {
      success: false,
      errors: Array.from({ length: 900 }, (_, code) => ({ code, message: 'no' })),
    }),
    kind: 'invalid_request',
    status: 400,
    codes: Array.from({ length: 20 }, (_, code) => code),
    message: `cannot list jobs: Cloudflare refused the request (400, code 0, 1, 2: ${'no; '.repeat(19)}no)`,
  },
  {
    name: 'a connection that breaks off in the body',
    answer: (response, _, socket) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
      response.write(jobs.slice(0, 40), () => socket.destroy())
    },
    kind: 'network',
    code: 'error',
    message: 'cannot list jobs: the connection was closed before the response was complete (UND_ERR_SOCKET)',
  },
  {
    name: 'a connection that is reset before an answer',
    answer: (_response, _request, socket) => socket.resetAndDestroy(),
    kind: 'network',
    code: 'error',
    message: 'cannot list jobs: the connection was closed before the response was complete (ECONNRESET)',
  },
  {
    name: 'a connection that is closed before an answer',
    answer: (_response, _request, socket) => socket.end(),
    kind: 'network',
    code: 'error',
    message: 'cannot list jobs: the connection was closed before the response was complete (UND_ERR_SOCKET)',
  },
  {
    name: 'something that is not HTTP',
    answer: (_response, _request, socket) => socket.end(`220 ${canary.page} ESMTP\r\n`),
    kind: 'bad_response',
    code: 'error',
    // The parser of Node 24 gives no code any more.
    message: /^cannot list jobs: the response is not HTTP(?: \(HPE_INVALID_CONSTANT\))?$/,
  },
  {
    name: 'silence',
    answer: () => {},
    timeoutMs: 150,
    kind: 'timeout',
    code: 'error',
    message: 'cannot list jobs: no complete response within 0.15 s',
  },
  {
    name: 'silence in the middle of the body',
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(jobs.slice(0, 40))
    },
    timeoutMs: 150,
    kind: 'timeout',
    code: 'error',
    message: 'cannot list jobs: no complete response within 0.15 s',
  },
]

t.test('each way in which REST fails becomes one ApiFailure without secrets', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  for (const form of forms) {
    const { name, answer, timeoutMs } = form
    server.answer(answer)
    const before = server.received.length
    const deps = clientDeps(server.baseUrl, {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    const failure = await failureOf(createRestClient(deps).listJobs(account, options))
    if (typeof form.message === 'string') t.equal(failure.message, form.message, name)
    else t.match(failure.message, form.message, name)
    t.match(failure, { kind: form.kind, operation: 'list jobs', status: form.status }, name)
    t.strictSame(failure.codes, form.codes ?? [], `codes of ${name}`)
    t.equal(failure.retryAfterMs, form.retryAfterMs, `time to wait of ${name}`)
    t.equal(server.received.length, before + 1, `${name} is asked once`)
    const observed = deps.exchanges.map(({ api, operation, code, throttled }) => ({
      api,
      operation,
      code,
      throttled,
    }))
    const code = form.code ?? String(form.status)
    const throttled = form.kind === 'rate_limited'
    t.strictSame(observed, [{ api: 'rest', operation: 'list_jobs', code, throttled }], `exchange of ${name}`)
    t.notMatch(everythingOf(failure), /canary/i, `${name} shows no secret`)
    t.equal(failure.cause, undefined, `${name} keeps no original`)
  }
})

t.test('a refusal of what we sent does not show what we sent', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  const deps = clientDeps(server.baseUrl)
  const client = createRestClient(deps)
  const conf = new Secret(canary.destination)
  for (const quoted of [
    canary.destination,
    canary.key,
    `access ${canary.key} denied`,
    encodeURIComponent(canary.key),
  ]) {
    server.answer(refused(400, 1002, `cannot write: ${quoted}`))
    const body = { name: 'a', destinationConf: conf, ownershipChallenge: new Secret('canary.jwt.text') }
    for (const call of [
      client.createJob(account, body, options),
      client.updateJob(account, '7', body, options),
      client.validateDestination(account, conf, options),
      client.requestChallenge(account, conf, options),
    ])
      t.notMatch(everythingOf(await failureOf(call)), /canary/i, quoted)
  }
  server.answer(refused(400, 1, 'webhook test failed: hook.canary.example.com said canary-webhook-secret'))
  const webhook = {
    name: 'w',
    url: new Secret('hook.canary.example.com'),
    secret: new Secret('canary-webhook-secret'),
  }
  t.notMatch(everythingOf(await failureOf(client.createWebhook(account.id, webhook, options))), /canary/i)
})

t.test('no server, no name, no certificate: each says which', async (t) => {
  const server = await fakeHttp()
  const { baseUrl } = server
  await server.close()
  const refusedHere = await failureOf(createRestClient(clientDeps(baseUrl)).listAccounts(1, options))
  t.match(refusedHere, {
    kind: 'network',
    message: 'cannot list accounts: the connection was refused (ECONNREFUSED)',
  })
  const unresolved = clientDeps('https://api.invalid/client/v4', {
    fetch: () => Promise.reject(new TypeError('fetch failed', { cause: coded('ENOTFOUND') })),
  })
  t.match(await failureOf(createRestClient(unresolved).listAccounts(1, options)), {
    kind: 'network',
    message: "cannot list accounts: the API's host name does not resolve (ENOTFOUND)",
  })
  const untrusted = clientDeps('https://api.example.com/client/v4', {
    fetch: () => Promise.reject(new TypeError('fetch failed', { cause: coded('SELF_SIGNED_CERT_IN_CHAIN') })),
  })
  t.match(await failureOf(createRestClient(untrusted).listAccounts(1, options)), {
    kind: 'network',
    message: /^cannot list accounts: the TLS connection failed: .* \(SELF_SIGNED_CERT_IN_CHAIN\)$/,
  })
  const slow = clientDeps('https://api.example.com/client/v4', {
    fetch: () =>
      Promise.reject(new TypeError('fetch failed', { cause: new AggregateError([coded('ETIMEDOUT')]) })),
  })
  t.match(await failureOf(createRestClient(slow).listAccounts(1, options)), { kind: 'timeout' })
  t.match(slow.exchanges, [{ code: 'error', throttled: false, rateLimit: null, serverTime: null }])
})

t.test('a certificate that nobody vouches for, and TLS spoken to a plain server', async (t) => {
  const { cert, key } = await serverCertificate(await certificate('authority', null))
  const secure = createServer({ cert, key }, (_request, response) => response.end('{}'))
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
  const plain = await fakeHttp()
  t.teardown(async () => {
    secure.closeAllConnections()
    secure.close()
    await plain.close()
  })
  const address = secure.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const untrusted = clientDeps(`https://127.0.0.1:${port}/client/v4`)
  t.match(await failureOf(createRestClient(untrusted).listAccounts(1, options)), {
    kind: 'network',
    message: /the TLS connection failed: .* \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/,
  })
  const mistaken = clientDeps(plain.baseUrl.replace('http:', 'https:'))
  t.match(await failureOf(createRestClient(mistaken).listAccounts(1, options)), {
    kind: 'network',
    message: /the TLS connection failed: .* \(ERR_SSL_\w+\)$/,
  })
})

t.test('a caller that gives up is told so at once', async (t) => {
  const server = await fakeHttp(() => {})
  t.teardown(() => server.close())
  const deps = clientDeps(server.baseUrl)
  const client = createRestClient(deps)
  const giveUp = new AbortController()
  const running = failureOf(client.listZones({ page: 1 }, { signal: giveUp.signal }))
  setImmediate(() => giveUp.abort(new Error(canary.page)))
  const failure = await running
  t.match(failure, { kind: 'aborted', message: 'cannot list zones: the request was canceled' })
  t.notMatch(everythingOf(failure), /canary/i)
  t.equal(deps.exchanges.length, 1, 'a request under way is observed')
  const late = await failureOf(client.listZones({ page: 1 }, { signal: giveUp.signal }))
  t.match(late, { kind: 'aborted' })
  t.equal(deps.exchanges.length, 1, 'a request that was never sent is not')
})

t.test('a token that cannot be read or sent is an auth failure without the token', async (t) => {
  const server = await fakeHttp()
  t.teardown(() => server.close())
  for (const token of [`${canary.token}\n`, `${canary.token} x`, '', 'канарейка']) {
    const deps = clientDeps(server.baseUrl, { token: () => new Secret(token) })
    const failure = await failureOf(createRestClient(deps).listAccounts(1, options))
    t.match(failure, {
      kind: 'auth',
      message: 'cannot list accounts: the API token is empty or contains spaces or line breaks',
    })
    t.notMatch(everythingOf(failure), /canary|канарейка/i)
  }
  const broken = clientDeps(server.baseUrl, {
    token: () => Promise.reject(new Error(`EACCES ${canary.token}`)),
  })
  const failure = await failureOf(createRestClient(broken).listAccounts(1, options))
  t.match(failure, { kind: 'auth', message: 'cannot list accounts: the API token cannot be read' })
  t.notMatch(everythingOf(failure), /canary/i)
  t.equal(server.received.length, 0)
})

function coded(code: string): Error {
  return Object.assign(new Error(`${code} ${canary.page}`), { code })
}
