import t from 'tap'
import { arrivalKey } from '../../../src/domain/arrival/arrival-place.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { arrivalRule, createArrivalCore, quayLogs, storedJob } from '../../support/arrival-core.ts'
import { failure } from '../../support/exporter-core.ts'
import { createFakeStore } from '../../support/fake-store.ts'
import { hour, logFileKey, minute, second, tenOClock } from '../../support/log-files.ts'

const dns = { ...quayLogs, path: 'dns' }

t.test('a place is looked at when nine tenths of its interval have passed, not before', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister, rules: [{ ...arrivalRule, intervalMs: 10 * minute }] })
  const looks: number[] = []
  for (const wait of [0, 9 * minute - 1, 1, 9 * minute - 1, 1]) {
    await core.clock.advance(wait)
    await core.cycle()
    looks.push(lister.calls)
  }
  t.same(looks, [1, 1, 2, 2, 3])
})

t.test('the poll has the beat of the most frequent rule, and each place its own', async (t) => {
  const lister = createFakeStore()
  const seldom = { ...arrivalRule, match: { jobId: '102' }, intervalMs: 5 * minute }
  const core = createArrivalCore({
    lister,
    rules: [seldom, arrivalRule],
    jobs: [storedJob('101'), storedJob('102', { place: dns })],
  })
  t.equal(core.poll.everyMs(), minute)
  await core.cycle()
  t.equal(lister.calls, 2)
  await core.clock.advance(minute)
  await core.cycle()
  t.equal(lister.calls, 3)
})

t.test(
  'what goes wrong is said once for each kind, counted each time, and said when it is over',
  async (t) => {
    const lister = createFakeStore()
    const core = createArrivalCore({ lister })
    const told = async (trouble: typeof lister.trouble) => {
      lister.trouble = trouble
      await core.cycle()
      await core.clock.advance(minute)
      return core.log.taken()
    }
    t.same(await told(null), [])
    t.match(await told(failure('forbidden', 'no access')), [
      { level: 'warn', kind: 'forbidden', reason: 'no access' },
    ])
    t.same(await told(failure('forbidden')), [])
    t.match(await told(failure('timeout')), [{ level: 'warn', kind: 'timeout' }])
    t.match(await told(null), [{ level: 'info', place: 's3://quay-logs/http/{DATE}' }])
    t.same(await told(null), [])
    t.same(
      [...(core.self.pollers.get('arrival')?.failures ?? [])],
      [
        ['forbidden', 2],
        ['timeout', 1],
      ],
    )
  },
)

t.test('while a place cannot be read, nothing is claimed of what is missing there', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister })
  await core.cycle()
  for (let turn = 0; turn < 70; turn += 1) {
    core.delivered([{ at: core.clock.now() - second, bytes: 100 }])
    await core.clock.advance(minute)
    await core.cycle()
  }
  t.match(core.arrival(), { silent: true, missingShare: 1 })
  lister.trouble = failure('timeout')
  await core.clock.advance(minute)
  await core.cycle()
  t.match(core.arrival(), { silent: false, missingShare: null })
})

t.test('until health data of the job is known, nothing is compared', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister })
  for (let turn = 0; turn < 30; turn += 1) {
    await core.clock.advance(minute)
    await core.cycle()
  }
  t.match(core.arrival(), { silent: false, missingShare: null })
})

t.test('a place that fails does not hold up its neighbour', async (t) => {
  const lister = createFakeStore()
  const broken: typeof lister = {
    ...lister,
    list: (request, options) =>
      request.after.startsWith('dns') ? Promise.reject(failure('forbidden')) : lister.list(request, options),
  }
  const core = createArrivalCore({
    lister: broken,
    jobs: [storedJob('101'), storedJob('102', { place: dns })],
  })
  await core.cycle()
  lister.put(logFileKey('http', tenOClock, tenOClock + second), 70, tenOClock + second)
  await core.clock.advance(minute)
  await core.cycle()
  t.match(core.arrival('101'), { poll: { failure: null }, ledger: { files: 1 } })
  t.match(core.arrival('102'), {
    poll: { failure: { kind: 'forbidden', since: tenOClock } },
    completeTo: null,
  })
})

t.test('a bug of ours, and a look that is given up, end the cycle', async (t) => {
  const lister = createFakeStore()
  const core = createArrivalCore({ lister })
  lister.trouble = failure('aborted')
  await t.rejects(core.cycle(), /aborted for the test/)
  const buggy = createArrivalCore({
    lister: { ...lister, list: () => Promise.reject(new TypeError('a bug')) },
  })
  await t.rejects(buggy.cycle(), /a bug/)
  t.same([...core.log.lines, ...buggy.log.lines], [])
})

t.test('places that nobody watches are looked for once an hour', async (t) => {
  const store = createMemoryStore()
  const lister = createFakeStore()
  const core = createArrivalCore({ lister, store })
  await core.cycle()
  core.state.jobsListed(core.key, [], core.clock.now())
  const marks = async (wait: number) => {
    await core.clock.advance(wait)
    await core.cycle()
    return store.keys('arrival-gone:').length
  }
  t.equal(await marks(hour - 1), 0)
  t.equal(await marks(1), 1)
})

t.test('what is missing is told from when both sides are known, whichever was the later', async (t) => {
  for (const { lateWindowMs, countedFor } of [
    { lateWindowMs: hour, countedFor: 10 },
    { lateWindowMs: 10 * minute, countedFor: 60 },
  ]) {
    const core = createArrivalCore({ lister: createFakeStore(), rules: [{ ...arrivalRule, lateWindowMs }] })
    core.poll.pushed(core.key, beginLedger(minuteOf(tenOClock) - countedFor), [])
    await core.cycle()
    t.equal(core.arrival().missingShare, null, 'five minutes of ten are too few')
    await core.clock.advance(5 * minute)
    await core.cycle()
    t.equal(core.arrival().missingShare, 0)
  }
})

t.test('eight places at most are read at the same time', async (t) => {
  const lister = createFakeStore()
  let [open, most] = [0, 0]
  const slow: typeof lister = {
    ...lister,
    async list(request, options) {
      open += 1
      most = Math.max(most, open)
      await new Promise((resolve) => setImmediate(resolve))
      open -= 1
      return lister.list(request, options)
    },
  }
  const jobs = Array.from({ length: 20 }, (_, index) =>
    storedJob(`${100 + index}`, { place: { ...quayLogs, path: `p${index}` } }),
  )
  await createArrivalCore({ lister: slow, jobs }).cycle()
  t.equal(most, 8)
  t.equal(lister.calls, 20)
})

t.test('what was counted of a place goes with its job', async (t) => {
  const core = createArrivalCore({ lister: createFakeStore() })
  core.delivered([{ at: tenOClock - second, bytes: 100 }])
  await core.cycle()
  const { pushed, arrived } = core.poll.tallies
  const known = () => [pushed.since(['101']), arrived.since(arrivalKey(quayLogs))].map((at) => at !== null)
  t.same(known(), [true, true])
  core.state.jobsListed(core.key, [], core.clock.now())
  await core.cycle()
  t.same(known(), [false, false])
})
