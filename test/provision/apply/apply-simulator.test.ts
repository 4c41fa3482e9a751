import t from 'tap'
import { createRestClient, type RestClient } from '../../../src/cloudflare/rest/rest-client.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { InternalError } from '../../../src/errors.ts'
import { eventLine } from '../../../src/provision/apply/apply-event.ts'
import { applyExitCode, applyReportLines } from '../../../src/provision/apply/apply-outcome.ts'
import { startSimulator } from '../../../src/simulator/server.ts'
import { buildWorld } from '../../../src/simulator/world/world-builder.ts'
import { contrary } from '../../support/api-mode.ts'
import {
  aMachine,
  aWideManifest,
  type CloudflareSide,
  jobCounts,
  type Run,
  readAll,
  secretTexts,
  worldText,
} from '../../support/apply-world.ts'
import { clientDeps } from '../../support/cloudflare-clients.ts'
import { leapingClock } from '../../support/leaping-clock.ts'

// Hundreds of runs over HTTP: more than the default on a busy machine.
t.setTimeout(300_000)

/** A simulated Cloudflare with an account and zones, and a client that can die at any write. */
async function aSimulatedWorld(letters = ['a', 'b', 'c'], isContrary = contrary) {
  const builder = buildWorld(7)
  const accountId = builder.account('Quay')
  const owner = { id: accountId, name: 'Quay' }
  const zones = letters.map((letter) => {
    const name = `${letter}.quay.example`
    return { kind: 'zone', id: builder.zone(name, accountId), name, account: owner } as const
  })
  builder.pagerduty(accountId, 'SRE primary')
  const challengeFiles = new Map<string, Secret>()
  const startAt = Date.UTC(2026, 10, 24)
  const simulator = await startSimulator({
    world: builder.spec(),
    startAt,
    speed: 0,
    rateLimits: { rest: { requests: 1_000_000, windowMs: 300_000 } },
    contrary: isContrary,
    objectStore: {
      put: (_bucket, key, text) => {
        challengeFiles.set(key, new Secret(String(text)))
      },
    },
  })
  const kill = { at: 0, phase: 'before' as 'before' | 'after', writes: 0 }
  const rest = createRestClient(clientDeps(simulator.url, { token: () => new Secret(simulator.token) }))
  /** The program ends around this write: it never hears of the answer, or never sends the request. */
  const mortal =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      kill.writes += 1
      const dies = kill.at > 0 && kill.writes >= kill.at
      if (dies && (kill.phase === 'before' || kill.writes > kill.at)) throw new InternalError('killed')
      const answer = await call(...args)
      if (dies) throw new InternalError('killed')
      return answer
    }
  const client: RestClient = {
    ...rest,
    requestChallenge: mortal(rest.requestChallenge),
    createJob: mortal(rest.createJob),
    updateJob: mortal(rest.updateJob),
    deleteJob: mortal(rest.deleteJob),
    createWebhook: mortal(rest.createWebhook),
    updateWebhook: mortal(rest.updateWebhook),
    deleteWebhook: mortal(rest.deleteWebhook),
    createPolicy: mortal(rest.createPolicy),
    updatePolicy: mortal(rest.updatePolicy),
    deletePolicy: mortal(rest.deletePolicy),
  }
  const cloudflare: CloudflareSide = {
    jobs: client,
    notifications: client,
    ownership: client,
    challengeFiles,
  }
  const desired = aWideManifest({ account: { kind: 'account', ...owner }, zones })
  /** What is live in truth: nothing that a contrary API adds, and in one form. */
  const plainly = async <T>(read: () => Promise<T>): Promise<T> => {
    simulator.variants.contrary(false)
    try {
      return await read()
    } finally {
      simulator.variants.contrary(isContrary)
    }
  }
  return {
    simulator,
    kill,
    desired,
    machine: aMachine(cloudflare, leapingClock(startAt)),
    live: () => plainly(() => worldText(cloudflare, desired)),
    copies: () => plainly(async () => jobCounts(await readAll(cloudflare, desired))),
  }
}

