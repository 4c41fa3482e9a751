import t from 'tap'
import { type Scope, scopeKey } from '../../../src/domain/scope.ts'
import { minuteMs } from '../../../src/domain/time.ts'
import type { ApiFailureKind } from '../../../src/errors.ts'
import { createHealthLessons } from '../../../src/exporter/health/health-lessons.ts'
import { createHealthLimits } from '../../../src/exporter/health/health-limits.ts'
import type { LimitsAnswer } from '../../../src/ports/cloudflare.ts'
import { aCaller, noTurns } from '../../support/callers.ts'
import { createCore, failure, plentifulLimits, zone } from '../../support/exporter-core.ts'

const zones = ['one.example', 'two.example', 'three.example'].map((name) => zone(name))
const [, odd] = zones

/** Three zones that are asked together; of the second the answer has no limits but a failure. */
function watching(kind: ApiFailureKind) {
  const { state, self, memory, server, clock, log } = createCore()
  state.setScopes(zones)
  const asked: (readonly string[])[] = []
  const readLimits = async (scopes: readonly Scope[]): Promise<LimitsAnswer> => {
    asked.push(scopes.map(({ name }) => name))
    const good = scopes.filter((scope) => scope.id !== odd?.id)
    const bad = scopes.filter((scope) => scope.id === odd?.id)
    return {
      limits: new Map(good.map(({ id }) => [id, { ...plentifulLimits, maxPageSize: 500 }])),
      failures: new Map(bad.map(({ id }) => [id, failure(kind)])),
    }
  }
  const settings = {
    revisionWindowMs: 15 * minuteMs,
    initialLookbackMs: 15 * minuteMs,
    rateLimitType: 'user' as const,
    sweepEveryMs: 10 * minuteMs,
    healthPollIntervalMs: minuteMs,
  }
  const limits = createHealthLimits(
    {
      ...{ state, self, memory, server, clock, log, turns: noTurns },
      call: aCaller({ clock, reads: 'pollRead' }),
      api: { readLimits, readHealth: async () => ({ rows: new Map(), failures: new Map(), date: null }) },
      settings: () => settings,
      requestsPerCycle: () => 100,
    },
    createHealthLessons(clock, log, () => minuteMs),
  )
  const refresh = async (minutes: number) => {
    await clock.advance(minutes * minuteMs)
    await limits.refresh([...state.scopes.values()], new AbortController().signal)
    return asked.splice(0)
  }
  const known = () => zones.map((scope) => state.scope(scopeKey(scope))?.limits?.maxPageSize ?? null)
  return { refresh, known, log }
}

t.test('of a batch, only the zone that is refused is asked about again, after ten minutes', async (t) => {
  const { refresh, known, log } = watching('forbidden')
  t.same(await refresh(0), [zones.map(({ name }) => name).sort()])
  t.same(known(), [500, null, 500])
  t.match(log.taken(), [{ level: 'debug', kind: 'forbidden', scope: odd?.id }])
  t.same(await refresh(9), [])
  t.same(await refresh(1), [['two.example']])
  t.same(
    await refresh(50),
    [['two.example', 'one.example', 'three.example']],
    'who waits longest is named first',
  )
})

t.test('what failed for a moment is asked about at the next poll', async (t) => {
  const { refresh } = watching('timeout')
  await refresh(0)
  t.same(await refresh(1), [['two.example']])
})
