import t from 'tap'
import { ApiFailure, type ApiFailureKind } from '../../../src/errors.ts'
import { applyReportLines } from '../../../src/provision/apply/apply-outcome.ts'
import type { Desired, DesiredState } from '../../../src/provision/resource/resource.ts'
import { aFakeCloudflare, aMachine, type Run } from '../../support/apply-world.ts'
import type { FakeCloudflare } from '../../support/fake-cloudflare.ts'
import type { FakeCall } from '../../support/fake-core.ts'
import {
  account,
  accountId,
  aJob,
  aPolicy,
  aWebhook,
  removing,
  wanting,
} from '../../support/provision-values.ts'

/* Updates and deletes of one object: what happens when the answer is lost, and what is told of it. */

const job = aJob()
const policy = aPolicy({ webhooks: [] })
const old = 'sre-old'

/** A live job and a live policy that differ from what is wanted, and one of each that is to go. */
function world() {
  const cloudflare = aFakeCloudflare()
  const { name, dataset, destinationConf } = job.resource
  const live = { dataset, destinationConf, enabled: false }
  const ids = {
    job: cloudflare.addJob(account, { ...live, name }).id,
    oldJob: cloudflare.addJob(account, { ...live, name: old }).id,
    // It differs in one field alone, which is enough to see that an update was made.
    policy: cloudflare.addPolicy(accountId, {
      name: policy.resource.name,
      enabled: false,
      mechanisms: { email: policy.resource.email, webhooks: [], pagerduty: [] },
    }),
    oldPolicy: cloudflare.addPolicy(accountId, { name: old }),
  }
  return { cloudflare, ids, machine: aMachine(cloudflare) }
}

/** Makes every write of this operation fail. */
function lose(
  cloudflare: FakeCloudflare,
  operation: string,
  kind: ApiFailureKind,
  phase: FakeCall['phase'] = 'before',
) {
  cloudflare.intercept((call) => {
    if (call.operation === operation && call.phase === phase)
      throw new ApiFailure(kind, `cannot do it: ${kind}`, { operation: 'test' })
  })
}

const outcomes = ({ report }: Run) => report.steps.map(({ outcome }) => outcome)
/** Of each audited write: action, kind, id and result. */
const audits = ({ logs }: Run) =>
  logs.map(({ fields }) => {
    const told = new Map<string, unknown>(Object.entries(fields))
    return ['action', 'kind', 'id', 'result'].map((name) => told.get(name))
  })

/** Each change alone: the operation that makes it, what is wanted, and the id of what it is about. */
const cases: readonly (readonly [string, DesiredState, keyof ReturnType<typeof world>['ids']])[] = [
  ['update job', wanting([job]), 'job'],
  ['update policy', wanting([policy]), 'policy'],
  ['delete job', wanting([], removing(old)), 'oldJob'],
  ['delete policy', wanting([], removing(old)), 'oldPolicy'],
]

/** The plan of the one change that the operation makes. */
async function planOf(machine: ReturnType<typeof aMachine>, operation: string, desired: DesiredState) {
  const plan = await machine.plan(desired)
  return {
    ...plan,
    changes: plan.changes.filter(({ change, kind }) => `${change} ${kind}` === operation),
  }
}

for (const [operation, desired, which] of cases) {
  const [action, kind] = operation.split(' ')

  t.test(`${operation}: of a lost answer the next look tells that the change was made`, async (t) => {
    const { cloudflare, ids, machine } = world()
    const plan = await planOf(machine, operation, desired)
    lose(cloudflare, operation, 'timeout', 'after')
    const run = await machine.apply(plan)
    t.same(outcomes(run), [
      { state: 'done', id: ids[which], note: 'no response arrived (timeout), but the change was made' },
    ])
    t.same(audits(run), [[action, kind, ids[which], 'done']])
  })

  t.test(`${operation}: of a write that never arrived it tells that it was not`, async (t) => {
    const { cloudflare, ids, machine } = world()
    const plan = await planOf(machine, operation, desired)
    lose(cloudflare, operation, 'network')
    const run = await machine.apply(plan)
    t.same(outcomes(run), [
      {
        state: 'failed',
        reason:
          'cannot do it: network; a second read shows that the change was not made; it was not sent again',
      },
    ])
    t.same(audits(run), [[action, kind, ids[which], 'unclear']])
    t.equal(cloudflare.calls.filter((call) => call.startsWith(operation)).length, 1)
  })

  t.test(`${operation}: a clear no is audited as failed, and is not looked at again`, async (t) => {
    const { cloudflare, ids, machine } = world()
    const plan = await planOf(machine, operation, desired)
    lose(cloudflare, operation, 'forbidden')
    const run = await machine.apply(plan)
    t.same(outcomes(run), [{ state: 'failed', reason: 'cannot do it: forbidden' }])
    t.same(audits(run), [[action, kind, ids[which], 'failed']])
    t.match(cloudflare.calls.at(-1), operation)
  })

  t.test(`${operation}: an object that is gone since the plan`, async (t) => {
    const { cloudflare, ids, machine } = world()
    const plan = await planOf(machine, operation, desired)
    const signal = new AbortController().signal
    if (kind === 'job') await cloudflare.jobs.deleteJob(account, ids[which], { signal })
    else await cloudflare.notifications.deletePolicy(accountId, ids[which], { signal })
    const run = await machine.apply(plan)
    t.same(
      outcomes(run),
      action === 'delete'
        ? [{ state: 'done', id: ids[which], note: 'it was already gone' }]
        : [{ state: 'refused', reason: 'deleted since the plan' }],
    )
    t.same(audits(run), [], 'nothing is written')
  })
}

