import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { ApiFailure, type ApiFailureKind, InternalError } from '../../../src/errors.ts'
import type { Unreadable } from '../../../src/ports/listing.ts'
import type { NotificationsApi } from '../../../src/ports/notifications.ts'
import { eventLine } from '../../../src/provision/apply/apply-event.ts'
import { applyExitCode, applyReportLines, summarize } from '../../../src/provision/apply/apply-outcome.ts'
import {
  aFakeCloudflare,
  aMachine,
  aWideManifest,
  jobCounts,
  type Run,
  type RunOptions,
  readAll,
  secretTexts,
  statesOf,
  zones,
} from '../../support/apply-world.ts'
import type { FakeCloudflare } from '../../support/fake-cloudflare.ts'
import type { FakeCall } from '../../support/fake-core.ts'
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

function failure(kind: ApiFailureKind, more: { codes?: number[]; retryAfterMs?: number } = {}): ApiFailure {
  return new ApiFailure(kind, `cannot do it: ${kind}`, { operation: 'test', ...more })
}

/** Makes the first call that fits fail, once. */
function failOnce(
  cloudflare: FakeCloudflare,
  operation: string,
  error: Error,
  phase: FakeCall['phase'] = 'before',
) {
  let left = 1
  cloudflare.intercept((call) => {
    if (call.operation === operation && call.phase === phase && left-- > 0) throw error
  })
}

function writesOf(cloudflare: FakeCloudflare): readonly string[] {
  return cloudflare.calls.filter((call) => /^(create|update|delete|request)/.test(call))
}

/** The world as one text: much quicker to compare than objects. */
function text(cloudflare: FakeCloudflare): string {
  return JSON.stringify(cloudflare.snapshot())
}

function everythingSaid({ report, events, logs }: Run): string {
  return [
    ...events.map(eventLine),
    ...applyReportLines(report),
    JSON.stringify(logs),
    JSON.stringify(report),
  ].join('\n')
}

t.test('a manifest with 12 jobs in 4 scopes, 2 webhooks and 3 policies', async (t) => {
  const cloudflare = aFakeCloudflare()
  const empty = cloudflare.snapshot()
  const machine = aMachine(cloudflare)
  const desired = aWideManifest()
  const run = await machine.apply(await machine.plan(desired), { parallel: 3 })
  t.equal(applyExitCode(run.report), 0)
  t.same(applyReportLines(run.report), ['Applied: 17 created.'])
  t.same((await machine.plan(desired)).changes, [], 'the plan right after is empty')
  t.equal(cloudflare.challengeFiles.size, 4, 'jobs that share scope and destination share a challenge')
  t.same(machine.sent, ['sre-chat', 'sre-exporter'])
  t.equal(
    run.events.length,
    1 + 2 * 21 + 4 + 1,
    'begin, start and end of each step, a wait per challenge, end',
  )
  t.equal(
    run.logs.filter(({ message }) => message === 'provision write').length,
    21,
    'one audit line per write',
  )
  for (const secret of secretTexts) t.notMatch(everythingSaid(run), secret)

  await t.test('a hand edit is exactly one change, and is put right', async (t) => {
    const [zone] = zones
    if (zone === undefined) throw new Error('no zone')
    const wanted = cloudflare.snapshot()
    cloudflare.editJob(zone, 'sre-http', { enabled: false })
    const plan = await machine.plan(desired)
    t.match(plan.changes, [{ change: 'update', fields: [{ path: 'enabled', from: false, to: true }] }])
    const before = cloudflare.challengeFiles.size
    t.same(applyReportLines((await machine.apply(plan)).report), ['Applied: 1 updated.'])
    t.equal(cloudflare.challengeFiles.size, before, 'no challenge is needed to switch a job on')
    t.same(cloudflare.snapshot(), wanted)
  })

  await t.test('destroy brings the world back', async (t) => {
    const foreign = cloudflare.addJob(account, { name: 'other-team', destinationConf: new Secret('r2://x') })
    const end = await machine.apply(await machine.destroyPlan(desired), { parallel: 3 })
    t.same(applyReportLines(end.report), ['Applied: 17 deleted.'])
    t.match(cloudflare.snapshot(), {
      jobs: [[`account:${accountId}`, [{ name: 'other-team' }]]],
      webhooks: [],
    })
    await cloudflare.jobs.deleteJob(account, foreign.id, { signal: new AbortController().signal })
    t.same(cloudflare.snapshot(), empty)
    const writes = writesOf(cloudflare).filter((call) => call.startsWith('delete'))
    t.match(writes.slice(0, 3), [/policy/, /policy/, /policy/], 'policies go before what they use')
    t.match(writes.slice(-3, -1), [/webhook/, /webhook/])
  })
})

