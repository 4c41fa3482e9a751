import * as z from 'zod/mini'
import type { HealthLimits, HealthRow } from '../../domain/ledger/health-row.ts'
import { minuteOf } from '../../domain/time.ts'
import { idText, instantOf } from '../fields.ts'

/** A uint64 comes as a number, or as a text where a server keeps all digits. */
const count = z.union([
  z.number().check(z.nonnegative()),
  z.pipe(
    z.string().check(z.regex(/^\d+$/)),
    z.transform((text: string) => Number(text)),
  ),
])

/** Job ids are compared as numbers, so digits are all that may stand there. */
const jobId = idText.check(z.regex(/^\d+$/))

const instant = z.pipe(
  z.string().check(z.refine((text) => instantOf(text) !== null)),
  z.transform((text: string) => instantOf(text) ?? 0),
)

const bit = z.pipe(
  z.union([z.literal(0), z.literal(1)]),
  z.transform((value: 0 | 1) => value === 1),
)

const wireRow = z.object({
  dimensions: z.object({
    datetimeMinute: instant,
    jobId,
    destinationType: z.string(),
    status: z.int(),
    final: bit,
    success: bit,
  }),
  sum: z.object({ uploads: count, records: count, bytes: count, bytesCompressed: count }),
  avg: z.object({ uploadDuration: z.number(), sampleInterval: z.number() }),
  max: z.object({ timestamp: instant }),
})

export const healthRow = z.pipe(wireRow, z.transform(toRow))

function toRow({ dimensions, sum, avg, max }: z.output<typeof wireRow>): HealthRow {
  return {
    minute: minuteOf(dimensions.datetimeMinute),
    jobId: dimensions.jobId,
    destinationType: dimensions.destinationType.toLowerCase(),
    status: dimensions.status,
    final: dimensions.final,
    success: dimensions.success,
    uploads: sum.uploads,
    records: sum.records,
    bytes: sum.bytes,
    compressedBytes: sum.bytesCompressed,
    uploadSeconds: avg.uploadDuration * sum.uploads,
    sampleInterval: avg.sampleInterval,
    lastUpload: max.timestamp,
  }
}

const wireLimits = z.object({
  enabled: z.boolean(),
  maxDuration: count,
  notOlderThan: count,
  maxPageSize: count,
})

const wireSettings = z.object({ logpushHealthAdaptiveGroups: z.nullish(wireLimits) })

/** The `settings` node of a scope; null where the scope has no such dataset. */
export const healthLimits = z.pipe(
  z.nullish(wireSettings),
  z.transform((settings: z.output<typeof wireSettings> | null | undefined) =>
    toLimits(settings?.logpushHealthAdaptiveGroups ?? null),
  ),
)

function toLimits(wire: z.output<typeof wireLimits> | null): HealthLimits | null {
  if (wire === null) return null
  return {
    enabled: wire.enabled,
    maxDurationSeconds: wire.maxDuration,
    notOlderThanSeconds: wire.notOlderThan,
    maxPageSize: wire.maxPageSize,
  }
}
