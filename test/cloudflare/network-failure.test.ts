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
