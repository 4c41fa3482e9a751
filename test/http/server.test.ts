import { createServer } from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { UserError } from '../../src/errors.ts'
import { acceptsGzip, chooseFormat } from '../../src/http/negotiation.ts'
import { html } from '../../src/http/pages/page.ts'
import { ask, clock, serverFor } from '../support/http-server.ts'
import { logSink } from '../support/log-sink.ts'

const textType = 'text/plain; version=0.0.4; charset=utf-8'
const openmetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

t.test('the format is the one that the scraper likes best', async (t) => {
  const prometheus2 =
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
  const prometheus3 =
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
  const cases: readonly (readonly [string | undefined, 'text' | 'openmetrics'])[] = [
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    [prometheus2, 'openmetrics'],
    [prometheus3, 'openmetrics'],
    ['text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.3', 'text'],
    ['application/openmetrics-text', 'openmetrics'],
    ['APPLICATION/OpenMetrics-Text; Version="1.0.0"', 'openmetrics'],
    ['application/openmetrics-text;version=0.0.1', 'text'],
    ['application/openmetrics-text;q=0,*/*', 'text'],
    ['text/plain, application/openmetrics-text', 'text'],
    ['application/openmetrics-text, text/plain', 'openmetrics'],
    ['text/plain;q=0, */*;q=0.5', 'openmetrics'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
    ['text/plain;q=1, application/openmetrics-text', 'text'],
    ['application/openmetrics-text;q=1, text/plain', 'openmetrics'],
    ['application/json', 'text'],
    ['application/*', 'openmetrics'],
    ['text/*;q=0.5, application/*', 'openmetrics'],
    ['application/*, application/openmetrics-text;q=0', 'text'],
    ['*/*;q=0, text/*, application/*;q=0.5', 'text'],
    ['application/openmetrics-text;version=1.0.0;q=nonsense', 'openmetrics'],
  ]
  for (const [accept, format] of cases) t.equal(chooseFormat(accept), format, String(accept))
})

t.test('answers are compressed only for those who ask for it', async (t) => {
  for (const yes of ['gzip', 'gzip, deflate', 'deflate, gzip;q=1.0', '*', 'GZIP', 'identity;q=0.5, gzip']) {
    t.ok(acceptsGzip(yes), yes)
  }
  for (const no of [
    undefined,
    '',
    'identity',
    'deflate',
    'gzip;q=0',
    '*;q=0',
    'gzip;q=0.4, identity',
    'br',
  ]) {
    t.notOk(acceptsGzip(no), String(no))
  }
})

t.test('metrics are sent with exact types, lengths and codings', async (t) => {
  const { app } = await serverFor(t)
  const text = await app.inject({ url: '/metrics' })
  t.equal(text.statusCode, 200)
  t.equal(text.headers['content-type'], textType)
  t.equal(text.body, '# text plain\n')
  t.equal(text.headers['content-length'], String(text.body.length))
  t.equal(text.headers.vary, 'Accept, Accept-Encoding')
  const accept = 'application/openmetrics-text;version=1.0.0'
  const other = await app.inject({ url: '/metrics?x=1', headers: { accept, 'accept-encoding': 'gzip' } })
  t.equal(other.headers['content-type'], openmetricsType)
  t.equal(other.headers['content-encoding'], 'gzip')
  t.equal(other.body, '# openmetrics gzip\n')
  const head = await app.inject({ method: 'HEAD', url: '/metrics' })
  t.equal(head.body, '')
  t.equal(head.headers['content-length'], String(text.body.length))
  t.equal(head.headers['content-type'], textType)
})

t.test('metrics can be moved to another path', async (t) => {
  const { app } = await serverFor(t, { telemetryPath: '/logpush/metrics' })
  t.equal((await app.inject('/logpush/metrics')).statusCode, 200)
  t.equal((await app.inject('/metrics')).statusCode, 404)
  t.match((await app.inject('/')).body, 'href="./logpush/metrics"')
})

t.test(
  'over a real socket a large answer comes whole, compressed or not, and HEAD has no body',
  async (t) => {
    const plain = Array.from({ length: 400 }, (_, i) =>
      Buffer.from(`series{number="${i}"} ${'1'.repeat(9_000)}\n`),
    )
    const whole = Buffer.concat(plain)
    const packed = gzipSync(whole)
    const server = await serverFor(t, {
      metrics: {
        exposition: (_, gzip) => ({
          contentType: textType,
          body: gzip ? packed : plain,
          bytes: gzip ? packed.length : whole.length,
        }),
      },
    })
    const [address] = await server.listen([{ host: '127.0.0.1', port: 0 }])
    const url = `http://127.0.0.1:${address?.port}/metrics`
    const full = await ask(url)
    t.ok(full.body.equals(whole))
    t.equal(full.headers['content-length'], String(whole.length))
    t.notOk(full.headers['transfer-encoding'])
    const gzip = await ask(url, { headers: { 'accept-encoding': 'gzip' } })
    t.equal(gzip.headers['content-encoding'], 'gzip')
    t.ok(gunzipSync(gzip.body).equals(whole))
    const head = await ask(url, { method: 'HEAD' })
    t.equal(head.headers['content-length'], String(whole.length))
    t.equal(head.body.length, 0)
  },
)

t.test('a scrape that fails is a 500 without details and one line in the log', async (t) => {
  const log = logSink()
  const { app } = await serverFor(t, {
    log,
    metrics: {
      exposition: () => {
        throw new Error('canary')
      },
    },
  })
  const answer = await app.inject('/metrics')
  t.equal(answer.statusCode, 500)
  t.equal(answer.body, 'Internal error; see the log.\n')
  t.strictSame(
    log.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
    ['http request failed'],
  )
})

t.test('alive is always yes; ready is no with a reason until it is yes', async (t) => {
  let reason: string | null = 'the first poll has not finished'
  const readiness = {
    state: () => (reason === null ? { ready: true as const } : { ready: false as const, reason }),
  }
  const { app } = await serverFor(t, { readiness })
  for (const path of ['/-/healthy', '/healthz', '/livez']) {
    const answer = await app.inject(path)
    t.equal(answer.statusCode, 200, path)
    t.equal(answer.body, 'Healthy.\n')
  }
  for (const path of ['/-/ready', '/readyz']) {
    const answer = await app.inject(path)
    t.equal(answer.statusCode, 503, path)
    t.equal(answer.body, 'Not ready: the first poll has not finished.\n')
    t.equal((await app.inject({ method: 'HEAD', url: path })).statusCode, 503)
  }
  reason = null
  t.equal((await app.inject('/-/ready')).body, 'Ready.\n')
})

t.test('reload is a POST, and says why when the new settings are bad', async (t) => {
  let problem: string | null = null
  let reloads = 0
  const { app } = await serverFor(t, {
    reload: async () => {
      reloads++
      return problem === null ? { ok: true } : { ok: false, problem }
    },
  })
  const good = await app.inject({ method: 'POST', url: '/-/reload' })
  t.strictSame([good.statusCode, good.body], [200, 'Reloaded.\n'])
  problem = 'exporter.yaml:1:1: unknown key "x"'
  const bad = await app.inject({ method: 'POST', url: '/-/reload' })
  t.strictSame(
    [bad.statusCode, bad.body],
    [500, `Not reloaded, the old settings stay in effect: ${problem}\n`],
  )
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'] as const) {
    const answer = await app.inject({ method, url: '/-/reload' })
    t.strictSame([answer.statusCode, answer.headers.allow], [405, 'POST'], method)
  }
  const headers = { 'sec-fetch-site': 'cross-site' }
  t.equal((await app.inject({ method: 'POST', url: '/-/reload', headers })).statusCode, 403)
  t.equal(reloads, 2)
})

