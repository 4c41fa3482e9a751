import t from 'tap'
import { type DriftObject, driftObjects, driftStatus } from '../../../src/exporter/view/drift-state.ts'

const at = Date.UTC(2026, 10, 24, 3)
const object = (name: string, change: string, kind = 'job', zone = ''): DriftObject => ({
  account: 'Quay',
  zone,
  kind,
  name,
  change,
})
const state = (...objects: readonly DriftObject[]) => ({
  compared: { at, objects, uncovered: [] },
  problem: null,
})

t.test(
  'a name that differs once in a scope is not said to be well because of another of that name',
  async (t) => {
    const objects = [object('sre-http', 'none'), object('sre-http', 'update'), object('sre-dns', 'none')]
    t.same(driftObjects(state(...objects)), [object('sre-http', 'update'), object('sre-dns', 'none')])
    t.same(driftObjects(state(...objects.toReversed())), [
      object('sre-dns', 'none'),
      object('sre-http', 'update'),
    ])
  },
)

t.test('of one name and change there is one in a scope', async (t) => {
  const objects = [
    object('a', 'create'),
    object('a', 'create'),
    object('a', 'update'),
    object('b', 'none'),
    object('b', 'none'),
  ]
  t.same(driftObjects(state(...objects)), [object('a', 'create'), object('a', 'update'), object('b', 'none')])
})

t.test('one name in several zones is several objects', async (t) => {
  const objects = [object('a', 'none', 'job', 'x.example'), object('a', 'update', 'job', 'y.example')]
  t.same(driftObjects(state(...objects)), objects)
})

t.test('a job and a policy of one name are two objects', async (t) => {
  const objects = [object('a', 'none', 'policy'), object('a', 'update', 'job')]
  t.same(driftObjects(state(...objects)), objects)
})

t.test('without a comparison there is nothing to say, and the page shows what would change', async (t) => {
  const never = { compared: null, problem: 'no such file' }
  t.same(driftObjects(never), [])
  t.same(driftStatus(never), { comparedAt: null, problem: 'no such file', changes: [] })
  const changes = [object('a', 'create')]
  t.same(driftStatus(state(object('b', 'none'), ...changes)), { comparedAt: at, problem: null, changes })
})
