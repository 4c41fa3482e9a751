import t from 'tap'
import { scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import { ApiFailure } from '../../../src/errors.ts'
import { aJob, type CoreOptions, createCore, failure, zone } from '../../support/exporter-core.ts'
import { rowsAt, type Upload } from '../../support/health-source.ts'

const [one, two] = [zone('one.example'), zone('two.example')]
const start = Date.UTC(2026, 10, 24, 3)

/** Two zones; `leave` has the second one go and come back, with a poll between. */
function watching(options: CoreOptions) {
  const core = createCore(options)
  core.state.setScopes([one, two])
  const poll = async () => {
    const before = core.queries.length
    await core.pollHealth()
    return core.queries.slice(before)
  }
  const leave = async () => {
    core.state.setScopes([one])
    await core.pollInventory()
    await poll()
    core.state.setScopes([one, two])
  }
  return { ...core, poll, leave }
}
const asked = (queries: Awaited<ReturnType<ReturnType<typeof watching>['poll']>>) =>
  queries.map(({ scopes }) => scopes.map(({ name }) => name))

t.test('a zone whose jobs cannot be listed is read at once when it comes back', async (t) => {
  const { poll, leave, pollInventory } = watching({
    jobs: () => {
      throw failure('forbidden')
    },
  })
  await pollInventory()
  t.same(
    asked(await poll()).map((names) => names.toSorted()),
    [['one.example', 'two.example']],
  )
  t.same(asked(await poll()), [], 'they wait for their turn')
  await leave()
  await pollInventory()
  t.same(asked(await poll()), [['two.example']])
})

t.test('a busy zone that comes back has its whole window read', async (t) => {
  const uploads = Array.from({ length: 250 }, (_, index): Upload => {
    const kind = { destinationType: 's3', status: 200, final: true, success: true, records: 1, bytes: 1 }
    const endedAt = start - minuteMs
    return { scopeId: two.id, jobId: `${index}`, endedAt, visibleAt: endedAt, ...kind }
  })
  const core = watching({
    jobs: (key) => (key === scopeKey(two) ? uploads.map(({ jobId }) => aJob(jobId)) : [aJob('9999')]),
    rows: ({ id }, { from, to }) => rowsAt(uploads, id, { from, to }, core.clock.now()),
  })
  const spanOfTwo = async () =>
    (await core.poll()).filter(({ scopes }) => scopes.includes(two)).map(({ from, to }) => to - from)
  await core.pollInventory()
  t.same(await spanOfTwo(), [16])
  await core.leave()
  await core.pollInventory()
  t.same(await spanOfTwo(), [16])
  t.same(await spanOfTwo(), [3], 'and then the newest minutes')
})

t.test('a zone that spoilt answers before it left is asked with its neighbours again', async (t) => {
  let isBroken = true
  const { poll, leave, pollInventory } = watching({
    jobs: () => [aJob('1')],
    refuse: ({ scopes }) => {
      if (isBroken && scopes.some(({ id }) => id === two.id))
        throw new ApiFailure('bad_response', 'for the test', { operation: 'test', status: 200 })
    },
  })
  await pollInventory()
  await poll()
  t.ok((await poll()).every(({ scopes }) => scopes.length === 1))
  isBroken = false
  await leave()
  await pollInventory()
  t.same(
    asked(await poll()).map((names) => names.toSorted()),
    [['one.example', 'two.example']],
  )
})
