import type { Attempted } from '../../access/attempt.ts'
import { priority } from '../../access/budget.ts'
import type { Caller } from '../../access/caller.ts'
import { askApart } from '../../access/isolation.ts'
import { settleAll } from '../../access/settle-all.ts'
import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { accountOf, type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import { minuteOf } from '../../domain/time.ts'
import type { ApiFailure } from '../../errors.ts'
import { batches } from '../../exporter/health/health-batch.ts'
import type { HealthApi } from '../../ports/cloudflare.ts'
import type { Clock } from '../../ports/runtime.ts'

export interface HealthProbe {
  readonly api: HealthApi
  readonly call: Caller
  readonly clock: Pick<Clock, 'now'>
  readonly rateLimitType: 'user' | 'account'
}

/** More than enough to see whether rows can be read. */
const rowsToTry = 100

type Trials<T> = Map<ScopeKey, Attempted<T>>

/** Reads the limits of each scope and, where there is health data, a little of it: one may be refused alone. */
export async function probeHealth(
  probe: HealthProbe,
  scopes: readonly Scope[],
): Promise<Trials<HealthLimits | null>> {
  const due = scopes.map((scope) => ({
    scope,
    priority: priority.known,
    whole: false,
    alone: false,
    behind: 0,
    pageSize: 1,
    fields: 'all' as const,
    maxDurationSeconds: 0,
  }))
  const found: Trials<HealthLimits | null> = new Map()
  await settleAll(batches(due, probe.rateLimitType).map((batch) => probeBatch(probe, batch.scopes, found)))
  return found
}

async function probeBatch(
  probe: HealthProbe,
  scopes: readonly Scope[],
  found: Trials<HealthLimits | null>,
): Promise<void> {
  const [first] = scopes
  if (first === undefined) return
  // Where queries count against accounts, a batch is of one.
  const call = probe.call.with({ api: 'graphql', accountId: accountOf(first).id })
  const limits = await tryTogether(scopes, (some) =>
    call.read((options) => probe.api.readLimits(some, options)),
  )
  for (const [key, { scope, trial }] of limits) {
    const failure = trial.ok ? trial.value.failures.get(scope.id) : trial.failure
    const value = trial.ok ? (trial.value.limits.get(scope.id) ?? null) : null
    found.set(key, failure === undefined ? { ok: true, value } : { ok: false, failure })
  }
  const offered = scopes.filter((scope) => {
    const own = found.get(scopeKey(scope))
    // Where the limits are not told, only the rows can tell whether there is health data.
    return own?.ok === true && own.value?.enabled !== false
  })
  const to = minuteOf(probe.clock.now())
  const rows = await tryTogether(offered, (some) => {
    const query = { scopes: some, from: to - 5, to, limit: rowsToTry }
    return call.read((options) => probe.api.readHealth(query, options))
  })
  for (const [key, { scope, trial }] of rows) {
    const failure = trial.ok ? trial.value.failures.get(scope.id)?.failure : trial.failure
    if (failure !== undefined) found.set(key, { ok: false, failure })
  }
}

/** Asks for scopes at once and, when some of them spoil the answer, finds out which. */
async function tryTogether<T>(
  scopes: readonly Scope[],
  call: (scopes: readonly Scope[]) => Promise<T>,
): Promise<ReadonlyMap<ScopeKey, { readonly scope: Scope; readonly trial: Attempted<T> }>> {
  const portions = scopes.length === 0 ? [] : await askApart(scopes, call, mayBeOfOne, () => true)
  return new Map(
    portions.flatMap(({ parts, outcome: trial }) =>
      parts.map((scope) => [scopeKey(scope), { scope, trial }] as const),
    ),
  )
}

/** Whether one scope can be the reason why a query for several failed. */
function mayBeOfOne({ kind }: ApiFailure): boolean {
  return kind === 'forbidden' || kind === 'partial'
}
