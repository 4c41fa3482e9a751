import type { DestinationKind } from '../../domain/destination/kinds.ts'
import { uploadLimits } from '../../domain/destination/limits.ts'
import type { UploadLimit } from '../../domain/destination/spec.ts'
import { found, type Report } from './report.ts'
import type { JobValue } from './schema.ts'
import type { Path } from './tree.ts'
import { formatBytes, parseBytes, parseSeconds } from './units.ts'

/** Checks upload limits against what the destination takes; 0 always leaves it to Cloudflare. */
export function checkUpload(
  report: Report,
  upload: NonNullable<JobValue['upload']>,
  kind: DestinationKind | 'url',
  path: Path,
): void {
  const limits = uploadLimits({ kind })
  const { max_interval, max_records, max_bytes } = upload
  const check = (
    key: string,
    given: unknown,
    value: number | null,
    limit: UploadLimit,
    what: string,
    text: (amount: number) => string,
  ) => {
    if (given === undefined) return
    const here = [...path, key]
    if (limit === 'fixed') {
      report.warn(here, `${kind} has fixed limits; Cloudflare ignores this`)
      return
    }
    const isFine = value !== null && (value === 0 || (value >= limit.min && value <= limit.max))
    if (isFine) return
    const range =
      limit.min > 1 ? `from ${text(limit.min)} to ${text(limit.max)}` : `of at most ${text(limit.max)}`
    const hint = key === 'max_interval' && /^\d+$/.test(String(given)) ? `; did you mean "${given}s"?` : ''
    report.error(here, `expected ${what} ${range}, found ${found(report.source, here)}${hint}`)
  }
  const seconds = max_interval === undefined ? null : parseSeconds(max_interval)
  check(
    'max_interval',
    max_interval,
    seconds,
    limits.intervalSeconds,
    'a duration such as 60s',
    (s) => `${s}s`,
  )
  check('max_records', max_records, max_records ?? null, limits.records, 'a number of records', String)
  const bytes = max_bytes === undefined ? null : parseBytes(max_bytes)
  check('max_bytes', max_bytes, bytes, limits.bytes, 'a size', formatBytes)
}
