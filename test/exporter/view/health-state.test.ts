import t from 'tap'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import { succeeded } from '../../../src/exporter/state/poll-state.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import {
  type HealthStateFacts,
  healthStateOf,
  healthStateRank,
  healthStates,
  lagOf,
  needsHands,
} from '../../../src/exporter/view/health-state.ts'
import { zone } from '../../support/exporter-core.ts'
import { aSummary, hour, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const scope = {
  ...newScopeState(zone('one.example'), { account: 'Quay', zone: 'one.example' }),
  inventory: succeeded(now),
}
const job = (edit: Partial<JobSummary> = {}) => ({
  summary: aSummary('1', now, edit),
  failingSince: null,
  firstSeen: now - hour,
  disabledByFailure: null,
})
const well: HealthStateFacts = { job: job(), scope, maxLagMs: hour, lostLately: 0, silent: false }
const stateOf = (edit: Partial<HealthStateFacts>) => healthStateOf({ ...well, ...edit })
const failing = { lastError: now - minute, failure: { reason: 'auth', message: 'no' } } as const

t.test('of several troubles the worst is shown', async (t) => {
  const disabled = {
    ...job({ ...failing, enabled: false }),
    disabledByFailure: { how: 'seen', at: now },
  } as const
  const late = { ...failing, lastComplete: now - 5 * hour }
  t.equal(stateOf({ job: disabled, lostLately: 1, silent: true }), 'disabled_by_failure')
  t.equal(stateOf({ job: job(late), lostLately: 1, silent: true }), 'losing_data')
  t.equal(stateOf({ job: job(late), silent: true }), 'not_arriving')
  t.equal(stateOf({ job: job(late) }), 'failing')
  t.equal(stateOf({ job: job({ lastComplete: now - 5 * hour }) }), 'late')
  t.equal(stateOf({ job: job({ lastComplete: now - 5 * hour, enabled: false }) }), 'off')
  t.equal(stateOf({ job: job({ lastComplete: null }) }), 'never_delivered')
  t.equal(stateOf({}), 'ok')
})

t.test('a job is late once it is further behind than its limit', async (t) => {
  t.equal(stateOf({ job: job({ lastComplete: now - hour }) }), 'ok')
  t.equal(stateOf({ job: job({ lastComplete: now - hour - 1 }) }), 'late')
})

t.test('before it was listed nothing is said of a job but what health data and files say', async (t) => {
  const unlisted = { ...scope, inventory: { lastSuccess: null, failure: null } }
  t.equal(stateOf({ scope: unlisted }), 'unknown')
  t.equal(stateOf({ job: null }), 'unknown')
  t.equal(stateOf({ scope: unlisted, lostLately: 1 }), 'losing_data')
  t.equal(stateOf({ scope: unlisted, silent: true }), 'not_arriving')
  t.equal(lagOf(job(), unlisted), null)
})

t.test('a delivery after the list was made is no negative lag', async (t) => {
  t.equal(lagOf(job({ lastComplete: now + minute }), scope), 0)
})

t.test('what is worse than unknown is for somebody to look at', async (t) => {
  t.same(healthStates.map(healthStateRank), [0, 1, 2, 3, 4, 5, 6, 7, 8])
  t.same(
    healthStates.filter((state) => !needsHands(state)),
    ['unknown', 'off', 'ok'],
  )
})
