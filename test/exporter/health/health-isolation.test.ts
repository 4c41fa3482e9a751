import t from 'tap'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import { type AllowedQuery, ApiFailure, type ApiFailureKind } from '../../../src/errors.ts'
import type { HealthQuery } from '../../../src/ports/cloudflare.ts'
import {
  aJob,
  type CoreOptions,
  createCore,
  failure,
  plentifulLimits,
  zone,
} from '../../support/exporter-core.ts'
import { rowsAt, type Upload } from '../../support/health-source.ts'

const start = Date.UTC(2026, 10, 24, 3, 0, 0)
const zones = Array.from({ length: 10 }, (_, index) => zone(`zone${index}.example`))
const odd = zone('zone3.example')

/** One upload a minute in every zone. */
const uploads = zones.flatMap(({ id }) =>
  Array.from(
    { length: 60 },
    (_, minute): Upload => ({
      scopeId: id,
      jobId: `1${id.slice(4, 5)}`,
      endedAt: start + minute * minuteMs,
      visibleAt: start + minute * minuteMs,
      destinationType: 's3',
      status: 200,
      final: true,
      success: true,
      records: 1,
      bytes: 1,
    }),
  ),
)

function refusal(kind: ApiFailureKind, allowed: AllowedQuery = {}, status = 200): ApiFailure {
  return new ApiFailure(kind, `${kind} for the test`, { operation: 'test', allowed, status })
}

/** An exporter over ten zones; the answer to each query is refused when `refuse` throws. */
async function watching(options: CoreOptions, watched: readonly Scope[] = zones) {
  const core = createCore({
    settings: { initialLookbackMs: 0 },
    jobs: (key) => [aJob(`1${key.slice(9, 10)}`)],
    rows: ({ id }, { from, to }) => rowsAt(uploads, id, { from, to }, core.clock.now()),
    ...options,
  })
  core.state.setScopes(watched)
  await core.pollInventory()
  const records = (scope: Scope): number =>
    [...(core.state.scope(scopeKey(scope))?.totals.values() ?? [])].reduce((sum, job) => sum + job.records, 0)
  const failed = () =>
    [...core.state.scopes.values()]
      .filter(({ health }) => health.failure !== null)
      .map(({ scope }) => scope.name)
  const poll = async (minutes = 1) => {
    const before = core.queries.length
    await core.pollHealth()
    const own = core.queries.slice(before).map(({ scopes }) => scopes.length)
    await core.clock.advance(minutes * minuteMs)
    return own
  }
  return { core, records, failed, poll }
}

const has = ({ scopes }: HealthQuery): boolean => scopes.some(({ id }) => id === odd.id)
const others = zones.filter(({ id }) => id !== odd.id)

for (const kind of ['invalid_request', 'unavailable', 'bad_response'] as const)
  t.test(
    `one zone that spoils answers (${kind}) is found once, remembered, and costs itself alone`,
    async (t) => {
      const { core, records, failed, poll } = await watching({
        refuse: (query) => {
          if (has(query)) throw refusal(kind)
        },
      })
      const first = await poll()
      t.ok(first.length > 3, 'halved until it is found')
      t.same(failed(), [odd.name])
      for (let round = 0; round < 10; round += 1) {
        const queries = await poll()
        t.equal(queries.filter((size) => size > 1).length, 1, 'the others are one query from then on')
        t.same(failed(), [odd.name])
      }
      for (const scope of others) t.equal(records(scope), 11, `${scope.name} is exact and on time`)
      t.equal(records(odd), 0)
      t.equal(core.budget.status().find(({ api }) => api === 'graphql')?.throttled, 0)
      const sizes = core.queries.filter(has).length
      t.ok(sizes < 20, `asked less and less often: ${sizes}`)
    },
  )

t.test('a zone that is well again is read on from where it was, with its neighbours', async (t) => {
  let broken = false
  const { records, failed, poll } = await watching({
    refuse: (query) => {
      if (broken && has(query)) throw refusal('invalid_request')
    },
  })
  await poll()
  broken = true
  for (let round = 0; round < 5; round += 1) await poll()
  t.same(failed(), [odd.name])
  broken = false
  for (let round = 0; round < 6; round += 1) await poll()
  t.same(failed(), [])
  t.equal(records(odd), 12)
  t.same(await poll(), [10])
})

t.test('a general outage is not multiplied by asking apart', async (t) => {
  let broken = true
  const many = Array.from({ length: 100 }, (_, index) => zone(`many${index}.example`))
  const { core, failed, poll } = await watching(
    {
      refuse: () => {
        if (broken) throw refusal('unavailable')
      },
    },
    many,
  )
  await poll()
  const sizes = await poll()
  t.equal(sizes.filter((size) => size === 10).length, sizes.length, 'whole batches only')
  t.equal(failed().length, 100)
  broken = false
  await poll()
  t.same(failed(), [])
  t.ok(core.queries.length < 200, `${core.queries.length} queries`)
})

t.test('a batch that was asked apart in vain is not again for ten minutes', async (t) => {
  const { poll } = await watching({
    refuse: () => {
      throw refusal('unavailable')
    },
  })
  const isApart: boolean[] = []
  for (let minute = 0; minute <= 10; minute += 1) isApart.push((await poll()).some((size) => size === 1))
  t.same(isApart, [true, ...Array(9).fill(false), true])
})

