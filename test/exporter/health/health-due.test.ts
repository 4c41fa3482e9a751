import t from 'tap'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { healthDue } from '../../../src/exporter/health/health-due.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { aJob, failure, quayAccount, zone } from '../../support/exporter-core.ts'

const now = Date.UTC(2026, 10, 24, 3)
const zones = Array.from({ length: 35 }, (_, index) => zone(`zone${index}.example`))
const sweepEveryMs = 600_000

/** Zones whose jobs may not be listed: nobody can say whether they have any. */
function unlistable() {
  const state = createState()
  state.setScopes(zones)
  for (const one of zones) state.jobsFailed(scopeKey(one), failure('forbidden'), now)
  const due = (edit: Partial<Parameters<typeof healthDue>[1]> = {}) =>
    healthDue([...state.scopes.values()], {
      monotonic: sweepEveryMs,
      triedAt: new Map(),
      sweepEveryMs,
      requests: 2,
      isAlone: () => false,
      rests: () => false,
      ...edit,
    }).map(({ scope }) => scope.name)
  return { state, due }
}

t.test('zones whose jobs cannot be listed take turns, as many as there are queries for', async (t) => {
  const { due } = unlistable()
  t.equal(due({ requests: 2 }).length, 20, 'ten zones are one query')
  t.equal(due({ requests: 0 }).length, 10, 'one query even when there is none')
  t.equal(due({ requests: 100 }).length, 35)
})

t.test('zones that have jobs leave fewer queries for those of which nobody can say', async (t) => {
  const { state, due } = unlistable()
  for (const one of zones.slice(0, 10)) state.jobsListed(scopeKey(one), [summarise(aJob('1'))], now)
  t.equal(due({ requests: 2 }).length, 20, 'one query for the ten that have jobs, one for ten of the others')
  t.equal(due({ requests: 3 }).length, 30)
})

t.test('zones that spoil answers take a query each, and those that rest are left out', async (t) => {
  const { due } = unlistable()
  t.equal(due({ requests: 5, isAlone: () => true }).length, 5)
  const [first] = zones
  t.notOk(
    due({ requests: 100, rests: (key) => key === scopeKey(first ?? quayAccount) }).includes('zone0.example'),
  )
})

t.test('who waited longest goes first, and who was read within the sweep waits', async (t) => {
  const { due } = unlistable()
  const triedAt = new Map(zones.map((one, index) => [scopeKey(one), 35 - index]))
  t.same(due({ triedAt, monotonic: 35 + sweepEveryMs, requests: 1 })[0], 'zone34.example')
  t.same(due({ triedAt, monotonic: 2 + sweepEveryMs }), ['zone34.example', 'zone33.example'])
  t.same(due({ triedAt, monotonic: sweepEveryMs }), [])
})

t.test('a zone that is known to have jobs, or had counts, is read each time', async (t) => {
  const { state, due } = unlistable()
  const [listed, counted] = zones
  if (listed === undefined || counted === undefined) throw new Error('no zones')
  state.jobsListed(scopeKey(listed), [summarise(aJob('1'))], now)
  state.healthRead(scopeKey(counted), { ...beginLedger(0), totals: new Map([['2', noTotals]]) }, now)
  const triedAt = new Map(zones.map((one) => [scopeKey(one), sweepEveryMs]))
  t.same(due({ triedAt }), ['zone0.example', 'zone1.example'])
})

t.test(
  'a zone that is known to have no job costs no query; one that may not be read is only swept',
  async (t) => {
    const { state, due } = unlistable()
    for (const one of zones) state.jobsListed(scopeKey(one), [], now)
    t.same(due({ requests: 100 }), [])
    const [refused] = zones
    if (refused === undefined) throw new Error('no zone')
    state.jobsListed(scopeKey(refused), [summarise(aJob('1'))], now)
    state.healthFailed(scopeKey(refused), failure('forbidden'), now)
    t.same(due(), ['zone0.example'])
    t.same(due({ triedAt: new Map([[scopeKey(refused), sweepEveryMs]]) }), [])
  },
)

t.test('an account whose jobs cannot be listed is read each time', async (t) => {
  const state = createState()
  state.setScopes([quayAccount])
  state.jobsFailed(scopeKey(quayAccount), failure('forbidden'), now)
  const triedAt = new Map([[scopeKey(quayAccount), 5]])
  const never = () => false
  const rules = { monotonic: 6, triedAt, sweepEveryMs, requests: 1, isAlone: never, rests: never }
  t.equal(healthDue([...state.scopes.values()], rules).length, 1)
})
