import { createConnection } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import type { NotificationEvent } from '../../src/domain/notification/notification-event.ts'
import { Secret, secretLines } from '../../src/domain/secret.ts'
import { createNotifications } from '../../src/exporter/notifications/notifications.ts'
import { createScopeMemory } from '../../src/exporter/state/scope-memory.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { type WebhookDeps, webhookPath, webhookRoute } from '../../src/http/webhook-route.ts'
import { createLog } from '../../src/log/log.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { quay, quayAccount } from '../support/exporter-core.ts'
import { clock, serverFor, webConfigFor } from '../support/http-server.ts'
import { logSink } from '../support/log-sink.ts'

// The many bodies take their time on a busy machine.
t.setTimeout(240_000)

const secret = 'webhook-secret-canary-4711'
const json = { 'content-type': 'application/json' }
const valid = { ...json, 'cf-webhook-auth': secret }
const event = { alert_type: 'failing_logpush_job_disabled_alert', data: { job_id: 1 } }

async function receiver(t: Parameters<typeof serverFor>[0], edit: Partial<WebhookDeps> = {}, more = {}) {
  const received: NotificationEvent[] = []
  const log = logSink()
  const deps: WebhookDeps = {
    secrets: async () => [new Secret(secret)],
    receive: async (one) => received.push(one) === 1,
    clock,
    log,
    ...edit,
  }
  const server = await serverFor(t, { routes: [(app) => webhookRoute(app, deps)], log, ...more })
  const post = (payload: string | Buffer | object, headers: Record<string, string> = valid) =>
    server.app.inject({ method: 'POST', url: webhookPath, headers, payload })
  return { ...server, received, log, post }
}

t.test('notifications and test messages are taken, whatever else they hold', async (t) => {
  const { post, received, log } = await receiver(t)
  const said = () => log.lines.filter(({ level }) => level !== 'debug')
  const first = await post(event)
  t.equal(first.statusCode, 200)
  t.equal(first.body, 'Received.\n')
  t.match(received, [{ alertType: event.alert_type, jobIds: ['1'] }])
  t.equal((await post(event)).body, 'Already received.\n')
  const test = await post({ text: 'Hello World! This is a test message.' })
  t.equal(test.statusCode, 200)
  t.equal(received.length, 2)
  t.match(said(), [{ level: 'info', message: 'received a webhook test message' }])
  const headers = { ...valid, 'content-type': 'Application/JSON; charset=utf-8' }
  t.equal((await post(JSON.stringify(event), headers)).statusCode, 200)
  for (const type of ['text/plain', 'text/plain;charset=UTF-8'])
    t.equal((await post(JSON.stringify(event), { ...valid, 'content-type': type })).statusCode, 200, type)
  t.equal((await post(JSON.stringify(event), { 'cf-webhook-auth': secret })).statusCode, 200, 'no type')
})

t.test('a standby sends the notification away, so that Cloudflare sends it again', async (t) => {
  const { post } = await receiver(t, { receive: async () => null })
  const answer = await post(event)
  t.equal(answer.statusCode, 503)
  t.equal(answer.body, 'This process is on standby. Another one receives notifications.\n')
})