t.test('a reload asked for by a page of another origin is refused, one by our own page is not', async (t) => {
  const { app } = await serverFor(t, { reload: async () => ({ ok: true }) })
  const status = async (headers: Record<string, string>) =>
    (await app.inject({ method: 'POST', url: '/-/reload', headers: { host: 'exporter:10199', ...headers } }))
      .statusCode
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://evil.example' },
    { origin: 'http://exporter:3000' },
    { origin: 'null' },
  ])
    t.equal(await status(headers), 403, JSON.stringify(headers))
  t.equal(await status({ 'sec-fetch-site': 'same-origin', origin: 'http://exporter:10199' }), 200)
  t.equal(await status({ 'sec-fetch-site': 'none' }), 200)
})

t.test('of 600 reloads at once, five are done', async (t) => {
  let reloads = 0
  const { app } = await serverFor(t, {
    reload: async () => {
      reloads++
      return { ok: true }
    },
  })
  const statuses = await Promise.all(
    Array.from(
      { length: 600 },
      async () => (await app.inject({ method: 'POST', url: '/-/reload' })).statusCode,
    ),
  )
  t.strictSame([reloads, statuses.filter((status) => status === 429).length], [5, 595])
})

t.test('other methods and other paths are refused with what would do', async (t) => {
  const { app } = await serverFor(t)
  const post = await app.inject({ method: 'POST', url: '/metrics' })
  t.strictSame([post.statusCode, post.headers.allow], [405, 'GET, HEAD'])
  t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 405)
  const missing = await app.inject('/metrics/')
  t.strictSame([missing.statusCode, missing.body], [404, 'Not found. Start at /.\n'])
  const broken = await app.inject('/%')
  t.ok(broken.statusCode >= 400 && broken.statusCode < 500, 'a broken path is the client’s mistake')
})

