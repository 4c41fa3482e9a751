import t from 'tap'
import { ApiFailure } from '../../../src/errors.ts'
import type { JobsApi } from '../../../src/ports/cloudflare.ts'
import type { Listing } from '../../../src/ports/listing.ts'
import { applyExitCode, applyReportLines } from '../../../src/provision/apply/apply-outcome.ts'
import { addressKey } from '../../../src/provision/resource/resource.ts'
import { aFakeCloudflare, aMachine, aWideManifest, readAll } from '../../support/apply-world.ts'
import type { FakeCloudflare } from '../../support/fake-cloudflare.ts'
import { leapingClock } from '../../support/leaping-clock.ts'
import {
  account,
  accountId,
  aJob,
  aPolicy,
  aWebhook,
  removing,
  wanting,
} from '../../support/provision-values.ts'

/* What is looked at after a write: two runs at once, and success that was none. */

/** A job with the name that this run is about to create, made by another run. */
const twin = { name: 'sre-worker-logs', dataset: 'workers_trace_events' } as const
const wanted = aJob()
const { destinationConf } = wanted.resource

t.test('of a job that two runs create at the same moment the older one stays', async (t) => {
  for (const phase of ['before', 'after'] as const) {
    const cloudflare = aFakeCloudflare()
    const machine = aMachine(cloudflare)
    const plan = await machine.plan(wanting([wanted]))
    let left = 1
    cloudflare.intercept((call) => {
      if (call.operation === 'create job' && call.phase === phase && left-- > 0)
        cloudflare.addJob(account, { ...twin, destinationConf })
    })
    const run = await machine.apply(plan)
    const actual = await readAll(cloudflare, wanting([wanted]))
    if (phase === 'after') {
      t.same(applyReportLines(run.report), ['Applied: 1 created.'], 'ours came first, the other gives way')
      t.equal(actual.resources.length, 2)
    } else {
      t.equal(applyExitCode(run.report), 1)
      t.match(run.report.steps[0]?.outcome, {
        state: 'refused',
        reason:
          /another run created the same job \(id \d+\) at the same moment, so this one was deleted again/,
      })
      t.equal(actual.resources.length, 1)
      t.match(
        run.logs.map(({ fields }) => fields),
        [{ action: 'create' }, { action: 'delete', result: 'done' }],
      )
    }
  }
})

/** What was made at these times, told as each kind tells it. */
function madeAt(cloudflare: FakeCloudflare, timeOf: (id: string) => number | null): FakeCloudflare {
  const { listWebhooks, listPolicies } = cloudflare.notifications
  const told = <T extends { readonly id: string }>(list: Listing<T>): Listing<T> => ({
    ...list,
    items: list.items.map((one) => ({ ...one, createdAt: timeOf(one.id) })),
  })
  return {
    ...cloudflare,
    notifications: {
      ...cloudflare.notifications,
      listWebhooks: async (...args) => told(await listWebhooks(...args)),
      listPolicies: async (...args) => told(await listPolicies(...args)),
    },
  }
}

t.test(
  'of webhooks and policies that two runs create at once the older stays, or one where neither tells',
  async (t) => {
    const hook = aWebhook()
    const policy = aPolicy({ webhooks: [] })
    const { url } = hook.resource
    for (const wanted of [hook, policy]) {
      const { name } = wanted.resource
      for (const [theirTime, ourTime, isKept] of [
        [1, 2, false],
        [2, 1, true],
        [1, 1, false],
        [null, 1, false],
      ] as const) {
        const cloudflare = aFakeCloudflare()
        const theirs: string[] = []
        const machine = aMachine(madeAt(cloudflare, (id) => (theirs.includes(id) ? theirTime : ourTime)))
        const plan = await machine.plan(wanting([wanted]))
        cloudflare.intercept(({ operation, phase }) => {
          if (!operation.startsWith('create') || phase !== 'before' || theirs.length > 0) return
          // The other run has ended, and does not know of this one.
          theirs.push(
            wanted === hook
              ? cloudflare.addWebhook(accountId, { name, url })
              : cloudflare.addPolicy(accountId, { name }),
          )
        })
        const run = await machine.apply(plan)
        const left = (await readAll(cloudflare, wanting([wanted]))).resources
        const what = `${wanted.kind}: theirs ${theirTime}, ours ${ourTime}`
        if (isKept) {
          t.same(applyReportLines(run.report), ['Applied: 1 created.'], what)
          continue
        }
        t.match(run.report.steps[0]?.outcome, { state: 'refused', reason: /at the same moment/ }, what)
        t.same(
          left.map(({ id }) => id),
          theirs,
          what,
        )
      }
    }
  },
)

