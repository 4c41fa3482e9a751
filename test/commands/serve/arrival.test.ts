import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openArrival } from '../../../src/commands/serve/arrival-part.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { noCounts } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger, type MinuteCounts } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import { createSelfState } from '../../../src/exporter/state/self-state.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { startSimulator, storePath } from '../../../src/simulator/server.ts'
import { openFolderStore } from '../../../src/simulator/store/folder-store.ts'
import { buildWorld, zoneScope } from '../../../src/simulator/world/world-builder.ts'
import { visitJobEvents } from '../../../src/simulator/world/world-state.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { arrivalRule } from '../../support/arrival-core.ts'
import { aJob, zone } from '../../support/exporter-core.ts'
import { minute, tenOClock } from '../../support/log-files.ts'
import { logSink } from '../../support/log-sink.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

/* Four jobs of a simulated Cloudflare push into a real store; three of them lose files there in silence. */
t.test(
  'files pushed, in the store and counted are the same; silent losses show within minutes',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'arrival-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    const world = buildWorld(11)
    const simulated = zoneScope(world.zone('quay.example', world.account('Quay')))
    const names = ['good', 'losing', 'elsewhere', 'late'] as const
    const conf = (name: string): string => `s3://quay-${name}/logs/{DATE}?region=us-east-1`
    const ids = new Map(
      names.map((name) => [name, world.job({ scope: simulated, name, destinationConf: conf(name) })]),
    )
    const idOf = (name: (typeof names)[number]): number => ids.get(name) ?? 0
    const simulator = await startSimulator({
      world: world.spec(),
      speed: 0,
      startAt: tenOClock,
      folder: await openFolderStore(folder),
    })
    t.teardown(simulator.close)

    const clock = createSteppedClock(tenOClock)
    const state = createState()
    const scope = zone('quay.example')
    const key = scopeKey(scope)
    state.setScopes([scope])
    const summaries = names.map((name) =>
      summarise(aJob(String(idOf(name)), { name, destinationConf: new Secret(conf(name)) })),
    )
    state.jobsListed(key, summaries, clock.now())
    const arrival = openArrival({
      state,
      self: createSelfState([]),
      store: createMemoryStore(),
      server: clock,
      clock,
      log: logSink(),
      env: { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
      rules: () => [{ ...arrivalRule, read: { kind: 's3', endpoint: `${simulator.origin}${storePath}` } }],
    })
    t.teardown(arrival.close)
    const seen = (name: (typeof names)[number]) => state.scope(key)?.arrivals.get(String(idOf(name)))

    const pass = async (): Promise<void> => {
      const from = simulator.clock.now()
      simulator.clock.advance(minute)
      await simulator.idle()
      await clock.advance(minute)
      const added: MinuteCounts[] = []
      for (const job of simulator.world.state.jobs.values())
        visitJobEvents(simulator.world.state, job, from, from + minute, (event) => {
          if (!event.final || !event.success) return
          const counts = { ...noCounts, uploads: 1, compressedBytes: event.compressedBytes }
          added.push({
            minute: minuteOf(event.endMs),
            jobId: String(job.id),
            final: true,
            success: true,
            counts,
          })
        })
      arrival.pushed(key, beginLedger(minuteOf(tenOClock)), added)
      await arrival.cycle(new AbortController().signal)
    }
    // The buckets come into being with their first file: until then there is nothing to list.
    await arrival.cycle(new AbortController().signal)
    t.equal(seen('good')?.poll.failure?.kind, 'not_found')
    for (let turn = 0; turn < 5; turn += 1) await pass()
    simulator.logFiles?.setFault(idOf('losing'), { kind: 'lost', every: 3 })
    simulator.logFiles?.setFault(idOf('elsewhere'), { kind: 'elsewhere', path: 'lgos/{DATE}' })
    simulator.logFiles?.setFault(idOf('late'), { kind: 'late', byMs: 6 * minute, every: 1 })
    const found: Record<string, number> = {}
    for (let turn = 1; turn <= 40; turn += 1) {
      await pass()
      if (seen('elsewhere')?.silent) found.elsewhere ??= turn
      if ((seen('losing')?.missingShare ?? 0) > 0.02) found.losing ??= turn
    }
    const truth = simulator.world.truth({ fromMs: tenOClock }).jobs
    const good = seen('good')?.ledger
    t.equal(good?.files, truth.get(idOf('good'))?.batches)
    t.equal(good?.bytes, truth.get(idOf('good'))?.compressedBytes)
    t.equal(seen('good')?.missingShare, 0)
    t.ok((found.elsewhere ?? 99) <= 17, `a wrong prefix shows after ${found.elsewhere} min`)
    t.ok((found.losing ?? 99) <= 20, `every third file lost shows after ${found.losing} min`)
    t.ok((seen('losing')?.ledger?.gaps.length ?? 0) > 3, 'the gaps are named')
    t.equal(seen('late')?.silent, false, 'late is not lost')
    t.comment(`seconds until the metric: ${JSON.stringify(found)} min`)
  },
)
