import t from 'tap'
import { judgeNetwork } from '../../src/cloudflare/network-failure.ts'

function failed(code: string, message = 'connect to canary.example'): Error {
  return Object.assign(new Error(message), { code })
}

t.test('a code of the platform is told in words, wherever in the causes it stands', async (t) => {
  const wrapped = new TypeError('fetch failed', { cause: new AggregateError([failed('ECONNREFUSED')]) })
  t.same(judgeNetwork(wrapped), { kind: 'network', reason: 'the connection was refused (ECONNREFUSED)' })
  t.same(judgeNetwork(failed('UND_ERR_HEADERS_TIMEOUT')), {
    kind: 'timeout',
    reason: 'the connection timed out (UND_ERR_HEADERS_TIMEOUT)',
  })
})

t.test('a code that nobody has heard of is named, so that it can be looked up', async (t) => {
  const cause = failed('EMULTIHOP')
  const reason = 'the connection failed (EMULTIHOP)'
  t.same(judgeNetwork(cause), { kind: 'network', reason })
  t.same(judgeNetwork(new TypeError('fetch failed', { cause })), { kind: 'network', reason })
})

t.test('without a code nothing of the text is shown, which may name hosts', async (t) => {
  const reason = 'the connection failed'
  for (const thrown of [new Error('canary'), failed('canary code'), 'canary', null, { code: 'ECANARY' }])
    t.same(judgeNetwork(thrown), { kind: 'network', reason })
})

t.test('a proxy that refuses is told as such', async (t) => {
  const proxy = new Error('Proxy response (407) !== 200 when HTTP Tunneling')
  t.match(judgeNetwork(proxy).reason, /^the proxy refused the connection \(407\)/)
})

t.test('each sign of the platform has its words', async (t) => {
  const tls = "the TLS connection failed: check the host's certificate authorities and the clock"
  const closed = 'the connection was closed before the response was complete'
  for (const [code, kind, words] of [
    ['ETIMEDOUT', 'timeout', 'the connection timed out'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout', 'the connection timed out'],
    ['ENOTFOUND', 'network', "the API's host name does not resolve"],
    ['EAI_AGAIN', 'network', "the API's host name does not resolve"],
    ['EHOSTUNREACH', 'network', 'the API is unreachable from here'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'network', tls],
    ['EPROTO', 'network', tls],
    ['Z_DATA_ERROR', 'bad_response', 'the compressed response is damaged'],
    ['HPE_INVALID_CONSTANT', 'bad_response', 'the response is not HTTP'],
    ['UND_ERR_INVALID_ARG', 'bad_response', 'the response is not HTTP'],
    ['ECONNRESET', 'network', closed],
    ['UND_ERR_SOCKET', 'network', closed],
  ] as const)
    t.strictSame(judgeNetwork(failed(code)), { kind, reason: `${words} (${code})` }, code)
})

t.test('an error of the HTTP parser without a code is told as one', async (t) => {
  const cause = Object.assign(new Error('canary'), { name: 'HTTPParserError', code: undefined })
  const verdict = { kind: 'bad_response', reason: 'the response is not HTTP' }
  t.strictSame(judgeNetwork(new TypeError('fetch failed', { cause })), verdict)
})

t.test('of twenty errors in a chain no more are looked at', async (t) => {
  const chain = (length: number): Error =>
    length === 1 ? failed('ECONNREFUSED') : new Error('odd', { cause: chain(length - 1) })
  t.match(judgeNetwork(chain(20)).reason, 'ECONNREFUSED')
  t.equal(judgeNetwork(chain(21)).reason, 'the connection failed')
  const round = new Error('odd')
  round.cause = round
  t.equal(judgeNetwork(round).reason, 'the connection failed')
})

t.test('the first address that was tried tells why', async (t) => {
  const tried = new AggregateError([failed('ENETUNREACH'), failed('ECONNREFUSED')])
  t.match(judgeNetwork(tried).reason, 'ENETUNREACH')
})
