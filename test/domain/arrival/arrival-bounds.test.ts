import t from 'tap'
import {
  type ArrivalLedger,
  type ArrivedFile,
  beginLedger,
  enterFiles,
  openGaps,
  type Settling,
  settle,
} from '../../../src/domain/arrival/arrival-ledger.ts'
import { hour, minute, second, tenOClock } from '../../support/log-files.ts'

/* Where one rule of the ledger of arrived files ends and the next begins. */

const whole = { complete: true }
const day = 24 * hour

/** A file from and to so many seconds after ten o'clock. */
const file = (from: number, to: number, edit: Partial<ArrivedFile> = {}): ArrivedFile => ({
  start: tenOClock + from * second,
  end: tenOClock + to * second,
  bytes: 100,
  hash: 'a',
  written: tenOClock + to * second,
  ...edit,
})
const begun = enterFiles(beginLedger(tenOClock, hour), [], whole).ledger
const entered = (files: readonly ArrivedFile[], ledger: ArrivalLedger = begun): ArrivalLedger =>
  enterFiles(ledger, files, whole).ledger
const settled = (ledger: ArrivalLedger, before: number, edit: Partial<Settling> = {}): ArrivalLedger =>
  settle(ledger, { before, complete: false, lateWindowMs: hour, isLoss: () => true, ...edit })

t.test('a new ledger looks back by the late window, to a whole second', async (t) => {
  t.match(beginLedger(tenOClock + 1_234, hour), {
    began: tenOClock + 1_234,
    floor: tenOClock + second - hour,
    sighted: false,
    files: 0,
    bytes: 0,
    lateFiles: 0,
    newestEnd: null,
    newestStart: null,
    known: [],
    coveredTo: null,
    gapMs: 0,
    gaps: [],
  })
})

t.test('a file that begins at the floor is looked at, one a second before is not', async (t) => {
  t.equal(entered([file(-3600, -3500)]).files, 1)
  t.equal(entered([file(-3601, -3500)]), begun)
})

t.test('what was written in the moment the watch began is counted', async (t) => {
  const fresh = beginLedger(tenOClock, hour)
  const of = (written: number) => entered([file(-60, -30, { written })], fresh)
  t.match(of(tenOClock), { files: 1, bytes: 100, coveredTo: tenOClock - minute })
  t.match(of(tenOClock - 1), { files: 0, bytes: 0, coveredTo: tenOClock - 30 * second })
})

t.test('a look that finds nothing makes the place sighted, and changes nothing after that', async (t) => {
  const fresh = beginLedger(tenOClock, hour)
  t.equal(enterFiles(fresh, [], { complete: false }).ledger, fresh)
  t.same(enterFiles(fresh, [], whole).ledger, { ...fresh, sighted: true })
  t.equal(enterFiles(begun, [], { complete: false }).ledger, begun)
})

t.test('what lay there before the watch is not judged, up to the end of the longest file', async (t) => {
  const old = { written: tenOClock - 1 }
  const files = [file(-300, -60, old), file(-200, -100, old), file(-90, -80, old), file(10, 20)]
  const one = entered(files, beginLedger(tenOClock, hour))
  t.equal(one.coveredTo, tenOClock - minute)
  const cut = enterFiles(beginLedger(tenOClock, hour), files.slice(0, 1), { complete: false }).ledger
  t.equal(entered(files, cut).coveredTo, tenOClock - minute, 'nor by a second look, which finds shorter ones')
})

t.test('a file is late if it ends before the newest, and not if they end together', async (t) => {
  const ledger = entered([file(0, 60)])
  t.equal(ledger.lateFiles, 0)
  t.equal(entered([file(10, 60, { hash: 'b' })], ledger).lateFiles, 0)
  t.equal(entered([file(10, 59)], ledger).lateFiles, 1)
})

t.test('the newest range stays the newest when older files come', async (t) => {
  const ledger = entered([file(10, 20)], entered([file(30, 90), file(40, 60)]))
  t.match(ledger, { newestStart: tenOClock + 40 * second, newestEnd: tenOClock + 90 * second })
})

t.test('known files are kept by start, then end, then hash', async (t) => {
  const files = [file(5, 9), file(0, 9, { hash: 'b' }), file(0, 9, { hash: 'a' }), file(0, 8, { hash: 'c' })]
  for (const order of [files, [...files].reverse()])
    t.same(
      entered(order).known.map(({ start, end, hash }) => [start - tenOClock, end - tenOClock, hash]),
      [
        [0, 8_000, 'c'],
        [0, 9_000, 'a'],
        [0, 9_000, 'b'],
        [5_000, 9_000, 'a'],
      ],
    )
})

t.test('more than a second between two files is a gap', async (t) => {
  const gaps = (start: number) =>
    openGaps({ known: [{ start, end: start + 5, hash: 'a' }], coveredTo: tenOClock }).length
  t.equal(gaps(tenOClock + second), 0)
  t.equal(gaps(tenOClock + second + 1), 1)
})

t.test('a short file inside a long one opens no gap behind it', async (t) => {
  t.same(openGaps(entered([file(0, 100), file(10, 20), file(100, 110)])), [])
  t.same(openGaps(begun), [])
})

t.test('a gap that ends where settling ends is settled, and a later one is not', async (t) => {
  const ledger = entered([file(0, 30), file(60, 90)])
  t.match(settled(ledger, tenOClock + minute), { gapMs: 30 * second, coveredTo: tenOClock + 90 * second })
  t.match(settled(ledger, tenOClock + minute - 1), { gapMs: 0, coveredTo: tenOClock + 30 * second })
})

t.test(
  'the floor follows the newest file by the late window, or what is settled where that is less',
  async (t) => {
    const ledger = entered([file(0, 30), file(7200, 7230)])
    t.equal(settled(ledger, tenOClock + 3 * hour).floor, tenOClock + hour)
    t.equal(settled(ledger, tenOClock + 90 * second + 5).floor, tenOClock + 90 * second)
    t.same(
      settled(ledger, tenOClock + 3 * hour).known.map(({ start }) => start),
      [tenOClock + 2 * hour],
    )
    const edge = entered([file(3600, 3630), file(7200, 7230)])
    t.equal(settled(edge, tenOClock + 3 * hour).known.length, 2, 'what begins at the floor is kept')
  },
)

t.test('a quiet place is listed from a day back, or the late window where that is longer', async (t) => {
  const at = tenOClock + 30 * day
  const floor = (lateWindowMs: number) => settled(begun, at, { complete: true, lateWindowMs }).floor
  t.equal(floor(hour), at - day)
  t.equal(floor(2 * day), at - 2 * day)
  t.equal(settled(begun, at), begun, 'and not at all after a listing that was cut short')
})

t.test('the floor of an empty place is stored once it has risen by an hour', async (t) => {
  const later = (ms: number, ledger = begun) =>
    settled(ledger, tenOClock - hour + day + ms, { complete: true })
  t.equal(later(hour - second), begun)
  t.equal(later(hour).floor, tenOClock)
  const known = settled(entered([file(0, 30)]), tenOClock + 30 * second)
  t.equal(later(second, known).floor, tenOClock - hour + second, 'with files it is stored at once')
  t.equal(later(0, known), known)
})
