import t from 'tap'
import { beginLedger as beginFiles } from '../../../src/domain/arrival/arrival-ledger.ts'
import type { JobState } from '../../../src/domain/job/job-state.ts'
import { noTotals } from '../../../src/domain/ledger/job-totals.ts'
import { beginLedger } from '../../../src/domain/ledger/ledger.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { failed, neverPolled, succeeded } from '../../../src/exporter/state/poll-state.ts'
import { newScopeState, type ScopeState } from '../../../src/exporter/state/scope-state.ts'
import { createUploadHistory } from '../../../src/exporter/state/upload-history.ts'
import {
  blindness,
  healthTo,
  type JobCandidate,
  jobDetail,
  jobStatus,
} from '../../../src/exporter/view/job-status.ts'
import { untriedArrival } from '../../support/arrival-values.ts'
import { failure, quay, quayAccount, zone } from '../../support/exporter-core.ts'
import { aSummary, hour, lostBatches, minute } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const cdn = zone('cdn.example')
const scope: ScopeState = {
  ...newScopeState(cdn, { account: 'Quay (a1)', zone: 'cdn.example (z1)' }),
  inventory: succeeded(now - minute),
}
const refused = { reason: 'auth', message: '403 Forbidden' } as const

const job = (edit: Partial<JobState> = {}): JobState => ({
  summary: aSummary('7', now, { lastComplete: now - 5 * hour }),
  failingSince: now - 2 * hour,
  firstSeen: now - 9 * hour,
  disabledByFailure: null,
  ...edit,
})
const sight = (edit: Partial<JobCandidate> = {}): JobCandidate => ({
  id: '7',
  job: job(),
  scope,
  maxLagMs: hour,
  lostLately: 0,
  trouble: 'ok',
  ...edit,
})
const status = (edit: Partial<JobCandidate> = {}, history = createUploadHistory()) =>
  jobStatus(sight(edit), history, now)

t.test('each trouble began at its own time', async (t) => {
  const history = createUploadHistory()
  history.counted(scopeKey(cdn), beginLedger(now / minute - 240), [lostBatches('7', now - 10 * minute, 1, 1)])
  const disabled = job({ disabledByFailure: { how: 'seen', at: now - 3 * minute } })
  const arrival = { ...untriedArrival, ledger: { ...beginFiles(now, 0), newestEnd: now - 4 * minute } }
  const since = (edit: Partial<JobCandidate>) => status(edit, history).since
  t.equal(since({ trouble: 'disabled_by_failure', job: disabled }), now - 3 * minute)
  t.equal(since({ trouble: 'losing_data' }), now - 10 * minute)
  t.equal(
    since({ trouble: 'not_arriving', scope: { ...scope, arrivals: new Map([['7', arrival]]) } }),
    now - 4 * minute,
  )
  t.equal(since({ trouble: 'failing' }), now - 2 * hour)
  t.equal(since({ trouble: 'late' }), now - 5 * hour)
  t.equal(since({ trouble: 'never_delivered' }), now - 9 * hour)
  for (const trouble of ['unknown', 'off', 'ok'] as const) t.equal(since({ trouble }), null, trouble)
})

t.test('of a trouble whose beginning nobody knows nothing is said', async (t) => {
  for (const trouble of [
    'disabled_by_failure',
    'failing',
    'late',
    'never_delivered',
    'not_arriving',
  ] as const)
    t.equal(status({ trouble, job: null }).since, null, trouble)
  const arrivals = new Map([['7', untriedArrival]])
  t.equal(status({ trouble: 'not_arriving', scope: { ...scope, arrivals } }).since, null)
})

t.test(
  'a job that fails is disabled a day after its failure began, or after its last delivery',
  async (t) => {
    const failing = (lastComplete: number | null, edit: Partial<JobState> = {}) =>
      status({ job: job({ summary: aSummary('7', now, { lastComplete, failure: refused }), ...edit }) })
    t.strictSame(failing(now - 5 * hour).disableExpected, {
      earliest: now + 19 * hour,
      latest: now + 22 * hour,
    })
    t.strictSame(
      failing(now - hour).disableExpected,
      { earliest: now + 22 * hour, latest: now + 22 * hour },
      'a delivery after the failure began does not put it off',
    )
    t.strictSame(failing(null).disableExpected, { earliest: now + 22 * hour, latest: now + 22 * hour })
    t.equal(failing(now, { failingSince: null }).disableExpected, null)
    t.equal(failing(now, { disabledByFailure: { how: 'notified', at: now } }).disableExpected, null)
    t.equal(status().disableExpected, null, 'it does not fail')
  },
)

