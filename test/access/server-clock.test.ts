import t from 'tap'
import { createServerClock } from '../../src/access/server-clock.ts'
import { logSink } from '../support/log-sink.ts'
import { createSteppedClock } from '../support/stepped-clock.ts'

const minute = 60_000

/** A clock that has seen answers whose dates were off by so much. */
function seen(...offsets: readonly number[]) {
  const clock = createSteppedClock()
  const log = logSink()
  const server = createServerClock(clock, log)
  for (const offset of offsets) server.observe({ serverTime: clock.now() + offset })
  const said = () => log.lines.map(({ level, message }) => `${level} ${message}`)
  return { clock, server, log, now: () => server.now() - clock.now(), said }
}

t.test("a date near our time is Cloudflare's time, and goes on with the monotonic clock", async (t) => {
  const { clock, server, now } = seen(4_000)
  t.equal(now(), 4_000)
  await clock.advance(10_000)
  t.equal(now(), 4_000)
  t.equal(server.skewMs(), 4_000)
})

t.test('a date minutes away is noted once, and not followed when it is ahead', async (t) => {
  const { server, now, said, clock, log } = seen(20 * minute, 20 * minute, 20 * minute)
  t.equal(now(), 0)
  t.equal(server.latest() - clock.now(), 20 * minute)
  t.equal(server.skewMs(), 20 * minute)
  for (let i = 0; i < 5; i += 1) server.observe({ serverTime: clock.now() })
  t.equal(now(), 0)
  t.same(said(), [
    "warn this machine's clock and Cloudflare's differ by minutes; the earlier one counts until they agree",
    "info this machine's clock and Cloudflare's agree again",
  ])
  t.same(
    log.lines.map(({ fields }) => fields),
    [{ skew_seconds: 1_200 }, { skew_seconds: 0 }],
  )
})

t.test('where our clock has jumped ahead, the earlier time counts', async (t) => {
  const { clock, server, now } = seen(0, 0, 0)
  clock.stepWall(60 * minute)
  t.equal(now(), -60 * minute)
  t.equal(server.latest(), clock.now())
  clock.stepWall(-120 * minute)
  t.equal(now(), 0)
  t.equal(server.latest() - clock.now(), 60 * minute)
})

t.test('one wrong date among several is no matter', async (t) => {
  for (let place = 1; place < 5; place += 1) {
    const { now, said } = seen(...[0, 0, 0, 0].toSpliced(place, 0, 60 * minute))
    t.equal(now(), 0, `place ${place}`)
    t.same(said(), [])
  }
})

t.test('only the last five dates count', async (t) => {
  const wrong = [20, 20, 20, 20, 20].map((minutes) => minutes * minute)
  t.equal(seen(...wrong, 0, 0).server.skewMs(), 20 * minute)
  t.equal(seen(...wrong, 0, 0, 0).server.skewMs(), 0)
  for (const sixth of [-20, 20])
    t.equal(seen(sixth * minute, 1_000, 2_000, 3_000, 4_000, 5_000).server.skewMs(), 3_000)
})

t.test('a date from before this program was written says nothing, and neither does none', async (t) => {
  const { clock, server, now } = seen()
  server.observe({ serverTime: 0 })
  server.observe({ serverTime: null })
  t.equal(now(), 0)
  t.equal(server.skewMs(), null)
  t.equal(server.latest(), clock.now())
})

t.test('two minutes are near, more is far', async (t) => {
  for (const offset of [2 * minute, -2 * minute]) {
    t.same([seen(offset).now(), seen(offset).said()], [offset, []])
    t.equal(seen(offset + Math.sign(offset)).said().length, 1)
  }
  t.equal(seen(2 * minute + 1).now(), 0)
})

t.test('of an even number of dates the earlier one in the middle counts', async (t) => {
  t.equal(seen(2_000, 1_000).server.skewMs(), 1_000)
  t.equal(seen(4_000, 1_000, 3_000, 2_000).server.skewMs(), 2_000)
})

t.test('dates count from the year on in which this program was written', async (t) => {
  const { clock, server } = seen()
  server.observe({ serverTime: Date.UTC(2026, 0, 1) - 1 })
  t.equal(server.skewMs(), null)
  server.observe({ serverTime: Date.UTC(2026, 0, 1) })
  t.equal(server.skewMs(), Date.UTC(2026, 0, 1) - clock.now())
})
