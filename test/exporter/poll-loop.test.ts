import t from 'tap'
import { createWake } from '../../src/access/wake.ts'
import { ApiFailure } from '../../src/errors.ts'
import { type PollLoop, runPollLoop } from '../../src/exporter/poll-loop.ts'
import { createSelfState } from '../../src/exporter/state/self-state.ts'
import type { Clock } from '../../src/ports/runtime.ts'
import { logSink } from '../support/log-sink.ts'
import { createSteppedClock, settle } from '../support/stepped-clock.ts'

/** A loop whose cycles do what the test says, in order; the last is repeated. */
function running(
  cycles: readonly ((clock: Clock) => unknown)[],
  edit: Partial<PollLoop> = {},
  { random = 0.5, clock = createSteppedClock() } = {},
) {
  const log = logSink()
  const [stop, abort] = [new AbortController(), new AbortController()]
  const wake = createWake(clock)
  const startedAt: number[] = []
  const begin = clock.monotonic()
  const loop: PollLoop = {
    name: 'health',
    everyMs: () => 60_000,
    async cycle() {
      const next = cycles[Math.min(startedAt.length, cycles.length - 1)]
      startedAt.push(clock.monotonic() - begin)
      await next?.(clock)
    },
    ...edit,
  }
  const ended = runPollLoop(loop, wake, {
    clock,
    random: () => random,
    log,
    self: createSelfState(['health']),
    stop: stop.signal,
    abort: abort.signal,
  })
  const end = async () => {
    stop.abort()
    await ended
  }
  return {
    clock,
    wake,
    startedAt,
    ended,
    end,
    lines: () => log.lines.map(({ level, message }) => [level, message]),
  }
}

t.test('cycles begin one interval apart, whatever they take', async (t) => {
  const { clock, startedAt, end } = running([])
  await clock.advance(185_000)
  t.strictSame(startedAt, [0, 60_000, 120_000, 180_000])
  await end()
})

t.test('the interval is changed by up to a fortieth, so that exporters spread', async (t) => {
  for (const [random, first] of [
    [0, 58_500],
    [1, 61_500],
  ] as const) {
    const { clock, startedAt, end } = running([], {}, { random })
    await clock.advance(62_000)
    t.strictSame(startedAt, [0, first])
    await end()
  }
})

t.test('a cycle that takes longer than the interval is followed by the next at once', async (t) => {
  const slow = (clock: Clock) => clock.sleep(150_000, new AbortController().signal)
  const { clock, startedAt, end } = running([slow, () => {}])
  await clock.advance(151_000)
  t.strictSame(startedAt, [0, 150_000])
  await end()
})

t.test('a trigger ends the pause', async (t) => {
  const { clock, wake, startedAt, end } = running([])
  await clock.advance(10_000)
  wake.trigger()
  await settle()
  t.strictSame(startedAt, [0, 10_000])
  await end()
})

t.test('a failure is logged once per change, and a failed cycle is tried again', async (t) => {
  const unavailable = () => Promise.reject(new ApiFailure('unavailable', '503', { operation: 'read health' }))
  const network = () => Promise.reject(new ApiFailure('network', 'reset', { operation: 'read health' }))
  const { clock, lines, startedAt, end } = running([unavailable, unavailable, network, () => {}])
  await clock.advance(250_000)
  t.equal(startedAt.length, 5)
  t.strictSame(lines(), [
    ['error', 'poll failed'],
    ['error', 'poll failed'],
    ['info', 'poll works again'],
  ])
  await end()
})

t.test('a bug of ours ends the loop, and is not taken for a failure of the API', async (t) => {
  const { ended, lines } = running([() => Promise.reject(new TypeError('x is not a function'))])
  await t.rejects(ended, new TypeError('x is not a function'))
  t.strictSame(lines(), [])
})

t.test('an aborted cycle ends the loop without a word', async (t) => {
  const { ended, lines, startedAt } = running([
    () => Promise.reject(new ApiFailure('aborted', 'stopped', { operation: 'read health' })),
  ])
  await ended
  t.strictSame([startedAt.length, lines()], [1, []])
})

t.test('a loop that is off waits for its trigger', async (t) => {
  let every: number | null = null
  const { clock, wake, startedAt, end } = running([], { everyMs: () => every })
  await clock.advance(3_600_000)
  t.strictSame(startedAt, [])
  every = 60_000
  wake.trigger()
  await settle()
  t.equal(startedAt.length, 1)
  await end()
})

t.test('what never worked is tried again soon, less and less often, and only until it works', async (t) => {
  const triedAt: number[] = []
  const clock = createSteppedClock()
  const begin = clock.monotonic()
  let isPending = true
  const { startedAt, end } = running(
    [],
    {
      firstTries: {
        pending: () => isPending,
        cycle: async () => {
          triedAt.push(clock.monotonic() - begin)
        },
      },
    },
    { clock },
  )
  await clock.advance(110_000)
  t.strictSame(triedAt, [5_000, 15_000, 35_000, 100_000])
  isPending = false
  await clock.advance(600_000)
  t.equal(triedAt.length, 4)
  t.strictSame(startedAt.slice(0, 4), [0, 60_000, 120_000, 180_000], 'the interval stays as it is')
  await end()
})

t.test('a further try that fails is counted and logged like any other', async (t) => {
  const unavailable = () => Promise.reject(new ApiFailure('unavailable', '503', { operation: 'list zones' }))
  const loop = running([unavailable, () => {}], { firstTries: { pending: () => true, cycle: unavailable } })
  await loop.clock.advance(20_000)
  t.strictSame(loop.lines(), [['error', 'poll failed']])
  await loop.clock.advance(41_000)
  t.strictSame(loop.lines().at(-1), ['info', 'poll works again'])
  await loop.end()
})

t.test('a trigger ends the pause before a further try, and the whole cycle begins', async (t) => {
  let tries = 0
  const { clock, wake, startedAt, end } = running([], {
    firstTries: {
      pending: () => true,
      cycle: async () => {
        tries += 1
      },
    },
  })
  await clock.advance(2_000)
  wake.trigger()
  await settle()
  t.strictSame([startedAt, tries], [[0, 2_000], 0])
  await end()
})

t.test('a further try that would fall on the next cycle is left to it', async (t) => {
  let tries = 0
  const firstTries = {
    pending: () => true,
    cycle: async () => {
      tries += 1
    },
  }
  const { clock, startedAt, end } = running([], { everyMs: () => 5_000, firstTries })
  await clock.advance(12_000)
  t.strictSame([startedAt, tries], [[0, 5_000, 10_000], 0])
  await end()
})