t.test('a delete that another run was faster with is done', async (t) => {
  const { cloudflare, ids, machine } = world()
  const plan = await planOf(machine, 'delete job', wanting([], removing(old)))
  let left = 1
  cloudflare.intercept(({ operation, phase }) => {
    if (operation !== 'delete job' || phase !== 'before' || left === 0) return
    left -= 1
    void cloudflare.jobs.deleteJob(account, ids.oldJob, { signal: new AbortController().signal })
  })
  const run = await machine.apply(plan)
  t.same(outcomes(run), [{ state: 'done', id: ids.oldJob, note: null }])
  t.same(audits(run), [['delete', 'job', ids.oldJob, 'done']])
})

t.test('a replaced job whose old one was changed meanwhile keeps both, and says why', async (t) => {
  const { cloudflare, machine } = world()
  cloudflare.editJob(account, job.resource.name, { dataset: 'audit_logs' })
  const plan = await machine.plan(wanting([job]))
  t.equal(plan.changes[0]?.change, 'replace')
  cloudflare.intercept(({ operation, phase }) => {
    if (operation === 'create job' && phase === 'before')
      cloudflare.editJob(account, job.resource.name, { filter: '{"where":{}}' })
  })
  t.same(outcomes(await machine.apply(plan)), [
    {
      state: 'failed',
      reason: 'the new one was created, but the old one still exists: changed since the plan: filter',
    },
  ])
})

t.test('a replaced job that has changed since the plan is left alone', async (t) => {
  const { cloudflare, machine } = world()
  cloudflare.editJob(account, job.resource.name, { dataset: 'audit_logs' })
  const plan = await machine.plan(wanting([job]))
  cloudflare.editJob(account, job.resource.name, { enabled: true })
  const run = await machine.apply(plan)
  t.same(outcomes(run), [{ state: 'refused', reason: 'changed since the plan: enabled' }])
  t.same(audits(run), [])
})

t.test('a webhook that is adopted under another name', async (t) => {
  const set = (notifications: Partial<FakeCloudflare['notifications']> = {}) => {
    const cloudflare = aFakeCloudflare()
    const { url } = aWebhook().resource
    const adoptId = cloudflare.addWebhook(accountId, { name: 'by-hand', url })
    const machine = aMachine({
      ...cloudflare,
      notifications: { ...cloudflare.notifications, ...notifications },
    })
    const wanted: Desired = aWebhook('sre-exporter', { adopt: true, adoptId })
    return {
      cloudflare,
      machine,
      adoptId,
      run: async () => machine.apply(await machine.plan(wanting([wanted]))),
    }
  }

  await t.test('is sent whole, with its secret, and is told of', async (t) => {
    const { cloudflare, machine, adoptId, run } = set()
    const ended = await run()
    t.same(applyReportLines(ended.report), ['Applied: 1 adopted.'])
    t.same(audits(ended), [['update', 'webhook', adoptId, 'done']])
    t.same(machine.sent, ['sre-exporter'])
    t.match(cloudflare.snapshot(), {
      webhooks: [[accountId, [{ name: 'sre-exporter', secret: 'canary-webhook-secret' }]]],
    })
  })

  await t.test('fails when Cloudflare says that it was changed and did not change the name', async (t) => {
    const { machine, run } = set({ updateWebhook: async () => {} })
    t.same(outcomes(await run()), [
      { state: 'failed', reason: 'Cloudflare said that it was changed, but did not change name' },
    ])
    t.same(machine.sent, [], 'whether Cloudflare has the address and the secret is not known')
  })
})

t.test('a webhook that is deleted is not told of as sent', async (t) => {
  const cloudflare = aFakeCloudflare()
  cloudflare.addWebhook(accountId, { name: old, url: aWebhook().resource.url })
  const machine = aMachine(cloudflare)
  const run = await machine.apply(await machine.plan(wanting([], removing(old))))
  t.same(applyReportLines(run.report), ['Applied: 1 deleted.'])
  t.same(machine.sent, [])
})