t.test(
  'the front page links to what there is, escapes what it shows, and lets nothing else load',
  async (t) => {
    const about = { name: 'logpush-exporter', version: '<script>alert(1)</script>', revision: '"&\'' }
    const { app } = await serverFor(t, { about })
    const { statusCode, headers, body } = await app.inject('/')
    t.equal(statusCode, 200)
    t.equal(headers['content-type'], 'text/html; charset=utf-8')
    t.match(headers['content-security-policy'], /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]+='; /)
    t.notMatch(headers['content-security-policy'], 'unsafe-inline')
    t.equal(headers['x-content-type-options'], 'nosniff')
    t.notMatch(body, '<script')
    t.match(body, '&lt;script&gt;alert(1)&lt;/script&gt;, revision &quot;&amp;&#39;')
    for (const path of ['/metrics', '/-/healthy', '/-/ready']) t.match(body, `href=".${path}"`)
    t.equal((await app.inject({ method: 'HEAD', url: '/' })).body, '')
    t.equal(html`<p>${'<b>'}${html`<i>${1}</i>`}${[html`a`, html`b`]}</p>`.html, '<p>&lt;b&gt;<i>1</i>ab</p>')
  },
)

t.test('requests are logged at debug only, without their query', async (t) => {
  const log = logSink()
  const { app } = await serverFor(t, { log })
  await app.inject('/metrics?secret=canary')
  await app.inject('/nothing?secret=canary')
  t.match(log.lines, [
    { level: 'debug', message: 'http request', fields: { method: 'GET', path: '/metrics', status: 200 } },
    { level: 'debug', message: 'http request', fields: { method: 'GET', path: '/nothing', status: 404 } },
  ])
  t.notMatch(JSON.stringify(log.lines), 'canary')
})

t.test('it listens on several addresses and says which ports were picked', async (t) => {
  const server = await serverFor(t)
  const opened = await server.listen([
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.1', port: 0 },
    { host: '', port: 0 },
  ])
  t.equal(new Set(opened.map(({ port }) => port)).size, 3)
  for (const { port } of opened) t.equal((await ask(`http://127.0.0.1:${port}/-/healthy`)).status, 200)
})

