import type { UploadEvent } from '../world/upload-events.ts'

/** A dimension's value; times in epoch milliseconds, dates as `YYYY-MM-DD`. */
export type DimensionValue = number | string

interface Dimension {
  readonly scalar: 'Time' | 'Date' | 'uint64' | 'uint16' | 'uint8' | 'string'
  /** For times: how coarse they are. */
  readonly grainMs?: number
  readonly of: (event: UploadEvent) => DimensionValue
}

const time = (grainMs: number): Dimension => ({
  scalar: 'Time',
  grainMs,
  of: (event) => Math.floor(event.endMs / grainMs) * grainMs,
})

/** What rows can be grouped by and filtered on. */
export const dimensions: Readonly<Record<string, Dimension>> = {
  date: {
    scalar: 'Date',
    grainMs: 86_400_000,
    of: (event) => new Date(event.endMs).toISOString().slice(0, 10),
  },
  datetime: time(1_000),
  datetimeMinute: time(60_000),
  datetimeFiveMinutes: time(300_000),
  datetimeFifteenMinutes: time(900_000),
  datetimeHour: time(3_600_000),
  jobId: { scalar: 'uint64', of: (event) => event.jobId },
  destinationType: { scalar: 'string', of: (event) => event.destinationType },
  status: { scalar: 'uint16', of: (event) => event.status },
  error: { scalar: 'string', of: (event) => event.error },
  final: { scalar: 'uint8', of: (event) => Number(event.final) },
  success: { scalar: 'uint8', of: (event) => Number(event.success) },
}

export const sums = ['uploads', 'records', 'bytes', 'bytesCompressed'] as const
export const averages = ['uploadDuration', 'sampleInterval'] as const
