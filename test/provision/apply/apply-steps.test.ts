import t from 'tap'
import { type Step, stepsOf } from '../../../src/provision/apply/apply-steps.ts'
import type { Change } from '../../../src/provision/plan/change.ts'
import { makeDestroyPlan, makePlan } from '../../../src/provision/plan/plan.ts'
import { planEverything } from '../../../src/provision/plan/plan-options.ts'
import { aFakeCloudflare, aMachine, readAll } from '../../support/apply-world.ts'
import { aJob, aPolicy, aWebhook, wanting, zone } from '../../support/provision-values.ts'

const desired = wanting([aWebhook(), aJob(), aJob({ scope: zone, name: 'sre-http' }), aPolicy()])

const pruning = { owners: desired.owners.map((owner) => ({ ...owner, prune: true })) }

/** Each step as `change kind name`, with the steps it waits for. */
function order(changes: readonly Change[]) {
  const steps = stepsOf(changes)
  const titles = new Map(steps.map((step) => [step.key, titleOf(step)]))
  return steps.map((step) => [titleOf(step), step.after.map((key) => titles.get(key) ?? '?').sort()] as const)
}

function titleOf(step: Step): string {
  if (step.kind === 'challenge') return 'challenge'
  const { change } = step
  const name = 'desired' in change ? change.desired.resource.name : change.actual.resource.name
  return `${change.change} ${change.kind} ${name}`
}

async function applied() {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  await machine.apply(await machine.plan(desired))
  return readAll(cloudflare, desired)
}

t.test('a job waits for its challenge, a policy for the webhooks it names', async (t) => {
  const cloudflare = aFakeCloudflare()
  const { changes } = makePlan(desired, await readAll(cloudflare, desired), planEverything)
  const waits = new Map(order(changes))
  t.same(waits.get('create webhook sre-exporter'), [])
  t.same(waits.get('create policy sre-logpush-disabled'), ['create webhook sre-exporter'])
})

t.test('a webhook is deleted only after the policies of its account', async (t) => {
  const { changes } = makeDestroyPlan(desired, await applied(), [])
  const waits = new Map(order(changes))
  t.same(waits.get('delete webhook sre-exporter'), ['delete policy sre-logpush-disabled'])
  t.same(waits.get('delete policy sre-logpush-disabled'), [])
  t.same(waits.get('delete job sre-http'), [])
})

t.test('a webhook goes after a policy that stops using it', async (t) => {
  const actual = await applied()
  const without = wanting(
    [aPolicy({ webhooks: [] }), ...desired.resources.filter(({ kind }) => kind === 'job')],
    pruning,
  )
  const waits = new Map(order(makePlan(without, actual, planEverything).changes))
  t.same(waits.get('delete webhook sre-exporter'), ['update policy sre-logpush-disabled'])
})

t.test('what takes the place of an object is there before the object goes', async (t) => {
  const actual = await applied()
  const renamed = wanting(
    [aWebhook(), aPolicy(), aJob(), aJob({ scope: zone, name: 'sre-http-renamed', dataset: 'dns_logs' })],
    pruning,
  )
  const waits = new Map(order(makePlan(renamed, actual, planEverything).changes))
  t.same(waits.get('delete job sre-http'), ['create job sre-http-renamed'])
})
