import t from 'tap'
import { createWake } from '../../src/access/wake.ts'
import { ApiFailure, type ApiFailureKind } from '../../src/errors.ts'
import { type PollLoop, runPollLoop } from '../../src/exporter/poll-loop.ts'
import { createSelfState } from '../../src/exporter/state/self-state.ts'
import { logSink } from '../support/log-sink.ts'
import { createSteppedClock, type SteppedClock } from '../support/stepped-clock.ts'

const failing = (kind: ApiFailureKind) => () =>
  Promise.reject(new ApiFailure(kind, 'for the test', { operation: 'list zones' }))

/** A loop once a minute, unless the test says otherwise. */
function running(edit: Partial<PollLoop> = {}, clock: SteppedClock = createSteppedClock()) {
  const self = createSelfState([])
  const log = logSink()
  const [stop, abort] = [new AbortController(), new AbortController()]
  let cycles = 0
  const loop: PollLoop = { name: 'history', everyMs: () => 60_000, cycle: async () => {}, ...edit }
  const counted = async (signal: AbortSignal) => {
    cycles += 1
    await loop.cycle(signal)
  }
  const ended = runPollLoop({ ...loop, cycle: counted }, createWake(clock), {
    ...{ clock, log, self, random: () => 0.5 },
    stop: stop.signal,
    abort: abort.signal,
  })
  return {
    ended,
    clock,
    log,
    abort,
    stop: () => stop.abort(),
    cycles: () => cycles,
    stats: () => self.pollers.get('history'),
  }
}

t.test(
  'a cycle tells how long it took, when it ended and how long after the one before it began',
  async (t) => {
    const clock = createSteppedClock()
    const start = clock.now()
    const { stats, stop, ended } = running(
      { cycle: () => clock.sleep(2_500, new AbortController().signal) },
      clock,
    )
    await clock.advance(3_000)
    t.match(stats(), { polls: 1, durationSeconds: 2.5, intervalSeconds: null, lastSuccess: start + 2_500 })
    await clock.advance(60_000)
    t.match(stats(), { polls: 2, durationSeconds: 2.5, intervalSeconds: 60, lastSuccess: start + 62_500 })
    stop()
    await ended
  },
)

t.test('failures are counted by kind, and do not count as a success', async (t) => {
  const { stats, stop, ended, clock, log } = running({ cycle: failing('timeout') })
  await clock.advance(61_000)
  t.match(stats(), { polls: 2, lastSuccess: null, failures: new Map([['timeout', 2]]) })
  t.match(log.taken(), [{ level: 'error', poller: 'history', kind: 'timeout' }])
  stop()
  await ended
})

t.test('the end of each cycle is told, whatever came of it, and of no further try', async (t) => {
  let told = 0
  const { stop, ended, clock, stats } = running({
    cycle: failing('network'),
    ended: () => {
      told += 1
    },
    firstTries: { pending: () => true, cycle: async () => {} },
  })
  await clock.advance(20_000)
  t.equal(told, 1)
  t.equal(stats()?.polls, 3, 'a cycle and two further tries')
  await clock.advance(41_000)
  t.equal(told, 2)
  stop()
  await ended
})

t.test('a loop that is turned off begins no further cycle', async (t) => {
  let every: number | null = 60_000
  const { stop, ended, clock, cycles } = running({
    everyMs: () => every,
    cycle: async () => {
      every = null
    },
  })
  await clock.advance(10 * 60_000)
  t.equal(cycles(), 1)
  stop()
  await ended
})

t.test('an interval that was changed counts from the start of the last cycle', async (t) => {
  let every = 600_000
  const { stop, ended, clock, cycles } = running({
    everyMs: () => every,
    cycle: async () => {
      every = 30_000
    },
  })
  await clock.advance(29_999)
  t.equal(cycles(), 1)
  await clock.advance(1)
  t.equal(cycles(), 2)
  stop()
  await ended
})

t.test('a loop ends when it is told to, in a pause as well, and begins nothing after that', async (t) => {
  const { stop, ended, clock, cycles } = running()
  await clock.advance(30_000)
  stop()
  await ended
  await clock.advance(120_000)
  t.equal(cycles(), 1)
  const off = running({ everyMs: () => null })
  await off.clock.advance(1_000)
  off.stop()
  await off.ended
  t.equal(off.cycles(), 0)
})

t.test('a further try that is given up ends the loop without a word', async (t) => {
  const { ended, clock, cycles, log, stats } = running({
    firstTries: { pending: () => true, cycle: failing('aborted') },
  })
  await clock.advance(5_000)
  await ended
  await clock.advance(120_000)
  t.same([cycles(), stats()?.polls, log.lines], [1, 1, []])
})

t.test('cycles and further tries are given up by the one signal', async (t) => {
  const seen: AbortSignal[] = []
  const cycle = async (signal: AbortSignal) => {
    seen.push(signal)
  }
  const { stop, ended, clock, abort } = running({ cycle, firstTries: { pending: () => true, cycle } })
  await clock.advance(6_000)
  t.ok(seen.length === 2 && seen.every((signal) => signal === abort.signal))
  stop()
  await ended
})
