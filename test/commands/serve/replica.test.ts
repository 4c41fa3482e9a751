import { once } from 'node:events'
import { createConnection } from 'node:net'
import t from 'tap'
import { createReplica } from '../../../src/commands/serve/replica.ts'
import { allSettings, defaultsOf, type Settings } from '../../../src/settings/exporter-settings.ts'
import type { Simulator } from '../../../src/simulator/server.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import type { Lease, LeaseDeps, ShardWaiter } from '../../../src/store/postgres-lease.ts'
import { exporterDeps } from '../../support/exporter-deps.ts'
import { logSink } from '../../support/log-sink.ts'
import { sampleValue, scrape } from '../../support/scrape.ts'
import { eventually, smallWorld } from '../../support/serving.ts'
import { simStart } from '../../support/simulation.ts'
import { createSteppedClock, settle } from '../../support/stepped-clock.ts'

/* One of several processes that share a database: the test deals out the shards. */

function dealer() {
  const claims: LeaseDeps[] = []
  let asked = 0
  let deal = (_lease: Lease): void => {}
  const open = (claim: LeaseDeps): ShardWaiter => {
    claims.push(claim)
    return {
      waitsFor: () => 'waiting for the test',
      next: (stop) =>
        new Promise((resolve) => {
          asked += 1
          deal = resolve
          if (stop.aborted) resolve(null)
          stop.addEventListener('abort', () => resolve(null), { once: true })
        }),
    }
  }
  const lease = (shard: number) => {
    const lost = new AbortController()
    const own = { held: true, lose: (reason: unknown) => lost.abort(reason) }
    deal({ shard, epoch: 1, store: createMemoryStore(), held: () => own.held, lost: lost.signal })
    return own
  }
  return { open, claims, lease, asked: () => asked }
}

async function replica(simulator: Simulator | null, edit: Partial<Settings> = {}) {
  const clock = createSteppedClock(simStart)
  const log = logSink()
  const settings: Settings = {
    ...defaultsOf(allSettings),
    statePath: 'postgresql://127.0.0.1/ledger',
    shard: 'auto',
    totalShards: 3,
    ...(simulator === null ? {} : { baseUrl: simulator.url }),
    ...edit,
  }
  const shards = dealer()
  let file: Settings | null = settings
  const deps = exporterDeps(settings, {
    clock,
    log,
    apiToken: simulator?.token ?? '',
    pid: 42,
    reread: async () =>
      file === null ? { ok: false, problem: 'the file is gone' } : { ok: true, settings: file },
  })
  const own = await createReplica(settings, { ...deps, hostname: 'pod-a' }, shards.open)
  const write = (change: Partial<Settings> | null) => {
    file = change === null ? null : { ...settings, ...change }
  }
  return { ...own, clock, log, shards, write }
}

/** The same, on a free port until it is stopped. */
async function serving(
  t: { teardown(end: () => Promise<void>): unknown },
  simulator: Simulator,
  edit: Partial<Settings> = {},
) {
  const own = await replica(simulator, edit)
  const [address] = await own.listen([{ host: '127.0.0.1', port: 0 }])
  const port = address?.port ?? 0
  const stop = new AbortController()
  const ended = own.run(stop.signal)
  t.teardown(async () => {
    stop.abort()
    await own.clock.advance(10_000)
    await ended
  })
  const exporter = async (name: string, labels = {}) =>
    sampleValue(
      await scrape(`http://127.0.0.1:${port}/metrics`),
      `cloudflare_logpush_exporter_${name}`,
      labels,
    )
  const shows = async () => [await exporter('leader'), await exporter('shard_ordinal')]
  const leads = (shard: number) =>
    eventually(async () => (await shows()).join() === `1,${shard}`, `it runs shard ${shard}`)
  return { ...own, port, stop, ended, exporter, shows, leads }
}

const restartAdvice = 'changed settings need a restart to take effect'

