import fc from 'fast-check'
import t from 'tap'
import { minuteMs, minuteOf } from '../../../src/domain/time.ts'
import { createMemoryStore } from '../../../src/store/memory-store.ts'
import { aJob, createCore, failure, plentifulLimits, quayAccount, zone } from '../../support/exporter-core.ts'
import { rowsAt, trueTotals, type Upload } from '../../support/health-source.ts'
import { createSteppedClock } from '../../support/stepped-clock.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const [one, two] = [zone('one.example'), zone('two.example')]

function upload(edit: Partial<Upload> = {}): Upload {
  const endedAt = edit.endedAt ?? start - 5 * minuteMs
  return {
    scopeId: one.id,
    jobId: '1',
    endedAt,
    visibleAt: endedAt,
    destinationType: 's3',
    status: 200,
    final: true,
    success: true,
    records: 10,
    bytes: 100,
    ...edit,
  }
}

t.test('a lost batch is on show one poll after it became visible', async (t) => {
  const uploads = [upload({ success: false, status: 1105, visibleAt: start + 30_000 })]
  const core = createCore({
    jobs: () => [aJob('1')],
    rows: (scope, query) => rowsAt(uploads, scope.id, window(query), core.clock.now()),
  })
  core.state.setScopes([one])
  await core.pollInventory()
  await core.pollHealth()
  t.equal(core.state.scope(`zone:${one.id}`)?.totals.get('1'), undefined)
  await core.clock.advance(30_000)
  await core.pollHealth()
  t.equal(core.state.scope(`zone:${one.id}`)?.totals.get('1')?.recordsLost, 10)
  t.equal(core.state.scope(`zone:${one.id}`)?.failedAttempts.get('1')?.status, 1105)
  t.match(
    core.log.lines.find(({ level }) => level === 'warn'),
    { message: /^batches lost/, fields: { batches: 1, records: 10 } },
  )
})

t.test(
  'a zone that has no job costs no query, an account whose jobs cannot be listed is read all the same',
  async (t) => {
    const core = createCore({
      jobs: (key) => {
        if (key.startsWith('account')) throw failure('forbidden')
        return key === `zone:${one.id}` ? [aJob('1')] : []
      },
    })
    core.state.setScopes([quayAccount, one, two])
    await core.pollInventory()
    await core.pollHealth()
    const asked = new Set(core.queries.flatMap(({ scopes }) => scopes.map(({ name }) => name)))
    t.same([...asked].sort(), ['Quay', 'one.example'])
  },
)

t.test(
  'a quiet scope has its whole revision window read each time, a busy one each second time',
  async (t) => {
    const busy = Array.from({ length: 250 }, (_, index) =>
      upload({ jobId: String(index), endedAt: start - minuteMs }),
    )
    for (const { uploads, spans } of [
      { uploads: [upload()], spans: [16, 17, 17, 17] },
      { uploads: busy, spans: [16, 3, 18, 3] },
    ]) {
      const core = createCore({
        jobs: () => uploads.map(({ jobId }) => aJob(jobId)),
        rows: (scope, query) => rowsAt(uploads, scope.id, window(query), core.clock.now()),
      })
      core.state.setScopes([one])
      await core.pollInventory()
      for (let i = 0; i < 4; i += 1) {
        await core.pollHealth()
        await core.clock.advance(minuteMs)
      }
      t.same(
        core.queries.map(({ from, to }) => to - from),
        spans,
      )
      const [last] = core.queries.slice(-1)
      t.equal(last?.to, minuteOf(core.clock.now() - minuteMs) + 1, 'the running minute is read too')
    }
  },
)

t.test('a zone that may not be read is shown as such and does not stop its neighbours', async (t) => {
  const zones = Array.from({ length: 10 }, (_, index) => zone(`zone${index}.example`))
  const core = createCore({
    jobs: () => [aJob('1')],
    rows: (scope) => {
      if (scope.name === 'zone3.example') throw failure('forbidden')
      return []
    },
  })
  core.state.setScopes(zones)
  await core.pollInventory()
  await core.pollHealth()
  const states = [...core.state.scopes.values()]
  t.same(
    states.filter(({ health }) => health.failure !== null).map(({ scope }) => scope.name),
    ['zone3.example'],
  )
  t.same([...(core.self.pollers.get('health')?.failures ?? [])], [['forbidden', 1]])
  t.equal(states.filter(({ readTo }) => readTo !== null).length, 9)
  const before = core.queries.length
  await core.pollHealth()
  t.equal(core.queries.length - before, 1, 'and it is left alone for a while: one query for the nine others')
})

