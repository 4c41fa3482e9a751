/* Pushed, in the store and counted, over kills: a simulated Cloudflare, a real store, and the exporter's arrival watch. */
import { storePlace } from '../../src/domain/destination/store-place.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createObjectLister } from '../../src/objectstore/object-lister.ts'
import type { ObjectLister } from '../../src/ports/object-lister.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { buildWorld, zoneScope } from '../../src/simulator/world/world-builder.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { arrivalRule, createArrivalCore, storedJob } from './arrival-core.ts'
import { hour, minute, tenOClock } from './log-files.ts'
import { type LogStoreKind, startLogStore } from './log-stores.ts'
import { createSteppedClock } from './stepped-clock.ts'

export interface EqualityPlan {
  readonly minutes: number
  /** Between two looks. */
  readonly everyMinutes: number
  readonly kills: number
}

export interface Equality {
  readonly pushed: Amount
  readonly inStore: Amount
  readonly counted: Amount
  readonly lateFiles: number
  readonly kills: number
  readonly looks: number
  readonly calls: number
}

interface Amount {
  readonly files: number
  readonly bytes: number
}

/** A batch every half minute, every tenth of them retried for up to six minutes, so that its file comes late. */
export async function equalityAt(kind: LogStoreKind, plan: EqualityPlan): Promise<Equality> {
  const target = await startLogStore(kind)
  const world = buildWorld(11)
  const scope = zoneScope(world.zone('quay.example', world.account('Quay')))
  const id = world.job({
    scope,
    destinationConf: target.destinationConf,
    traffic: { batchEveryMs: 30_000, recordsPerBatch: 20, bytesPerRecord: 200 },
    scenario: { kind: 'retrying', share: 0.1 },
    retryDelaysMs: [minute, 2 * minute, 3 * minute],
  })
  const { logStore } = target
  const simulator = await startSimulator({ world: world.spec(), speed: 0, startAt: tenOClock, logStore })
  const [store, clock] = [createMemoryStore(), createSteppedClock(tenOClock)]
  const own = createObjectLister(target.read, target.settings)
  let calls = 0
  const lister: ObjectLister = {
    list(request, options) {
      calls += 1
      return own.list(request, options)
    },
    close: own.close,
  }
  const place = storePlace(new Secret(target.destinationConf))
  const jobs = [storedJob(String(id), { place, destinationType: kind })]
  const rule = { ...arrivalRule, match: {}, read: target.read }
  const live = (memory = store) => createArrivalCore({ lister, store: memory, clock, jobs, rules: [rule] })

  let [core, kills, looks] = [live(), 0, 0]
  /** It dies before what it found is stored, or right after, before anybody has seen it. */
  const kill = async (): Promise<void> => {
    const fatal = { ...store, put: () => Promise.reject(new Error('killed')) }
    const dying = live(kills % 2 === 0 ? fatal : store)
    await dying.cycle().catch(() => undefined)
    core = live()
    kills += 1
  }
  const turns = Math.ceil(plan.minutes / plan.everyMinutes)
  await core.cycle()
  try {
    for (let turn = 1; turn <= turns; turn += 1) {
      const ms = plan.everyMinutes * minute
      simulator.clock.advance(ms)
      await simulator.idle()
      await clock.advance(ms)
      if (turn % Math.floor(turns / plan.kills) === 0 && kills < plan.kills) await kill()
      await core.cycle()
      looks += 1
    }
    const truth = simulator.world.truth({ fromMs: tenOClock }).jobs.get(id)
    // Retries of the last minutes have been written by then: nothing more is pushed.
    await clock.advance(hour)
    await core.cycle()
    const ledger = core.arrival(String(id)).ledger
    return {
      pushed: { files: truth?.batches ?? 0, bytes: truth?.compressedBytes ?? 0 },
      inStore: { ...target.put },
      counted: { files: ledger?.files ?? 0, bytes: ledger?.bytes ?? 0 },
      lateFiles: ledger?.lateFiles ?? 0,
      kills,
      looks,
      calls,
    }
  } finally {
    own.close()
    await simulator.close()
    await target.stop()
  }
}
