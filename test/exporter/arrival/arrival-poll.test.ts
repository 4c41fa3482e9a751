import t from 'tap'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import type { ObjectLister } from '../../../src/ports/object-lister.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { arrivalRule, createArrivalCore, quayLogs, storedJob } from '../../support/arrival-core.ts'
import { failure } from '../../support/exporter-core.ts'
import { createFakeStore, type FakeStore } from '../../support/fake-store.ts'
import { hour, logFileKey, minute, second, tenOClock } from '../../support/log-files.ts'
import { createSteppedClock, settle } from '../../support/stepped-clock.ts'

const every = 30 * second

/** Puts the file of the half minute that begins so many after ten o'clock; written right at its end. */
function put(store: FakeStore, index: number, bytes = 100, written = tenOClock + (index + 1) * every): void {
  const start = tenOClock + index * every
  store.put(logFileKey('http', start, start + every, `h${index}`), bytes, written)
}

t.test('what is there at the first look is not counted, and what comes later is', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister })
  put(lister, -2)
  await core.cycle()
  t.match(core.arrival(), { ledger: { files: 0, bytes: 0 }, poll: { failure: null }, completeTo: tenOClock })
  put(lister, 0, 70)
  put(lister, 1, 30)
  await core.clock.advance(minute)
  await core.cycle()
  t.match(core.arrival().ledger, { files: 2, bytes: 100, newestEnd: tenOClock + minute })
  t.equal(lister.calls, 2, 'one call a look')
})

t.test('the first file of a brand-new bucket is counted, over a restart before it is there', async (t) => {
  const lister = createFakeStore()
  const first = createArrivalCore({ lister })
  lister.trouble = failure('not_found')
  await first.cycle()
  t.match(first.arrival(), {
    poll: { failure: { kind: 'not_found' } },
    ledger: { files: 0, began: tenOClock },
  })
  lister.trouble = null
  put(lister, -1, 70, tenOClock - second)
  put(lister, 0, 30)
  const { store, clock } = first
  await clock.advance(minute)
  const again = createArrivalCore({ lister, store, clock })
  await again.cycle()
  t.match(again.arrival().ledger, { files: 1, bytes: 30 }, 'and what was moved there from before is not')
})

t.test('a place that nobody watches is forgotten after 30 days, one that comes back is not', async (t) => {
  const lister = createFakeStore()
  const store = createMemoryStore()
  const clock = createSteppedClock(tenOClock)
  const day = 24 * hour
  await createArrivalCore({ lister, store, clock }).cycle()
  const without = createArrivalCore({ lister, store, clock, rules: [] })
  t.equal(without.poll.everyMs(), hour)
  await without.cycle()
  await clock.advance(29 * day)
  await without.cycle()
  await createArrivalCore({ lister, store, clock }).cycle()
  await clock.advance(2 * day)
  await without.cycle()
  t.same(store.keys('arrival:').length, 1, 'it had come back in between')
  await clock.advance(30 * day)
  await without.cycle()
  t.same(store.keys('arrival'), [])
  t.equal(without.poll.everyMs(), null)
})

t.test('a place where nothing is written costs no more calls from week to week', async (t) => {
  const lister = createFakeStore()
  const place = {
    store: 's3',
    bucket: 'quay-logs',
    path: '{DATE}/http',
    region: null,
    endpoint: null,
  } as const
  const core = createArrivalCore({ lister, jobs: [storedJob('101', { place })] })
  await core.cycle()
  for (let turn = 0; turn < 100; turn += 1) {
    await core.clock.advance(6 * hour)
    await core.cycle()
  }
  const before = lister.calls
  await core.clock.advance(minute)
  await core.cycle()
  t.ok(lister.calls - before <= 2, `${lister.calls - before} calls`)
})

t.test('a place is looked at on its own beat', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister, rules: [{ ...arrivalRule, intervalMs: 5 * minute }] })
  t.equal(core.poll.everyMs(), 5 * minute)
  await core.cycle()
  await core.clock.advance(minute)
  await core.cycle()
  t.equal(lister.calls, 1)
  await core.clock.advance(4 * minute)
  await core.cycle()
  t.equal(lister.calls, 2)
})