t.test('webhooks are made before the policies that use them, jobs after their challenges', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  await machine.apply(await machine.plan(aWideManifest()))
  const kinds = writesOf(cloudflare).map((call) => call.split(' ').slice(0, 2).join(' '))
  t.same([...new Set(kinds)], ['create webhook', 'request challenge', 'create job', 'create policy'])
})

t.test('killed between any two writes, the next run ends in the same world', async (t) => {
  const clean = aFakeCloudflare()
  const desired = aWideManifest()
  const first = aMachine(clean)
  await first.apply(await first.plan(desired))
  const wanted = text(clean)
  const total = writesOf(clean).length
  t.equal(total, 21)
  const emptied = text(aFakeCloudflare())

  for (const [phase, parallel] of [
    ['before', 1],
    ['after', 1],
    ['after', 4],
  ] as const) {
    for (let position = 1; position <= total; position += 1) {
      const cloudflare = aFakeCloudflare()
      const machine = aMachine(cloudflare)
      let count = 0
      cloudflare.intercept((call) => {
        if (!call.write) return
        if (call.phase === 'before') count += 1
        if (count === position && call.phase === phase) throw new InternalError('killed')
        if (count > position) throw new InternalError('dead programs write nothing')
      })
      const at = `${phase} write ${position}, ${parallel} at a time`
      await t.rejects(machine.apply(await machine.plan(desired), { parallel }), InternalError)
      cloudflare.intercept(() => undefined)
      const run = await machine.apply(await machine.plan(desired), { parallel })
      if (applyExitCode(run.report) !== 0) t.fail(`${at}: ${applyReportLines(run.report).join('\n')}`)
      const actual = await readAll(cloudflare, desired)
      if ([...jobCounts(actual).values()].some((copies) => copies > 1))
        t.fail(`${at}: something is there twice`)
      t.equal(text(cloudflare), wanted, at)
      if ((await machine.plan(desired)).changes.length > 0) t.fail(`${at}: the plan is not empty`)

      count = 0
      cloudflare.intercept((call) => {
        if (!call.write || call.phase !== phase) return
        count += 1
        if (count >= Math.min(position, 17)) throw new InternalError('killed')
      })
      await t.rejects(machine.apply(await machine.destroyPlan(desired), { parallel }), InternalError)
      cloudflare.intercept(() => undefined)
      await machine.apply(await machine.destroyPlan(desired), { parallel })
      t.equal(text(cloudflare), emptied, `destroy killed ${at}`)
    }
  }
})

