import t from 'tap'
import { scopeKey } from '../../src/domain/scope.ts'
import { createState } from '../../src/exporter/state/state.ts'
import { createScopeSegments } from '../../src/metrics/scope-segments.ts'
import { zone } from '../support/exporter-core.ts'
import { aSummary } from '../support/status-world.ts'

const now = Date.UTC(2026, 10, 24, 3)
const zones = [zone('a.example'), zone('b.example')]

function world() {
  const state = createState()
  state.setScopes(zones)
  const segments = createScopeSegments(() => ({ maxLagMs: () => 0, lablabs: false }))
  return { state, segments, take: () => segments.take(state.scopes) }
}

t.test('a scope is rendered again only when its state is another value', async (t) => {
  const { state, take } = world()
  const [a, b] = take()
  const [first] = zones
  if (first !== undefined) state.jobsListed(scopeKey(first), [aSummary('7', now)], now)
  const [changed, same] = take()
  t.not(changed, a)
  t.equal(same, b)
})

t.test(
  'lines of scopes that are watched no more are not kept, nor any after a change of rules',
  async (t) => {
    const { state, segments, take } = world()
    const [a, b] = take()
    segments.keep(state.scopes)
    t.equal(take()[0], a)
    segments.keep(new Set(zones.slice(1).map(scopeKey)))
    const [again, kept] = take()
    t.not(again, a)
    t.equal(kept, b)
    segments.clear()
    t.not(take()[1], b)
  },
)

t.test('some sixty jobs are rendered in one go, and a scope counts as one of them', async (t) => {
  const pieces = (jobsIn: readonly number[]): readonly number[] => {
    const state = createState()
    const scopes = jobsIn.map((_, index) => zone(`${index}.example`))
    state.setScopes(scopes)
    scopes.forEach((scope, index) => {
      const ids = Array.from({ length: jobsIn[index] ?? 0 }, (_, job) => `${index}0${job}`)
      state.jobsListed(
        scopeKey(scope),
        ids.map((id) => aSummary(id, now)),
        now,
      )
    })
    let rendered = 0
    const segments = createScopeSegments(() => {
      rendered += 1
      return { maxLagMs: () => 0, lablabs: false }
    })
    const found: number[] = []
    for (let more = true, before = 0; more; before = rendered) {
      more = segments.prepareSome(state.scopes)
      found.push(rendered - before)
    }
    return found
  }
  t.same(pieces(Array(150).fill(0)), [60, 60, 30])
  t.same(pieces(Array(60).fill(1)), [30, 30])
  t.same(pieces([100, 0, 0]), [1, 2], 'a scope is never parted')
  t.same(pieces([58, 0, 0]), [2, 1])
  t.same(pieces([]), [0])
})
