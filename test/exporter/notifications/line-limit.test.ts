import t from 'tap'
import { createLineLimit } from '../../../src/exporter/notifications/line-limit.ts'

const minute = 60_000
const start = Date.UTC(2026, 10, 24, 3)
/** Asks for so many lines at a time. */
const ask = (limit: ReturnType<typeof createLineLimit>, now: number, times: number) =>
  Array.from({ length: times }, () => limit(now))

t.test(
  'ten lines a minute are let in, and the first of the next minute tells how many were not',
  async (t) => {
    const limit = createLineLimit()
    t.same(ask(limit, start, 10), Array(10).fill(0))
    t.same(ask(limit, start + minute - 1, 3), [null, null, null])
    t.same(ask(limit, start + minute, 2), [3, 0])
  },
)

t.test(
  'a clock that was put back a minute or more does not close the log until it has caught up',
  async (t) => {
    const limit = createLineLimit()
    ask(limit, start, 11)
    t.equal(limit(start - minute + 1), null)
    t.equal(limit(start - minute), 2)
  },
)