t.test('a lost answer to any write: looked up, never sent again', async (t) => {
  const desired = aWideManifest()
  const clean = aFakeCloudflare()
  const first = aMachine(clean)
  await first.apply(await first.plan(desired))
  const wanted = text(clean)
  for (const kind of ['timeout', 'network', 'unavailable', 'bad_response'] as const) {
    for (let position = 1; position <= 21; position += 1) {
      const cloudflare = aFakeCloudflare()
      const machine = aMachine(cloudflare)
      let count = 0
      cloudflare.intercept((call) => {
        if (call.write && call.phase === 'after' && ++count === position) throw failure(kind)
      })
      const run = await machine.apply(await machine.plan(desired))
      const lost = writesOf(cloudflare)[position - 1] ?? ''
      if (lost.startsWith('request')) {
        t.equal(summarize(run.report).failed, 1, 'a challenge whose file name is lost fails')
        await machine.apply(await machine.plan(desired))
      } else if (applyExitCode(run.report) !== 0 || writesOf(cloudflare).length !== 21) {
        t.fail(`${lost}: ${applyReportLines(run.report).join('\n')}`)
      }
      t.equal(text(cloudflare), wanted, `${kind} after write ${position}`)
    }
  }
})

t.test('a write that never arrived is reported, its dependents wait, the next run finishes', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const desired = wanting([
    aJob(),
    aWebhook('sre-exporter'),
    aWebhook('sre-other'),
    aPolicy(),
    aPolicy({ name: 'sre-mail', webhooks: [] }),
  ])
  failOnce(cloudflare, 'create webhook', failure('network'))
  const run = await machine.apply(await machine.plan(desired))
  t.same(applyReportLines(run.report), [
    'Applied: 3 created, 1 failed, 1 skipped.',
    'Not completed:',
    '  failed: create webhook sre-exporter (account Quay): cannot do it: network; a second read shows that the change was not made; it was not sent again',
    '  skipped: create policy sre-logpush-disabled (account Quay): depends on "create webhook sre-exporter", which was not completed',
    'Run the same command again to finish.',
  ])
  t.equal(applyExitCode(run.report), 1)
  t.match(run.logs, [
    { fields: { audit: true, action: 'create', kind: 'webhook', result: 'unclear', id: null } },
    {},
    {},
    {},
  ])
  const again = await machine.apply(await machine.plan(desired))
  t.same(applyReportLines(again.report), ['Applied: 2 created.'])
  t.same((await machine.plan(desired)).changes, [])
})

t.test('a look that fails too leaves it open, and says so', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const desired = wanting([aJob()])
  let down = false
  cloudflare.intercept((call) => {
    if (call.write && call.phase === 'after') down = true
    if (down) throw failure('network')
  })
  const plan = await machine.plan(desired)
  const run = await machine.apply(plan)
  t.match(
    applyReportLines(run.report)[2],
    'could not verify whether the change was made (cannot do it: network)',
  )
  t.match(run.logs, [{ fields: { result: 'unclear' } }])
  cloudflare.intercept(() => undefined)
  t.same((await machine.plan(desired)).changes, [], 'it was: the next run sees it')
})