t.test('an address that is taken is named, and nothing stays open', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const bound = other.address()
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0
  const server = await serverFor(t)
  const failure = await server
    .listen([
      { host: '127.0.0.1', port: 0 },
      { host: '127.0.0.1', port },
    ])
    .then(
      () => null,
      (error: unknown) => error,
    )
  t.ok(failure instanceof UserError && failure.exitCode === 1)
  t.match(failure, {
    message: `--web.listen-address: cannot listen on 127.0.0.1:${port}: another program uses this port; choose another one, or 0 for any free port`,
  })
})

t.test('closing lets an open request end, takes no new one, and cuts what takes too long', async (t) => {
  let answer: (() => void) | null = null
  const server = await serverFor(t, {
    reload: () =>
      new Promise((resolve) => {
        answer = () => resolve({ ok: true })
      }),
  })
  const [address] = await server.listen([{ host: '127.0.0.1', port: 0 }])
  const url = `http://127.0.0.1:${address?.port}`
  const reload = ask(`${url}/-/reload`, { method: 'POST' })
  while (answer === null) await new Promise(setImmediate)
  const closing = server.close(5_000)
  await t.rejects(ask(`${url}/metrics`), { code: 'ECONNREFUSED' })
  const finish: () => void = answer
  finish()
  t.equal((await reload).status, 200)
  await closing

  let asked = false
  const stuck = await serverFor(t, {
    reload: () => {
      asked = true
      return new Promise(() => {})
    },
  })
  const [place] = await stuck.listen([{ host: '127.0.0.1', port: 0 }])
  const hanging = ask(`http://127.0.0.1:${place?.port}/-/reload`, { method: 'POST' })
  const cut = t.rejects(hanging, { code: 'ECONNRESET' })
  while (!asked) await new Promise(setImmediate)
  const closed = stuck.close(3_000)
  await clock.advance(3_000)
  await closed
  await cut
})

t.test('a request that is wrong is told so, and is no error of ours', async (t) => {
  const log = logSink()
  const { app } = await serverFor(t, { log })
  const headers = { 'content-type': 'application/json' }
  for (const answer of [
    await app.inject('/jobs/%zz'),
    await app.inject({ method: 'POST', url: '/-/reload', headers, payload: '{' }),
  ]) {
    t.equal(answer.statusCode, 400)
    t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
    t.equal(answer.body, 'Bad request.\n')
  }
  t.same(
    log.lines.filter(({ level }) => level === 'error'),
    [],
  )
})

t.test('a request is logged with the milliseconds it took, to a tenth', async (t) => {
  const log = logSink()
  let elapsed = 0
  const timed = (app: FastifyInstance): void => {
    app.addHook('onResponse', (_request, reply, done) => {
      elapsed = reply.elapsedTime
      done()
    })
    app.get('/timed', async () => 'done')
  }
  const { app } = await serverFor(t, { log, routes: [timed] })
  await app.inject('/timed')
  t.ok(elapsed > 0)
  t.match(log.lines, [{ fields: { path: '/timed', ms: Number(elapsed.toFixed(1)) } }])
})

t.test('an error whose status is none of a failure is a failure of ours', async (t) => {
  const log = logSink()
  const statuses = [302, 600, '404', 413, 503] as const
  const failing = (app: FastifyInstance): void =>
    statuses.forEach((statusCode, index) => {
      app.get(`/failing${index}`, async () => {
        throw Object.assign(new Error('canary'), { statusCode })
      })
    })
  const { app } = await serverFor(t, { log, routes: [failing] })
  const answers = await Promise.all(statuses.map((_, index) => app.inject(`/failing${index}`)))
  t.same(
    answers.map(({ statusCode }) => statusCode),
    [500, 500, 500, 413, 503],
  )
  t.notMatch(answers.map(({ body }) => body).join(), 'canary')
  t.equal(log.lines.filter(({ level }) => level === 'error').length, 4)
})
