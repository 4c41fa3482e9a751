import t from 'tap'
import { priority } from '../../../src/access/budget.ts'
import { summarise } from '../../../src/domain/job/job-summary.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger, type Ledger } from '../../../src/domain/ledger/ledger.ts'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { isOutOfReach, priorityOf, type ScopeState } from '../../../src/exporter/state/scope-state.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { blindness } from '../../../src/exporter/view/job-status.ts'
import { aJob, failure, zone } from '../../support/exporter-core.ts'

const now = Date.UTC(2026, 10, 24, 3)
const minute = 60_000
const one = zone('one.example')
const key = scopeKey(one)

/** A ledger in which jobs have lost so many batches, and delivered and retried others. */
function lost(...batches: readonly number[]): Ledger {
  const totals = batches.map((count, index) => {
    const attempts = new Map([
      ['s3|200|11', 50 - index],
      ['s3|503|00', 20],
      ['s3|503|10', count],
    ])
    return [String(index + 1), { ...noTotals, attempts }] as const
  })
  return { ...beginLedger(0), totals: new Map(totals) }
}

function world() {
  const state = createState()
  state.setScopes([one])
  const scope = (): ScopeState => {
    const found = state.scope(key)
    if (found === undefined) throw new Error('the scope is gone')
    return found
  }
  return { state, scope, urgency: (at = now) => priorityOf(scope(), at) }
}

t.test('a scope that lost data goes first for a quarter of an hour', async (t) => {
  const { state, scope, urgency } = world()
  state.jobsListed(key, [summarise(aJob('1')), summarise(aJob('2'))], now)
  state.healthRead(key, lost(0, 0), now)
  t.equal(scope().lastLoss, null)
  t.equal(urgency(), priority.enabled)
  state.healthRead(key, lost(0, 2), now + minute)
  t.equal(scope().lastLoss, now + minute)
  t.equal(urgency(now + minute), priority.failing)
  t.equal(urgency(now + 15 * minute), priority.failing)
  t.equal(urgency(now + 16 * minute), priority.enabled)
  state.healthRead(key, lost(0, 2), now + 2 * minute)
  t.equal(scope().lastLoss, now + minute, 'nothing more was lost')
  state.healthRead(key, lost(1, 2), now + 3 * minute)
  t.equal(scope().lastLoss, now + 3 * minute)
})

t.test('what the store knows of losses is no news', async (t) => {
  const { state, scope } = world()
  state.remembered(key, [], lost(5))
  t.equal(scope().lastLoss, null)
  state.healthRead(key, lost(5), now)
  t.equal(scope().lastLoss, null)
})

t.test('what is broken goes first, then what is enabled, then what is known', async (t) => {
  const { state, urgency } = world()
  t.equal(urgency(), priority.discovery)
  state.jobsListed(key, [summarise(aJob('1', { enabled: false }))], now)
  t.equal(urgency(), priority.known)
  state.jobsListed(key, [summarise(aJob('1', { enabled: false })), summarise(aJob('2'))], now)
  t.equal(urgency(), priority.enabled)
  state.jobsListed(key, [summarise(aJob('1', { lastError: now })), summarise(aJob('2'))], now)
  t.equal(urgency(), priority.failing)
  state.jobsListed(key, [], now)
  state.healthRead(key, lost(0), now)
  t.equal(urgency(), priority.known, 'counts of a job that is gone')
})

t.test('an account of a token for zones is out of reach until something of it was read', async (t) => {
  const account: Scope = { kind: 'account', id: 'a'.repeat(32), name: 'Quay' }
  const refused = failure('forbidden')
  const world = (scope: Scope) => {
    const state = createState()
    state.setScopes([scope])
    const key = scopeKey(scope)
    state.jobsFailed(key, refused, now)
    state.healthFailed(key, refused, now)
    const isOut = () => {
      const found = state.scope(key)
      return found === undefined ? null : isOutOfReach(found)
    }
    return { state, key, isOut }
  }
  t.equal(world(account).isOut(), false, 'the token lists it: what is refused is missed')
  t.equal(world(one).isOut(), false, 'zones are never')
  const { state, key, isOut } = world({ ...account, unlisted: true })
  t.equal(isOut(), true)
  const [scope] = state.scopes.values()
  t.equal(scope === undefined ? null : blindness(scope), null, 'and nobody is told that it is blind')
  state.healthFailed(key, failure('unavailable'), now)
  t.equal(isOut(), false, 'a failure that says nothing of permissions')
  state.jobsListed(key, [], now)
  state.jobsFailed(key, refused, now)
  state.healthFailed(key, refused, now)
  t.equal(isOut(), false, 'what could be read once is missed')
})