t.test('a policy names the webhook that stays while two runs make one', async (t) => {
  const cloudflare = aFakeCloudflare()
  const ids = ['x', 'y'].map((_) => {
    const { name, url } = aWebhook().resource
    return cloudflare.addWebhook(accountId, { name, url })
  })
  const machine = aMachine(madeAt(cloudflare, (id) => (id === ids[0] ? 2 : 1)))
  await machine.apply(await machine.plan(wanting([aPolicy()])))
  const { items } = await cloudflare.notifications.listPolicies(accountId, {
    signal: new AbortController().signal,
  })
  t.same(items[0]?.mechanisms.webhooks, [ids[1]])
})

t.test('two applies at once leave no duplicate, and the next run has nothing left to do', async (t) => {
  const cloudflare = aFakeCloudflare()
  const desired = aWideManifest()
  const machines = [aMachine(cloudflare), aMachine(cloudflare)]
  const plans = await Promise.all(machines.map((machine) => machine.plan(desired)))
  await Promise.all(plans.map((plan, index) => machines[index]?.apply(plan, { parallel: 4 })))
  const { resources } = await readAll(cloudflare, desired)
  const keys = resources.map(({ resource }) => addressKey(resource))
  t.same([...new Set(keys)], keys, 'nothing is there twice')
  const [machine] = machines
  if (machine === undefined) throw new Error('no machine')
  await machine.apply(await machine.plan(desired))
  t.same((await machine.plan(desired)).changes, [])
})

t.test('an update that Cloudflare answers with success and does not make is a failure', async (t) => {
  const cloudflare = aFakeCloudflare()
  const job = cloudflare.addJob(account, { ...twin, destinationConf, enabled: false })
  const idle: JobsApi = {
    ...cloudflare.jobs,
    updateJob: (scope, id, _, options) => cloudflare.jobs.getJob(scope, id, options),
  }
  const machine = aMachine({ ...cloudflare, jobs: idle })
  const run = await machine.apply(await machine.plan(wanting([wanted])))
  t.match(run.report.steps[0]?.outcome, {
    state: 'failed',
    reason:
      /^Cloudflare said that it was changed, but did not change enabled, output\.fields, output\.timestamp_format$/,
  })
  t.ok(job.id)
})

t.test('what an answer leaves out is looked up before it counts as not made', async (t) => {
  const cloudflare = aFakeCloudflare()
  cloudflare.addJob(account, { ...twin, destinationConf, enabled: false })
  const terse: JobsApi = {
    ...cloudflare.jobs,
    updateJob: async (...args) => ({ ...(await cloudflare.jobs.updateJob(...args)), outputOptions: null }),
  }
  const machine = aMachine({ ...cloudflare, jobs: terse })
  const run = await machine.apply(await machine.plan(wanting([wanted])))
  t.same(applyReportLines(run.report), ['Applied: 1 updated.'])
})

