import t from 'tap'
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
