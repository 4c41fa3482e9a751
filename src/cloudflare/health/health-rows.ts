import * as z from 'zod/mini'
import type { HealthLimits, HealthRow } from '../../domain/ledger/health-row.ts'
import { minuteMs, minuteOf, startOfMinute } from '../../domain/time.ts'
import { idText, instant, mapped } from '../fields.ts'
import { optionalFields } from './health-query.ts'

/** A uint64 comes as a number, or as a text where a server keeps all digits. */
const count = z.union([z.number().check(z.nonnegative()), mapped(z.string().check(z.regex(/^\d+$/)), Number)])

/** Job ids are compared as numbers, so digits are all that may stand there. */
const jobId = idText.check(z.regex(/^\d+$/))

const bit = mapped(z.union([z.literal(0), z.literal(1)]), (value) => value === 1)

/** What counting does without: nothing in it can cost the counts. */
const average = z.catch(z.nullish(z.number()), null)
const wireAverages = z.catch(z.nullish(z.object({ uploadDuration: average, sampleInterval: average })), null)
const wireMax = z.catch(z.nullish(z.object({ timestamp: z.catch(z.nullish(instant), null) })), null)

const wireRow = z.object({
  dimensions: z.object({
    datetimeMinute: instant,
    jobId,
    destinationType: z.catch(z.string(), 'unknown'),
    status: z.int(),
    final: bit,
    success: bit,
  }),
  sum: z.object({ uploads: count, records: count, bytes: count, bytesCompressed: count }),
  avg: wireAverages,
  max: wireMax,
})

export const healthRow = mapped(wireRow, toRow)

function toRow({ dimensions, sum, avg, max }: z.output<typeof wireRow>): HealthRow {
  const minute = minuteOf(dimensions.datetimeMinute)
  const interval = avg?.sampleInterval ?? null
  return {
    minute,
    jobId: dimensions.jobId,
    destinationType: dimensions.destinationType.toLowerCase(),
    status: dimensions.status,
    final: dimensions.final,
    success: dimensions.success,
    uploads: sum.uploads,
    records: sum.records,
    bytes: sum.bytes,
    compressedBytes: sum.bytesCompressed,
    // Where the API has no average it writes -1.
    uploadSeconds: Math.max(0, avg?.uploadDuration ?? 0) * sum.uploads,
    sampleInterval: interval !== null && interval > 0 ? interval : null,
    lastUpload: within(max?.timestamp ?? null, startOfMinute(minute)),
  }
}

/** The time of the last upload of a minute, or its start where the API gives none, or one of another time. */
function within(timestamp: number | null, start: number): number {
  return timestamp !== null && timestamp >= start && timestamp < start + minuteMs ? timestamp : start
}

const wireLimits = z.object({
  enabled: z.boolean(),
  maxDuration: count,
  notOlderThan: count,
  maxPageSize: count,
  availableFields: z.catch(z.nullish(z.array(z.string())), null),
})

const wireSettings = z.object({ logpushHealthAdaptiveGroups: z.nullish(wireLimits) })

/** The `settings` node of a scope; null where the scope has no such dataset. */
export const healthLimits = mapped(z.nullish(wireSettings), (settings) =>
  toLimits(settings?.logpushHealthAdaptiveGroups ?? null),
)

function toLimits(wire: z.output<typeof wireLimits> | null): HealthLimits | null {
  if (wire === null) return null
  return {
    enabled: wire.enabled,
    maxDurationSeconds: wire.maxDuration,
    notOlderThanSeconds: wire.notOlderThan,
    maxPageSize: wire.maxPageSize,
    optionalFields: mayReadOptional(wire.availableFields ?? []),
  }
}

/** `availableFields` has names like `sum_uploads`. A list without that one is of another kind and says nothing. */
function mayReadOptional(available: readonly string[]): boolean {
  const names = new Set(available.map((name) => name.toLowerCase().replaceAll('.', '_')))
  return !names.has('sum_uploads') || optionalFields.every((name) => names.has(name.toLowerCase()))
}
