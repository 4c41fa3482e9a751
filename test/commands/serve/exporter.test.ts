import { once } from 'node:events'
import { createConnection } from 'node:net'
import t from 'tap'
import type { ReplicaPart } from '../../../src/commands/serve/exporter.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { aheadMs, eventually, running, serving, smallWorld } from '../../support/serving.ts'
import { settle } from '../../support/stepped-clock.ts'

/* The exporter put together: what it answers before, while and after it polls. */

const never = new AbortController().signal

function partOf(edit: Partial<ReplicaPart> = {}): ReplicaPart {
  return { store: createMemoryStore(), standby: null, leads: () => true, lost: never, ...edit }
}

const event = { alert_type: 'failing_logpush_job_disabled_alert', data: { job_id: 1 } }
const secret = { 'cf-webhook-auth': 'canary' }
const webhookSecrets = async () => [new Secret('canary')]

t.test('before its first poll it answers with its own metrics, and is not ready', async (t) => {
  const { get, samples, sample, post } = await serving(null)
  t.equal(await get('/readyz'), '503 Not ready: the first discovery poll has not finished.')
  const pollers = (await samples()).filter(({ name }) => name === 'cloudflare_logpush_exporter_polls_total')
  t.same(pollers.map(({ labels, value }) => `${labels.poller} ${value}`).sort(), [
    'arrival 0',
    'audit 0',
    'discovery 0',
    'health 0',
    'history 0',
    'inventory 0',
    'token 0',
  ])
  t.equal(await sample('exporter_leader'), 1)
  t.equal(await sample('exporter_config_last_reload_successful'), 1)
  t.match(await get('/runbooks/CloudflareLogpushAccountOutage'), /^200 /)
  t.equal((await post('/webhooks/cloudflare', secret, event)).statusCode, 404, 'there is no secret for it')
})

t.test('a notification with the secret is received and counted; a standby sends it away', async (t) => {
  const leading = await serving(null, { deps: { webhookSecrets, part: partOf() } })
  const own = await serving(null, { deps: { webhookSecrets } })
  for (const { post, sample } of [leading, own]) {
    t.equal((await post('/webhooks/cloudflare', {}, event)).statusCode, 401)
    t.equal((await post('/webhooks/cloudflare', secret, event)).statusCode, 200)
    t.equal(await sample('notifications_total', { source: 'webhook' }), 1)
  }
  const standby = await serving(null, {
    deps: { webhookSecrets, part: partOf({ standby: () => 'waiting', leads: () => false }) },
  })
  t.equal((await standby.post('/webhooks/cloudflare', secret, event)).statusCode, 503)
})

t.test('a standby is ready, runs no shard and compares no manifest', async (t) => {
  const { get, samples, sample } = await serving(null, {
    settings: { shard: 'auto', manifestFile: '/etc/manifest.yaml' },
    deps: { part: partOf({ standby: () => 'waiting', leads: () => false }) },
  })
  t.equal(await get('/readyz'), '200 Ready.')
  t.equal(await sample('exporter_leader'), 0)
  t.equal(await sample('exporter_shard_ordinal'), undefined)
  t.notOk((await samples()).some(({ name }) => name.startsWith('cloudflare_logpush_manifest')))
})

t.test('it asks Cloudflare, and shows how: its requests, the clocks, and each poll', async (t) => {
  const { exporter, sample, get, clock, stop, ended, log } = await running(t, await smallWorld(t))
  await exporter.after('health')
  t.ok(((await sample('exporter_api_requests_total', { operation: 'list_zones', code: '200' })) ?? 0) > 0)
  t.equal(await sample('exporter_clock_skew_seconds'), aheadMs / 1000)
  t.equal(await sample('exporter_polls_total', { poller: 'health' }), 1)
  t.equal(await get('/readyz'), '200 Ready.')

  const [address] = await exporter.listen([{ host: '127.0.0.1', port: 0 }])
  const client = createConnection(address?.port ?? 0, '127.0.0.1')
  const closed = new Promise((resolve) => client.once('close', resolve))
  await once(client, 'connect')
  client.write('GET /metrics HTTP/1.1\r\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  stop.abort()
  await settle()
  t.equal(await get('/readyz'), '503 Not ready: shutting down.')
  t.same(log.lines.filter(({ level }) => level === 'info').at(-1)?.message, 'shutting down')
  await clock.advance(1_999)
  t.notOk(client.closed, 'a request that is under way has two seconds')
  await clock.advance(1)
  await closed
  await ended
})

t.test('no more is asked at once than a fifth of the share', async (t) => {
  const simulator = await smallWorld(t)
  const { end } = await running(t, simulator, { settings: { budgetShare: 0.01 } })
  await eventually(async () => simulator.requests.count() >= 2, 'two requests')
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(simulator.requests.count(), 2, 'of 12 in five minutes')
  await end()
})

t.test('what a store remembers is shown before Cloudflare is asked', async (t) => {
  const store = createMemoryStore()
  let isClosed = false
  const close = async () => {
    isClosed = true
  }
  const first = await running(t, await smallWorld(t), {
    deps: { part: partOf({ store: { ...store, close } }) },
  })
  await first.exporter.after('health')
  const uploads = await first.sample('uploads_total', { zone: 'quay.example' })
  t.ok((uploads ?? 0) > 0)
  await first.end()
  t.ok(isClosed, 'a store is closed at the end')
  const part = partOf({ store })
  const second = await serving(null, { deps: { part } })
  t.equal(await second.sample('uploads_total', { zone: 'quay.example' }), uploads)

  const ways = async (historyPollIntervalMs: number | null, webhooks: boolean) => {
    const deps = { part, webhookSecrets: webhooks ? webhookSecrets : null }
    const { samples } = await serving(null, { settings: { historyPollIntervalMs }, deps })
    const counters = (await samples()).filter(({ name }) => name === 'cloudflare_logpush_notifications_total')
    return counters.map(({ labels }) => labels.source).sort()
  }
  t.same(await ways(60_000, true), ['history', 'webhook'])
  t.same(await ways(null, true), ['webhook'])
  t.same(await ways(60_000, false), ['history'])
  t.same(await ways(null, false), [], 'a way that is closed has no counter')
})

t.test('a shard that is lost ends the exporter, which then does not shut down', async (t) => {
  const lost = new AbortController()
  const part = partOf({ lost: lost.signal })
  const { exporter, ended, log } = await running(t, await smallWorld(t), { deps: { part } })
  await exporter.after('discovery')
  lost.abort()
  await ended
  t.notOk(log.lines.some(({ message }) => message === 'shutting down'))
})
