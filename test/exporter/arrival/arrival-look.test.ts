import t from 'tap'
import { type ArrivalLedger, beginLedger } from '../../../src/domain/arrival/arrival-ledger.ts'
import { type LookInput, lookAt } from '../../../src/exporter/arrival/arrival-look.ts'
import type { ListRequest, ObjectLister } from '../../../src/ports/object-lister.ts'
import { arrivalRule } from '../../support/arrival-core.ts'
import { elasticPlace } from '../../support/arrival-values.ts'
import { createFakeStore } from '../../support/fake-store.ts'
import { hour, logFileKey, minute, tenOClock } from '../../support/log-files.ts'

const place = { store: 'gcs', bucket: 'quay-logs', path: 'http/{DATE}' } as const
const rule = { ...arrivalRule, lateWindowMs: hour }
const group = { key: 'gcs', place, rule, jobs: [] }
const signal = { signal: new AbortController().signal }

/** One look at ten o'clock; what the store was asked for is noted. */
async function look(
  edit: Partial<LookInput> & { readonly of?: Partial<ArrivalLedger>; readonly store?: ObjectLister } = {},
) {
  const { of, store = createFakeStore(), ...rest } = edit
  const asked: ListRequest[] = []
  const lister: ObjectLister = {
    ...store,
    list: (request, options) => {
      asked.push(request)
      return store.list(request, options)
    },
  }
  const ledger = { ...beginLedger(tenOClock, 0), floor: tenOClock - 5 * hour, ...of }
  const input = { group, ledger, deep: false, caughtUp: false, seeks: true, now: tenOClock, ...rest }
  const seen = await lookAt(lister, input, signal)
  return { ...seen, asked, ago: (tenOClock - seen.from) / minute }
}

t.test(
  'an ordinary look begins ten minutes behind the newest file, and never before the floor',
  async (t) => {
    t.equal((await look()).ago, 300)
    t.equal((await look({ of: { newestStart: tenOClock - 2 * hour } })).ago, 130)
    t.equal((await look({ of: { newestStart: tenOClock - 9 * hour } })).ago, 300)
  },
)

t.test('where the last look saw all there was, nothing older than the late window is new', async (t) => {
  t.equal((await look({ caughtUp: true })).ago, 60)
  t.equal((await look({ caughtUp: true, of: { newestStart: tenOClock - 20 * minute } })).ago, 30)
})

t.test('a deep look begins at the floor, and lists what began before and was written since', async (t) => {
  const { ago, asked } = await look({ deep: true, caughtUp: true, of: { newestStart: tenOClock } })
  t.equal(ago, 300)
  t.match(asked[0], { after: 'http/20261128/20261128T045000', until: 'http/20261128/20261128T100500' })
  const { asked: ordinary } = await look()
  t.match(ordinary[0], { after: 'http/20261128/20261128T050000', until: 'http/20261128/20261128T100500' })
})

t.test('of what is listed, only log files are entered', async (t) => {
  const store = createFakeStore()
  store.put(logFileKey('http', tenOClock - minute, tenOClock), 70, tenOClock)
  store.put('http/20261128/20261128T0959-notes.txt', 10, tenOClock)
  const { listed, complete } = await look({ store })
  t.match(listed, [{ start: tenOClock - minute, end: tenOClock, bytes: 70 }])
  t.equal(listed.length, 1)
  t.equal(complete, true)
})

t.test('a look reads twenty pages, and says whether there was more', async (t) => {
  for (const [files, pages, whole] of [
    [20, 20, true],
    [21, 20, false],
  ] as const) {
    const store = createFakeStore(1)
    for (let i = 0; i < files; i += 1)
      store.put(logFileKey('http', tenOClock - (i + 1) * minute, tenOClock - i * minute), 70, tenOClock)
    const { complete, asked, listed } = await look({ store })
    t.same([asked.length, listed.length, complete], [pages, 20, whole])
  }
})

t.test('a store that does not begin where it is asked to is listed in slices from then on', async (t) => {
  const store = createFakeStore()
  store.seeks = false
  store.put(logFileKey('http', tenOClock - 9 * hour, tenOClock - 8 * hour), 1, tenOClock)
  store.put(logFileKey('http', tenOClock - minute, tenOClock), 70, tenOClock)
  const of = { newestStart: tenOClock - minute }
  const first = await look({ store, of })
  t.equal(first.seeks, false)
  t.equal(first.listed.length, 1)
  const next = await look({ store, of, seeks: false })
  t.equal(next.asked.length, first.asked.length - 1, 'without the listing that went wrong')
})

t.test('to look for files where there are none is an error of ours', async (t) => {
  await t.rejects(look({ group: { ...group, place: elasticPlace } }), /elastic has no files/)
})
