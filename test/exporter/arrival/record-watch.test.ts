import t from 'tap'
import { arrivalKey } from '../../../src/domain/arrival/arrival-place.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import { createArrivalMemory } from '../../../src/exporter/arrival/arrival-memory.ts'
import { createMinuteTally } from '../../../src/exporter/arrival/minute-tally.ts'
import { createRecordWatch } from '../../../src/exporter/arrival/record-watch.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { arrivalRule, createArrivalCore, quayLogs, storedJob } from '../../support/arrival-core.ts'
import { failure } from '../../support/exporter-core.ts'
import { createFakeCounter, type FakeCounter } from '../../support/fake-counter.ts'
import { createFakeStore } from '../../support/fake-store.ts'
import { hour, minute, tenOClock } from '../../support/log-files.ts'
import { logSink } from '../../support/log-sink.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

const place = {
  store: 'elastic',
  url: 'https://search.example:9200',
  index: 'logs-cloudflare_logpush.*',
  timeField: 'event.ingested',
  query: null,
} as const
const rule = { ...arrivalRule, match: {}, read: { kind: 'elastic', place, apiKeyFile: null } } as const

function watched(counter: FakeCounter, more: Partial<Parameters<typeof createArrivalCore>[0]> = {}) {
  // Its destination has no files: only the rule knows where its records are.
  const jobs = [storedJob('101', { place: null, destinationType: 'elastic' })]
  const core = createArrivalCore({ lister: createFakeStore(), counter, rules: [rule], jobs, ...more })
  /** A minute in which so many records are pushed and so many come in, and a look. */
  const pass = async (pushed: number, arrived = pushed): Promise<void> => {
    core.delivered([{ at: core.clock.now(), bytes: 100, records: pushed }])
    counter.put(minuteOf(core.clock.now()), arrived)
    await core.clock.advance(minute)
    await core.cycle()
  }
  return { ...core, pass }
}

t.test('records are counted by the minute, in one call a minute', async (t) => {
  const counter = createFakeCounter()
  const core = watched(counter)
  await core.cycle()
  for (let turn = 0; turn < 30; turn += 1) await core.pass(1_000)
  t.match(core.arrival(), { ledger: null, records: { records: 28_000 }, silent: false, missingShare: 0 })
  t.equal(core.arrival().completeTo, tenOClock + 28 * minute)
  t.equal(counter.calls, 28)
})

t.test('records that do not come in are missing, and none at all is silence', async (t) => {
  const counter = createFakeCounter()
  const core = watched(counter)
  await core.cycle()
  for (let turn = 0; turn < 70; turn += 1) await core.pass(1_000, 950)
  const share = core.arrival().missingShare ?? 0
  t.ok(share > 0.049 && share < 0.051, `${share}`)
  let silentAfter: number | null = null
  for (let turn = 1; turn <= 20; turn += 1) {
    await core.pass(1_000, 0)
    if (core.arrival().silent) silentAfter ??= turn
  }
  t.ok(silentAfter !== null && silentAfter <= 17, `${silentAfter} minutes`)
})

t.test('a failure counts nothing, and what was missed is counted afterwards', async (t) => {
  const counter = createFakeCounter()
  const core = watched(counter)
  await core.cycle()
  for (let turn = 0; turn < 5; turn += 1) await core.pass(10)
  counter.trouble = failure('unavailable')
  for (let turn = 0; turn < 180; turn += 1) await core.pass(10)
  t.match(core.arrival(), { poll: { failure: { kind: 'unavailable' } }, records: { records: 30 } })
  counter.trouble = null
  const before = counter.calls
  await core.pass(10)
  t.match(core.arrival(), { poll: { failure: null }, records: { records: 1_840 } })
  t.equal(counter.calls - before, 66, 'the older two hours in one call')
  const { arrived } = core.poll.tallies
  const { place: counted } = core.arrival()
  const since = arrived.since(arrivalKey(counted)) ?? 0
  t.ok(since > minuteOf(tenOClock) + 100, 'of which nobody knows in which minutes they came in')
})

t.test('records over 20 kills: nothing missed, nothing doubled', async (t) => {
  const counter = createFakeCounter()
  const [store, clock] = [createMemoryStore(), createSteppedClock(tenOClock)]
  let core = watched(counter, { store, clock })
  await core.cycle()
  let pushed = 0
  for (let turn = 0; turn < 240; turn += 1) {
    pushed += turn
    counter.put(minuteOf(clock.now()), turn)
    await clock.advance(minute)
    if (turn % 12 === 11) {
      const broken = { ...store, put: () => Promise.reject(new Error('killed')) }
      await t.rejects(watched(counter, { store: broken, clock }).cycle())
      core = watched(counter, { store, clock })
    }
    await core.cycle()
  }
  await clock.advance(hour)
  await core.cycle()
  t.equal(core.arrival().records?.records, pushed)
})

t.test('to count records where files are written is an error of ours', async (t) => {
  const memory = createArrivalMemory(createMemoryStore(), logSink())
  const arrived = createMinuteTally()
  const watch = createRecordWatch('k', { memory, arrived, counterOf: () => createFakeCounter() })
  const group = { key: 'k', place: quayLogs, rule, jobs: [] }
  const time = { now: tenOClock, monotonic: 0, pushed: () => null }
  await t.rejects(watch.look(group, time, new AbortController().signal), /files are to be counted at s3/)
  t.same([watch.ledger(), watch.records()], [null, null])
})

t.test('records have no bytes', async (t) => {
  const core = watched(createFakeCounter())
  await core.cycle()
  for (let turn = 0; turn < 10; turn += 1) await core.pass(1_000)
  const now = minuteOf(core.clock.now())
  t.same(core.poll.tallies.arrived.between(arrivalKey(place))(now - 6, now - 4), { count: 2_000, bytes: 0 })
})
