import t from 'tap'
import type { Scope } from '../../src/domain/scope.ts'
import type { ApiFailureKind } from '../../src/errors.ts'
import { failed, neverPolled, succeeded } from '../../src/exporter/state/poll-state.ts'
import { newScopeState, type ScopeState } from '../../src/exporter/state/scope-state.ts'
import { countScopes } from '../../src/metrics/exporter-view.ts'
import { linesOf } from '../../src/metrics/metric.ts'
import { scopeMetrics } from '../../src/metrics/scope-metrics.ts'
import { failure, quay, zone } from '../support/exporter-core.ts'
import { parseScrape } from '../support/scrape.ts'

const at = Date.UTC(2026, 10, 24, 3)

function stateOf(scope: Scope, edit: Partial<ScopeState> = {}): ScopeState {
  return { ...newScopeState(scope, { account: 'Quay', zone: scope.name }), ...edit }
}

const refused = (kind: ApiFailureKind) => failed(neverPolled, failure(kind), at)

function shown(state: ScopeState): readonly string[] {
  return parseScrape([...linesOf(scopeMetrics, state).values()].join('')).map(
    ({ name, labels, value }) => `${name.replace('cloudflare_logpush_', '')} ${labels.source} ${value}`,
  )
}

t.test('what was never polled has no series', async (t) => {
  t.same(shown(stateOf(zone('one.example'))), [])
})

t.test(
  'jobs and health are up or down each for itself, with the time up to which they are known',
  async (t) => {
    const state = stateOf(zone('one.example'), {
      inventory: refused('timeout'),
      health: succeeded(at),
      readTo: at / 60_000 - 5,
    })
    t.same(shown(state), [
      'up inventory 0',
      'up health 1',
      `data_timestamp_seconds health ${at / 1000 - 300}`,
    ])
    t.same(shown({ ...state, readTo: null }), ['up inventory 0', 'up health 1'], 'nothing was read yet')
  },
)

t.test('an account of which the token may read nothing but zones is neither down nor failing', async (t) => {
  const seen = { inventory: refused('forbidden'), health: refused('forbidden') }
  const unlisted = stateOf({ kind: 'account', ...quay, unlisted: true }, seen)
  t.same(shown(unlisted), [])
  t.equal(countScopes([unlisted], unlisted).states.failing, 0)
  const listed = stateOf({ kind: 'account', ...quay }, seen)
  t.same(shown(listed), ['up inventory 0', 'up health 0'])
  t.equal(countScopes([listed], listed).states.failing, 1)
})
