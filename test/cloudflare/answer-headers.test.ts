import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import t from 'tap'
import { mediaTypeOf } from '../../src/cloudflare/answer.ts'
import { readRateLimit, readRetryAfter } from '../../src/cloudflare/answer-headers.ts'
import { proxyFetch } from '../../src/cloudflare/proxy-fetch.ts'
import { createRestClient } from '../../src/cloudflare/rest/rest-client.ts'
import { UserError } from '../../src/errors.ts'
import { canary, clientDeps, everythingOf, failureOf, options } from '../support/cloudflare-clients.ts'
import { fakeHttp, ok } from '../support/fake-http.ts'

const now = Date.UTC(2026, 10, 24, 3)

t.test('rate limit headers are read in every documented form', (t) => {
  const limit = (remaining: number, more: object = {}) => ({
    limit: null,
    windowSeconds: null,
    remaining,
    resetSeconds: null,
    ...more,
  })
  const cases: readonly [string | null, string | null, unknown][] = [
    [
      '"default";r=50;t=30',
      '"default";q=100;w=60',
      limit(50, { limit: 100, windowSeconds: 60, resetSeconds: 30 }),
    ],
    [
      'default;r=50;t=30',
      'default;q=100;w=60',
      limit(50, { limit: 100, windowSeconds: 60, resetSeconds: 30 }),
    ],
    ['"default"; r=0 ; t=7', null, limit(0, { resetSeconds: 7 })],
    [
      '"a";r=9;t=1, "b";r=2;t=3',
      '"a";q=10;w=1, "b";q=20;w=300',
      limit(2, { limit: 20, windowSeconds: 300, resetSeconds: 3 }),
    ],
    ['"a";r=1', '"other";q=10;w=1', limit(1, { limit: 10, windowSeconds: 1 })],
    [null, '"default";q=100;w=60', null],
    ['"default";t=30', '"default";q=100;w=60', null],
    ['"default";r=lots', null, null],
    ['"a";r=5', ', "b";q=7;w=60', limit(5, { limit: 7, windowSeconds: 60 })],
    [', "a";r=5', null, limit(5)],
    ['"default";r=-1', null, null],
    ['', '', null],
  ]
  for (const [limits, policies, expected] of cases)
    t.strictSame(readRateLimit(limits, policies), expected, `${limits} | ${policies}`)
  t.end()
})

t.test('Retry-After is seconds or a date, and nothing else', (t) => {
  const cases: readonly [string | null, number | null][] = [
    ['30', 30_000],
    [' 0 ', 0],
    ['1.5', 1500],
    ['86400', 86_400_000],
    ['Tue, 24 Nov 2026 03:00:10 GMT', 10_000],
    ['Tue, 24 Nov 2026 02:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    ['-5 seconds', null],
    [null, null],
  ]
  for (const [text, expected] of cases) t.equal(readRetryAfter(text, now), expected, String(text))
  t.end()
})

t.test('only a well-formed media type is shown', (t) => {
  t.equal(mediaTypeOf('Application/JSON; charset=utf-8'), 'application/json')
  t.equal(mediaTypeOf(null), '')
  t.equal(mediaTypeOf(`text/html<script>${canary.page}`), '')
  t.equal(mediaTypeOf(`text/${'x'.repeat(200)}`), '')
  t.end()
})

t.test('requests go through the proxy that the environment names', async (t) => {
  const asked: string[] = []
  const direct = await fakeHttp(ok([{ id: 'direct', name: '' }]))
  const behind = await fakeHttp(ok([{ id: 'through', name: '' }]))
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? 'nobody'}`)
    if (request.url !== 'api.example.com:80') {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    const tunnel = connect(Number(new URL(behind.baseUrl).port), '127.0.0.1')
    socket.pipe(tunnel).pipe(socket)
    tunnels.push(tunnel)
  })
  const tunnels: Socket[] = []
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    for (const tunnel of tunnels) tunnel.destroy()
    proxy.closeAllConnections()
    proxy.close()
    await Promise.all([direct.close(), behind.close()])
  })
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const first = async (baseUrl: string, environment: Record<string, string>) => {
    const fetch = proxyFetch(environment)
    const deps = clientDeps(baseUrl, fetch === undefined ? {} : { fetch })
    return (await createRestClient(deps).listAccounts(1, options)).items[0]?.id
  }
  const elsewhere = 'http://api.example.com/client/v4'
  t.equal(await first(elsewhere, { HTTP_PROXY: `http://${address}` }), 'through')
  t.equal(
    await first(elsewhere, { http_proxy: `http://${address}`, HTTP_PROXY: 'http://127.0.0.1:9' }),
    'through',
  )
  t.equal(
    await first(direct.baseUrl, { HTTP_PROXY: `http://${address}`, NO_PROXY: 'example.org,127.0.0.1' }),
    'direct',
  )
  t.equal(await first(direct.baseUrl, { HTTP_PROXY: '', NO_PROXY: '*' }), 'direct')
  t.strictSame(asked, ['api.example.com:80 nobody', 'api.example.com:80 nobody'])

  const fetch = proxyFetch({ HTTPS_PROXY: `http://canary-user:canary-password@${address}` })
  const deps = clientDeps('https://api.example.com/client/v4', fetch === undefined ? {} : { fetch })
  const failure = await failureOf(createRestClient(deps).listAccounts(1, options))
  t.match(failure, {
    kind: 'network',
    message: 'cannot list accounts: the proxy refused the connection (407): check HTTPS_PROXY',
  })
  t.notMatch(everythingOf(failure), /canary/i)
  t.match(asked.at(-1), /^api\.example\.com:443 Basic /)
})

t.test('without a proxy the platform fetches; a wrong address is refused without showing it', (t) => {
  t.equal(proxyFetch({}), undefined)
  t.equal(proxyFetch({ NO_PROXY: '*', HTTPS_PROXY: '  ' }), undefined)
  for (const address of ['canary:secret@proxy', 'socks5://canary:x@proxy.example.com', 'proxy canary']) {
    t.throws(
      () => proxyFetch({ HTTPS_PROXY: address }),
      new UserError('HTTPS_PROXY: expected an address such as http://proxy.example.com:3128'),
    )
  }
  t.end()
})
