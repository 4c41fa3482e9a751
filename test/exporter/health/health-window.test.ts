import t from 'tap'
import type { HealthLimits } from '../../../src/domain/ledger/health-row.ts'
import { beginLedger, type Ledger } from '../../../src/domain/ledger/ledger.ts'
import { safeLimits } from '../../../src/domain/ledger/window.ts'
import { minuteOf } from '../../../src/domain/time.ts'
import { chooseWindow, isLastWindow } from '../../../src/exporter/health/health-window.ts'
import { zone } from '../../support/exporter-core.ts'

const now = Date.UTC(2026, 10, 24, 3, 0, 30)
const running = minuteOf(now)
const rules = { revisionMinutes: 15, newestMinutes: 3, initialLookbackMs: 20 * 60_000, whole: false }
const [a, b] = [zone('a.example'), zone('b.example')]

const readUpTo = (minutesAgo: number): Ledger => beginLedger(running - minutesAgo)
const toRead = (scope: typeof a, ledger: Ledger | null, limits: Partial<HealthLimits> = {}) => ({
  scope,
  ledger,
  limits: { ...safeLimits, ...limits },
})

t.test('one window begins where the scope that is furthest behind needs it, and ends with now', async (t) => {
  const scopes = [toRead(a, readUpTo(5)), toRead(b, readUpTo(30))]
  const chosen = chooseWindow(scopes, null, now, rules)
  t.same(chosen.window, { from: running - 30, to: running + 1 })
  t.ok(isLastWindow(chosen))
  t.same(
    chosen.ledgers.map(({ scope, ledger }) => [scope.name, running - ledger.watermark]),
    [
      ['a.example', 5],
      ['b.example', 30],
    ],
  )
})

t.test('a scope that was never read begins as far back as it is counted, or as the API has it', async (t) => {
  const begins = (limits: Partial<HealthLimits>) =>
    chooseWindow([toRead(a, null, limits)], null, now, rules).ledgers.map(
      ({ ledger }) => running - ledger.readTo,
    )
  t.same(begins({}), [20])
  t.same(begins({ notOlderThanSeconds: 600 }), [8], 'two minutes short of the edge, which moves')
})

t.test('a window is as wide as the narrowest limit allows, and the next begins at its end', async (t) => {
  const scopes = [
    toRead(a, readUpTo(50), { maxDurationSeconds: 3600 }),
    toRead(b, readUpTo(50), { maxDurationSeconds: 1800 }),
  ]
  const first = chooseWindow(scopes, null, now, rules)
  t.same(first.window, { from: running - 50, to: running - 20 })
  t.notOk(isLastWindow(first))
  const second = chooseWindow(scopes, first.window.to, now + 60_000, rules)
  t.same(second.window, { from: running - 20, to: running + 2 }, 'up to the time of its own turn')
  t.ok(isLastWindow(second))
  const ended = { window: { from: running - 20, to: running }, now }
  t.notOk(isLastWindow(ended), 'the minute that runs is still to be read')
})

t.test('minutes that the API no longer has become a gap of their scope alone', async (t) => {
  const scopes = [toRead(a, readUpTo(60), { notOlderThanSeconds: 1800 }), toRead(b, readUpTo(60))]
  const { ledgers } = chooseWindow(scopes, null, now, rules)
  t.same(
    ledgers.map(({ ledger }) => [running - ledger.watermark, ledger.gapSeconds]),
    [
      [28, 32 * 60],
      [60, 0],
    ],
  )
})

t.test('a whole read reaches back to what is not settled, another only to the newest minutes', async (t) => {
  const ledger = { ...beginLedger(running - 15), readTo: running }
  const from = (whole: boolean) =>
    running - chooseWindow([toRead(a, ledger)], null, now, { ...rules, whole }).window.from
  t.equal(from(true), 15)
  t.equal(from(false), 2)
})

t.test('a clock before what is settled asks for the running minute alone', async (t) => {
  const chosen = chooseWindow([toRead(a, readUpTo(-10))], null, now, rules)
  t.same(chosen.window, { from: running, to: running + 1 })
})

t.test('a window is the last one when it holds the running minute', async (t) => {
  const ends = (to: number) => isLastWindow({ window: { from: running - 10, to }, now })
  t.same([ends(running - 1), ends(running), ends(running + 1)], [false, false, true])
})
