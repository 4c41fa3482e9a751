import t from 'tap'
import { scopeKey } from '../../../src/domain/scope.ts'
import { aJob, createCore, failure, zone } from '../../support/exporter-core.ts'

const [one, two] = [zone('one.example'), zone('two.example')]
const key = scopeKey(two)
const { signal } = new AbortController()

t.test('an empty zone that left and comes back is new again', async (t) => {
  const core = createCore({ jobs: () => [] })
  core.state.setScopes([one, two])
  await core.pollInventory()
  t.same(await core.inventoryPoll.listNew(signal), [])
  core.state.setScopes([one])
  await core.pollInventory()
  core.state.setScopes([one, two])
  t.same(await core.inventoryPoll.listNew(signal), [key])
})

t.test('what could not be read of its jobs is forgotten with it, and that of others is not', async (t) => {
  const odd = [{ id: '7', name: null, field: 'enabled', leftOut: true }]
  const core = createCore({ jobs: () => ({ items: [aJob('1')], unreadable: odd }) })
  core.state.setScopes([one, two])
  await core.pollInventory()
  t.equal(core.self.unreadable.size, 2)
  core.state.setScopes([one])
  await core.pollInventory()
  t.same([...core.self.unreadable.keys()], [`job ${scopeKey(one)}`])
})

t.test('an empty list after it came back is not the second one', async (t) => {
  let isEmpty = false
  const core = createCore({ jobs: (listed) => (isEmpty && listed === key ? [] : [aJob('1')]) })
  const jobs = () => core.state.scope(key)?.jobs.size
  core.state.setScopes([one, two])
  await core.pollInventory()
  isEmpty = true
  await core.pollInventory()
  t.equal(jobs(), 1, 'doubted')
  core.state.setScopes([one])
  await core.pollInventory()
  core.state.setScopes([one, two])
  isEmpty = false
  await core.pollInventory()
  isEmpty = true
  await core.pollInventory()
  t.equal(jobs(), 1, 'doubted anew')
  await core.pollInventory()
  t.equal(jobs(), 0)
})

t.test('the answer for a zone that left while it was listed is counted nowhere', async (t) => {
  const core = createCore({
    jobs: () => {
      core.state.setScopes([one])
      return [aJob('1')]
    },
  })
  core.state.setScopes([one, two])
  await core.inventoryPoll.refresh(key, signal)
  t.equal(core.state.scopes.size, 1)
  t.same(core.store.keys('scope:'), [])
  await core.inventoryPoll.refresh('zone:nobody', signal)
  t.equal(core.listed.length, 1)
})

t.test(
  'half of the requests of a cycle go to new scopes, a quarter to further tries, and one at least',
  async (t) => {
    const zones = Array.from({ length: 9 }, (_, index) => zone(`zone${index}.example`))
    const listings = async (requestsPerCycle: number, work: 'listNew' | 'firstTries') => {
      const core = createCore({
        requestsPerCycle,
        jobs: () => {
          throw failure('forbidden')
        },
      })
      core.state.setScopes(zones)
      if (work === 'listNew') return (await core.inventoryPoll.listNew(signal)).length
      for (const scope of zones) core.state.jobsFailed(scopeKey(scope), failure('forbidden'), 0)
      await core.inventoryPoll.firstTries.cycle(signal)
      return core.listed.length
    }
    t.same(
      [await listings(1, 'listNew'), await listings(7, 'listNew'), await listings(12, 'listNew')],
      [1, 3, 6],
    )
    t.same(
      [await listings(1, 'firstTries'), await listings(7, 'firstTries'), await listings(12, 'firstTries')],
      [1, 1, 3],
    )
  },
)
