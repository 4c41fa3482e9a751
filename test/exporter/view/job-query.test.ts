import t from 'tap'
import type { JobSummary } from '../../../src/domain/job/job.ts'
import type { Scope } from '../../../src/domain/scope.ts'
import { failed, neverPolled, succeeded } from '../../../src/exporter/state/poll-state.ts'
import { newScopeState } from '../../../src/exporter/state/scope-state.ts'
import { healthStates } from '../../../src/exporter/view/health-state.ts'
import { accountJobs, fits, type JobFilter } from '../../../src/exporter/view/job-query.ts'
import type { JobCandidate } from '../../../src/exporter/view/job-status.ts'
import { failure, quayAccount, zone } from '../../support/exporter-core.ts'
import { aSummary } from '../../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const noFilter: JobFilter = {
  account: null,
  zone: null,
  dataset: null,
  destination: null,
  state: null,
  search: null,
}
const cdn = zone('cdn.example')

function sight(
  edit: Partial<JobCandidate> = {},
  of: Scope = cdn,
  about: Partial<JobSummary> = {},
): JobCandidate {
  const labels = { account: 'Quay (a1)', zone: of.kind === 'zone' ? `${of.name} (z1)` : '' }
  const summary = aSummary('77', now, { name: 'Edge logs', ...about })
  return {
    id: '77',
    job: { summary, failingSince: null, firstSeen: now, disabledByFailure: null },
    scope: { ...newScopeState(of, labels), inventory: succeeded(now) },
    maxLagMs: 0,
    lostLately: 0,
    trouble: 'ok',
    ...edit,
  }
}
const isShown = (filter: Partial<JobFilter>, one = sight()) => fits({ ...noFilter, ...filter })(one)

t.test('without a filter every job is shown', async (t) => {
  for (const one of [sight(), sight({ job: null }), sight({}, quayAccount)]) t.ok(isShown({}, one))
})

t.test('an account is meant by its label, its name or its id, in any case', async (t) => {
  for (const account of ['Quay (a1)', 'quay', 'QUAY', 'a'.repeat(32), 'A'.repeat(32)])
    t.ok(isShown({ account }), account)
  for (const account of ['', 'qua', 'quay (a2)', 'b'.repeat(32)]) t.notOk(isShown({ account }), account)
})

t.test('a zone is meant by its label, its name or its id, in any case', async (t) => {
  for (const name of ['cdn.example (z1)', 'CDN.example', cdn.id]) t.ok(isShown({ zone: name }), name)
  for (const name of ['', 'cdn', 'shop.example']) t.notOk(isShown({ zone: name }), name)
})

t.test('jobs of an account belong to no zone, and those of a zone to one', async (t) => {
  const own = sight({}, quayAccount)
  t.ok(isShown({ zone: accountJobs }, own))
  t.notOk(isShown({ zone: accountJobs }))
  t.notOk(isShown({ zone: 'quay' }, own), 'the name of the account is not that of a zone')
  t.notOk(isShown({ zone: '' }, own), 'nor is the empty label')
  t.notOk(isShown({ account: 'other', zone: accountJobs }, own))
})

t.test('datasets and kinds of destinations are compared as wholes', async (t) => {
  t.ok(isShown({ dataset: 'HTTP_requests', destination: 'S3' }))
  for (const filter of [
    { dataset: 'http' },
    { destination: 's' },
    { dataset: 'http_requests', destination: 'r2' },
  ])
    t.notOk(isShown(filter), JSON.stringify(filter))
  t.notOk(isShown({ dataset: 'http_requests' }, sight({ job: null })), 'nobody knows its dataset')
})

t.test('a search finds a part of the name, the id, the zone, the account or the destination', async (t) => {
  for (const search of ['edge', 'LOGS', '7', 'cdn.', '(Z1)', 'quay (', 'S3://quay-logs', ''])
    t.ok(isShown({ search }), search)
  for (const search of ['nothing like it', 'http_requests']) t.notOk(isShown({ search }), search)
  const unnamed = sight({ job: null })
  t.ok(isShown({ search: '77' }, unnamed))
  t.notOk(isShown({ search: 'edge' }, unnamed))
  t.ok(isShown({ search: 'only here' }, sight({}, cdn, { name: 'It is only here' })))
})

t.test('all parts of a filter have to fit', async (t) => {
  const fitting: JobFilter = {
    account: 'quay',
    zone: 'cdn.example',
    dataset: 'http_requests',
    destination: 's3',
    state: 'ok',
    search: 'edge',
  }
  t.ok(isShown(fitting))
  for (const part of ['account', 'zone', 'dataset', 'destination', 'search'] as const)
    t.notOk(isShown({ ...fitting, [part]: 'other' }), part)
  t.notOk(isShown({ ...fitting, state: 'late' }))
})

t.test('a state shows its own jobs; trouble those that somebody should look at', async (t) => {
  const shown = (state: JobFilter['state']) =>
    healthStates.filter((trouble) => isShown({ state }, sight({ trouble })))
  for (const state of healthStates) t.same(shown(state), [state])
  t.same(shown('trouble'), healthStates.slice(0, -3))
  t.same(shown('blind'), [])
  t.same(shown(null), healthStates)
})

t.test('blind are jobs whose jobs or health data cannot be read now', async (t) => {
  const down = failed(neverPolled, failure('timeout'), now)
  for (const edit of [{ inventory: down }, { health: down }]) {
    const scope = { ...sight().scope, ...edit }
    t.ok(isShown({ state: 'blind' }, sight({ scope, trouble: 'late' })))
    t.notOk(isShown({ state: 'ok' }, sight({ scope, trouble: 'late' })))
  }
})