t.test('what changed since the plan is refused, and nothing is written', async (t) => {
  const desired = wanting(
    [
      aJob({ name: 'sre-edited' }),
      aJob({ name: 'sre-gone' }),
      aJob({ name: 'sre-twin' }),
      aJob({ name: 'sre-ok' }),
      aWebhook(),
      aPolicy(),
    ],
    removing('sre-extra', 'sre-extra-edited'),
  )
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const conf = aJob().resource.destinationConf
  const off = { enabled: false, dataset: 'workers_trace_events', destinationConf: conf }
  for (const name of ['sre-edited', 'sre-gone', 'sre-ok', 'sre-extra', 'sre-extra-edited']) {
    cloudflare.addJob(account, { ...off, name })
  }
  cloudflare.addPolicy(accountId, { name: 'sre-logpush-disabled' })
  const plan = await machine.plan(desired)
  cloudflare.editJob(account, 'sre-edited', { filter: '{"where":{}}', maxUploadRecords: 5000 })
  cloudflare.editJob(account, 'sre-extra-edited', { enabled: true })
  cloudflare.editJob(account, 'sre-ok', { lastComplete: 5, lastError: 4, errorMessage: new Secret('x') })
  cloudflare.addJob(account, { ...off, name: 'sre-twin' })
  const signal = new AbortController().signal
  const { items: jobs } = await cloudflare.jobs.listJobs(account, { signal })
  await cloudflare.jobs.deleteJob(account, jobs.find(({ name }) => name === 'sre-gone')?.id ?? '', { signal })
  const {
    items: [policy],
  } = await cloudflare.notifications.listPolicies(accountId, { signal })
  if (policy === undefined) throw new Error('no policy')
  await cloudflare.notifications.updatePolicy(accountId, policy.id, { ...policy, enabled: false }, { signal })

  const writes = writesOf(cloudflare).length
  const run = await machine.apply(plan)
  t.same(applyReportLines(run.report), [
    'Applied: 1 created, 1 updated, 4 refused, 2 skipped.',
    'Not completed:',
    '  refused: update job sre-edited (account Quay): changed since the plan: filter, maxUploadRecords',
    '  refused: update job sre-gone (account Quay): deleted since the plan',
    '  refused: create job sre-twin (account Quay): a job of this name has appeared since the plan',
    '  refused: update policy sre-logpush-disabled (account Quay): changed since the plan: enabled',
    '  skipped: delete job sre-extra (account Quay): depends on "update job sre-edited", which was not completed',
    '  skipped: delete job sre-extra-edited (account Quay): depends on "update job sre-edited", which was not completed',
    'Run plan again to see what changed, then apply.',
  ])
  t.equal(writesOf(cloudflare).length, writes + 2)
})

t.test('what cannot be read any more is neither gone nor new: only that object is refused', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  cloudflare.addPolicy(accountId, { name: 'sre-a', enabled: false })
  cloudflare.addPolicy(accountId, { name: 'sre-b', enabled: false })
  cloudflare.addPolicy(accountId, { name: 'sre-old' })
  const wanted = ['sre-a', 'sre-b', 'sre-new'].map((name) => aPolicy({ name, webhooks: [] }))
  const plan = await machine.plan(wanting(wanted, removing('sre-old')))
  const { listPolicies } = cloudflare.notifications
  const odd = (name: string | null, id: string | null): Unreadable => ({
    id,
    name,
    field: 'x',
    leftOut: true,
  })
  const applyBeside = (hidden: readonly string[], more: readonly Unreadable[]) => {
    const hides = (name: string) => hidden.includes(name)
    const notifications: NotificationsApi = {
      ...cloudflare.notifications,
      listPolicies: async (...given) => {
        const { items } = await listPolicies(...given)
        return {
          items: items.filter(({ name }) => !hides(name)),
          unreadable: [
            ...items.filter(({ name }) => hides(name)).map(({ id, name }) => odd(name, id)),
            ...more,
          ],
        }
      },
    }
    return aMachine({ ...cloudflare, notifications }).apply(plan)
  }
  const first = await applyBeside(['sre-a', 'sre-old'], [odd('sre-new', null)])
  t.strictSame([...statesOf(first)].sort(), [
    'create sre-new failed',
    'delete sre-old skipped',
    'update sre-a failed',
    'update sre-b done',
  ])
  t.match(
    applyReportLines(first.report).join('\n'),
    /update policy sre-a .*: Cloudflare's answer about the policy with id \w+ cannot be read at x, so nothing is written/,
  )
  const second = await applyBeside(['sre-a'], [odd(null, null)])
  t.ok(statesOf(second).includes('create sre-new failed'), 'the nameless one may be it')
  t.equal(writesOf(cloudflare).filter((call) => call.startsWith('create')).length, 0)
})

