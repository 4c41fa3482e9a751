import t from 'tap'
import type { HealthLimits } from '../../../src/domain/ledger/health-row.ts'
import {
  clampLimits,
  firstChunk,
  oldestMinute,
  planReading,
  safeLimits,
  settledBefore,
  strictest,
} from '../../../src/domain/ledger/window.ts'
import { minuteOf } from '../../../src/domain/time.ts'

const hour = 3600
const day = 24 * hour
const now = Date.UTC(2026, 10, 24, 3, 0, 30)
const running = minuteOf(now)
const rules = { revisionMinutes: 15, newestMinutes: 3 }
const limits = (changed: Partial<HealthLimits>): HealthLimits => ({ ...safeLimits, ...changed })

t.test(
  'until the API tells its limits, an hour of the last week is asked for, a thousand rows a page',
  async (t) => {
    t.same(safeLimits, {
      enabled: true,
      maxDurationSeconds: hour,
      notOlderThanSeconds: 7 * day,
      maxPageSize: 1000,
      optionalFields: true,
    })
  },
)

t.test('strange limits are brought within bounds, plausible ones stay', async (t) => {
  const tiny = { maxDurationSeconds: 0, notOlderThanSeconds: -1, maxPageSize: 0 }
  const huge = { maxDurationSeconds: 1e12, notOlderThanSeconds: 1e12, maxPageSize: 1e12 }
  t.match(clampLimits(limits(tiny)), { maxDurationSeconds: 60, notOlderThanSeconds: hour, maxPageSize: 10 })
  t.match(clampLimits(limits(huge)), {
    maxDurationSeconds: 7 * day,
    notOlderThanSeconds: 90 * day,
    maxPageSize: 10_000,
  })
  const plausible = limits({ enabled: false, maxDurationSeconds: 2 * hour, optionalFields: false })
  t.same(clampLimits(plausible), plausible)
  t.equal(clampLimits(limits({ maxPageSize: 99.9 })).maxPageSize, 99, 'in whole rows')
})

t.test(
  'what a refusal says only makes limits stricter, and never so strict that nothing can be read',
  async (t) => {
    t.same(strictest(safeLimits, {}), safeLimits)
    const said = {
      maxDurationSeconds: 600,
      notOlderThanSeconds: day,
      maxPageSize: 100,
      optionalFields: false,
    }
    t.same(strictest(safeLimits, said), { enabled: true, ...said })
    t.same(strictest({ enabled: true, ...said }, safeLimits), { enabled: true, ...said })
    t.match(strictest(safeLimits, { maxDurationSeconds: 0, notOlderThanSeconds: 0, maxPageSize: 0 }), {
      maxDurationSeconds: 60,
      notOlderThanSeconds: 300,
      maxPageSize: 10,
    })
  },
)

t.test('the oldest minute asked for is two minutes short of the edge', async (t) => {
  t.equal(oldestMinute(now, limits({ notOlderThanSeconds: hour })), running - 58)
})

t.test(
  'a poll reads the newest minutes and what was never read; a whole one, all that may change',
  async (t) => {
    const ledger = { watermark: running - 15, readTo: running + 1 }
    const plan = (whole: boolean, changed = {}) =>
      planReading({ ...ledger, ...changed }, now, whole, rules, safeLimits)
    t.same(plan(false), { skipTo: null, from: running - 2, to: running + 1 })
    t.same(plan(true), { skipTo: null, from: running - 15, to: running + 1 })
    t.equal(plan(false, { readTo: running - 9 }).from, running - 9)
    t.equal(plan(false, { watermark: running - 1 }).from, running - 1, 'nothing settled is read again')
  },
)

t.test('minutes that the API no longer has are skipped', async (t) => {
  const short = limits({ notOlderThanSeconds: hour })
  const plan = (minutesAgo: number) =>
    planReading({ watermark: running - minutesAgo, readTo: running - minutesAgo }, now, false, rules, short)
  t.same(plan(90), { skipTo: running - 58, from: running - 58, to: running + 1 })
  t.equal(plan(58).skipTo, null)
})

t.test('one query asks for no more than it may, and for one minute at least', async (t) => {
  const chunk = (from: number, to: number, maxDurationSeconds = hour) =>
    firstChunk({ from, to }, limits({ maxDurationSeconds }))
  t.same(chunk(0, 100), { from: 0, to: 60 })
  t.same(chunk(0, 20), { from: 0, to: 20 })
  t.same(chunk(0, 20, 59), { from: 0, to: 1 })
  t.equal(chunk(5, 5), null)
  t.equal(chunk(6, 5), null)
})

t.test('a minute is settled once it is older than what may still change', async (t) => {
  t.equal(settledBefore(now, rules), running - 15)
})

t.test('optional fields are asked for unless the limits or a refusal forbid it', async (t) => {
  const asked = (known: boolean, said: Partial<HealthLimits>) =>
    strictest(limits({ optionalFields: known }), said).optionalFields
  t.same([asked(true, {}), asked(true, { optionalFields: true })], [true, true])
  t.same([asked(false, {}), asked(false, { optionalFields: true })], [false, false])
  t.equal(asked(true, { optionalFields: false }), false)
  t.equal(strictest(limits({ enabled: false }), {}).enabled, false)
})

t.test('minutes that are skipped were never read, whatever the ledger says', async (t) => {
  const short = limits({ notOlderThanSeconds: hour })
  const plan = planReading({ watermark: running - 90, readTo: running - 20 }, now, false, rules, short)
  t.same(plan, { skipTo: running - 58, from: running - 20, to: running + 1 })
  t.equal(
    planReading({ watermark: running - 59, readTo: running }, now, true, rules, short).from,
    running - 58,
  )
  const ahead = planReading({ watermark: running + 5, readTo: running + 9 }, now, false, rules, short)
  t.same(ahead, { skipTo: null, from: running + 5, to: running + 1 })
})
