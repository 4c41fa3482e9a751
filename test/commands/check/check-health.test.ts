import t from 'tap'
import { probeHealth } from '../../../src/commands/check/check-health.ts'
import type { HealthLimits } from '../../../src/domain/ledger/health-row.ts'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { ApiFailure } from '../../../src/errors.ts'
import type { HealthQuery } from '../../../src/ports/cloudflare.ts'
import { aCaller } from '../../support/callers.ts'
import { failure, plentifulLimits, zone } from '../../support/exporter-core.ts'

const zones = Array.from({ length: 7 }, (_, index) => zone(`zone${index}.example`))

interface Trouble {
  /** Null: the API does not tell them. */
  readonly limits?: (scope: Scope) => HealthLimits | null
  readonly limitsFailures?: ReadonlyMap<string, ApiFailure>
  readonly rowsFailures?: ReadonlyMap<string, ApiFailure>
  readonly rateLimitType?: 'user' | 'account'
}

/** Probes the zones against an API in which `spoils` says what is wrong with a query for these. */
async function probe(
  spoils: (scopes: readonly Scope[]) => ApiFailure | null,
  trouble: Trouble = {},
  scopes: readonly Scope[] = zones,
) {
  const asked: number[] = []
  const queries: HealthQuery[] = []
  const turns: string[] = []
  const answer = <T>(scopes: readonly Scope[], value: (scope: Scope) => T): ReadonlyMap<string, T> => {
    asked.push(scopes.length)
    if (asked.length > 100) throw new Error('it asks without end')
    const wrong = spoils(scopes)
    if (wrong !== null) throw wrong
    return new Map(scopes.map((scope) => [scope.id, value(scope)]))
  }
  const { limits = () => plentifulLimits, limitsFailures = new Map(), rowsFailures = new Map() } = trouble
  const found = await probeHealth(
    {
      api: {
        async readHealth(query) {
          queries.push(query)
          const failures = [...rowsFailures].map(
            ([id, failure]) => [id, { failure, unreadable: [] }] as const,
          )
          return { rows: answer(query.scopes, () => []), failures: new Map(failures), date: null }
        },
        readLimits: async (scopes) => ({ limits: answer(scopes, limits), failures: limitsFailures }),
      },
      call: aCaller({
        budget: {
          run({ api, accountId }, work) {
            turns.push(`${api} ${accountId}`)
            return work()
          },
        },
      }),
      clock: { now: () => Date.UTC(2026, 10, 24, 3) },
      rateLimitType: trouble.rateLimitType ?? 'user',
    },
    scopes,
  )
  const trials = scopes.map((scope) => {
    const trial = found.get(scopeKey(scope))
    return trial === undefined ? 'missing' : trial.ok ? 'ok' : trial.failure.kind
  })
  return { found, trials, asked, queries, turns }
}

t.test('one scope that spoils the answer of all is found by halving, the others are read', async (t) => {
  for (const bad of [0, 3, 6]) {
    const { trials, asked } = await probe((scopes) =>
      scopes.some(({ id }) => id === zones[bad]?.id) ? failure('forbidden') : null,
    )
    t.same(
      trials,
      zones.map((_, index) => (index === bad ? 'forbidden' : 'ok')),
    )
    t.ok(asked.length < 16, `${asked.length} queries`)
  }
})

t.test('scopes that the failure names are left out at once', async (t) => {
  const [first, second] = zones
  const named = [first?.id ?? '', second?.id ?? '']
  const { trials, asked } = await probe((scopes) => {
    const codes = scopes.flatMap(({ id }) => (named.includes(id) ? [id] : []))
    return codes.length > 0
      ? new ApiFailure('partial', 'some are refused', { operation: 'test', codes })
      : null
  })
  t.same(trials, ['partial', 'partial', 'ok', 'ok', 'ok', 'ok', 'ok'])
  t.same(new Set(asked), new Set([7, 5]), 'all, then those that are not named')
})

t.test('what fails for all is not asked for one by one', async (t) => {
  const { trials, asked } = await probe(() => failure('unavailable'))
  t.same(new Set(trials), new Set(['unavailable']))
  t.same(new Set(asked), new Set([7]))
})

t.test('rows are asked for only where there is health data', async (t) => {
  const { trials, asked } = await probe(() => null, {
    limits: ({ id }) => (id === zones[0]?.id ? plentifulLimits : { ...plentifulLimits, enabled: false }),
  })
  t.same(new Set(trials), new Set(['ok']))
  t.same(asked, [7, 1])
})

t.test('a hundred rows of the last five minutes are enough to see whether they can be read', async (t) => {
  const { queries } = await probe(() => null)
  const now = Date.UTC(2026, 10, 24, 3) / 60_000
  t.match(queries, [{ scopes: zones, from: now - 5, to: now, limit: 100 }])
  t.equal(queries.length, 1)
})

t.test('limits that the API does not tell are unknown, and the rows are tried', async (t) => {
  const [first] = zones
  const some = zones.slice(0, 1)
  const { found, asked } = await probe(() => null, { limits: () => null }, some)
  t.strictSame([...found.values()], [{ ok: true, value: null }])
  t.strictSame(asked, [1, 1])
  const refused = await probe(
    () => null,
    { limits: () => null, rowsFailures: new Map([[first?.id ?? '', failure('forbidden')]]) },
    some,
  )
  t.strictSame(refused.trials, ['forbidden'])
})

t.test('a scope that fails within an answer fails alone, and its rows are not asked for', async (t) => {
  const [first, second] = zones
  const { trials, asked } = await probe(() => null, {
    limitsFailures: new Map([[first?.id ?? '', failure('forbidden')]]),
    rowsFailures: new Map([[second?.id ?? '', failure('partial')]]),
  })
  t.strictSame(trials, ['forbidden', 'partial', 'ok', 'ok', 'ok', 'ok', 'ok'])
  t.strictSame(asked, [7, 6])
})

t.test('where queries count against accounts, each counts against its own', async (t) => {
  const other = { id: 'b'.repeat(32), name: 'Other' }
  const scopes = [zone('one.example'), zone('two.example'), zone('three.example', other)]
  const { turns } = await probe(() => null, { rateLimitType: 'account' }, scopes)
  const [own, others] = [`graphql ${'a'.repeat(32)}`, `graphql ${other.id}`]
  t.strictSame(turns.toSorted(), [own, own, others, others])
  t.strictSame((await probe(() => null, {}, scopes)).turns.length, 2, 'otherwise they are asked together')
})

t.test('without scopes nothing is asked', async (t) => {
  const { found, asked } = await probe(() => null, {}, [])
  t.equal(found.size, 0)
  t.strictSame(asked, [])
})
