import t from 'tap'
import { scrub } from '../../../src/domain/error-text.ts'
import { classifyFailure, reasonOfFailure } from '../../../src/domain/job/failure-reason.ts'
import type { FailureReason } from '../../../src/domain/job/job.ts'
import { maskSecrets } from '../../../src/domain/secret-forms.ts'

const splunk = 'splunk://s.example:8088/services/collector/raw?channel=c&header_Authorization=Splunk%20abc'
const datadog = 'datadog://http-intake.logs.datadoghq.com/v1/input?header_DD-API-KEY=abc'
const newRelic = 'https://log-api.newrelic.com/log/v1?Api-Key=abc&format=cloudflare'

t.test('texts become reasons of a small set', async (t) => {
  const reasons: Readonly<Record<string, FailureReason>> = {
    'error code 1105': 'dns',
    'dial tcp: lookup splunk.example: no such host': 'dns',
    'x509: certificate has expired': 'tls',
    'unexpected status 429 Too Many Requests': 'throttled',
    'SlowDown: please reduce your request rate': 'throttled',
    'unexpected status 503: SlowDown': 'throttled',
    'AccessDenied: Access Denied': 'auth',
    'unexpected status 403 Forbidden': 'auth',
    'status code: 401': 'auth',
    'SignatureDoesNotMatch: The request signature we calculated does not match': 'auth',
    'SAS token expired': 'auth',
    'ExpiredToken: The provided token has expired., status code: 400': 'auth',
    'invalid API key': 'auth',
    'Api-Key is missing': 'auth',
    'missing Authorization header': 'auth',
    'NoSuchBucket: the bucket does not exist': 'not_found',
    'unexpected status 404': 'not_found',
    'context deadline exceeded': 'timeout',
    'context deadline expired': 'timeout',
    'read: connection reset by peer': 'server_error',
    'unexpected status 503 Service Unavailable': 'server_error',
    'unexpected status 413 payload too large': 'rejected',
    'unexpected status 400 Bad Request': 'rejected',
    'HTTP/1.1 418': 'rejected',
    '404 Not Found': 'not_found',
    'status code: 403: no such host': 'dns',
    'status code: 403: x509: certificate signed by unknown authority': 'tls',
    'status code: 403: SlowDown': 'throttled',
    'status code: 403: NoSuchBucket': 'auth',
    'status code: 429: internal error': 'throttled',
    'status code: 400: unauthorized': 'auth',
    'status code: 401: time out': 'auth',
    'status code: 500: access denied': 'server_error',
    'status code: 200: access denied': 'auth',
    'status code: 503': 'server_error',
    'status code: 504: handshake': 'tls',
    'something odd': 'other',
    '': 'other',
    'dial tcp 10.0.0.1:443: no route to host': 'other',
    'wrote 403 bytes': 'other',
    'gave up: 503 ms': 'other',
  }
  for (const [text, reason] of Object.entries(reasons)) t.equal(classifyFailure(text), reason, text)
})

t.test('what the text quotes of the destination is no reason', async (t) => {
  for (const conf of [splunk, datadog, newRelic]) {
    t.equal(classifyFailure(`Post "${conf}": context deadline exceeded`), 'timeout', conf)
    t.equal(classifyFailure(`Post "${conf}": unexpected status 503`), 'server_error', conf)
    t.equal(classifyFailure(`Post "${conf}": dial tcp: lookup s.example: no such host`), 'dns', conf)
    t.equal(classifyFailure(`Post "${conf}": unexpected status 403 Forbidden`), 'auth', conf)
  }
  for (const quoted of [
    'header_Authorization=Bearer abc',
    'header_Authorization',
    'Authorization: Splunk abc',
    'DD-API-KEY: abc',
    'Api-Key=abc',
    'header "DD-API-KEY"',
  ])
    t.equal(classifyFailure(`sent with ${quoted}; context deadline exceeded`), 'timeout', quoted)
})

t.test('the status of upload health decides where its meaning is known', async (t) => {
  const cases: readonly (readonly [FailureReason, number | null, FailureReason])[] = [
    ['auth', 408, 'timeout'],
    ['other', 401, 'auth'],
    ['timeout', 403, 'auth'],
    ['other', 407, 'auth'],
    ['other', 404, 'not_found'],
    ['other', 410, 'not_found'],
    ['other', 413, 'rejected'],
    ['auth', 429, 'throttled'],
    ['auth', 500, 'server_error'],
    ['auth', 504, 'timeout'],
    ['auth', 399, 'auth'],
    ['other', 402, 'rejected'],
    ['tls', 499, 'rejected'],
    ['dns', 502, 'server_error'],
    ['auth', 503, 'auth'],
    ['other', 1104, 'other'],
    ['other', 1106, 'other'],
    ['other', 499, 'rejected'],
    ['other', 599, 'server_error'],
    ['tls', 600, 'tls'],
    ['timeout', 1105, 'dns'],
    ['timeout', 1102, 'timeout'],
    ['other', 1201, 'other'],
    ['tls', 200, 'tls'],
    ['auth', null, 'auth'],
    ['auth', 400, 'auth'],
    ['other', 400, 'rejected'],
    ['server_error', 400, 'rejected'],
    ['throttled', 503, 'throttled'],
    ['other', 503, 'server_error'],
    ['rejected', 503, 'server_error'],
  ]
  for (const [said, status, reason] of cases)
    t.equal(reasonOfFailure(said, status), reason, `${status} ${said}`)
})

t.test('no text holds up the process, however long and repetitive', async (t) => {
  const megabyte = 2 ** 20
  const seeds = [
    'key',
    'token_',
    'a',
    'a.',
    'Splunk ',
    '"=',
    'key=',
    ': ',
    '://',
    '?',
    ' ',
    '***',
    'aB',
    '\u0007',
    'é',
    '%20',
    'authorization ',
  ]
  for (const seed of seeds) {
    const long = seed.repeat(Math.ceil(megabyte / seed.length))
    const began = process.cpuUsage()
    classifyFailure(long)
    scrub(maskSecrets(long, ['Splunk%20s3cr3tTok9', 'key', 'token_token_']))
    const { user, system } = process.cpuUsage(began)
    t.ok((user + system) / 1000 < 100, `${JSON.stringify(seed)}: ${(user + system) / 1000} ms`)
  }
})
