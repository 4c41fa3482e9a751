import t from 'tap'
import { probeHealth } from '../../../src/commands/check/check-health.ts'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { ApiFailure } from '../../../src/errors.ts'
import { aCaller } from '../../support/callers.ts'
import { failure, plentifulLimits, zone } from '../../support/exporter-core.ts'

const zones = Array.from({ length: 7 }, (_, index) => zone(`zone${index}.example`))

/** Probes the zones against an API in which `spoils` says what is wrong with a query for these. */
async function probe(
  spoils: (scopes: readonly Scope[]) => ApiFailure | null,
  limits: (scope: Scope) => typeof plentifulLimits | null = () => plentifulLimits,
) {
  const asked: number[] = []
  const answer = <T>(scopes: readonly Scope[], value: (scope: Scope) => T): ReadonlyMap<string, T> => {
    asked.push(scopes.length)
    if (asked.length > 100) throw new Error('it asks without end')
    const wrong = spoils(scopes)
    if (wrong !== null) throw wrong
    return new Map(scopes.map((scope) => [scope.id, value(scope)]))
  }
  const found = await probeHealth(
    {
      api: {
        readHealth: async ({ scopes }) => ({
          rows: answer(scopes, () => []),
          failures: new Map(),
          date: null,
        }),
        readLimits: async (scopes) => ({ limits: answer(scopes, limits), failures: new Map() }),
      },
      call: aCaller(),
      clock: { now: () => Date.UTC(2026, 10, 24, 3) },
      rateLimitType: 'user',
    },
    zones,
  )
  const trials = zones.map((scope) => {
    const trial = found.get(scopeKey(scope))
    return trial === undefined ? 'missing' : trial.ok ? 'ok' : trial.failure.kind
  })
  return { trials, asked }
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
  const { trials, asked } = await probe(
    () => null,
    ({ id }) => (id === zones[0]?.id ? plentifulLimits : { ...plentifulLimits, enabled: false }),
  )
  t.same(new Set(trials), new Set(['ok']))
  t.same(asked, [7, 1])
})
