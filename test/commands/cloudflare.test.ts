import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { type CloudflareDeps, openCloudflare } from '../../src/commands/cloudflare.ts'
import { Secret } from '../../src/domain/secret.ts'
import { build } from '../../src/version.ts'
import { failureText } from '../support/failure-text.ts'
import { logSink } from '../support/log-sink.ts'
import { eventually } from '../support/serving.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'

/** Cloudflare opened before a server that answers as the test says. */
async function opened(
  t: { teardown(end: () => unknown): unknown },
  edit: Partial<CloudflareDeps> = {},
  base = 'http://127.0.0.1:PORT',
) {
  const seen: IncomingMessage[] = []
  let status = 200
  const server = createServer((request, response) => {
    seen.push(request)
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' })
    const info = { page: 1, per_page: 50, count: 0, total_count: 0, total_pages: 1 }
    const errors = status === 200 ? [] : [{ code: 1000, message: 'refused for the test' }]
    response.end(
      JSON.stringify({ success: status === 200, errors, messages: [], result: [], result_info: info }),
    )
  })
  const tunnels: (string | undefined)[] = []
  server.on('connect', (request, socket) => {
    tunnels.push(request.url)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const said: string[] = []
  const log = logSink()
  const clock = createSteppedClock()
  const env = Object.entries(edit.env ?? {}).map(([name, value]) => [
    name,
    value?.replace('PORT', String(port)),
  ])
  const cloudflare = openCloudflare(
    { baseUrl: base.replace('PORT', String(port)), budgetShare: 0.5, rateLimitType: 'user' },
    {
      token: { current: async () => new Secret('canary'), refresh: () => void said.push('token refreshed') },
      clock,
      random: () => 0.5,
      log,
      stop: new AbortController().signal,
      mayBurst: true,
      reads: 'commandRead',
      ...edit,
      env: Object.fromEntries(env),
    },
  )
  const list = () => cloudflare.call.all((page, options) => cloudflare.rest.listAccounts(page, options))
  return {
    ...cloudflare,
    list,
    seen,
    tunnels,
    said,
    log,
    clock,
    answer: (code: number) => {
      status = code
    },
  }
}

t.test('a request says who asks; the log, the budget and whoever wants to know hear of it', async (t) => {
  const observed: string[] = []
  const { list, seen, log, budget } = await opened(t, {
    observe: ({ operation, code }) => observed.push(`${operation} ${code}`),
  })
  t.same((await list()).items, [])
  t.equal(seen[0]?.headers['user-agent'], `${build.name}/${build.version}`)
  t.match(log.taken(), [
    {
      level: 'debug',
      message: 'api request',
      api: 'rest',
      operation: 'list_accounts',
      code: '200',
      ms: Number,
    },
  ])
  t.same(observed, ['list_accounts 200'])
  t.equal(budget.status().find(({ api }) => api === 'rest')?.remaining, 599, 'of half of 1200')
})

t.test('a refused token is read again, and told', async (t) => {
  const refused: string[] = []
  const { list, said, answer } = await opened(t, { onRefusedToken: () => refused.push('told') })
  answer(401)
  t.match(await failureText(list()), /^auth: /)
  t.same([said, refused], [['token refreshed'], ['told']])
  const silent = await opened(t)
  silent.answer(401)
  t.match(await failureText(silent.list()), /^auth: /, 'nobody needs to be told')
})

t.test('before each pause it is said why; what throttles counts in the budget', async (t) => {
  const reasons: string[] = []
  const { list, seen, answer, clock, budget } = await opened(t, { onWait: (reason) => reasons.push(reason) })
  answer(429)
  const listing = list()
  while (reasons.length === 0) await clock.advance(0)
  t.equal(seen.length, 1)
  t.match(budget.status(), [{ api: 'rest', throttled: 1, paused: true }])
  answer(200)
  await clock.advance(20_000)
  t.same((await listing).items, [])
  t.equal(reasons.length, 1)

  const silent = await opened(t)
  silent.answer(500)
  const failed = failureText(silent.list())
  for (let turn = 0; turn < 40; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    await silent.clock.advance(1_000)
  }
  t.match(await failed, /^unavailable: /)
})

t.test('reading an answer waits for its turn where there are turns', async (t) => {
  let turns = 0
  const toBegin = async () => {
    turns += 1
  }
  const { list } = await opened(t, { turns: { toBegin, toFinish: async () => {} } })
  t.same((await list()).items, [])
  t.equal(turns, 1)
})

t.test('requests go through a proxy where one is named', async (t) => {
  const stop = new AbortController()
  const { list, tunnels } = await opened(
    t,
    { env: { HTTP_PROXY: 'http://127.0.0.1:PORT' }, stop: stop.signal },
    'http://api.cloudflare.test/client/v4',
  )
  const failed = failureText(list())
  await eventually(async () => tunnels.length > 0, 'the proxy is asked')
  stop.abort()
  t.type(await failed, 'string')
  t.equal(tunnels[0], 'api.cloudflare.test:80')
})