function everythingSaid({ report, events, logs }: Run): string {
  return [...events.map(eventLine), ...applyReportLines(report), JSON.stringify(logs)].join('\n')
}

for (const isContrary of new Set([contrary, true]))
  t.test(
    `over HTTP${isContrary ? ', contrary' : ''}: apply, an empty plan, destroy, and the world is as before`,
    async (t) => {
      const world = await aSimulatedWorld(undefined, isContrary)
      t.teardown(world.simulator.close)
      const { machine, desired, live } = world
      const before = await live()
      const run = await machine.apply(await machine.plan(desired), { parallel: 4 })
      t.same(applyReportLines(run.report), ['Applied: 17 created.'])
      t.equal((await machine.plan(desired)).changes.length, 0)
      t.equal(world.simulator.requests.count('request_challenge'), 4)
      for (const secret of secretTexts) t.notMatch(everythingSaid(run), secret)
      const end = await machine.apply(await machine.destroyPlan(desired), { parallel: 4 })
      t.same(applyReportLines(end.report), ['Applied: 17 deleted.'])
      t.equal(await live(), before)
    },
  )

t.test('over HTTP: killed between any two writes, the next run ends in the same world', async (t) => {
  const world = await aSimulatedWorld(['a'])
  t.teardown(world.simulator.close)
  const { machine, desired, live, copies, kill } = world
  const empty = await live()
  await machine.apply(await machine.plan(desired))
  const wanted = await live()
  await machine.apply(await machine.destroyPlan(desired))

  for (const phase of ['before', 'after'] as const) {
    // The tokens of the first run are known to the machine: 11 writes are left.
    for (let position = 1; position <= 11; position += 1) {
      const at = `${phase} write ${position}`
      Object.assign(kill, { at: position, phase, writes: 0 })
      await t.rejects(
        machine.apply(await machine.plan(desired), { parallel: 1 + (position % 3) }),
        InternalError,
      )
      Object.assign(kill, { at: 0 })
      const run = await machine.apply(await machine.plan(desired))
      if (applyExitCode(run.report) !== 0) t.fail(`${at}: ${applyReportLines(run.report).join('\n')}`)
      if ((await machine.plan(desired)).changes.length > 0) t.fail(`${at}: the plan is not empty`)
      const there = await copies()
      if ([...there.values()].some((count) => count > 1)) t.fail(`${at}: something is there twice`)
      t.equal(await live(), wanted, at)

      Object.assign(kill, { at: position, phase, writes: 0 })
      await t.rejects(machine.apply(await machine.destroyPlan(desired)), InternalError)
      Object.assign(kill, { at: 0 })
      await machine.apply(await machine.destroyPlan(desired))
      t.equal(await live(), empty, `destroy, ${at}`)
    }
  }
})

t.test('over HTTP: answers that are lost, late, broken or refused make nothing twice', async (t) => {
  const effects = [
    { kind: 'lost_answer' },
    { kind: 'reset' },
    { kind: 'html' },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 429, retryAfterSeconds: 30 },
  ] as const
  for (const effect of effects) {
    const world = await aSimulatedWorld()
    const { machine, desired, simulator, live, copies } = world
    for (const operation of [
      'create_job',
      'create_webhook',
      'create_policy',
      'delete_job',
      'delete_webhook',
    ]) {
      simulator.faults.add({ effect, operation, count: 2 })
    }
    for (let run = 0; run < 3; run += 1) await machine.apply(await machine.plan(desired), { parallel: 2 })
    const there = await copies()
    t.same([there.size, ...new Set(there.values())], [17, 1], `${JSON.stringify(effect)}: each object once`)
    t.equal((await machine.plan(desired)).changes.length, 0)
    for (let run = 0; run < 3; run += 1) await machine.apply(await machine.destroyPlan(desired))
    t.equal(await live(), '')
    await simulator.close()
  }
})
