import t from 'tap'
import type { JobRecord } from '../../../src/domain/job/job.ts'
import { scopeKey } from '../../../src/domain/scope.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { dueScopes } from '../../../src/exporter/inventory/inventory-poll.ts'
import type { Unreadable } from '../../../src/ports/listing.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { aJob, createCore, failure, quayAccount, zone } from '../../support/exporter-core.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

const one = zone('one.example')
const key = `zone:${one.id}` as const

t.test('what happens to a job is said once, in the order of things', async (t) => {
  const broken = {
    lastError: Date.UTC(2026, 10, 23, 2),
    errorMessage: new Secret('unexpected status 403 Forbidden'),
  }
  const story: readonly (readonly JobRecord[])[] = [
    [aJob('1')],
    [aJob('1', broken)],
    [aJob('1', broken)],
    [aJob('1', { ...broken, enabled: false })],
    [aJob('1', { name: 'renamed' })],
    [aJob('1', { name: 'renamed', enabled: false })],
    [],
    [],
  ]
  let chapter = 0
  const core = createCore({ jobs: () => story[chapter] ?? [] })
  core.state.setScopes([one])
  for (; chapter < story.length; chapter += 1) await core.pollInventory()
  t.same(
    core.log.lines.map(({ level, message }) => `${level} ${message}`),
    [
      'debug job appeared',
      'warn job is failing',
      'warn Cloudflare disabled a failing job',
      'info job enabled',
      'info job changed',
      'info job disabled',
      'debug the list of jobs is empty; asking once more',
      'info job deleted',
    ],
  )
  t.match(core.log.lines[1]?.fields, {
    zone: 'one.example',
    job_id: '1',
    reason: 'auth',
    error: 'unexpected status 403 Forbidden',
  })
})

t.test('equal changes of 2,000 jobs in one list are one line', async (t) => {
  const many = Array.from({ length: 2_000 }, (_, index) => aJob(`${index + 1}`))
  const broken = { lastError: Date.UTC(2026, 10, 23, 2), errorMessage: new Secret('timeout') }
  const story = [many, many.map((job) => ({ ...job, ...broken })), many.slice(0, 1)]
  let chapter = 0
  const core = createCore({ jobs: () => story[chapter] ?? [] })
  core.state.setScopes([one])
  for (; chapter < story.length; chapter += 1) await core.pollInventory()
  t.match(core.log.lines, [
    { level: 'debug', message: 'job appeared, one of many', fields: { jobs: 2_000, zone: 'one.example' } },
    { level: 'warn', message: 'job is failing, one of many', fields: { jobs: 2_000 } },
    { level: 'info', message: 'job recovered', fields: { job_id: '1' } },
    { level: 'info', message: 'job deleted, one of many', fields: { jobs: 1_999 } },
  ])
  t.equal(core.log.lines.length, 4)
})

t.test('an object that is odd in every second answer is told once', async (t) => {
  let polls = 0
  const odd = [{ id: '2', name: 'job 2', field: 'enabled', leftOut: true }]
  const core = createCore({
    jobs: () => ({ items: [aJob('1')], unreadable: polls % 2 === 0 ? odd : [] }),
  })
  core.state.setScopes([one])
  for (; polls < 20; polls += 1) await core.pollInventory()
  t.equal(core.log.lines.filter(({ level }) => level !== 'debug').length, 1)
})

t.test('one odd job costs itself alone: its neighbours stay exact, and it stays as it was', async (t) => {
  let odd: readonly Unreadable[] = []
  let lastComplete = Date.UTC(2026, 10, 24, 2)
  const core = createCore({
    jobs: () => ({
      items: ['1', '2', '3'].flatMap((id) =>
        odd.some((one) => one.leftOut && one.id === id) ? [] : [aJob(id, { lastComplete })],
      ),
      unreadable: odd,
    }),
  })
  core.state.setScopes([one])
  const seen = () =>
    [...(core.state.scope(key)?.jobs.values() ?? [])].map(({ summary }) => [summary.id, summary.lastComplete])
  const counted = (): readonly number[] =>
    core.self.unreadable.size === 0 ? [] : [...core.self.unreadable.values()].map(({ found }) => found.length)
  await core.pollInventory()
  t.same(counted(), [0])
  const before = lastComplete
  lastComplete += 60_000
  odd = [{ id: '2', name: 'job 2', field: 'enabled', leftOut: true }]
  await core.pollInventory()
  await core.pollInventory()
  t.same(seen().sort(), [
    ['1', lastComplete],
    ['2', before],
    ['3', lastComplete],
  ])
  t.equal(core.state.scope(key)?.inventory.failure, null)
  t.same(counted(), [1])
  odd = [{ id: null, name: 'job 2', field: 'id', leftOut: true }]
  await core.pollInventory()
  t.equal(seen().length, 3, 'without an id it may be any: nothing is taken for deleted')
  odd = [{ id: '2', name: 'job 2', field: 'filter', leftOut: false }]
  await core.pollInventory()
  t.same(
    seen().map(([, at]) => at),
    [lastComplete, lastComplete, lastComplete],
    'the rest of it is read',
  )
  odd = []
  for (let polls = 0; polls < 5; polls += 1) await core.pollInventory()
  t.same(counted(), [0])
  const told = core.log.lines.filter(({ level }) => level !== 'debug')
  const where = { kind: 'job', zone: 'one.example' }
  t.match(
    told.map(({ level, fields }) => ({ level, fields })),
    [
      { level: 'warn', fields: { ...where, first: [{ id: '2', field: 'enabled', left_out: true }] } },
      { level: 'warn', fields: { ...where, first: [{ id: null, field: 'id', left_out: true }] } },
      { level: 'warn', fields: { ...where, first: [{ id: '2', field: 'filter', left_out: false }] } },
      { level: 'info', fields: where },
    ],
    'each is logged once, and so is the end',
  )
  t.equal(told.length, 4)
  core.state.setScopes([])
  await core.pollInventory()
  t.same(counted(), [], 'a scope that is gone leaves nothing behind')
})

