import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Simulator } from '../../../src/simulator/server.ts'
import { buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import type { WorldSpec } from '../../../src/simulator/world/world-spec.ts'
import { ask, stepped } from '../../support/simulation.ts'

const hour = 3_600_000
const alertType = 'failing_logpush_job_disabled_alert'

interface Received {
  readonly secret: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests read payloads the way they came over the wire
  readonly body: any
}

interface Receiver {
  readonly url: string
  readonly received: Received[]
  status: number
}

async function receiver(t: Parameters<typeof stepped>[0]): Promise<Receiver> {
  const received: Received[] = []
  const self = { url: '', received, status: 200 }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const secret = request.headers['cf-webhook-auth']
      received.push({ secret: Array.isArray(secret) ? secret[0] : secret, body: JSON.parse(text) })
      response.writeHead(self.status).end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  self.url = `http://127.0.0.1:${port}/webhooks/cloudflare`
  return self
}

function dyingJob(): { readonly spec: WorldSpec; readonly account: string; readonly other: string } {
  const world = buildWorld(4)
  const account = world.account('Quay')
  const other = world.account('Free', { mechanisms: ['email'], offersLogpushAlert: false })
  const zone = world.zone('quay.example', account)
  world.job({ scope: zoneScope(zone), name: 'dying', scenario: { kind: 'dead', failure: 'dns' } })
  world.pagerduty(account, 'SRE primary')
  return { spec: world.spec(), account, other }
}

const v3 = (account: string, path: string): string => `/accounts/${account}/alerting/v3${path}`

async function subscribed(
  sim: Simulator,
  account: string,
  hook: Receiver,
): Promise<{ webhook: string; policy: string }> {
  const webhook = await ask(sim, v3(account, '/destinations/webhooks'), {
    body: { name: 'sre-exporter', url: hook.url, secret: 'shared-secret' },
  })
  const policy = await ask(sim, v3(account, '/policies'), {
    body: {
      name: 'sre-logpush-disabled',
      enabled: true,
      alert_type: alertType,
      mechanisms: { email: [{ id: 'sre@example.com' }], webhooks: [{ id: webhook.body.result.id }] },
    },
  })
  return { webhook: webhook.body.result.id, policy: policy.body.result.id }
}

t.test(
  'a job that is switched off is announced once, with the secret, and its end when it is enabled',
  async (t) => {
    const { spec, account } = dyingJob()
    const sim = await stepped(t, { world: spec })
    const hook = await receiver(t)
    const { policy, webhook } = await subscribed(sim, account, hook)
    t.match(hook.received, [{ secret: 'shared-secret', body: { text: /test message/ } }])
    t.strictSame(Object.keys(hook.received[0]?.body), ['text'], 'the test message holds only a text')
    sim.clock.advance(25 * hour)
    await sim.idle()
    t.equal(hook.received.length, 2)
    const start = hook.received[1]
    t.equal(start?.secret, 'shared-secret')
    t.match(start?.body, {
      name: 'sre-logpush-disabled',
      alert_type: alertType,
      alert_event: 'ALERT_STATE_EVENT_START',
      account_id: account,
      policy_id: policy,
      policy_name: 'sre-logpush-disabled',
      alert_correlation_id: /^[0-9a-f]{32}$/,
      ts: Number,
      data: {
        job_id: 410_001,
        dataset: 'http_requests',
        zone_name: 'quay.example',
        error_message: /no such host/,
      },
    })
    t.ok(
      Math.abs(start?.body.ts - (sim.world.startMs + 24 * hour) / 1000) < 120,
      'in seconds, when it happened',
    )
    sim.world.enableJob('dying')
    await sim.idle()
    t.match(hook.received[2]?.body, {
      alert_event: 'ALERT_STATE_EVENT_END',
      alert_correlation_id: start?.body.alert_correlation_id,
    })
    const shown = (await ask(sim, v3(account, `/destinations/webhooks/${webhook}`))).body.result
    t.match(shown, {
      name: 'sre-exporter',
      type: 'generic',
      url: hook.url,
      last_success: String,
      last_failure: null,
    })
    t.notOk('secret' in shown, 'the secret never comes back')

    const history = (await ask(sim, v3(account, '/history?per_page=5'))).body
    t.equal(history.result_info.total_count, 4, 'one row per mechanism and event')
    t.match(history.result, [
      {
        alert_type: alertType,
        policy_id: policy,
        mechanism_type: 'email',
        mechanism: 'sre@example.com',
        alert_body: String,
      },
    ])
    t.ok(history.result[0].sent >= history.result[3].sent, 'newest first')
    const since = new Date(sim.clock.now() - 1000).toISOString()
    t.equal((await ask(sim, v3(account, `/history?since=${since}`))).body.result.length, 2, 'since')
    t.strictSame((await ask(sim, v3(account, '/history?page=2'))).body.result, [], 'and the pages end')
  },
)

t.test(
  'a receiver that refuses makes creation fail, and a failed notification shows on the webhook',
  async (t) => {
    const { spec, account } = dyingJob()
    const sim = await stepped(t, { world: spec })
    const hook = await receiver(t)
    hook.status = 500
    const refused = await ask(sim, v3(account, '/destinations/webhooks'), {
      body: { name: 'x', url: hook.url },
    })
    t.match(refused, {
      status: 400,
      body: { success: false, errors: [{ message: 'webhook test failed with 500' }] },
    })
    t.strictSame((await ask(sim, v3(account, '/destinations/webhooks'))).body.result, [])
    const dead = await ask(sim, v3(account, '/destinations/webhooks'), {
      body: { name: 'x', url: 'http://127.0.0.1:1/' },
    })
    t.match(dead, { status: 400, body: { errors: [{ message: /no answer/ }] } })
    hook.status = 200
    const { webhook } = await subscribed(sim, account, hook)
    hook.status = 503
    sim.clock.advance(25 * hour)
    await sim.idle()
    const shown = (await ask(sim, v3(account, `/destinations/webhooks/${webhook}`))).body.result
    t.match(shown, { last_failure: String })
    t.equal(
      (await ask(sim, v3(account, '/history'))).body.result.length,
      2,
      'history tells of it all the same',
    )
  },
)

t.test('policies are made, read, replaced and deleted', async (t) => {
  const { spec, account } = dyingJob()
  const sim = await stepped(t, { world: spec })
  const hook = await receiver(t)
  const { policy, webhook } = await subscribed(sim, account, hook)
  const path = v3(account, '/policies')
  t.match((await ask(sim, path)).body.result, [
    {
      id: policy,
      name: 'sre-logpush-disabled',
      enabled: true,
      alert_type: alertType,
      filters: null,
      mechanisms: { email: [{ id: 'sre@example.com' }], webhooks: [{ id: webhook }], pagerduty: [] },
      created: String,
      modified: String,
    },
  ])
  const update = await ask(sim, `${path}/${policy}`, { method: 'PUT', body: { enabled: false } })
  t.strictSame(update.body.result, { id: policy })
  t.match((await ask(sim, `${path}/${policy}`)).body.result, {
    enabled: false,
    name: 'sre-logpush-disabled',
    mechanisms: { email: [], webhooks: [], pagerduty: [] },
  })
  sim.clock.advance(25 * hour)
  await sim.idle()
  t.equal(hook.received.length, 1, 'a policy that is off announces nothing')
  const stranger = {
    name: 'n',
    enabled: true,
    alert_type: alertType,
    mechanisms: { webhooks: [{ id: 'nope' }] },
  }
  t.match(await ask(sim, path, { body: stranger }), {
    status: 400,
    body: { errors: [{ message: /no destination with id nope/ }] },
  })
  t.match(await ask(sim, path, { body: { ...stranger, mechanisms: { webhook: [] } } }), {
    status: 400,
    body: { errors: [{ message: /unknown mechanism webhook/ }] },
  })
  t.match(await ask(sim, path, { body: { name: 'n' } }), { status: 400 })
  t.equal((await ask(sim, `${path}/${policy}`, { method: 'DELETE' })).body.success, true)
  t.equal((await ask(sim, `${path}/${policy}`)).status, 404)
  t.equal(
    (await ask(sim, v3(account, `/destinations/webhooks/${webhook}`), { method: 'DELETE' })).status,
    200,
  )
})

t.test('chat services have the secret part taken out of the address that is shown', async (t) => {
  const { spec, account } = dyingJob()
  const sim = await stepped(t, { world: spec })
  const create = async (url: string, secret?: string) => {
    const { body } = await ask(sim, v3(account, '/destinations/webhooks'), {
      body: { name: 'chat', url, ...(secret === undefined ? {} : { secret }) },
    })
    const { type, url: shown } = (await ask(sim, v3(account, `/destinations/webhooks/${body.result.id}`)))
      .body.result
    return { type, url: shown }
  }
  const slack = 'https://hooks.slack.com/services/T0/B0/secret'
  t.strictSame(await create(slack), { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/' })
  t.strictSame(await create(slack, 'apart'), { type: 'slack', url: slack })
  t.strictSame(await create('https://chat.googleapis.com/v1/spaces/x/messages?key=k&token=s'), {
    type: 'gchat',
    url: 'https://chat.googleapis.com/v1/spaces/x/',
  })
  t.strictSame(await create('https://hooks.quay.example/in'), {
    type: 'generic',
    url: 'https://hooks.quay.example/in',
  })
})

t.test('what an account may use and what it is offered depends on the account', async (t) => {
  const { spec, account, other } = dyingJob()
  const sim = await stepped(t, { world: spec })
  const offered = (await ask(sim, v3(account, '/available_alerts'))).body.result
  t.match(offered, {
    Logpush: [{ type: alertType, filter_options: [] }],
    Billing: [{ filter_options: [{}] }],
  })
  t.notOk('Logpush' in (await ask(sim, v3(other, '/available_alerts'))).body.result)
  t.match((await ask(sim, v3(account, '/destinations/eligible'))).body.result, {
    Email: [{ type: 'email', eligible: true, ready: true }],
    PagerDuty: [{ type: 'pagerduty', eligible: true, ready: true }],
    Webhooks: [{ type: 'webhook', eligible: true, ready: false }],
  })
  t.match((await ask(sim, v3(other, '/destinations/eligible'))).body.result, {
    PagerDuty: [{ eligible: false }],
    Webhooks: [{ eligible: false }],
  })
})

t.test('a PagerDuty service is connected in the browser and then linked', async (t) => {
  const { spec, account } = dyingJob()
  const sim = await stepped(t, { world: spec })
  const path = v3(account, '/destinations/pagerduty')
  t.match((await ask(sim, path)).body.result, [{ id: String, name: 'SRE primary' }])
  const token = (await ask(sim, `${path}/connect`, { method: 'POST' })).body.result.id
  t.match(await ask(sim, `${path}/connect/${token}`), {
    status: 400,
    body: { errors: [{ message: /not authorized yet/ }] },
  })
  await ask(sim, `/__sim/pagerduty/${token}/consent`, { body: { name: 'SRE secondary' } })
  const { id } = (await ask(sim, `${path}/connect/${token}`)).body.result
  t.match((await ask(sim, path)).body.result, [{ name: 'SRE primary' }, { id, name: 'SRE secondary' }])
  await ask(sim, path, { method: 'DELETE' })
  t.strictSame((await ask(sim, path)).body.result, [])
})

t.test('a world can be subscribed to without the API, and notifications need their permission', async (t) => {
  const { spec, account } = dyingJob()
  const sim = await stepped(t, { world: spec })
  const hook = await receiver(t)
  sim.world.subscribe({ accountId: account, url: hook.url, secret: 's' })
  sim.clock.advance(25 * hour)
  await sim.idle()
  t.match(hook.received, [{ secret: 's', body: { alert_event: 'ALERT_STATE_EVENT_START' } }])
  sim.world.setToken({
    text: 'reader',
    id: 'a'.repeat(32),
    kind: 'user',
    grants: [{ permission: 'notifications_read' }],
  })
  t.equal((await ask(sim, v3(account, '/policies'), { token: 'reader' })).status, 200)
  const write = await ask(sim, v3(account, '/policies'), { token: 'reader', body: {} })
  t.match(write, { status: 403, body: { errors: [{ code: 10000 }] } })
})