t.test(
  'an update that is refused because of the destination says that it is tested every time',
  async (t) => {
    const cloudflare = aFakeCloudflare()
    const machine = aMachine(cloudflare)
    await machine.apply(await machine.plan(wanting([aJob()])))
    cloudflare.editJob(account, aJob().resource.name, { enabled: false })
    const message = 'cannot update a job: error validating destination: no such host'
    failOnce(
      cloudflare,
      'update job',
      new ApiFailure('invalid_request', message, { operation: 'test', status: 400 }),
    )
    const run = await machine.apply(await machine.plan(wanting([aJob()])))
    t.match(
      applyReportLines(run.report).join('\n'),
      `${message}; Cloudflare tests the destination at every update, also when only other fields change: repair it first`,
    )
  },
)

t.test('deletes come last, and what is gone or changed is not deleted', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const conf = aJob().resource.destinationConf
  for (const name of ['sre-old', 'sre-gone', 'sre-edited', 'other']) {
    cloudflare.addJob(account, { name, dataset: 'workers_trace_events', destinationConf: conf })
  }
  const desired = wanting([aJob({ name: 'sre-new' })], removing('sre-old', 'sre-gone', 'sre-edited'))
  const plan = await machine.plan(desired)
  cloudflare.editJob(account, 'sre-edited', { enabled: true })
  const signal = new AbortController().signal
  const { items: jobs } = await cloudflare.jobs.listJobs(account, { signal })
  await cloudflare.jobs.deleteJob(account, jobs.find(({ name }) => name === 'sre-gone')?.id ?? '', { signal })
  failOnce(cloudflare, 'create job', failure('forbidden'))
  t.same(statesOf(await machine.apply(plan)), [
    'create sre-new failed',
    'delete sre-edited skipped',
    'delete sre-gone skipped',
    'delete sre-old skipped',
  ])
  t.same(statesOf(await machine.apply(plan)), [
    'create sre-new done',
    'delete sre-edited refused',
    'delete sre-gone done',
    'delete sre-old done',
  ])
})

t.test('a job that is replaced: the new one first, then the old one goes', async (t) => {
  const set = () => {
    const cloudflare = aFakeCloudflare()
    const { destinationConf } = aJob().resource
    const old = cloudflare.addJob(account, {
      name: 'sre-worker-logs',
      dataset: 'audit_logs',
      destinationConf,
    })
    return { cloudflare, old, machine: aMachine(cloudflare), desired: wanting([aJob()]) }
  }
  const names = async (cloudflare: FakeCloudflare) => {
    const { items: jobs } = await cloudflare.jobs.listJobs(account, { signal: new AbortController().signal })
    return jobs.map(({ dataset }) => dataset)
  }
  const good = set()
  const run = await good.machine.apply(await good.machine.plan(good.desired))
  t.same(applyReportLines(run.report), ['Applied: 1 replaced.'])
  t.same(writesOf(good.cloudflare), [`create job account:${accountId}`, `delete job account:${accountId}`])
  t.same((await good.machine.plan(good.desired)).changes, [])

  const refused = set()
  failOnce(refused.cloudflare, 'create job', failure('invalid_request'))
  t.match(
    applyReportLines((await refused.machine.apply(await refused.machine.plan(refused.desired))).report)[0],
    '1 failed',
  )
  t.same(await names(refused.cloudflare), ['audit_logs'], 'the old one works on')

  const half = set()
  failOnce(half.cloudflare, 'delete job', failure('forbidden'))
  const report = (await half.machine.apply(await half.machine.plan(half.desired))).report
  t.match(
    applyReportLines(report)[2],
    'the new one was created, but the old one still exists: cannot do it: forbidden',
  )
  t.same(await names(half.cloudflare), ['audit_logs', 'workers_trace_events'])
  t.same(applyReportLines((await half.machine.apply(await half.machine.plan(half.desired))).report), [
    'Applied: 1 deleted.',
  ])
  t.same(await names(half.cloudflare), ['workers_trace_events'])
})