t.test('trouble on the way is nobody in particular', async (t) => {
  const { poll } = await watching({
    refuse: () => {
      throw failure('network')
    },
  })
  t.same(await poll(), [10, 10], 'asked twice, as the retry table says')
})

t.test('what a refusal allows is kept to: the range, the past, the fields, the number of rows', async (t) => {
  const cases: readonly {
    readonly name: string
    readonly allowed: AllowedQuery
    readonly breaks: (query: HealthQuery) => boolean
  }[] = [
    { name: 'range', allowed: { maxDurationSeconds: 300 }, breaks: ({ from, to }) => to - from > 5 },
    { name: 'rows', allowed: { maxPageSize: 50 }, breaks: ({ limit }) => limit > 50 },
    { name: 'fields', allowed: { neededFieldsOnly: true }, breaks: ({ fields }) => fields !== 'needed' },
  ]
  for (const { name, allowed, breaks } of cases) {
    const { records, failed, poll, core } = await watching({
      refuse: (query) => {
        if (has(query) && breaks(query)) throw refusal('invalid_request', allowed)
      },
    })
    for (let round = 0; round < 20; round += 1) await poll()
    t.same(failed(), [], name)
    for (const scope of zones) t.equal(records(scope), 20, `${scope.name} with a limit of ${name}`)
    const refused = core.queries.filter((query) => has(query) && breaks(query)).length
    t.ok(refused < 8, `${name} was learnt at the first poll: ${refused} refused`)
    t.equal(core.log.lines.filter(({ message }) => /narrower limits/.test(message)).length, 1)
  }
})

t.test('what a zone does not keep any more is a gap, and its neighbours have none', async (t) => {
  let away = false
  const { core, records, failed, poll } = await watching({
    refuse: ({ scopes, from }) => {
      if (away) throw failure('network')
      if (scopes.some(({ id }) => id === odd.id) && from * minuteMs < core.clock.now() - 600_000)
        throw refusal('invalid_request', { notOlderThanSeconds: 600 })
    },
  })
  await poll(5)
  away = true
  await poll(30)
  away = false
  for (let round = 0; round < 5; round += 1) await poll()
  t.same(failed(), [])
  const gap = (scope: Scope) => core.state.scope(scopeKey(scope))?.gapSeconds
  // Minute 0 was read; at minute 35 the oldest that can be had is minute 27, clear of the edge.
  t.equal(gap(odd), 27 * 60)
  t.equal(records(odd), 1 + 40 - 27)
  for (const scope of others) {
    t.equal(gap(scope), 0)
    t.equal(records(scope), 40)
  }
})

t.test('a query for too many zones is asked for fewer, from then on', async (t) => {
  const { failed, poll, core } = await watching({
    refuse: ({ scopes }) => {
      if (scopes.length > 5) throw refusal('invalid_request', { fewerScopes: true })
    },
  })
  t.same(await poll(), [10, 5, 5])
  t.same(failed(), [])
  t.same(await poll(), [5, 5])
  t.same(core.state.scope(scopeKey(odd))?.health.failure, null)
})

t.test('rows that cannot be read cost their zone alone, are counted, and are said once', async (t) => {
  let broken = false
  const unreadable = [{ id: '13', name: '', field: 'sum', leftOut: true }]
  const { core, records, failed, poll } = await watching({
    failureOf: ({ id }) =>
      broken && id === odd.id ? { failure: failure('bad_response'), unreadable } : null,
  })
  await poll()
  broken = true
  for (let round = 0; round < 4; round += 1) t.same(await poll(), [10], 'the neighbours come with the answer')
  t.same(failed(), [odd.name])
  for (const scope of others) t.equal(records(scope), 5)
  const rows = () => [...core.self.unreadable.values()].filter(({ kind }) => kind === 'row')
  t.equal(
    rows().reduce((sum, { found }) => sum + found.length, 0),
    1,
  )
  t.equal(core.log.lines.filter(({ message }) => /cannot be read; the others/.test(message)).length, 1)
  broken = false
  await poll()
  t.equal(
    rows().reduce((sum, { found }) => sum + found.length, 0),
    0,
  )
  t.equal(records(odd), 6, 'and nothing was lost')
})

t.test('a zone that an answer leaves out is out of reach the second time', async (t) => {
  let missing = false
  const { failed, poll } = await watching({
    failureOf: ({ id }) =>
      missing && id === odd.id ? { failure: failure('forbidden'), unreadable: [] } : null,
  })
  await poll()
  missing = true
  t.same(await poll(), [10])
  t.same(failed(), [odd.name])
  t.same(await poll(), [10], 'asked once more at once')
  t.same(await poll(), [9], 'then left alone for a while')
})

t.test('limits of neighbours are read where one zone may not be asked', async (t) => {
  const { core, poll } = await watching({
    refuseLimits: (scopes) => {
      if (scopes.some(({ id }) => id === odd.id)) throw refusal('forbidden')
    },
    limits: () => ({ ...plentifulLimits, maxPageSize: 777 }),
  })
  await poll()
  for (const scope of others) t.equal(core.state.scope(scopeKey(scope))?.limits?.maxPageSize, 777)
  const before = core.limitQueries.length
  await poll()
  t.equal(core.limitQueries.length, before, 'the refused one is not asked about at each poll')
})