t.test('each refusal says what to send instead', async (t) => {
  const { post } = await receiver(t)
  t.equal((await post('{}', { ...valid, 'content-type': 'text/html' })).body, 'Send application/json.\n')
  t.equal((await post('{', valid)).body, 'The body is not JSON.\n')
  t.match((await post('{}', json)).body, /^The cf-webhook-auth header must contain this webhook's secret/)
})

t.test('a standby sends the notification on its way to another process', async (t) => {
  const { post } = await receiver(t, { receive: async () => null })
  const answer = await post(event)
  t.equal(answer.statusCode, 503)
  t.equal(answer.body, 'This process is on standby. Another one receives notifications.\n')
})

t.test('a blank line in the secret file lets nobody in', async (t) => {
  const file = new Secret(`\n${secret}\n\n`)
  const { post, received } = await receiver(t, { secrets: async () => secretLines(file) })
  for (const given of ['', ' '])
    t.equal((await post(event, { ...json, 'cf-webhook-auth': given })).statusCode, 401)
  t.same(received, [])
  t.equal((await post(event)).statusCode, 200)
})

t.test('each refusal has its own status, and what costs less comes first', async (t) => {
  const { app, post, received } = await receiver(t)
  const large = `{"text":"${'x'.repeat(70_000)}"}`
  const cases: readonly (readonly [string, Record<string, string>, string, number])[] = [
    ['too large, of the wrong type, without a secret', { 'content-type': 'text/html' }, large, 413],
    ['of the wrong type, without a secret', { 'content-type': 'text/html' }, '{', 415],
    ['of a similar type', { ...valid, 'content-type': 'application/jsonp' }, '{}', 415],
    ['compressed', { ...valid, 'content-encoding': 'gzip' }, '{}', 415],
    ['without a secret, broken', json, '{', 401],
    ['with an empty secret', { ...json, 'cf-webhook-auth': '' }, '{}', 401],
    ['with a wrong secret', { ...json, 'cf-webhook-auth': `${secret}x` }, '{}', 401],
    ['with a part of the secret', { ...json, 'cf-webhook-auth': secret.slice(1) }, '{}', 401],
    ['with the secret as a bearer token', { ...json, authorization: `Bearer ${secret}` }, '{}', 401],
    ['broken', valid, '{"a":', 400],
    ['empty', valid, '', 400],
    ['no UTF-8', valid, '\u0000\u0001', 400],
    ['a list', valid, '[]', 422],
    ['null', valid, 'null', 422],
    ['a text', valid, '"text"', 422],
  ]
  for (const [what, headers, body, status] of cases)
    t.equal((await post(body, headers)).statusCode, status, what)
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'] as const) {
    const answer = await app.inject({ method, url: webhookPath, headers: valid })
    t.equal(answer.statusCode, 405, method)
    t.equal(answer.headers.allow, 'POST')
  }
  t.same(received, [])
})

t.test('a body without a length is cut off where it gets too large', async (t) => {
  const { listen } = await receiver(t)
  const [address] = await listen([{ host: '127.0.0.1', port: 0 }])
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port: address?.port ?? 0 })
    let text = ''
    socket.on('data', (part) => {
      text += part.toString()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
    socket.write(
      `POST ${webhookPath} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncf-webhook-auth: ${secret}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n`,
    )
    for (let i = 0; i < 20; i += 1) socket.write(`1000\r\n${'y'.repeat(0x1000)}\r\n`)
    socket.write('0\r\n\r\n')
  })
  t.match(answer, /^HTTP\/1\.1 413 /)
})

t.test('during rotation every line of the secret file is good', async (t) => {
  let file = new Secret(`old-secret\n\n  ${secret}\r\n`)
  const { post } = await receiver(t, { secrets: async () => secretLines(file) })
  const status = async (given: string): Promise<number> =>
    (await post(event, { ...json, 'cf-webhook-auth': given })).statusCode
  t.equal(await status('old-secret'), 200)
  t.equal(await status(secret), 200)
  t.equal(await status(`old-secret\n${secret}`.replace('\n', ' ')), 401)
  file = new Secret(`${secret}\n`)
  t.equal(await status('old-secret'), 401)
  t.equal(await status(secret), 200)
  file = new Secret('schlüssel')
  t.equal(await status(Buffer.from('schlüssel').toString('latin1')), 200, 'bytes are compared')
})