t.test('a policy, a delete and a create that were answered and not made are failures too', async (t) => {
  const cloudflare = aFakeCloudflare()
  cloudflare.addJob(account, { ...twin, name: 'sre-old', destinationConf })
  cloudflare.addPolicy(account.id, { name: 'sre-logpush-disabled', enabled: false })
  const idle = {
    ...cloudflare,
    jobs: {
      ...cloudflare.jobs,
      deleteJob: async () => {},
      createJob: async () => cloudflare.addJob({ kind: 'account', id: 'f'.repeat(32) }, { destinationConf }),
    },
    notifications: { ...cloudflare.notifications, updatePolicy: async () => {} },
  }
  const machine = aMachine(idle)
  const reasons: (readonly [string, string])[] = []
  for (const desired of [wanting([wanted, aPolicy({ webhooks: [] })]), wanting([], removing('sre-old'))]) {
    const { report } = await machine.apply(await machine.plan(desired))
    for (const { subject, outcome } of report.steps)
      reasons.push([`${subject.change} ${outcome.state}`, 'reason' in outcome ? outcome.reason : ''])
  }
  t.same(reasons, [
    ['create failed', 'Cloudflare said that it was created, but it is not there'],
    ['update failed', 'Cloudflare said that it was changed, but did not change enabled, email'],
    ['delete failed', 'Cloudflare said that it was deleted, but it is still there'],
  ])
})

t.test(
  'a write that was answered and cannot be looked at is done, and says that nobody looked',
  async (t) => {
    for (const [operation, desired, state] of [
      ['create job', wanting([wanted]), 'created'],
      ['update policy', wanting([aPolicy({ webhooks: [] })]), 'updated'],
      ['delete job', wanting([], removing('sre-old')), 'deleted'],
    ] as const) {
      const cloudflare = aFakeCloudflare()
      cloudflare.addJob(account, { ...twin, name: 'sre-old', destinationConf })
      cloudflare.addPolicy(account.id, { name: 'sre-logpush-disabled', enabled: false })
      const machine = aMachine(cloudflare)
      const plan = await machine.plan(desired)
      let isWritten = false
      cloudflare.intercept((call) => {
        if (call.operation === operation && call.phase === 'after') isWritten = true
        if (!call.write && isWritten) throw new ApiFailure('forbidden', 'no reading', { operation: 'test' })
      })
      const { report } = await machine.apply(plan)
      t.same(applyReportLines(report), [`Applied: 1 ${state}.`])
      t.match(report.steps[0]?.outcome, { state: 'done', note: 'not looked at again: no reading' }, operation)
    }
  },
)

t.test('what shows late is looked for three times, at 0, 2 and 7 seconds', async (t) => {
  for (const [hidden, state, slept] of [
    [0, 'done', []],
    [1, 'done', [2_000]],
    [2, 'done', [2_000, 5_000]],
    [3, 'failed', [2_000, 5_000]],
  ] as const) {
    const cloudflare = aFakeCloudflare()
    let left: number = hidden
    let isMade = false
    const late: JobsApi = {
      ...cloudflare.jobs,
      createJob: async (...args) => {
        isMade = true
        return cloudflare.jobs.createJob(...args)
      },
      listJobs: async (...args) => {
        const list = await cloudflare.jobs.listJobs(...args)
        if (!isMade || left === 0) return list
        left -= 1
        return { ...list, items: [] }
      },
    }
    const clock = leapingClock()
    const machine = aMachine({ ...cloudflare, jobs: late })
    const { report } = await machine.apply(await machine.plan(wanting([wanted])), { clock })
    t.equal(report.steps[0]?.outcome.state, state, `hidden ${hidden} times`)
    t.same(clock.slept, slept)
  }
})

t.test('a second object that cannot be deleted again is told of with its id, and what to do', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const plan = await machine.plan(wanting([wanted]))
  const theirs: string[] = []
  cloudflare.intercept(({ operation, phase }) => {
    if (operation === 'create job' && phase === 'before')
      theirs.push(cloudflare.addJob(account, { ...twin, destinationConf }).id)
    if (operation === 'delete job') throw new ApiFailure('forbidden', 'no deleting', { operation: 'test' })
  })
  const run = await machine.apply(plan)
  const { resources } = await readAll(cloudflare, wanting([wanted]))
  const [ours] = resources.map(({ id }) => id).filter((id) => !theirs.includes(id))
  t.same(run.report.steps[0]?.outcome, {
    state: 'failed',
    reason: `another run created the same job (id ${theirs[0]}) at the same moment; delete the one with id ${ours}: no deleting`,
  })
  t.match(
    run.logs.map(({ fields }) => fields),
    [
      { action: 'create', result: 'done', id: ours },
      { action: 'delete', result: 'failed', id: ours },
    ],
  )
})
