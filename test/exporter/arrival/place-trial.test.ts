import t from 'tap'
import { minuteOf } from '../../../src/domain/time.ts'
import { createArrivalReaders } from '../../../src/exporter/arrival/arrival-readers.ts'
import { tryPlace } from '../../../src/exporter/arrival/place-trial.ts'
import { arrivalRule, quayLogs } from '../../support/arrival-core.ts'
import { createFakeCounter } from '../../support/fake-counter.ts'
import { createFakeStore } from '../../support/fake-store.ts'
import { hour, logFileKey, minute, tenOClock } from '../../support/log-files.ts'

const now = tenOClock + 30 * minute
const group = { place: quayLogs, rule: arrivalRule }

/** Ten files of yesterday, and two of the last half hour; one page holds ten. */
function filledStore() {
  const store = createFakeStore(10)
  for (let index = 0; index < 10; index += 1) {
    const start = tenOClock - 20 * hour + index * minute
    store.put(logFileKey('http', start, start + minute), 1, start + minute)
  }
  for (const start of [tenOClock + minute, tenOClock + 2 * minute])
    store.put(logFileKey('http', start, start + minute), 1, start + minute)
  return store
}

for (const [seeks, calls] of [
  [true, 1],
  [false, 2],
] as const)
  t.test(
    `the files of the last hour, where a listing ${seeks ? 'can' : 'cannot'} begin in the middle`,
    async (t) => {
      const store = filledStore()
      store.seeks = seeks
      const readers = createArrivalReaders({ lister: () => store, counter: createFakeCounter })
      const found = await tryPlace(group, readers, now, { signal: new AbortController().signal })
      t.same(found, { found: 2, newestEnd: tenOClock + 3 * minute })
      t.equal(store.calls, calls)
    },
  )

const signal = { signal: new AbortController().signal }

t.test('where nothing was written in the last hour, there is no newest file', async (t) => {
  const store = createFakeStore()
  for (const [start, end] of [
    [now - 3 * hour, now - 2 * hour],
    [now - 62 * minute, now - 61 * minute],
  ] as const)
    store.put(logFileKey('http', start, end), 1, end)
  const readers = createArrivalReaders({ lister: () => store, counter: createFakeCounter })
  t.same(await tryPlace(group, readers, now, signal), { found: 0, newestEnd: null })
  store.put(logFileKey('http', now - minute, now), 1, now)
  store.put('http/20261128/20261128T1029-notes.txt', 1, now)
  t.same(await tryPlace(group, readers, now, signal), { found: 1, newestEnd: now })
})

t.test('records of the sixty minutes that have ended are counted in one call', async (t) => {
  const place = {
    store: 'elastic',
    url: 'https://search.example',
    index: 'logs',
    timeField: '@timestamp',
    query: null,
  } as const
  const rule = { ...arrivalRule, read: { kind: 'elastic', place, apiKeyFile: null } } as const
  const counter = createFakeCounter()
  const running = minuteOf(now)
  for (const [minute, records] of [
    [running, 1_000],
    [running - 1, 1],
    [running - 60, 10],
    [running - 61, 100],
  ] as const)
    counter.put(minute, records)
  const readers = createArrivalReaders({ lister: () => createFakeStore(), counter: () => counter })
  t.same(await tryPlace({ place, rule }, readers, now, signal), { found: 11, newestEnd: null })
  t.equal(counter.calls, 1)
})
