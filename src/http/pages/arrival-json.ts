import type { Gap } from '../../domain/arrival/arrival-ledger.ts'
import type { Amount } from '../../domain/arrival/comparison.ts'
import type { ArrivalStatus } from '../../exporter/view/arrival-status.ts'
import { isoOrNull, isoText } from './readable.ts'

/** What is at the destination, as the JSON API gives it. */
export function arrivalJson(arrival: ArrivalStatus): unknown {
  const {
    place,
    unit,
    records,
    jobs,
    failure,
    completeTo,
    silent,
    missingShare,
    tolerance,
    found,
    slots,
    command,
  } = arrival
  return {
    place,
    unit,
    jobs,
    failure:
      failure === null
        ? null
        : { kind: failure.kind, message: failure.message, since: isoText(failure.since) },
    complete_to: isoOrNull(completeTo),
    not_arriving: silent,
    missing_ratio: missingShare,
    min_ratio: tolerance,
    watched_since: isoOrNull(found?.since ?? records?.since ?? null),
    files: found?.files ?? null,
    bytes: found?.bytes ?? null,
    records: records?.count ?? null,
    late_files: found?.lateFiles ?? null,
    newest_file_end: isoOrNull(found?.newestEnd ?? null),
    gap_seconds: found === null ? null : found.gapMs / 1000,
    gaps: found?.gaps.map(gapJson) ?? [],
    open_gaps: found?.openGaps.map(gapJson) ?? [],
    slots: slots.map(({ start, pushed, arrived }) => ({
      start: isoText(start),
      pushed: amountJson(pushed, unit),
      arrived: amountJson(arrived, unit),
    })),
    list_command: command,
  }
}

function amountJson(amount: Amount | null, unit: ArrivalStatus['unit']): unknown {
  if (amount === null) return null
  return unit === 'files' ? { files: amount.count, bytes: amount.bytes } : { records: amount.count }
}

function gapJson({ from, to }: Gap): unknown {
  return { from: isoText(from), to: isoText(to) }
}