t.test('it claims the shard that it is given, or any, under its own name', async (t) => {
  const claimed = async (edit: Partial<Settings>) => {
    const [claim] = (await replica(null, edit)).shards.claims
    return [claim?.shards, claim?.totalShards, claim?.holder, claim?.address]
  }
  const address = 'postgresql://127.0.0.1/ledger'
  t.same(await claimed({}), [[0, 1, 2], 3, 'pod-a 42', address])
  t.same(await claimed({ shard: 1 }), [[1], 3, 'pod-a 42', address])
})

t.test('it stands by, runs a shard while it holds it, and stands by again', async (t) => {
  const { shards, shows, leads, log, port, stop, ended, clock } = await serving(t, await smallWorld(t))
  const lost = () => log.lines.filter(({ message }) => message === 'lost the shard; standing by')
  t.same(await shows(), [0, undefined])
  t.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200)
  t.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /waiting for the test/)

  const first = shards.lease(1)
  await leads(1)
  first.held = false
  t.same(await shows(), [0, undefined], 'from the moment on when it may not speak for the shard')
  first.held = true
  t.same(await shows(), [1, 1])
  first.lose(new Error('the session ended'))
  await eventually(async () => shards.asked() === 2, 'it asks for another')
  t.same(await shows(), [0, undefined])
  t.match(lost(), [{ level: 'error', fields: { shard: 1, reason: 'the session ended' } }])

  const second = shards.lease(0)
  await leads(0)
  second.lose('no error')
  await eventually(async () => shards.asked() === 3, 'it asks for another')
  t.match(lost()[1], { fields: { shard: 0, reason: 'unknown' } })

  shards.lease(2)
  await leads(2)
  const client = createConnection(port, '127.0.0.1')
  const closed = new Promise((resolve) => client.once('close', resolve))
  await once(client, 'connect')
  client.write('GET /metrics HTTP/1.1\r\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  stop.abort()
  await eventually(async () => clock.sleepers === 1, 'nothing but the open request is waited for')
  await clock.advance(1_999)
  t.notOk(client.closed, 'a request that is under way has two seconds')
  await clock.advance(1)
  await closed
  await ended
  t.equal(lost().length, 2, 'a shard that is given up is not lost')
})

t.test('the shard that a process has or waits for is no change of --shard', async (t) => {
  const { shards, leads, reload, log, write } = await serving(t, await smallWorld(t), { shard: 1 })
  const needRestart = async (change: Partial<Settings>) => {
    log.clear()
    write(change)
    t.same(await reload(), { ok: true })
    return log.lines.filter(({ message }) => message === restartAdvice).map(({ fields }) => fields)
  }
  t.same(await needRestart({}), [])
  t.same(await needRestart({ shard: 2 }), [{ settings: ['--shard'] }])
  shards.lease(1)
  await leads(1)
  t.same(await needRestart({}), [])
  t.same(await needRestart({ shard: 2 }), [{ settings: ['--shard'] }])
  write(null)
  t.same(await reload(), { ok: false, problem: 'the file is gone' })
})

t.test('any shard is no change of --shard=auto', async (t) => {
  const { shards, leads, reload, log } = await serving(t, await smallWorld(t))
  for (const lead of [false, true]) {
    if (lead) {
      shards.lease(2)
      await leads(2)
    }
    t.same(await reload(), { ok: true })
    await settle()
    t.notOk(log.lines.some(({ message }) => message === restartAdvice))
  }
})

t.test('it takes over with the settings as they are then, or as they were', async (t) => {
  const { shards, leads, exporter, write } = await serving(t, await smallWorld(t))
  write({ budgetShare: 0.25, totalShards: 9 })
  const first = shards.lease(1)
  await leads(1)
  t.equal(await exporter('config_info', { budget_share: '0.25' }), 1)
  t.equal(await exporter('total_shards'), 3, 'which needs a restart')
  first.lose(new Error('gone'))
  await eventually(async () => shards.asked() === 2, 'it asks for another')
  write(null)
  shards.lease(1)
  await leads(1)
  t.equal(await exporter('config_info', { budget_share: '0.5' }), 1)
})