t.test(
  'a failed answer moves nothing, and one line is logged when it begins and one when it ends',
  async (t) => {
    let broken = false
    const core = createCore({
      jobs: () => [aJob('1')],
      rows: (scope, query) => {
        if (broken) throw failure('unavailable')
        return rowsAt([upload()], scope.id, window(query), core.clock.now())
      },
    })
    core.state.setScopes([one])
    await core.pollInventory()
    await core.pollHealth()
    const before = core.memory.ledger(`zone:${one.id}`)
    broken = true
    for (let i = 0; i < 3; i += 1) await core.pollHealth()
    t.same(core.memory.ledger(`zone:${one.id}`), before)
    t.equal(core.state.scope(`zone:${one.id}`)?.health.failure?.kind, 'unavailable')
    broken = false
    await core.pollHealth()
    t.same(
      core.log.lines
        .filter(({ level }) => level !== 'debug')
        .map(({ level, message }) => `${level} ${message}`),
      [
        'warn cannot read health data; counters pause and catch up later',
        'info reading health data works again',
      ],
    )
  },
)

t.test(
  'after an outage it reads on from the watermark, in pieces the API allows, and counts what it missed',
  async (t) => {
    const uploads = [10, 50, 100, 170].map((minutes) => upload({ endedAt: start + minutes * minuteMs }))
    const store = createMemoryStore()
    const options = {
      store,
      jobs: () => [aJob('1')],
      limits: () => ({ ...plentifulLimits, maxDurationSeconds: 1800 }),
    }
    const first = createCore({
      ...options,
      rows: (scope, query) => rowsAt(uploads, scope.id, window(query), first.clock.now()),
    })
    first.state.setScopes([one])
    await first.pollInventory()
    await first.pollHealth()
    const clock = createSteppedClock(start + 180 * minuteMs)
    const second = createCore({
      ...options,
      clock,
      rows: (scope, query) => rowsAt(uploads, scope.id, window(query), clock.now()),
    })
    second.state.setScopes([one])
    await second.pollInventory()
    await second.pollHealth()
    t.equal(second.state.scope(`zone:${one.id}`)?.totals.get('1')?.records, 40)
    t.ok(second.queries.every(({ from, to }) => to - from <= 30))
    t.equal(second.state.scope(`zone:${one.id}`)?.gapSeconds, 0)
  },
)

t.test('what the API does not keep so long becomes a gap that is counted', async (t) => {
  const store = createMemoryStore()
  const options = {
    store,
    jobs: () => [aJob('1')],
    limits: () => ({ ...plentifulLimits, notOlderThanSeconds: 3600 }),
  }
  const first = createCore(options)
  first.state.setScopes([one])
  await first.pollInventory()
  await first.pollHealth()
  const second = createCore({ ...options, clock: createSteppedClock(start + 180 * minuteMs) })
  second.state.setScopes([one])
  await second.pollInventory()
  await second.pollHealth()
  // Three hours passed, one can still be had, two minutes stay clear of its edge.
  t.equal(second.state.scope(`zone:${one.id}`)?.gapSeconds, 122 * 60)
})

t.test(
  'an answer as long as the limit is split by time, and in one minute by job, until it is whole',
  async (t) => {
    const minuteBefore = start - 3 * minuteMs
    const uploads = Array.from({ length: 60 }, (_, index) =>
      upload({ jobId: String(1000 + index), endedAt: minuteBefore }),
    )
    const core = createCore({
      jobs: () => uploads.map(({ jobId }) => aJob(jobId)),
      limits: () => ({ ...plentifulLimits, maxPageSize: 10 }),
      rows: (scope, query) => rowsAt(uploads, scope.id, window(query), core.clock.now()),
    })
    core.state.setScopes([one])
    await core.pollInventory()
    await core.pollHealth()
    const { totals, health } = core.state.scope(`zone:${one.id}`) ?? {}
    t.equal(health?.failure, null)
    t.equal(totals?.size, 60)
    t.ok(core.self.windowsSplit > 5)
    t.ok(core.queries.some(({ jobs }) => jobs?.lt !== undefined))
  },
)

t.test('one job that fills an answer by itself is an error, and nothing is counted', async (t) => {
  const uploads = Array.from({ length: 12 }, (_, index) => upload({ status: 400 + index, success: false }))
  const core = createCore({
    jobs: () => [aJob('1')],
    limits: () => ({ ...plentifulLimits, maxPageSize: 10 }),
    rows: (scope, query) => rowsAt(uploads, scope.id, window(query), core.clock.now()),
  })
  core.state.setScopes([one])
  await core.pollInventory()
  await core.pollHealth()
  const scope = core.state.scope(`zone:${one.id}`)
  t.equal(scope?.health.failure?.message, 'one job has more rows in one minute than fit into one response')
  t.equal(scope?.totals.size, 0)
  t.equal(core.memory.ledger(`zone:${one.id}`), null)
})

t.test("what an account's data says of its zones' jobs is counted once, for the zone", async (t) => {
  const uploads = [
    upload({ jobId: '7' }),
    upload({ jobId: '7', scopeId: quayAccount.id }),
    upload({ jobId: '8', scopeId: quayAccount.id }),
  ]
  const core = createCore({
    jobs: (key) => (key.startsWith('zone') ? [aJob('7')] : [aJob('7'), aJob('8')]),
    rows: (scope, query) => rowsAt(uploads, scope.id, window(query), core.clock.now()),
  })
  core.state.setScopes([quayAccount, one])
  await core.pollInventory()
  await core.pollHealth()
  const shown = [...core.state.scopes.values()].map(({ scope, jobs, totals }) => [
    scope.name,
    [...jobs.keys()],
    [...totals.keys()],
  ])
  t.same(shown, [
    ['Quay', ['8'], ['8']],
    ['one.example', ['7'], ['7']],
  ])
})