t.test('without a rule nothing is read', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister, rules: [] })
  t.equal(core.poll.everyMs(), null)
  await core.cycle()
  t.equal(lister.calls, 0)
  t.equal(core.state.scope(core.key)?.arrivals.size, 0)
})

t.test('jobs of one folder are read once and counted together, with the first of them', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister, jobs: [storedJob('102'), storedJob('101'), storedJob('99')] })
  await core.cycle()
  put(lister, 0)
  await core.clock.advance(minute)
  await core.cycle()
  t.equal(lister.calls, 2)
  for (const id of ['99', '101', '102']) {
    t.same(core.arrival(id).jobs, ['99', '101', '102'])
    t.equal(core.arrival(id).ledger?.files, 1)
  }
})

t.test('a store that cannot be read keeps its counts, is told once, and is caught up with', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister })
  await core.cycle()
  put(lister, 0)
  await core.clock.advance(minute)
  await core.cycle()
  lister.trouble = failure('forbidden')
  put(lister, 1)
  for (let turn = 0; turn < 3; turn += 1) {
    await core.clock.advance(minute)
    await core.cycle()
  }
  t.match(core.arrival(), {
    poll: { failure: { kind: 'forbidden' } },
    ledger: { files: 1 },
    completeTo: tenOClock + minute,
  })
  t.equal(core.log.lines.filter(({ message }) => message === 'cannot read the destination').length, 1)
  lister.trouble = null
  await core.clock.advance(minute)
  await core.cycle()
  t.match(core.arrival(), { poll: { failure: null }, ledger: { files: 2 } })
})

t.test('what a lifecycle rule deletes stays counted', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister })
  await core.cycle()
  put(lister, 0)
  await core.clock.advance(minute)
  await core.cycle()
  lister.remove(logFileKey('http', tenOClock, tenOClock + every, 'h0'))
  await core.clock.advance(20 * minute)
  await core.cycle()
  t.equal(core.arrival().ledger?.files, 1)
})

t.test('Cloudflare delivers and nothing arrives: the job is silent after a quarter of an hour', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister })
  let silentAfter: number | null = null
  for (let elapsed = 0; elapsed <= 40; elapsed += 1) {
    const now = core.clock.now()
    core.delivered([{ at: now - second, bytes: 100 }])
    await core.cycle()
    if (core.arrival().silent) silentAfter ??= elapsed
    await core.clock.advance(minute)
  }
  t.ok(silentAfter !== null && silentAfter <= 16, `${silentAfter} minutes`)
  put(lister, 82, 100, core.clock.now())
  await core.cycle()
  t.equal(core.arrival().silent, false)
})

t.test(
  'a third of the files is lost: the share that is missing shows it, and a sampled job claims nothing',
  async (t) => {
    const lister = createFakeStore()
    const core = createArrivalCore({ lister, jobs: [storedJob('101'), storedJob('102')] })
    await core.cycle()
    t.equal(core.arrival().missingShare, null, 'not known for long enough')
    for (let index = 0; index < 150; index += 1) {
      core.delivered([{ at: tenOClock + (index + 1) * every, bytes: 100 }])
      if (index % 3 !== 1) put(lister, index)
      await core.clock.advance(every)
      if (index % 2 === 1) await core.cycle()
    }
    const share = core.arrival().missingShare ?? 0
    t.ok(share > 0.32 && share < 0.35, `${share}`)
    const shares = async (...sampled: readonly (number | null)[]): Promise<boolean> => {
      const totals = sampled.map(
        (sampleInterval, index) => [`${101 + index}`, { ...noTotals, sampleInterval }] as const,
      )
      core.state.healthRead(core.key, { ...beginLedger(1), totals: new Map(totals) }, core.clock.now())
      await core.cycle()
      return core.arrival().missingShare !== null
    }
    t.same(await shares(1, null), true)
    t.same(await shares(1, 10), false, 'one of the folder is enough')
    t.same(await shares(10, 1), false)
  },
)

