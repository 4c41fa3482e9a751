import fc from 'fast-check'
import t from 'tap'
import { scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { aJob, createCore, zone } from '../../support/exporter-core.ts'
import { rowsAt, type Upload } from '../../support/health-source.ts'
import { holdsAsync } from '../../support/property.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const one = zone('one.example')
const key = scopeKey(one)

/** An upload every 20 seconds; each is visible up to 15 minutes later. */
const uploads = Array.from({ length: 540 }, (_, index): Upload => {
  const endedAt = start + index * 20_000
  return {
    scopeId: one.id,
    jobId: '1',
    endedAt,
    visibleAt: endedAt + ((index * 7919) % 15) * minuteMs,
    destinationType: 's3',
    status: 200,
    final: true,
    success: true,
    records: 1,
    bytes: 1,
  }
})

/** A zone whose uploads are read while the true time, our clock and the dates of answers go their own ways. */
async function watching(dates = true) {
  const clock = createSteppedClock(start)
  const store = createMemoryStore()
  let [ownOff, dateOff] = [0, 0]
  const trueNow = () => clock.now() - ownOff
  const begin = async () => {
    const core = createCore({
      clock,
      store,
      settings: { initialLookbackMs: 0 },
      jobs: () => [aJob('1')],
      rows: ({ id }, { from, to }) => rowsAt(uploads, id, { from, to }, trueNow()),
      date: () => (dates ? trueNow() + dateOff : null),
    })
    core.state.setScopes([one])
    core.state.remembered(key, [], core.memory.ledger(key))
    if (dates) core.server.observe({ serverTime: trueNow() })
    await core.pollInventory()
    return core
  }
  let core = await begin()
  const set = (own: number, date: number) => {
    clock.stepWall(own - ownOff)
    ;[ownOff, dateOff] = [own, date]
  }
  return {
    set,
    poll: async () => {
      await core.pollHealth()
      await clock.advance(minuteMs)
    },
    restart: async () => {
      core = await begin()
    },
    trueNow,
    counted: () => core.state.scope(key)?.totals.get('1')?.records ?? 0,
    gap: () => core.state.scope(key)?.gapSeconds ?? 0,
    failure: () => core.state.scope(key)?.health.failure ?? null,
    readTo: () => core.state.scope(key)?.readTo ?? null,
    log: () => core.log.lines.map(({ level, message }) => `${level} ${message}`),
  }
}

/** What can have been seen so far. */
function visible(now: number): number {
  return uploads.filter(({ visibleAt }) => visibleAt <= now).length
}

t.test('dates that are ahead for a while cost no upload', async (t) => {
  const zone = await watching()
  for (let round = 0; round < 5; round += 1) await zone.poll()
  zone.set(0, 20 * minuteMs)
  for (let round = 0; round < 8; round += 1) await zone.poll()
  zone.set(0, 0)
  for (let round = 0; round < 60; round += 1) await zone.poll()
  t.equal(zone.counted(), visible(zone.trueNow() - minuteMs))
  t.equal(zone.gap(), 0)
  t.ok((zone.readTo() ?? 0) <= minuteOf(zone.trueNow()))
})

t.test('a clock of ours that is ahead for a while costs no upload', async (t) => {
  const zone = await watching()
  for (let round = 0; round < 5; round += 1) await zone.poll()
  zone.set(60 * minuteMs, 0)
  for (let round = 0; round < 30; round += 1) await zone.poll()
  zone.set(0, 0)
  for (let round = 0; round < 60; round += 1) await zone.poll()
  t.equal(zone.counted(), visible(zone.trueNow() - minuteMs))
  t.equal(zone.gap(), 0)
})

t.test(
  'what was settled ahead of the time is set right, declared and said, and down until then',
  async (t) => {
    const zone = await watching()
    for (let round = 0; round < 5; round += 1) await zone.poll()
    zone.set(60 * minuteMs, 60 * minuteMs)
    for (let round = 0; round < 6; round += 1) await zone.poll()
    t.ok((zone.readTo() ?? 0) > minuteOf(zone.trueNow()) + 50)
    zone.set(0, 0)
    await zone.restart()
    await zone.poll()
    t.match(zone.failure(), { message: 'health data was counted by a clock that is ahead of the time' })
    t.ok(zone.gap() > 50 * 60 && zone.gap() < 70 * 60)
    t.ok((zone.readTo() ?? 0) <= minuteOf(zone.trueNow()) + 1)
    t.match(
      zone.log().filter((line) => line.startsWith('error')),
      [/counting begins again now/],
    )
    const before = zone.counted()
    for (let round = 0; round < 30; round += 1) await zone.poll()
    t.equal(zone.failure(), null)
    t.ok(zone.counted() > before + 30, 'it counts again')
    t.ok(zone.counted() <= visible(zone.trueNow()))
  },
)

t.test("without Cloudflare's time it is set right by our clock, and nothing is counted twice", async (t) => {
  const zone = await watching(false)
  zone.set(60 * minuteMs, 0)
  for (let round = 0; round < 3; round += 1) await zone.poll()
  zone.set(0, 0)
  await zone.poll()
  t.not(zone.failure(), null)
  const gap = zone.gap()
  t.ok(gap > 50 * 60 && gap < 70 * 60)
  for (let round = 0; round < 30; round += 1) await zone.poll()
  t.equal(zone.failure(), null)
  t.equal(zone.gap(), gap, 'declared once')
  t.equal(zone.log().filter((line) => line.startsWith('error')).length, 1)
  t.ok(zone.counted() > 30 && zone.counted() <= visible(zone.trueNow()))
})

t.test('a clock that is behind for a while makes nothing be counted twice', async (t) => {
  const zone = await watching(false)
  for (let round = 0; round < 30; round += 1) await zone.poll()
  zone.set(-20 * minuteMs, 0)
  for (let round = 0; round < 10; round += 1) await zone.poll()
  t.not(zone.failure(), null, 'nobody can tell which time it is')
  zone.set(0, 0)
  for (let round = 0; round < 30; round += 1) await zone.poll()
  t.equal(zone.failure(), null)
  t.equal(zone.counted(), visible(zone.trueNow() - minuteMs))
})

const off = fc.constantFrom(
  0,
  0,
  3_000,
  -90_000,
  90_000,
  -20 * minuteMs,
  20 * minuteMs,
  60 * minuteMs,
  -60 * minuteMs,
)

t.test(
  'whatever one of the clocks says, nothing is lost or counted twice; where both are wrong, loss is declared',
  { timeout: 120_000 },
  async (t) => {
    let tried = 0
    await holdsAsync(
      t,
      fc.asyncProperty(
        fc.array(
          fc.record({ own: off, date: off, polls: fc.integer({ min: 1, max: 6 }), restart: fc.boolean() }),
          {
            maxLength: 12,
          },
        ),
        async (steps) => {
          const zone = await watching()
          await zone.poll()
          let [wrong, ownBehind, dateBehind] = [false, false, false]
          for (const { own, date, polls, restart } of steps) {
            if (Math.min(own, date) > 0) wrong = true
            if (own < 0) ownBehind = true
            if (date < 0) dateBehind = true
            zone.set(own, date)
            if (restart) await zone.restart()
            for (let round = 0; round < polls; round += 1) await zone.poll()
            tried += polls
          }
          zone.set(0, 0)
          for (let round = 0; round < 20; round += 1) await zone.poll()
          const truth = visible(zone.trueNow() - minuteMs)
          if (zone.failure() !== null) throw new Error('it is still down')
          if (zone.counted() > truth) throw new Error(`${zone.counted()} counted of ${truth}`)
          if (zone.counted() < truth && !(wrong && zone.gap() > 0))
            throw new Error(`lost without a word: ${zone.counted()} of ${truth}, gap ${zone.gap()}`)
          if (!wrong && !(ownBehind && dateBehind) && zone.gap() > 0)
            throw new Error(`a gap of ${zone.gap()} s that is none`)
        },
      ),
      20,
    )
    t.comment(`${tried} polls by wrong clocks`)
  },
)