t.test('a scope without such data on its plan is said to be so, and not asked again and again', async (t) => {
  const core = createCore({ jobs: () => [aJob('1')], limits: () => ({ ...plentifulLimits, enabled: false }) })
  core.state.setScopes([one])
  await core.pollInventory()
  await core.pollHealth()
  await core.pollHealth()
  t.equal(core.queries.length, 0)
  t.equal(core.state.scope(`zone:${one.id}`)?.health.failure?.kind, 'forbidden')
})

/* The whole poll under random trouble, over small pages: the counts are the source's own. */

const anUpload = fc
  .record({
    scopeId: fc.constantFrom(one.id, two.id),
    jobId: fc.constantFrom('11', '12', '13', '14'),
    ended: fc.integer({ min: 0, max: 40 * minuteMs - 1 }),
    late: fc.integer({ min: 0, max: 15 * minuteMs }),
    destinationType: fc.constantFrom('s3', 'r2'),
    status: fc.constantFrom(200, 503, 1201),
    final: fc.boolean(),
    success: fc.boolean(),
    records: fc.integer({ min: 0, max: 99 }),
    bytes: fc.integer({ min: 0, max: 9999 }),
  })
  .map(
    ({ ended, late, ...rest }): Upload => ({
      ...rest,
      jobId: rest.scopeId === one.id ? rest.jobId : `2${rest.jobId}`,
      endedAt: start + ended,
      visibleAt: start + ended + late,
    }),
  )

const trouble = fc.constantFrom(
  'none',
  'none',
  'none',
  'unavailable',
  'partial',
  'rate_limited',
  'timeout',
  'restart',
)

t.test(
  'totals equal the source under cut answers, failures and restarts',
  { timeout: 120_000 },
  async (t) => {
    let polls = 0
    let queries = 0
    let restarts = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anUpload, { maxLength: 150 }),
        fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 9 }), trouble }), { maxLength: 10 }),
        async (uploads, steps) => {
          const store = createMemoryStore()
          const clock = createSteppedClock(start)
          let next: 'none' | 'unavailable' | 'partial' | 'rate_limited' | 'timeout' | 'restart' = 'none'
          const begin = async (): Promise<ReturnType<typeof createCore>> => {
            const core = createCore({
              clock,
              store,
              settings: { initialLookbackMs: 0 },
              limits: () => ({ ...plentifulLimits, maxPageSize: 12, maxDurationSeconds: 600 }),
              jobs: (key) =>
                (key.includes(one.id) ? ['11', '12', '13', '14'] : ['211', '212', '213', '214']).map((id) =>
                  aJob(id),
                ),
              rows: (scope, query) => {
                // In the middle of a poll: some of its queries have been answered by then.
                if (next !== 'none' && next !== 'restart' && scope.id === two.id) throw failure(next)
                return rowsAt(uploads, scope.id, window(query), clock.now())
              },
            })
            core.state.setScopes([one, two])
            await core.pollInventory()
            return core
          }
          let core = await begin()
          await core.pollHealth()
          for (const { minutes, trouble: kind } of [
            ...steps,
            { minutes: 60, trouble: 'none' as const },
            { minutes: 1, trouble: 'none' as const },
            { minutes: 1, trouble: 'none' as const },
          ]) {
            await clock.advance(minutes * minuteMs)
            next = kind
            if (kind === 'restart') {
              restarts += 1
              queries += core.queries.length
              core = await begin()
            }
            await core.pollHealth()
            polls += 1
          }
          queries += core.queries.length
          for (const scope of [one, two]) {
            const state = core.state.scope(`zone:${scope.id}`)
            for (const id of state?.jobs.keys() ?? []) {
              const found = state?.totals.get(id)
              const own = uploads.filter(({ scopeId }) => scopeId === scope.id)
              const truth = trueTotals(own, id, start)
              const sums = [
                found?.records ?? 0,
                found?.bytes ?? 0,
                found?.recordsLost ?? 0,
                found?.bytesLost ?? 0,
              ]
              if (
                JSON.stringify(sums) !==
                JSON.stringify([truth.records, truth.bytes, truth.recordsLost, truth.bytesLost])
              )
                return false
              for (const [key, count] of Object.entries(truth.attempts))
                if (found?.attempts.get(key) !== count) return false
            }
          }
          return true
        },
      ),
      { numRuns: 40, seed: 20261124 },
    )
    t.ok(polls > 200 && restarts > 10)
    t.comment(`${polls} polls, ${queries} queries, ${restarts} restarts, difference 0`)
  },
)

function window({ from, to }: { readonly from: number; readonly to: number }): {
  readonly from: number
  readonly to: number
} {
  return { from, to }
}
