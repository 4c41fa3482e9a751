import fc from 'fast-check'
import t from 'tap'
import {
  type ArrivalLedger,
  type ArrivedFile,
  beginLedger,
  enterFiles,
  maxGaps,
  openGaps,
  settle,
} from '../../../src/domain/arrival/arrival-ledger.ts'
import { arrivalFromRecord, arrivalToRecord } from '../../../src/domain/arrival/stored-arrival.ts'
import { arrivedFile, hour, minute, second, tenOClock } from '../../support/log-files.ts'
import { holds } from '../../support/property.ts'

const lateWindowMs = hour
const whole = { complete: true }
/** Looked at once, when nothing was there. */
const begun = enterFiles(beginLedger(tenOClock, lateWindowMs), [], whole).ledger

function entered(files: readonly ArrivedFile[], ledger: ArrivalLedger = begun): ArrivalLedger {
  return enterFiles(ledger, files, whole).ledger
}

const settled = (ledger: ArrivalLedger, before: number, isLoss = true): ArrivalLedger =>
  settle(ledger, { before, complete: true, lateWindowMs, isLoss: () => isLoss })

/** The file of a half minute, counted from ten o'clock. */
const half = (index: number): ArrivedFile =>
  arrivedFile(tenOClock + index * 30 * second, tenOClock + (index + 1) * 30 * second, 100 + index)

t.test('what was written before the watch began is known and not counted', async (t) => {
  const before = [half(-2), half(-1)].map((file) => ({ ...file, written: file.end - 1 }))
  const first = enterFiles(beginLedger(tenOClock, lateWindowMs), before, whole).ledger
  t.match(first, { sighted: true, files: 0, bytes: 0, newestEnd: half(-1).end })
  const next = enterFiles(first, [...before, half(0)], whole)
  t.same(next.added, [half(0)])
  t.match(next.ledger, { files: 1, bytes: 100, lateFiles: 0 })
})

t.test('what was written since counts, even if the place could only be listed later', async (t) => {
  const before = { ...half(-1), written: half(-1).end - 1 }
  const { ledger } = enterFiles(beginLedger(tenOClock, lateWindowMs), [before, half(0), half(3)], whole)
  t.match(ledger, { files: 2, bytes: 203, lateFiles: 0, coveredTo: before.end })
  t.same(openGaps(ledger), [{ from: half(0).end, to: half(3).start }])
})

t.test(
  'a first look that was cut short is gone on with: old files are not counted by the second',
  async (t) => {
    const before = [half(-3), half(-2), half(-1)].map((file) => ({ ...file, written: file.end - 1 }))
    const cut = enterFiles(beginLedger(tenOClock, lateWindowMs), before.slice(0, 1), {
      complete: false,
    }).ledger
    t.equal(cut.sighted, false)
    t.match(enterFiles(cut, before, whole).ledger, { sighted: true, files: 0, newestEnd: half(-1).end })
  },
)

t.test('a place without files is not listed from ever further back', async (t) => {
  const week = tenOClock + 7 * 24 * hour
  t.equal(settled(begun, week).floor, week - 24 * hour)
  const once = settled(entered([half(0)]), week)
  t.equal(once.floor, week - 24 * hour)
  t.equal(settled(once, week + minute), once, 'and that is not stored each minute')
  t.equal(settle(once, { before: week + 48 * hour, complete: false, lateWindowMs, isLoss: () => true }), once)
})

t.test('a file is counted once, however often it is listed', async (t) => {
  const once = entered([half(0), half(1)])
  t.equal(entered([half(0), half(1)], once), once, 'the same value: nothing is stored')
  t.match(entered([half(1), half(1), half(2)], once), { files: 3, bytes: 303 })
})

t.test('a file that comes after newer ones is counted, and counted as late', async (t) => {
  const ledger = entered([half(1)], entered([half(0), half(2)]))
  t.match(ledger, { files: 3, lateFiles: 1 })
  t.same(openGaps(ledger), [])
})

t.test('two files of one time range are two files', async (t) => {
  const { start, end } = half(0)
  t.equal(entered([arrivedFile(start, end, 1, 'one'), arrivedFile(start, end, 1, 'two')]).files, 2)
})

t.test('what begins before the floor is not looked at', async (t) => {
  const ledger = settled(
    entered([arrivedFile(tenOClock + 2 * hour, tenOClock + 2 * hour + minute)]),
    tenOClock + 3 * hour,
  )
  t.equal(ledger.floor, tenOClock + hour)
  t.equal(entered([half(0)], ledger), ledger)
})

t.test('time between two files is a gap until a file fills it', async (t) => {
  const ledger = entered([half(0), half(1), half(4)])
  t.same(openGaps(ledger), [{ from: half(1).end, to: half(4).start }])
  t.same(openGaps(entered([half(2), half(3)], ledger)), [])
})

