import t from 'tap'
import { scopeKey } from '../../../src/domain/scope.ts'
import type { JobArrival } from '../../../src/exporter/state/job-arrival.ts'
import { leaderOf } from '../../../src/exporter/state/job-arrival.ts'
import { createState } from '../../../src/exporter/state/state.ts'
import { untriedArrival } from '../../support/arrival-values.ts'
import { zone } from '../../support/exporter-core.ts'

const [one, two] = [zone('one.example'), zone('two.example')]
const [first, second] = [scopeKey(one), scopeKey(two)]

/** Two scopes of which nothing has been looked at yet. */
function world() {
  const state = createState()
  state.setScopes([one, two])
  let changes = 0
  state.onChange(() => {
    changes += 1
  })
  const found = (...ids: readonly string[]): ReadonlyMap<string, JobArrival> =>
    new Map(ids.map((id) => [id, { ...untriedArrival, jobs: [id] }]))
  const shown = () => [first, second].map((key) => [...(state.scope(key)?.arrivals.keys() ?? [])])
  return { state, found, shown, changes: () => changes }
}

t.test('a part of what was found leaves other jobs and other scopes as they are', async (t) => {
  const { state, found, shown, changes } = world()
  state.arrivalsRead(new Map([[first, found('1', '2')]]), false)
  state.arrivalsRead(new Map([[second, found('7')]]), false)
  t.same(shown(), [['1', '2'], ['7']])
  t.equal(changes(), 2)
  const seven = state.scope(second)
  const silent = { ...untriedArrival, silent: true }
  state.arrivalsRead(new Map([[first, new Map([['2', silent]])]]), false)
  t.same(shown(), [['1', '2'], ['7']])
  t.equal(state.scope(first)?.arrivals.get('2'), silent)
  t.equal(state.scope(second), seven, 'the same value')
})

t.test('nothing found in a part of the places is no change', async (t) => {
  const { state, found, shown, changes } = world()
  state.arrivalsRead(new Map([[first, found('1')]]), false)
  state.arrivalsRead(new Map(), false)
  t.equal(changes(), 1)
  t.same(shown(), [['1'], []])
  state.arrivalsRead(new Map([[first, found()]]), false)
  t.same(shown(), [['1'], []], 'a job that is not named stays')
})

t.test('what a look at all places does not name is not watched any more', async (t) => {
  const { state, found, shown, changes } = world()
  state.arrivalsRead(
    new Map([
      [first, found('1', '2')],
      [second, found('7')],
    ]),
    true,
  )
  t.same(shown(), [['1', '2'], ['7']])
  state.arrivalsRead(new Map([[first, found('2')]]), true)
  t.same(shown(), [['2'], []])
  const before = changes()
  state.arrivalsRead(new Map(), true)
  t.same(shown(), [[], []])
  t.equal(changes(), before + 1, 'listeners hear of it')
})

t.test('scopes without watched jobs stay the same value, so that views need not be made anew', async (t) => {
  const { state, found } = world()
  const before = state.scope(second)
  state.arrivalsRead(new Map([[first, found('1')]]), true)
  t.equal(state.scope(second), before)
})

t.test('what was found in a scope that left meanwhile has nowhere to go', async (t) => {
  const { state, found } = world()
  state.setScopes([two])
  state.arrivalsRead(new Map([[first, found('1')]]), false)
  t.same([...state.scopes.keys()], [second])
})

t.test('the first job of a place carries its series', async (t) => {
  t.equal(leaderOf({ jobs: ['7', '8'] }), '7')
  t.equal(leaderOf({ jobs: [] }), '')
})