t.test('told to stop, it lets the write under way end and starts no other', async (t) => {
  for (const parallel of [1, 3]) {
    const cloudflare = aFakeCloudflare()
    const machine = aMachine(cloudflare)
    const desired = aWideManifest()
    const controller = new AbortController()
    let count = 0
    cloudflare.intercept((call) => {
      if (call.write && call.phase === 'before' && ++count === 5) controller.abort()
    })
    const run = await machine.apply(await machine.plan(desired), { signal: controller.signal, parallel })
    const { created, not_started: left, failed } = summarize(run.report)
    t.equal(run.report.stopped, 'interrupted')
    t.equal(failed, 0)
    t.ok(writesOf(cloudflare).length <= 5 + parallel - 1)
    t.equal(applyReportLines(run.report)[0], 'Stopped: interrupted.')
    t.equal(run.report.steps.length, 21)
    t.ok(created + left >= 17)
    t.match(run.events.at(-1), { event: 'end', stopped: 'interrupted' })
    cloudflare.intercept(() => undefined)
    t.equal(applyExitCode((await machine.apply(await machine.plan(desired))).report), 0)
    t.same((await machine.plan(desired)).changes, [])
  }
  const aborted = new AbortController()
  aborted.abort()
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const plan = await machine.plan(aWideManifest())
  const calls = cloudflare.calls.length
  await machine.apply(plan, { signal: aborted.signal })
  t.equal(cloudflare.calls.length, calls, 'stopped before it began, nothing is asked or written')
})

t.test('too many requests are waited out, also for writes; a refused token ends the run', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const clock = leapingClock()
  let refusals = 2
  cloudflare.intercept((call) => {
    if (call.operation === 'create job' && call.phase === 'before' && refusals-- > 0) {
      throw failure('rate_limited', { retryAfterMs: 299_000 })
    }
  })
  const run = await machine.apply(await machine.plan(wanting([aJob()])), { clock })
  t.same(applyReportLines(run.report), ['Applied: 1 created.'])
  t.same(clock.slept, [299_000, 299_000])
  t.match(run.events[2], { step: { state: 'waiting', reason: 'Cloudflare asks to wait 299 s' } })

  const far = aFakeCloudflare()
  failOnce(far, 'create job', failure('rate_limited', { retryAfterMs: 3_600_000 }))
  t.match(statesOf(await aMachine(far).apply(await aMachine(far).plan(wanting([aJob()])))), [/failed/])

  const denied = aFakeCloudflare()
  const other = aMachine(denied)
  failOnce(denied, 'create webhook', failure('auth'))
  const end = await other.apply(await other.plan(aWideManifest()))
  t.equal(end.report.stopped, 'the API token was refused')
  t.equal(writesOf(denied).length, 1)
})

t.test('a read is repeated when that may help', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const clock = leapingClock()
  const plan = await machine.plan(wanting([aJob()]))
  let failures = 3
  cloudflare.intercept((call) => {
    if (!call.write && call.phase === 'before' && failures-- > 0) throw failure('unavailable')
  })
  t.match(statesOf(await machine.apply(plan, { clock })), ['create sre-worker-logs done'])
  t.same(clock.slept, [1_000, 4_000, 10_000])
})

t.test('every request waits for its turn, and is not made once the run is told to stop', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const plan = await machine.plan(aWideManifest())
  const before = cloudflare.calls.length
  let turns = 0
  const budget: RunOptions['budget'] = {
    async run(_, work) {
      turns += 1
      if (turns > 30) throw failure('aborted')
      return work()
    },
  }
  const run = await machine.apply(plan, { budget })
  t.equal(cloudflare.calls.length - before, 30)
  t.equal(run.report.stopped, 'interrupted')
  t.equal(summarize(run.report).failed, 0)
})

