/*
 * Which minutes of a scope to read next. Windows are half-open and whole minutes; they start at or before
 * everything that has been read, so that no minute is left out, and they reach into the minute that is still
 * running, so that a row is seen as soon as Cloudflare shows it.
 */

import { type EpochMinute, type EpochMs, minuteOf } from '../time.ts'
import type { HealthLimits } from './health-row.ts'
import type { Ledger, Window } from './ledger.ts'

export interface ReadingRules {
  /** Minutes that may still change and are read again and again. */
  readonly revisionMinutes: number
  /** Minutes that every poll reads, the running one included. */
  readonly newestMinutes: number
}

/** Rows younger than this are read on each poll. */
export const newestMinutes = 3

/** Taken when the API does not tell its limits: no plan is known to allow less. */
export const safeLimits: HealthLimits = {
  enabled: true,
  maxDurationSeconds: 3600,
  notOlderThanSeconds: 7 * 86_400,
  maxPageSize: 1000,
  optionalFields: true,
}

/** Bounds on what the API says, so that a strange answer cannot stop the reading or flood memory. */
export function clampLimits(limits: HealthLimits): HealthLimits {
  return {
    enabled: limits.enabled,
    maxDurationSeconds: within(limits.maxDurationSeconds, 60, 7 * 86_400),
    notOlderThanSeconds: within(limits.notOlderThanSeconds, 3600, 90 * 86_400),
    maxPageSize: within(limits.maxPageSize, 10, 10_000),
    optionalFields: limits.optionalFields,
  }
}

/** The stricter of both, limit by limit. What a refusal said is kept within bounds like any other answer. */
export function strictest(limits: HealthLimits, said: Partial<Omit<HealthLimits, 'enabled'>>): HealthLimits {
  return {
    enabled: limits.enabled,
    maxDurationSeconds: Math.max(
      60,
      Math.min(limits.maxDurationSeconds, said.maxDurationSeconds ?? Infinity),
    ),
    notOlderThanSeconds: Math.max(
      minRetentionSeconds,
      Math.min(limits.notOlderThanSeconds, said.notOlderThanSeconds ?? Infinity),
    ),
    maxPageSize: Math.max(10, Math.min(limits.maxPageSize, said.maxPageSize ?? Infinity)),
    optionalFields: limits.optionalFields && said.optionalFields !== false,
  }
}

/** Below this nothing could be read twice. */
const minRetentionSeconds = 300

/**
 * Plans one poll. `whole` reads everything that is not settled;
 * otherwise only the newest minutes and whatever has never been read.
 */
export function planReading(
  ledger: Pick<Ledger, 'watermark' | 'readTo'>,
  now: EpochMs,
  whole: boolean,
  rules: ReadingRules,
  limits: HealthLimits,
) {
  const oldest = oldestMinute(now, limits)
  const watermark = Math.max(ledger.watermark, oldest)
  const to = minuteOf(now) + 1
  const newest = Math.min(ledger.readTo, to - rules.newestMinutes)
  return {
    /** Set when the API no longer has the minutes before it: they become a gap. */
    skipTo: oldest > ledger.watermark ? oldest : null,
    from: whole ? watermark : Math.max(watermark, newest),
    /** Exclusive; not after `from` when the clock is behind what has been settled, and nothing is to be read. */
    to,
  }
}

/** The first minute that can still be asked for. */
export function oldestMinute(now: EpochMs, limits: HealthLimits): EpochMinute {
  // The edge moves while a query is on its way; two minutes keep the first one out of trouble.
  return minuteOf(now - limits.notOlderThanSeconds * 1000) + 2
}

/** The part of a range that one query may ask for, from its start; null when the range is empty. */
export function firstChunk(range: Window, limits: HealthLimits): Window | null {
  if (range.from >= range.to) return null
  const minutes = Math.max(1, Math.floor(limits.maxDurationSeconds / 60))
  return { from: range.from, to: Math.min(range.to, range.from + minutes) }
}

/** The minute before which nothing is expected to change any more. */
export function settledBefore(now: EpochMs, rules: ReadingRules): EpochMinute {
  return minuteOf(now) - rules.revisionMinutes
}

function within(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, Math.floor(value)))
}