t.test('a listing that fails keeps what was known, and is tried again on the next cycle', async (t) => {
  let broken = false
  const core = createCore({
    jobs: () => {
      if (broken) throw failure('unavailable')
      return [aJob('1')]
    },
  })
  core.state.setScopes([one])
  await core.pollInventory()
  broken = true
  await core.pollInventory()
  t.equal(core.state.scope(key)?.jobs.size, 1)
  t.equal(core.state.scope(key)?.inventory.failure?.kind, 'unavailable')
  broken = false
  await core.pollInventory()
  t.equal(core.state.scope(key)?.inventory.failure, null)
})

t.test(
  'a list of jobs that is empty for a moment ends nothing; the second time it is believed',
  async (t) => {
    let jobs = [aJob('1'), aJob('2')]
    const core = createCore({ jobs: () => jobs })
    core.state.setScopes([zone('one.example')])
    const known = () => [...core.state.scopes.values()].flatMap((scope) => [...scope.jobs.keys()])
    await core.pollInventory()
    jobs = []
    await core.pollInventory()
    t.same(known(), ['1', '2'])
    jobs = [aJob('1'), aJob('2')]
    await core.pollInventory()
    jobs = []
    await core.pollInventory()
    t.same(known(), ['1', '2'], 'it was not empty twice in a row')
    await core.pollInventory()
    t.same(known(), [])
  },
)

t.test('a list that lacks one of several jobs is believed at once', async (t) => {
  let jobs = [aJob('1'), aJob('2')]
  const core = createCore({ jobs: () => jobs })
  core.state.setScopes([zone('one.example')])
  await core.pollInventory()
  jobs = [aJob('2')]
  await core.pollInventory()
  t.same([...(core.state.scopes.values().next().value?.jobs.keys() ?? [])], ['2'])
})

t.test('since when a job fails outlives the process', async (t) => {
  const store = createMemoryStore()
  const lastError = Date.UTC(2026, 10, 24, 1)
  const first = createCore({ store, jobs: () => [aJob('1', { lastError })] })
  first.state.setScopes([one])
  await first.pollInventory()
  const clock = createSteppedClock(Date.UTC(2026, 10, 24, 9))
  const second = createCore({
    store,
    clock,
    jobs: () => [aJob('1', { lastError: Date.UTC(2026, 10, 24, 8) })],
  })
  second.state.setScopes([one])
  for (const { scope, jobs } of second.memory.scopes())
    second.state.remembered(`zone:${scope.id}`, jobs, null)
  await second.pollInventory()
  t.equal(second.state.scope(key)?.jobs.get('1')?.failingSince, lastError)
})

t.test('how long a job had failed when it is disabled outlives the process', async (t) => {
  const lastError = Date.UTC(2026, 10, 24, 1)
  const disabled = async (hoursLater: number): Promise<boolean> => {
    const store = createMemoryStore()
    const clock = createSteppedClock(lastError)
    const lastComplete = lastError - 60_000
    let job = aJob('1', { lastComplete })
    const jobs = () => [job]
    const first = createCore({ store, clock, jobs })
    first.state.setScopes([one])
    await first.pollInventory()
    job = aJob('1', { lastComplete, lastError })
    await first.pollInventory()
    job = aJob('1', { lastComplete, lastError, enabled: false })
    const second = createCore({ store, jobs, clock: createSteppedClock(lastError + hoursLater * 3_600_000) })
    second.state.setScopes([one])
    for (const { scope, jobs: known } of second.memory.scopes())
      second.state.remembered(`zone:${scope.id}`, known, null)
    await second.pollInventory()
    return second.log.lines.some(({ message }) => message === 'Cloudflare disabled a failing job')
  }
  t.equal(await disabled(19), false, 'a person did it')
  t.equal(await disabled(24), true, 'Cloudflare did it')
})

t.test('one scope can be listed out of turn', async (t) => {
  const core = createCore({ jobs: () => [aJob('1')] })
  core.state.setScopes([one])
  await core.inventoryPoll.refresh(key, new AbortController().signal)
  await core.inventoryPoll.refresh('zone:unknown', new AbortController().signal)
  t.same(core.listed, [key])
})

