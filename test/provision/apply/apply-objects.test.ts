import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { ApiFailure, exitCode, UserError } from '../../../src/errors.ts'
import { createLiveObjects } from '../../../src/provision/apply/apply-objects.ts'
import { actualJob } from '../../../src/provision/resource/live-resource.ts'
import { aMachine } from '../../support/apply-world.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare } from '../../support/fake-cloudflare.ts'
import { leapingClock } from '../../support/leaping-clock.ts'
import { account, accountId, aJob, aPolicy, aWebhook, wanting, zone } from '../../support/provision-values.ts'

/* The live objects as an apply reads and writes them. */

const signal = new AbortController().signal
const services = ['a', 'b', 'c'].map((letter, index) => ({
  id: letter.repeat(32),
  name: index < 2 ? 'SRE twice' : 'SRE primary',
}))

function world() {
  const cloudflare = createFakeCloudflare({
    accounts: [{ id: accountId, name: 'Quay' }],
    pagerduty: services,
  })
  const objects = createLiveObjects(cloudflare, aCaller({ clock: leapingClock() }))
  return { cloudflare, objects, machine: aMachine(cloudflare) }
}

t.test('a zone has no notifications to look for', async (t) => {
  const { cloudflare, objects } = world()
  for (const kind of ['webhook', 'policy'] as const)
    await t.rejects(
      objects.named({ kind, scope: zone, name: 'sre-x' }),
      new UserError('zone quay.example cannot have notifications; only accounts can', exitCode.manifest),
    )
  t.same(cloudflare.calls, [])
})

t.test('only what has exactly the name is found, each in its own scope', async (t) => {
  const { cloudflare, objects } = world()
  const { destinationConf } = aJob().resource
  const { url } = aWebhook().resource
  const here = cloudflare.addJob(account, { name: 'sre-x', destinationConf })
  cloudflare.addJob(account, { name: 'sre-xy', destinationConf })
  cloudflare.addJob(zone, { name: 'sre-x', destinationConf })
  const hook = cloudflare.addWebhook(accountId, { name: 'sre-x', url })
  cloudflare.addWebhook(accountId, { name: 'sre', url })
  const policy = cloudflare.addPolicy(accountId, { name: 'sre-x' })
  cloudflare.addPolicy(accountId, { name: 'x' })
  for (const [kind, id] of [
    ['job', here.id],
    ['webhook', hook],
    ['policy', policy],
  ] as const) {
    const found = await objects.named({ kind, scope: account, name: 'sre-x' })
    t.same(
      found.map((one) => [one.kind, one.id]),
      [[kind, id]],
    )
  }
})

t.test('a job that cannot be read is not taken for gone', async (t) => {
  const { cloudflare, objects } = world()
  const job = actualJob(
    account,
    cloudflare.addJob(account, { destinationConf: aJob().resource.destinationConf }),
  )
  cloudflare.intercept(() => {
    throw new ApiFailure('forbidden', 'no', { operation: 'test' })
  })
  await t.rejects(objects.byId(job), new ApiFailure('forbidden', 'no', { operation: 'test' }))
  cloudflare.intercept(() => {})
  await cloudflare.jobs.deleteJob(account, job.id, { signal })
  t.equal(await objects.byId(job), null)
})

t.test('what a policy names is found by its name or its id, and once only', async (t) => {
  for (const [written, found] of [
    ['SRE primary', 'done'],
    [services[0]?.id ?? '', 'done'],
    ['SRE twice', 'there are 2 named "SRE twice"'],
    ['SRE', 'there is no PagerDuty service named "SRE"; connect it with "provision pagerduty connect"'],
  ] as const) {
    const { machine } = world()
    const desired = wanting([aPolicy({ webhooks: [], pagerduty: [written] })])
    const { report } = await machine.apply(await machine.plan(desired))
    const [outcome] = report.steps.map(({ outcome }) => outcome)
    t.equal(outcome?.state === 'done' ? 'done' : outcome?.reason, found, written)
  }
})