t.test('a wrong secret is worth one line a minute, which does not hold it', async (t) => {
  const { post, log } = await receiver(t)
  for (let i = 0; i < 5; i += 1) await post(event, { ...json, 'cf-webhook-auth': 'canary-of-a-stranger' })
  const warnings = () => log.lines.filter(({ level }) => level === 'warn')
  t.equal(warnings().length, 1)
  await clock.advance(61_000)
  await post(event, json)
  t.equal(warnings().length, 2)
  t.notMatch(JSON.stringify(log.lines), /canary/)
})

t.test('basic authentication does not apply to it, but to all else', async (t) => {
  const web = webConfigFor('test/http/fixtures/basic-auth.yaml')
  const { app, post } = await receiver(t, {}, { web })
  t.equal((await app.inject('/metrics')).statusCode, 401)
  t.equal((await post(event)).statusCode, 200)
  t.equal((await post(event, json)).statusCode, 401)
})

t.test('10,000 random and hostile bodies: no 5xx, no crash, nothing of them in the log', async (t) => {
  const written: string[] = []
  const log = await createLog({
    level: 'debug',
    format: 'json',
    destination: { write: (line) => void written.push(line) },
    terminal: false,
    clock,
  })
  const store = createMemoryStore()
  const state = createState()
  state.setScopes([quayAccount])
  const memory = createScopeMemory(store, { log, now: clock.now, revisionWindowMs: () => 900_000 })
  const notifications = createNotifications({ store, memory, state, server: clock, log })
  const { post } = await receiver(t, { receive: notifications.receive, log }, { log })

  const canary = 'CANARY7f3a'
  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      canary,
      `job 12 to s3://bucket?secret-access-key=${canary}`,
      `Bearer ${canary}`,
      `${canary}\nlevel=error msg=forged`,
      '__proto__',
      'constructor',
      '1e999',
      '\ud800',
      `${'['.repeat(500)}`,
      `{"job_id":"${canary}"}`,
    ),
  )
  const scalar = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null))
  const anything = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(text, fc.constantFrom('job_id', 'id', 'job', 'jobs', '__proto__', 'toString')),
        tie('node'),
        { maxKeys: 4 },
      ),
    ),
  })).node
  const field = (...usual: readonly unknown[]) => fc.oneof(fc.constantFrom(...usual), anything)
  const like = fc.record(
    {
      text: field(canary),
      data: field({ job_id: 7, destination_conf: canary }),
      ts: field(clock.now() / 1000, 0, -1, 1e300),
      account_id: field(quay.id, canary, 'f'.repeat(32)),
      policy_id: field(canary, 'p'),
      alert_type: field('failing_logpush_job_disabled_alert', canary),
      alert_event: field('ALERT_STATE_EVENT_START', 'ALERT_STATE_EVENT_END', canary),
      alert_correlation_id: field('c', canary),
    },
    { requiredKeys: [] },
  )
  const stringified = (value: unknown): string => JSON.stringify(value) ?? ''
  const body = fc.oneof(
    { weight: 5, arbitrary: like.map(stringified) },
    { weight: 3, arbitrary: anything.map(stringified) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: like.map((value) => stringified(value).slice(0, -1)) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 30_000 }).map((deep) => '['.repeat(deep)) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 1, max: 6_000 })
        .map((deep) => `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`),
    },
  )
  const statuses = new Map<number, number>()
  const run = await fc.check(
    fc.asyncProperty(body, async (payload) => {
      const { statusCode } = await post(payload)
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
      return [200, 400, 422].includes(statusCode)
    }),
    { seed: 20261124, numRuns: 10_000 },
  )
  t.notOk(run.failed, fc.defaultReportMessage(run) ?? 'holds')
  t.comment(JSON.stringify([...statuses]))
  t.ok((statuses.get(200) ?? 0) > 1_000)
  t.ok((statuses.get(422) ?? 0) > 100)
  const all = written.join('')
  t.notMatch(all, new RegExp(canary))
  t.notMatch(all, new RegExp(secret))
  t.notMatch(all, /"level":"error"|forged/)
  t.ok(notifications.book.counts.length < 20, 'and no label of theirs')
})