t.test(
  'scopes with jobs and accounts are listed each time, empty zones in a sweep with a share of its own',
  async (t) => {
    const core = createCore({ jobs: (which) => (which === key ? [aJob('1')] : []) })
    const empty = Array.from({ length: 30 }, (_, index) => zone(`empty${index}.example`))
    core.state.setScopes([quayAccount, one, ...empty])
    await core.pollInventory()
    const scopes = [...core.state.scopes.values()]
    const names = (edit: { requests: number; monotonic: number; tried: number | null }): readonly string[] =>
      dueScopes(scopes, {
        now: core.clock.now(),
        monotonic: edit.monotonic,
        sweepEveryMs: 600_000,
        requests: edit.requests,
        triedAt: new Map(
          edit.tried === null ? [] : [...core.state.scopes.keys()].map((each) => [each, edit.tried ?? 0]),
        ),
      }).map(({ scope }) => scope.name)
    t.same(
      names({ requests: 100, monotonic: 1_000, tried: 0 }),
      ['Quay', 'one.example'],
      'looked at a moment ago',
    )
    t.equal(
      names({ requests: 100, monotonic: 700_000, tried: 0 }).length,
      32,
      'all of them when there is room',
    )
    t.equal(names({ requests: 10, monotonic: 700_000, tried: 0 }).length, 10)
    t.equal(names({ requests: 1, monotonic: 700_000, tried: 0 }).length, 3, 'one even when there is none')
    t.equal(names({ requests: 1, monotonic: 0, tried: null }).length, 10, 'more while nobody has looked yet')
  },
)

t.test(
  'a scope that has just been found is listed first, though many older ones were never listed',
  async (t) => {
    const core = createCore({ requestsPerCycle: 4 })
    const older = Array.from({ length: 20 }, (_, index) => zone(`older${index}.example`))
    core.state.setScopes(older)
    const added = zone('added.example')
    core.state.setScopes([added, ...older])
    const listed = await core.inventoryPoll.listNew(new AbortController().signal)
    t.equal(listed.length, 2)
    t.ok(listed.includes(scopeKey(added)))
  },
)

t.test('listings that never worked are tried again in turn, as far as the budget has room', async (t) => {
  const zones = ['a.example', 'b.example', 'c.example'].map((name) => zone(name))
  const [a, b, c] = zones.map(scopeKey)
  const core = createCore({
    jobs: () => {
      throw failure('forbidden')
    },
    requestsPerCycle: 4,
  })
  core.state.setScopes(zones)
  await core.pollInventory()
  const tries = async () => {
    const before = core.listed.length
    await core.clock.advance(1_000)
    await core.inventoryPoll.firstTries.cycle(new AbortController().signal)
    return core.listed.slice(before)
  }
  t.same([await tries(), await tries(), await tries()], [[a], [b], [c]])
})

t.test('a listing is tried again where the reason may pass', async (t) => {
  for (const [kind, again] of [
    ['unavailable', true],
    ['rate_limited', true],
    ['auth', true],
    ['forbidden', true],
    ['not_found', false],
    ['invalid_request', false],
  ] as const) {
    let isBroken = true
    const core = createCore({
      jobs: () => {
        if (isBroken) throw failure(kind)
        return []
      },
    })
    const pending = () => core.inventoryPoll.firstTries.pending()
    core.state.setScopes([one])
    t.equal(pending(), false, 'not before the first try')
    await core.pollInventory()
    t.equal(pending(), again, kind)
    const listed = async (broken: boolean) => {
      isBroken = broken
      const done = core.inventoryPoll.refresh(key, new AbortController().signal)
      await core.clock.advance(5_000)
      await done
    }
    await listed(false)
    await listed(true)
    t.equal(pending(), false, 'what worked once waits for the next cycle')
  }
})

t.test('of two scopes only the one whose listing never worked is tried again', async (t) => {
  const two = zone('two.example')
  const core = createCore({
    jobs: (listed) => {
      if (listed === key) throw failure('forbidden')
      return [aJob('2')]
    },
  })
  core.state.setScopes([one, two])
  await core.pollInventory()
  const before = core.listed.length
  await core.inventoryPoll.firstTries.cycle(new AbortController().signal)
  t.same(core.listed.slice(before), [key])
})

t.test('who asks about changes hears of them alone, with when the scope was listed before', async (t) => {
  let jobs = [aJob('1')]
  const told: (readonly [readonly string[], number | null])[] = []
  const core = createCore({
    jobs: () => jobs,
    onChanges: (_scope, changes, seenBefore) => told.push([changes.map(({ change }) => change), seenBefore]),
  })
  core.state.setScopes([one])
  const first = core.clock.now()
  await core.pollInventory()
  await core.pollInventory()
  t.equal(told.length, 1, 'nothing had changed the second time')
  const seen = core.state.scope(key)?.inventory.lastSuccess ?? null
  jobs = [aJob('1', { enabled: false })]
  await core.pollInventory()
  t.same(told, [
    [['appeared'], null],
    [['disabled'], seen],
  ])
  t.ok((seen ?? 0) > first)
})