t.test('places are told by label and id, and a zone by its domain too', async (t) => {
  t.match(status(), {
    account: { id: quay.id, name: 'Quay (a1)' },
    zone: { id: cdn.id, name: 'cdn.example (z1)', domain: 'cdn.example' },
  })
  const own = { ...newScopeState(quayAccount, { account: 'Quay', zone: '' }), inventory: succeeded(now) }
  t.match(status({ scope: own }), { account: { id: quay.id, name: 'Quay' }, zone: null })
})

t.test('what the job says of itself is passed on as it is', async (t) => {
  const summary = aSummary('7', now, {
    name: 'edge',
    lastError: now - hour,
    failure: refused,
    maxUploadIntervalSeconds: 30,
    enabled: false,
  })
  t.match(status({ job: job({ summary }) }), {
    name: 'edge',
    error: '403 Forbidden',
    reason: 'auth',
    lastError: now - hour,
    lastComplete: now - 5 * minute,
    lagMs: 4 * minute,
    maxLagMs: hour,
    failingSince: now - 2 * hour,
    facts: { enabled: false, maxUploadIntervalSeconds: 30, destination: 's3://quay-logs/***' },
  })
})

t.test('slots are known from the first read of health data up to the last', async (t) => {
  const history = createUploadHistory()
  const read = { ...scope, health: succeeded(now), readTo: now / minute - 2 }
  t.equal(status({ scope: read }, history).slotsKnown, null)
  history.counted(scopeKey(cdn), beginLedger(now / minute - 60), [])
  t.equal(status({}, history).slotsKnown, null)
  t.strictSame(status({ scope: read }, history).slotsKnown, { from: now - hour, to: now - 2 * minute })
})

t.test('health data is complete up to what was read, once this process read any', async (t) => {
  t.equal(healthTo({ ...scope, readTo: 5 }), null, 'the store remembers it only')
  t.equal(healthTo({ ...scope, health: succeeded(now) }), null)
  t.equal(healthTo({ ...scope, health: succeeded(now), readTo: 5 }), 5 * minute)
})

t.test('a scope is blind for its inventory first, then for its health data', async (t) => {
  const [listing, reading] = [
    failed(neverPolled, failure('auth'), 1),
    failed(neverPolled, failure('partial'), 2),
  ]
  t.equal(blindness(scope), null)
  t.match(blindness({ ...scope, health: reading }), { source: 'health', kind: 'partial', since: 2 })
  t.match(blindness({ ...scope, inventory: listing, health: reading }), { source: 'inventory', kind: 'auth' })
})

t.test("a job's own page tells its answers, the most frequent first, and what else is known", async (t) => {
  const attempts = new Map([
    ['s3|503|10', 1],
    ['s3|503|00', 3],
    ['s3|200|11', 4],
    ['r2|503|00', 2],
    ['s3|403|10', 2],
  ])
  const edits = [{ at: now, action: 'enabled', by: 'user u1' }] as const
  const detail = jobDetail(
    sight({
      job: job({ summary: aSummary('7', now, { destinationExpiry: now + hour }) }),
      scope: {
        ...scope,
        totals: new Map([['7', { ...noTotals, attempts, lastUpload: now - 1 }]]),
        edits: new Map([['7', edits]]),
        arrivals: new Map([['7', untriedArrival]]),
      },
    }),
    { history: createUploadHistory() },
    now,
  )
  t.strictSame(detail.answers, [
    { status: 503, outcome: 'retried', uploads: 5 },
    { status: 200, outcome: 'delivered', uploads: 4 },
    { status: 403, outcome: 'lost', uploads: 2 },
    { status: 503, outcome: 'lost', uploads: 1 },
  ])
  t.match(detail, { edits, lastUpload: now - 1, destinationExpiry: now + hour, arrival: { slots: [] } })
  const bare = jobDetail(sight({ job: null }), { history: createUploadHistory() }, now)
  t.match(bare, { answers: [], edits: [], arrival: null, destinationExpiry: null, totals: noTotals })
})
