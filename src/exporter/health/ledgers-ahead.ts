/*
 * Ledgers that a wrong clock has moved ahead of the time, by our clock and by Cloudflare's: they are pulled back, and
 * the scope is down until its ledger is no longer ahead.
 */
import { pullBack } from '../../domain/ledger/ahead.ts'
import { scopeKey } from '../../domain/scope.ts'
import { type EpochMinute, minuteOf, startOfMinute } from '../../domain/time.ts'
import { ApiFailure } from '../../errors.ts'
import type { ScopeState } from '../state/scope-state.ts'
import type { HealthDeps } from './health-deps.ts'

/** Resolves to the scopes that can be read. */
export async function setLedgersRight(
  scopes: readonly ScopeState[],
  deps: Pick<HealthDeps, 'state' | 'memory' | 'server' | 'clock' | 'log'>,
): Promise<readonly ScopeState[]> {
  const limit = minuteOf(deps.server.latest()) + 1
  const ahead = scopes.filter(({ readTo }) => readTo !== null && readTo > limit)
  for (const state of ahead) await correct(state, limit, deps)
  return scopes.filter((state) => !ahead.includes(state))
}

async function correct(
  { scope, labels }: ScopeState,
  minute: EpochMinute,
  deps: Pick<HealthDeps, 'state' | 'memory' | 'clock' | 'log'>,
): Promise<void> {
  const key = scopeKey(scope)
  const ledger = deps.memory.ledger(key)
  const next = ledger === null ? null : pullBack(ledger, minute)
  if (ledger !== null && next !== null && next !== ledger) {
    await deps.memory.saveLedger(key, next)
    deps.state.healthRead(key, next, deps.clock.now())
    deps.log.error(
      {
        ...labels,
        complete_to: new Date(startOfMinute(ledger.readTo)).toISOString(),
        pulled_back_to: new Date(startOfMinute(next.readTo)).toISOString(),
        gap_seconds: next.gapSeconds - ledger.gapSeconds,
      },
      'a wrong clock had marked health data as complete for a time that is still to come; counting begins again now',
    )
  }
  const failure = new ApiFailure(
    'bad_response',
    'health data was counted by a clock that is ahead of the time',
    {
      operation: 'read health',
    },
  )
  deps.state.healthFailed(key, failure, deps.clock.now())
}
