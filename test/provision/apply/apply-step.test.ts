import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { ApiFailure, InternalError } from '../../../src/errors.ts'
import { eventLine } from '../../../src/provision/apply/apply-event.ts'
import { applyReportLines } from '../../../src/provision/apply/apply-outcome.ts'
import { aFakeCloudflare, aMachine, statesOf } from '../../support/apply-world.ts'
import { account, accountId, aJob, aWebhook, wanting } from '../../support/provision-values.ts'

/* One step of an apply: what is told while it runs, and which failures end more than the step. */

const destinationConf = new Secret('s3://quay-logs/workers?region=us-east-1')
const desired = wanting([aJob({ destinationConf })])

t.test('a challenge file that comes late is waited for, and each wait says for what', async (t) => {
  const cloudflare = aFakeCloudflare()
  let looks = 0
  class Late extends Map<string, Secret> {
    override get(key: string): Secret | undefined {
      looks += 1
      return looks > 2 ? cloudflare.challengeFiles.get(key) : undefined
    }
  }
  const machine = aMachine({ ...cloudflare, challengeFiles: new Late() })
  const run = await machine.apply(await machine.plan(desired))
  t.same(applyReportLines(run.report), ['Applied: 1 created.'])
  const [filename = ''] = cloudflare.challengeFiles.keys()
  const place = `s3://quay-logs/${filename}`
  t.same(
    run.events.flatMap((event) =>
      event.event === 'step' && event.step.state === 'waiting' ? [event.step.reason] : [],
    ),
    [`for ${place}`, `for ${place}: not there yet`, `for ${place}: not there yet`],
  )
  t.match(run.logs, [
    {
      fields: {
        audit: true,
        action: 'request challenge',
        location: place,
        scope: 'account Quay',
        scope_id: accountId,
        result: 'done',
      },
    },
    { fields: { audit: true, action: 'create', kind: 'job', scope: 'account Quay', scope_id: accountId } },
  ])
  t.ok(run.events.map(eventLine).join('\n').includes(place))
})

/** A job whose destination changes, and whose update Cloudflare refuses with this code. */
async function refused(codes: readonly number[], onCheck: () => void = () => {}) {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  cloudflare.addJob(account, {
    name: aJob().resource.name,
    dataset: aJob().resource.dataset,
    destinationConf: new Secret('gs://elsewhere/x'),
  })
  let isRefused = false
  cloudflare.intercept(({ operation, phase }) => {
    if (operation === 'update job' && phase === 'before') {
      isRefused = true
      throw new ApiFailure('invalid_request', 'bad input', { operation: 'test', codes: [...codes] })
    }
    if (operation === 'validate challenge' && phase === 'before' && isRefused) onCheck()
  })
  return { cloudflare, run: machine.apply(await machine.plan(desired)) }
}

t.test(
  'a token is checked again after Cloudflare has refused the input, and not after another no',
  async (t) => {
    for (const [codes, isChecked] of [
      [[1002], true],
      [[10000, 1002], true],
      [[10000], false],
      [[], false],
    ] as const) {
      const { cloudflare, run } = await refused(codes)
      t.same(statesOf(await run).slice(1), ['update sre-worker-logs failed'])
      const checks = cloudflare.calls.filter((call) => call.startsWith('validate challenge'))
      t.equal(checks.length, isChecked ? 2 : 1, `codes ${codes.join()}`)
    }
  },
)

t.test('that the token cannot be checked leaves the refusal as it is; a bug is not hidden', async (t) => {
  const down = await refused([1002], () => {
    throw new ApiFailure('invalid_request', 'cannot check', { operation: 'test' })
  })
  t.match(applyReportLines((await down.run).report)[2], /update job sre-worker-logs .*: bad input$/)
  const broken = await refused([1002], () => {
    throw new InternalError('a bug')
  })
  await t.rejects(broken.run, new InternalError('a bug'))
})

t.test('a refused token ends the run; one that a store refuses only its own step', async (t) => {
  const auth = new ApiFailure('auth', 'who are you?', { operation: 'test' })
  const both = wanting([aJob({ destinationConf }), aJob({ name: 'sre-z' })])
  for (const [operation, states, stopped] of [
    ['create job', [/^prove .* done$/, /failed$/, /not_started$/], 'the API token was refused'],
    ['request challenge', [/^prove .* failed$/, /skipped$/, /done$/], null],
  ] as const) {
    const cloudflare = aFakeCloudflare()
    const machine = aMachine(cloudflare)
    const plan = await machine.plan(both)
    cloudflare.intercept((call) => {
      if (call.operation === operation && call.phase === 'before') throw auth
    })
    const run = await machine.apply(plan)
    t.match(statesOf(run), states, operation)
    t.equal(run.report.stopped, stopped, operation)
  }
})

t.test('a webhook is told of only once Cloudflare has it', async (t) => {
  const cloudflare = aFakeCloudflare()
  const machine = aMachine(cloudflare)
  const plan = await machine.plan(wanting([aWebhook()]))
  cloudflare.addWebhook(accountId, { name: 'sre-exporter', url: aWebhook().resource.url })
  t.same(statesOf(await machine.apply(plan)), ['create sre-exporter refused'])
  t.same(machine.sent, [])
})