t.test(
  'after a start, files that begin before the first minute compared and end after it are there',
  async (t) => {
    const lister = createFakeStore()
    const core = createArrivalCore({ lister })
    const length = 4 * minute
    // The late window begins an hour ago; three of these begin before that, and are written after it.
    const ends = [1, 2, 3, 10, 20, 30, 40, 50].map((after) => tenOClock - hour + after * minute)
    for (const end of ends) lister.put(logFileKey('http', end - length, end), 100, end)
    core.delivered(ends.map((at) => ({ at, bytes: 100 })))
    await core.cycle()
    t.equal(core.arrival().missingShare, 0)
  },
)

t.test('lost files are a gap that counts, a quiet time is none', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister })
  await core.cycle()
  for (let index = 0; index < 120; index += 1) {
    const at = tenOClock + (index + 1) * every
    const lost = index >= 20 && index < 24
    const quiet = index >= 50 && index < 60
    if (!quiet) core.delivered([{ at, bytes: 100 }])
    if (!quiet && !lost) put(lister, index)
    await core.clock.advance(every)
    if (index % 2 === 1) await core.cycle()
  }
  t.same(core.arrival().ledger?.gaps, [{ from: tenOClock + 20 * every, to: tenOClock + 24 * every }])
  t.equal(core.arrival().ledger?.gapMs, 4 * every)
})

t.test(
  'a day of 2,880 files with late ones: nothing is missed and nothing doubled, over 20 kills',
  async (t) => {
    const lister = createFakeStore()
    const store = createMemoryStore()
    const clock = createSteppedClock(tenOClock)
    let core = createArrivalCore({ lister, store, clock })
    await core.cycle()
    const calls = lister.calls
    let [pushed, bytes, kills] = [0, 0, 0]
    const late = new Map<number, number[]>()
    for (let turn = 0; turn < 1_440; turn += 1) {
      for (const index of [2 * turn, 2 * turn + 1]) {
        // Every fiftieth comes up to half an hour late.
        if (index % 50 === 7)
          late.set(turn + 1 + (index % 30), [...(late.get(turn + 1 + (index % 30)) ?? []), index])
        else put(lister, index, index)
        bytes += index
        pushed += 1
      }
      for (const index of late.get(turn) ?? []) put(lister, index, index, clock.now())
      await clock.advance(minute)
      if (turn % 72 === 71) {
        kills += 1
        // Dies after it has listed, before anything is stored.
        const broken = { ...store, put: () => Promise.reject(new Error('killed')) }
        await t.rejects(createArrivalCore({ lister, store: broken, clock }).cycle())
        core = createArrivalCore({ lister, store, clock })
      }
      await core.cycle()
    }
    await clock.advance(hour)
    for (const [turn, indexes] of late)
      if (turn >= 1_440) for (const index of indexes) put(lister, index, index, clock.now())
    await core.cycle()
    t.equal(kills, 20)
    t.match(core.arrival().ledger, { files: pushed, bytes })
    t.equal(core.arrival().ledger?.lateFiles, Math.floor(2_880 / 50) + 1)
    t.ok(lister.calls - calls <= 1_440 + 21 + 20, `${lister.calls - calls} calls`)
    const record = JSON.stringify(store.get(store.keys('arrival:')[0] ?? '')).length
    t.ok(record < 4_000, `a record of ${record} bytes`)
  },
)

t.test(
  'a store that cannot begin in the middle of a prefix is listed in slices, and misses nothing',
  async (t) => {
    const lister = createFakeStore(10)
    lister.seeks = false
    // More than one look takes, before all that is wanted.
    for (let index = -400; index < -130; index += 1) put(lister, index)
    const core = createArrivalCore({ lister })
    await core.cycle()
    t.equal(core.arrival().completeTo, tenOClock, 'complete at the first look')
    for (let index = 0; index < 6; index += 1) put(lister, index)
    await core.clock.advance(3 * minute)
    const before = lister.calls
    await core.cycle()
    t.equal(core.arrival().ledger?.files, 6)
    t.equal(lister.calls - before, 2, 'one call an hour, and none to see again that it does not')
  },
)

