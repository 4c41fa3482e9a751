import t from 'tap'
import { stampOf } from '../../../src/domain/arrival/file-name.ts'
import { createArrivalMemory } from '../../../src/exporter/arrival/arrival-memory.ts'
import { createFileWatch } from '../../../src/exporter/arrival/file-watch.ts'
import { createMinuteTally } from '../../../src/exporter/arrival/minute-tally.ts'
import type { ObjectLister } from '../../../src/ports/object-lister.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { arrivalRule } from '../../support/arrival-core.ts'
import { failure } from '../../support/exporter-core.ts'
import { createFakeStore } from '../../support/fake-store.ts'
import { hour, logFileKey, minute, tenOClock } from '../../support/log-files.ts'
import { logSink } from '../../support/log-sink.ts'

const place = { store: 'gcs', bucket: 'quay-logs', path: 'http/{DATE}' } as const
const group = { key: 'gcs', place, rule: { ...arrivalRule, lateWindowMs: hour }, jobs: [] }
const { signal } = new AbortController()

function watching(pageSize?: number) {
  const lister = createFakeStore(pageSize)
  const begins: string[] = []
  const noted: ObjectLister = {
    ...lister,
    list(request, options) {
      if (request.cursor === null) begins.push(request.after.split('/')[2] ?? '')
      return lister.list(request, options)
    },
  }
  const store = createMemoryStore()
  let saves = 0
  const counted = {
    ...store,
    put: (key: string, value: unknown) => {
      saves += 1
      return store.put(key, value)
    },
  }
  const arrived = createMinuteTally()
  const memory = createArrivalMemory(counted, logSink())
  const watch = createFileWatch('gcs', { memory, arrived, listerOf: () => noted })
  const lookAfter = (ms: number) =>
    watch.look(group, { now: tenOClock + ms, monotonic: ms, pushed: () => null }, signal)
  /** Whether the look began no further back than late files are new, which a deep one does. */
  const isShort = (ms: number) => begins.at(-1) === stampOf(tenOClock + ms - hour).slice(0, -1)
  const put = (ms: number) =>
    lister.put(logFileKey('http', tenOClock + ms - minute, tenOClock + ms), 100, tenOClock + ms)
  return { lister, watch, arrived, lookAfter, isShort, put, saves: () => saves }
}

t.test('late files are looked for at first, and every ten minutes', async (t) => {
  const { lookAfter, isShort } = watching()
  const short: boolean[] = []
  for (const ms of [0, minute, 10 * minute - 1_000, 10 * minute, 11 * minute, 20 * minute]) {
    await lookAfter(ms)
    short.push(isShort(ms))
  }
  t.same(short, [false, true, true, false, true, false])
})

t.test(
  'after a look that failed, all that may be new is looked for, and nothing is counted twice',
  async (t) => {
    const { lister, watch, lookAfter, isShort, put } = watching()
    await lookAfter(0)
    put(minute)
    lister.trouble = failure('unavailable')
    await t.rejects(lookAfter(minute), /unavailable/)
    lister.trouble = null
    t.equal(await lookAfter(2 * minute), tenOClock + 2 * minute)
    t.equal(isShort(2 * minute), false)
    await lookAfter(3 * minute)
    t.match(watch.ledger(), { files: 1, bytes: 100 })
  },
)

t.test('the ledger is stored when it changed', async (t) => {
  const { lookAfter, put, saves } = watching()
  await lookAfter(0)
  const first = saves()
  await lookAfter(minute)
  t.equal(saves(), first)
  put(2 * minute)
  await lookAfter(2 * minute)
  t.equal(saves(), first + 1)
})

t.test('by the minute everything at the first look counts, later only what is new', async (t) => {
  const { arrived, watch, lookAfter, put } = watching()
  put(-5 * minute)
  await lookAfter(0)
  const between = () => arrived.between('gcs')(tenOClock / minute - 10, tenOClock / minute + 10)
  t.same(between(), { count: 1, bytes: 100 })
  t.match(watch.ledger(), { files: 0 })
  t.equal(arrived.since('gcs'), tenOClock / minute - 60)
  put(minute)
  await lookAfter(minute)
  await lookAfter(2 * minute)
  t.same(between(), { count: 2, bytes: 200 })
})

t.test('a minute of which only the end was listed is not known', async (t) => {
  const { arrived, lookAfter } = watching()
  await lookAfter(1_000)
  t.equal(arrived.since('gcs'), tenOClock / minute - 59)
})

t.test('a look that is not complete does not say up to when the place is known', async (t) => {
  const { lookAfter, put } = watching(1)
  for (let i = 1; i <= 21; i += 1) put(-i * minute)
  t.equal(await lookAfter(0), null)
})