t.test('a policy without webhooks asks for none, and one without services asks for none', async (t) => {
  for (const [mechanisms, asked] of [
    [{ webhooks: [], pagerduty: [] }, []],
    [{ webhooks: [], pagerduty: ['SRE primary'] }, ['list pagerduty']],
    [{ webhooks: ['sre-exporter'], pagerduty: [] }, ['list webhooks']],
  ] as const) {
    const { cloudflare, machine } = world()
    cloudflare.addWebhook(accountId, { name: 'sre-exporter', url: aWebhook().resource.url })
    const plan = await machine.plan(wanting([aPolicy(mechanisms)]))
    const from = cloudflare.calls.length
    await machine.apply(plan)
    const reads = cloudflare.calls.slice(from).map((call) => call.split(' ').slice(0, 2).join(' '))
    t.same(
      reads.filter((read) => read === 'list webhooks' || read === 'list pagerduty'),
      asked,
    )
  }
})

t.test('a new policy has the description and the filters of the manifest, or none', async (t) => {
  const { cloudflare, machine } = world()
  const filters = { zones: [zone.id] }
  const described = aPolicy({ name: 'sre-a', webhooks: [], description: 'for the night', filters })
  await machine.apply(await machine.plan(wanting([described, aPolicy({ name: 'sre-b', webhooks: [] })])))
  const { items } = await cloudflare.notifications.listPolicies(accountId, { signal })
  t.match(items, [
    { name: 'sre-a', description: 'for the night', filters, alertInterval: null },
    { name: 'sre-b', description: '', filters: null, alertInterval: null },
  ])
})

t.test('a policy that is updated gets what the manifest says of it and keeps the rest', async (t) => {
  const { cloudflare, machine } = world()
  const live = { description: 'by hand', filters: { zones: [zone.id] }, alertInterval: '30m' }
  cloudflare.addPolicy(accountId, { name: 'sre-a', ...live })
  cloudflare.addPolicy(accountId, { name: 'sre-b', ...live })
  const filters = { zones: ['f'.repeat(32)] }
  const wanted = [
    aPolicy({ name: 'sre-a', webhooks: [], description: '', filters, enabled: false }),
    aPolicy({ name: 'sre-b', webhooks: [], enabled: false }),
  ]
  await machine.apply(await machine.plan(wanting(wanted)))
  const { items } = await cloudflare.notifications.listPolicies(accountId, { signal })
  t.match(items, [
    { name: 'sre-a', description: '', filters, alertInterval: '30m', enabled: false },
    { name: 'sre-b', ...live, enabled: false },
  ])
})

t.test('the secret of a webhook is sent where there is one', async (t) => {
  const { cloudflare, machine } = world()
  const url = new Secret('https://old.example.com/')
  cloudflare.addWebhook(accountId, { name: 'sre-bare', url, secret: new Secret('kept') })
  const bare = aWebhook('sre-bare', { secret: null })
  await machine.apply(await machine.plan(wanting([aWebhook(), bare, aWebhook('sre-new', { secret: null })])))
  const sent = 'https://exporter.example.com/webhooks/cloudflare'
  t.match(cloudflare.snapshot(), {
    webhooks: [
      [
        accountId,
        [
          { name: 'sre-bare', url: sent, secret: 'kept' },
          { name: 'sre-exporter', url: sent, secret: 'canary-webhook-secret' },
          { name: 'sre-new', url: sent, secret: null },
        ],
      ],
    ],
  })
})

t.test('a hint about the destination is given only where an update is refused that leaves it', async (t) => {
  const refusal = 'cannot update a job: error validating Destination'
  for (const [kind, message, isHinted] of [
    ['invalid_request', refusal, true],
    ['invalid_request', 'cannot update a job: bad filter', false],
    ['forbidden', refusal, false],
  ] as const) {
    for (const moves of [false, true]) {
      const { cloudflare, machine } = world()
      const { name, dataset, destinationConf } = aJob().resource
      cloudflare.addJob(account, { name, dataset, destinationConf, enabled: false })
      const moved = new Secret('https://logs.example.com/in?header_X-Key=canary')
      const plan = await machine.plan(wanting([moves ? aJob({ destinationConf: moved }) : aJob()]))
      cloudflare.intercept(({ operation, phase }) => {
        if (operation === 'update job' && phase === 'before')
          throw new ApiFailure(kind, message, { operation: 'test', status: 400 })
      })
      const outcome = (await machine.apply(plan)).report.steps.at(-1)?.outcome
      const reason = outcome === undefined || outcome.state === 'done' ? '' : outcome.reason
      const hint =
        '; Cloudflare tests the destination at every update, also when only other fields change: repair it first'
      t.equal(reason, isHinted && !moves ? message + hint : message, `${kind}, moves ${moves}`)
    }
  }
})
