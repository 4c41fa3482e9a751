/*
 * What refused queries taught about scopes: limits that only the refusal named, scopes that must be asked alone
 * because they spoil the answer for their neighbours, and how many scopes one query may have. In memory: after a
 * restart it is learnt again, at the price of some queries.
 */

import type { HealthLimits } from '../../domain/ledger/health-row.ts'
import { strictest } from '../../domain/ledger/window.ts'
import type { ScopeKey } from '../../domain/scope.ts'
import type { AllowedQuery, ApiFailure } from '../../errors.ts'
import type { Clock, Log } from '../../ports/runtime.ts'
import { maxZones } from './health-batch.ts'

/** A plan may have been changed since: then the API is asked without the lesson again. */
const keptMs = 86_400_000
/** How many scopes one query may have is tried anew after this. */
const fewerForMs = 3_600_000
/** A scope that spoils answers is asked alone, less and less often: at most so many polls leave it out. */
const maxRestPolls = 5

export type HealthLessons = ReturnType<typeof createHealthLessons>

export function createHealthLessons(clock: Pick<Clock, 'monotonic'>, log: Log, pollIntervalMs: () => number) {
  const said = new Map<ScopeKey, { readonly allowed: AllowedQuery; readonly until: number }>()
  const spoilers = new Map<ScopeKey, { readonly times: number; readonly restUntil: number }>()
  let fewer: { readonly size: number; readonly until: number } | null = null

  const allowedOf = (key: ScopeKey): AllowedQuery => {
    const lesson = said.get(key)
    if (lesson === undefined) return {}
    if (clock.monotonic() < lesson.until) return lesson.allowed
    said.delete(key)
    return {}
  }
  /** The limits, with what refusals said. */
  const limits = (key: ScopeKey, own: HealthLimits): HealthLimits => {
    const { neededFieldsOnly, ...allowed } = allowedOf(key)
    return strictest(own, { ...allowed, ...(neededFieldsOnly === true ? { optionalFields: false } : {}) })
  }

  /** Scopes in one query at most. */
  const batchSize = (): number => (fewer !== null && clock.monotonic() < fewer.until ? fewer.size : maxZones)

  return {
    limits,
    /** Takes in what the refusal of this scope alone said. Whether that is news, so that asking again makes sense. */
    learn(key: ScopeKey, { allowed, message }: ApiFailure, own: HealthLimits): boolean {
      const before = limits(key, own)
      const { fewerScopes: _, ...lesson } = allowed
      said.set(key, { allowed: { ...allowedOf(key), ...lesson }, until: clock.monotonic() + keptMs })
      const after = limits(key, own)
      const isNews = JSON.stringify(after) !== JSON.stringify(before)
      if (isNews) log.info({ scope: key, reason: message }, 'health data of the scope has narrower limits')
      return isNews
    },
    /** The query was too complex with so many scopes. */
    tooMany(scopes: number): void {
      const size = Math.min(batchSize(), Math.ceil(scopes / 2))
      fewer = { size, until: clock.monotonic() + fewerForMs }
    },
    batchSize,
    /** The scope failed by itself, beside neighbours that did not. */
    spoilt(key: ScopeKey): void {
      const times = (spoilers.get(key)?.times ?? 0) + 1
      const rest = pollIntervalMs() * Math.min(maxRestPolls, 2 ** (times - 1) - 1)
      spoilers.set(key, { times, restUntil: clock.monotonic() + rest })
    },
    /** Whether the scope is to be asked alone. */
    isApart: (key: ScopeKey): boolean => spoilers.has(key),
    /** Whether a scope that is asked alone is left alone for now. */
    rests: (key: ScopeKey): boolean => (spoilers.get(key)?.restUntil ?? 0) > clock.monotonic(),
    /** The scope was read. */
    read(key: ScopeKey): void {
      spoilers.delete(key)
    },
    keepOnly(kept: (key: ScopeKey) => boolean): void {
      for (const map of [said, spoilers]) for (const key of map.keys()) if (!kept(key)) map.delete(key)
    },
  }
}