t.test('tokens: by hand, rejected, and where none is needed', async (t) => {
  const conf = new Secret('s3://quay-logs/workers?region=us-east-1')
  const byHand = (token: string) =>
    wanting([aJob({ destinationConf: conf }, { ownership: { how: 'token', token: new Secret(token) } })])
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const signal = new AbortController().signal
  const { filename } = await cloudflare.ownership.requestChallenge(account, conf, { signal })
  const token = cloudflare.challengeFiles.get(filename)?.reveal() ?? ''
  t.match(statesOf(await machine.apply(await machine.plan(byHand('wrong')))), [
    'create sre-worker-logs failed',
  ])
  t.match(statesOf(await machine.apply(await machine.plan(byHand(token)))), ['create sre-worker-logs done'])
  t.equal(cloudflare.challengeFiles.size, 1, 'nothing more was asked for')

  const elsewhere = new Secret('s3://quay-logs/elsewhere?region=us-east-1')
  const moved = wanting([aJob({ destinationConf: elsewhere })])
  const stale = { state: 'token', token: new Secret('stale'), expiresAt: Number.MAX_SAFE_INTEGER } as const
  await machine.cache.save(account, elsewhere, stale)
  failOnce(cloudflare, 'update job', failure('invalid_request', { codes: [1002] }))
  const plan = await machine.plan(moved)
  t.match(statesOf(await machine.apply(plan)), [/^prove s3:.* done/, 'update sre-worker-logs failed'])
  t.match(statesOf(await machine.apply(plan)), [/^prove s3:.* done/, 'update sre-worker-logs done'])
  t.equal(cloudflare.challengeFiles.size, 2, 'the token that Cloudflare does not accept was replaced')
  t.same((await machine.plan(moved)).changes, [])
})

t.test('a challenge that cannot be had holds back its jobs only', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const sumo = new Secret('sumo://endpoint1.collection.us2.sumologic.com/receiver/v1/http/canary-path')
  const desired = wanting([aJob({ name: 'sre-sumo', destinationConf: sumo }), aJob({ name: 'sre-ok' })])
  const run = await machine.apply(await machine.plan(desired))
  t.same(applyReportLines(run.report), [
    'Applied: 1 created, 1 failed, 1 skipped.',
    'Not completed:',
    `  failed: verify ownership of sumo://endpoint1.collection.us2.sumologic.com/*** (account Quay): Cloudflare requires proof that you own sumo://endpoint1.collection.us2.sumologic.com/***, and its challenge file cannot be read automatically: run "provision ownership request", find the token, run "provision ownership confirm", and apply again`,
    '  skipped: create job sre-sumo (account Quay): depends on "verify ownership of sumo://endpoint1.collection.us2.sumologic.com/***", which was not completed',
    'Run the same command again to finish.',
  ])
})

t.test('a policy goes out whole, and names what it cannot find', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const filters = { zones: ['a'] }
  const mechanisms = { email: ['old@example.com'], webhooks: [], pagerduty: [] }
  cloudflare.addPolicy(accountId, {
    name: 'sre-logpush-disabled',
    description: 'by hand',
    filters,
    alertInterval: '30m',
    mechanisms,
  })
  await machine.apply(await machine.plan(wanting([aWebhook(), aPolicy()])))
  const {
    items: [policy],
  } = await cloudflare.notifications.listPolicies(accountId, {
    signal: new AbortController().signal,
  })
  t.match(policy, {
    description: 'by hand',
    filters,
    alertInterval: '30m',
    mechanisms: { email: ['sre@example.com'] },
  })
  t.equal(policy?.mechanisms.webhooks.length, 1)

  const lost = wanting([
    aPolicy({ name: 'sre-a', webhooks: ['nobody'] }),
    aPolicy({ name: 'sre-b', webhooks: [], pagerduty: ['Nobody'] }),
    aWebhook(),
    aPolicy(),
  ])
  t.match(applyReportLines((await machine.apply(await machine.plan(lost))).report), [
    /2 failed/,
    /Not completed/,
    /sre-a .*: there is no webhook named "nobody"$/,
    /sre-b .*: there is no PagerDuty service named "Nobody"; connect it with "provision pagerduty connect"$/,
    /again/,
  ])
})