t.test('files that overlap, and ranges with a second between them, leave no gap', async (t) => {
  const { end } = half(0)
  t.same(openGaps(entered([half(0), arrivedFile(end - 10 * second, end + minute)])), [])
  t.same(openGaps(entered([half(0), arrivedFile(end + second, end + minute)])), [])
  t.equal(openGaps(entered([half(0), arrivedFile(end + 2 * second, end + minute)])).length, 1)
})

t.test('a gap is settled once: as loss, or as time with nothing to push', async (t) => {
  const ledger = entered([half(0), half(4), half(8)])
  const one = settled(ledger, half(4).start)
  t.match(one, { gapMs: 90 * second, gaps: [{ from: half(0).end, to: half(4).start }] })
  t.same(openGaps(one), [{ from: half(4).end, to: half(8).start }], 'the other is still open')
  t.equal(settled(one, half(4).start), one)
  const quiet = settled(ledger, half(8).start, false)
  t.match(quiet, { gapMs: 0, gaps: [] })
  t.same(openGaps(quiet), [])
  t.equal(settled(quiet, half(9).start).gapMs, 0)
})

t.test('a whole day read at once has the gaps of the whole day', async (t) => {
  const day = Array.from({ length: 2_880 }, (_, index) => half(index)).filter(
    (_, index) => index % 100 !== 50,
  )
  const ledger = settled(entered(day), tenOClock + 25 * hour)
  t.equal(ledger.gapMs, 29 * 30 * second)
  t.equal(ledger.gaps.length, maxGaps, 'only the newest are kept')
  t.equal(ledger.known.length, 121 - 1)
})

t.test('a file from the future does not hide gaps that are not settled', async (t) => {
  const ahead = arrivedFile(tenOClock + 50 * minute, tenOClock + 51 * minute)
  const ledger = settle(entered([half(0), half(9), ahead]), {
    before: half(0).start + 10 * second,
    complete: true,
    lateWindowMs: minute,
    isLoss: () => true,
  })
  t.ok(ledger.floor <= half(0).start + 10 * second)
  t.equal(openGaps(ledger).length, 2)
})

t.test('a ledger is stored and read back as it was', async (t) => {
  const ledger = settled(entered([half(0), half(3), half(5)]), half(3).start)
  t.same(arrivalFromRecord(JSON.parse(JSON.stringify(arrivalToRecord(ledger)))), ledger)
  t.same(arrivalFromRecord(arrivalToRecord(begun)), begun)
  t.same(arrivalFromRecord(arrivalToRecord(beginLedger(tenOClock, hour))), beginLedger(tenOClock, hour))
  const { sighted, ...older } = arrivalToRecord(ledger)
  t.same(arrivalFromRecord(older), ledger, 'records of 0.1 do not say that they were sighted')
})

t.test('a damaged record is no ledger', async (t) => {
  const record = arrivalToRecord(entered([half(0)]))
  for (const damage of [
    null,
    {},
    { ...record, v: 2 },
    { ...record, files: '1' },
    { ...record, sighted: 1 },
    { ...record, known: '0.u' },
    { ...record, known: 7 },
    { ...record, gaps: [[1]] },
    { ...record, floor: Number.NaN },
  ])
    t.equal(arrivalFromRecord(damage), null)
})

/*
 * The world: files of half a minute, some lost, some late by up to half an hour, listed at random moments, from the
 * floor on, through the store, and the program dies now and then before it has stored what it read.
 */
t.test(
  'files and bytes equal what arrived, in whatever order, over restarts and repeated listings',
  async (t) => {
    const file = fc.record({
      late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 60 })),
      lost: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
      bytes: fc.integer({ min: 0, max: 1_000_000 }),
    })
    holds(
      t,
      fc.property(
        fc.array(file, { maxLength: 300 }),
        fc.array(fc.record({ after: fc.integer({ min: 1, max: 20 }), dies: fc.boolean() }), { minLength: 1 }),
        (plans, looks) => {
          const files = plans.map((plan, index) => ({ ...plan, file: { ...half(index), bytes: plan.bytes } }))
          let stored: unknown = arrivalToRecord(begun)
          let [at, turn] = [0, 0]
          const look = (time: number, dies: boolean): void => {
            const ledger = arrivalFromRecord(stored)
            if (ledger === null) throw new Error('the store is damaged')
            const there = files
              .filter(({ lost, late }, index) => !lost && index + 1 + late <= time)
              .map(({ file }) => file)
              .filter(({ start }) => start >= ledger.floor)
            const next = settled(
              enterFiles(ledger, there, whole).ledger,
              tenOClock + (time - 20) * 30 * second,
            )
            if (!dies) stored = arrivalToRecord(next)
          }
          while (at < files.length + 60) {
            const { after, dies } = looks[turn % looks.length] ?? { after: 1, dies: false }
            turn += 1
            at += after
            look(at, dies)
          }
          look(at + 1, false)
          const arrived = files.filter(({ lost }) => !lost)
          const ledger = arrivalFromRecord(stored)
          return (
            ledger?.files === arrived.length &&
            ledger.bytes === arrived.reduce((sum, { bytes }) => sum + bytes, 0)
          )
        },
      ),
      200,
    )
  },
)