t.test('a backlog of more than one look takes is read on, in order', async (t) => {
  const lister = createFakeStore(10)
  const core = createArrivalCore({ lister })
  await core.cycle()
  for (let index = 0; index < 500; index += 1) put(lister, index)
  await core.clock.advance(5 * hour)
  await core.cycle()
  t.equal(core.arrival().ledger?.files, 200)
  t.equal(core.arrival().completeTo, tenOClock, 'not complete yet')
  for (let turn = 0; turn < 4; turn += 1) {
    await core.clock.advance(minute)
    await core.cycle()
  }
  t.equal(core.arrival().ledger?.files, 500)
  t.equal(core.arrival().completeTo, core.clock.now())
})

t.test('a long cycle shows what it has after fifty places, and takes nothing away', async (t) => {
  const lister = createFakeStore()
  let release = (): void => {}
  let isHanging = false
  const hanging: ObjectLister = {
    close: lister.close,
    async list(request, options) {
      if (isHanging && request.place.bucket === 'b1')
        await new Promise<void>((resolve) => {
          release = resolve
        })
      return lister.list(request, options)
    },
  }
  const jobs = Array.from({ length: 60 }, (_, index) =>
    storedJob(`${index + 1}`, { place: { ...quayLogs, bucket: `b${index + 1}` } }),
  )
  const core = createArrivalCore({ lister: hanging, jobs })
  const lookedAt = (at: number): number =>
    [...(core.state.scope(core.key)?.arrivals.values() ?? [])].filter(({ poll }) => poll.lastSuccess === at)
      .length
  for (const [round, shown] of [50, 60].entries()) {
    isHanging = true
    const cycle = core.cycle()
    await settle()
    t.equal(lookedAt(core.clock.now()), 50, `round ${round}`)
    t.equal(core.state.scope(core.key)?.arrivals.size, shown, 'what was shown before stays')
    isHanging = false
    release()
    await cycle
    t.equal(lookedAt(core.clock.now()), 60)
    await core.clock.advance(2 * minute)
  }
})

t.test(
  'a job that is gone leaves nothing behind, and one that comes back is looked at at once',
  async (t) => {
    const lister = createFakeStore()
    const core = createArrivalCore({ lister, rules: [{ ...arrivalRule, intervalMs: hour }] })
    const { pushed, arrived } = core.poll.tallies
    core.delivered([{ at: tenOClock, bytes: 100 }])
    await core.cycle()
    t.not(pushed.since(['101']), null)
    const [place = ''] = core.store.keys('arrival:').map((key) => key.replace('arrival:', ''))
    t.not(arrived.since(place), null)
    core.state.jobsListed(core.key, [], core.clock.now())
    await core.cycle()
    t.equal(pushed.since(['101']), null)
    t.equal(arrived.since(place), null)
    core.state.jobsListed(core.key, [storedJob('101')], core.clock.now())
    const before = lister.calls
    await core.cycle()
    t.equal(lister.calls, before + 1)
    await core.cycle()
    t.equal(lister.calls, before + 1)
  },
)

t.test('a cycle that is given up looks at no further place', async (t) => {
  const store = createFakeStore()
  const abort = new AbortController()
  const lister: ObjectLister = {
    close: store.close,
    list(request, options) {
      abort.abort()
      return store.list(request, options)
    },
  }
  const jobs = Array.from({ length: 20 }, (_, index) =>
    storedJob(`${index + 1}`, { place: { ...quayLogs, bucket: `b${index + 1}` } }),
  )
  const core = createArrivalCore({ lister, jobs })
  await core.poll.cycle(abort.signal)
  t.equal(store.calls, 8, 'those that were begun together')
})
