/* What pages tell of a job's destination: pushed and arrived side by side, and what is missing. */
import { type Gap, openGaps } from '../../domain/arrival/arrival-ledger.ts'
import { arrivalTitle, hasFiles } from '../../domain/arrival/arrival-place.ts'
import type { Amount } from '../../domain/arrival/comparison.ts'
import { listCommand } from '../../domain/arrival/list-command.ts'
import type { JobId } from '../../domain/job/job.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { JobArrival } from '../state/job-arrival.ts'
import type { PollFailure } from '../state/poll-state.ts'

/** Five minutes, or as long as `ArrivalHistory` says; null where a side is not known. */
export interface ArrivalSlot {
  readonly start: EpochMs
  readonly pushed: Amount | null
  readonly arrived: Amount | null
}

/** Pushed and arrived in slots up to now, oldest first. */
export type ArrivalHistory = (arrival: JobArrival, now: EpochMs) => readonly ArrivalSlot[]

export interface ArrivalStatus {
  readonly place: string
  /** What is counted and compared there. */
  readonly unit: 'files' | 'records'
  /** All jobs that write there, this one included. */
  readonly jobs: readonly JobId[]
  readonly failure: PollFailure | null
  readonly completeTo: EpochMs | null
  readonly silent: boolean
  readonly missingShare: number | null
  readonly tolerance: number
  /** Of files: null before the first try. */
  readonly found: {
    readonly since: EpochMs
    readonly files: number
    readonly bytes: number
    readonly lateFiles: number
    readonly newestEnd: EpochMs | null
    readonly gapMs: number
    /** In which something was lost, newest first. */
    readonly gaps: readonly Gap[]
    /** Not judged yet: a file may still come, or there was nothing to push. */
    readonly openGaps: readonly Gap[]
  } | null
  /** Of records: null before the first try. */
  readonly records: { readonly since: EpochMs; readonly count: number } | null
  readonly slots: readonly ArrivalSlot[]
  /** Lists the files of today, or counts the records of the last hour. */
  readonly command: string
}

export function arrivalStatus(arrival: JobArrival, history: ArrivalHistory, now: EpochMs): ArrivalStatus {
  const { place, jobs, poll, completeTo, silent, missingShare, tolerance, ledger, records } = arrival
  return {
    place: arrivalTitle(place),
    unit: hasFiles(place) ? 'files' : 'records',
    jobs,
    failure: poll.failure,
    completeTo,
    silent,
    missingShare,
    tolerance,
    found:
      ledger === null
        ? null
        : {
            since: ledger.began,
            files: ledger.files,
            bytes: ledger.bytes,
            lateFiles: ledger.lateFiles,
            newestEnd: ledger.newestEnd,
            gapMs: ledger.gapMs,
            gaps: ledger.gaps.toReversed(),
            openGaps: openGaps(ledger).toReversed(),
          },
    records: records === null ? null : { since: records.began, count: records.records },
    slots: history(arrival, now),
    command: listCommand(place, now),
  }
}
