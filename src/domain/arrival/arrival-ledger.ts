/*
 * What has been found at one place, counted once each: however often a listing is read, in whatever order files
 * come, and however often the program dies in between. Pure; one value holds both the counts and what was counted, so
 * storing it is one atomic write.
 *
 * Files sort by the start of their time range, not by when they were uploaded: a batch that was retried comes after
 * newer ones. So the files of the last `lateWindow` are remembered one by one and listed again; what begins before
 * `floor` is never looked at any more, and what a lifecycle rule deletes stays counted.
 */
import { type EpochMs, minuteMs } from '../time.ts'
import type { TimeRange } from './file-name.ts'

export interface ArrivedFile extends TimeRange {
  /** Tells files of the same range apart. */
  readonly hash: string
  /** As stored. */
  readonly bytes: number
  /** When the store says it was written. */
  readonly written: EpochMs
}

/** A file that is counted, as far as it must be known again. */
export type KnownFile = Pick<ArrivedFile, 'start' | 'end' | 'hash'>

/** Time that no file covers, between the end of one and the start of the next. */
export interface Gap {
  readonly from: EpochMs
  readonly to: EpochMs
}

export interface ArrivalLedger {
  /** When the watch of the place began, whether or not it could be listed then. */
  readonly began: EpochMs
  /** Whether it has been listed in full once. Until then, what was written before the watch is known and not counted. */
  readonly sighted: boolean
  readonly files: number
  readonly bytes: number
  /** Files that came after one with a later range. */
  readonly lateFiles: number
  /** End of the newest range. Null before the first file. */
  readonly newestEnd: EpochMs | null
  readonly newestStart: EpochMs | null
  /** Files that begin before it are not looked at. */
  readonly floor: EpochMs
  /** Those that begin at or after the floor, by start. */
  readonly known: readonly KnownFile[]
  /** Gaps that begin before it are settled; null before the first file. */
  readonly coveredTo: EpochMs | null
  readonly gapMs: number
  /** The newest gaps in which something was lost, oldest first. */
  readonly gaps: readonly Gap[]
}

export const maxGaps = 20
/** File names have whole seconds: what ends in one and begins in the next may be one stretch. */
const seamMs = 1_000
/** How far back a place is listed into which nothing is written. */
const quietMs = 1_440 * minuteMs

export function beginLedger(now: EpochMs, lateWindowMs: number): ArrivalLedger {
  return {
    began: now,
    sighted: false,
    files: 0,
    bytes: 0,
    lateFiles: 0,
    newestEnd: null,
    newestStart: null,
    floor: wholeSecond(now - lateWindowMs),
    known: [],
    coveredTo: null,
    gapMs: 0,
    gaps: [],
  }
}

export interface Entered {
  readonly ledger: ArrivalLedger
  /** What was not known before. */
  readonly added: readonly ArrivedFile[]
}

/** The ledger after a listing; `complete` tells that nothing of it was left out. */
export function enterFiles(
  ledger: ArrivalLedger,
  files: readonly ArrivedFile[],
  { complete }: { readonly complete: boolean },
): Entered {
  const seen = new Set(ledger.known.map(idOf))
  const added: ArrivedFile[] = []
  for (const file of files) {
    const id = idOf(file)
    if (file.start < ledger.floor || seen.has(id)) continue
    seen.add(id)
    added.push(file)
  }
  const sighted = ledger.sighted || complete
  if (added.length === 0)
    return { ledger: sighted === ledger.sighted ? ledger : { ...ledger, sighted }, added }
  const counted = ledger.sighted ? added : added.filter(({ written }) => written >= ledger.began)
  const newestStart = added.reduce((max, { start }) => Math.max(max, start), ledger.newestStart ?? 0)
  const newestEnd = added.reduce((max, { end }) => Math.max(max, end), ledger.newestEnd ?? 0)
  const known = [...ledger.known, ...added.map(({ start, end, hash }) => ({ start, end, hash }))].sort(
    byStart,
  )
  const late = counted.filter(({ end }) => ledger.newestEnd !== null && end < ledger.newestEnd)
  return {
    ledger: {
      ...ledger,
      sighted,
      files: ledger.files + counted.length,
      bytes: ledger.bytes + counted.reduce((sum, { bytes }) => sum + bytes, 0),
      lateFiles: ledger.lateFiles + late.length,
      newestStart,
      newestEnd,
      known,
      coveredTo: coveredFrom(ledger, added),
    },
    added,
  }
}

/** What was there before the watch began is not judged; without any, judgement begins with the first file. */
function coveredFrom({ sighted, began, coveredTo }: ArrivalLedger, added: readonly ArrivedFile[]): EpochMs {
  const before = sighted ? [] : added.filter(({ written }) => written < began)
  const ends = before.map(({ end }) => end)
  const start = coveredTo ?? added.reduce((min, { start }) => Math.min(min, start), Number.POSITIVE_INFINITY)
  if (ends.length === 0) return start
  return ends.reduce((max, end) => Math.max(max, end), coveredTo ?? 0)
}

/** Gaps between known files that are not settled yet, oldest first. */
export function openGaps({ known, coveredTo }: Pick<ArrivalLedger, 'known' | 'coveredTo'>): readonly Gap[] {
  if (coveredTo === null) return []
  const gaps: Gap[] = []
  let covered = coveredTo
  for (const { start, end } of known) {
    if (start > covered + seamMs) gaps.push({ from: covered, to: start })
    covered = Math.max(covered, end)
  }
  return gaps
}

export interface Settling {
  /** Gaps that ended before it are settled: no file is expected for them any more. */
  readonly before: EpochMs
  /** Whether all that is there has been listed: then the floor moves on with the time, files or none. */
  readonly complete: boolean
  readonly lateWindowMs: number
  /** Whether something was lost in it. If not, there was nothing to push. */
  readonly isLoss: (gap: Gap) => boolean
}

/** Counts what was lost in gaps, and forgets the files that are too old to be listed again. */
export function settle(
  ledger: ArrivalLedger,
  { before, complete, lateWindowMs, isLoss }: Settling,
): ArrivalLedger {
  const { known, newestStart } = ledger
  const lost = openGaps(ledger).filter((gap) => gap.to <= before && isLoss(gap))
  let { coveredTo } = ledger
  for (const { start, end } of known)
    if (coveredTo !== null && start <= before) coveredTo = Math.max(coveredTo, end)
  // Never above what is settled: a gap must not lose the file at its beginning.
  const newest = newestStart === null ? 0 : Math.min(newestStart - lateWindowMs, before)
  const quiet = complete ? before - Math.max(lateWindowMs, quietMs) : 0
  const floor = Math.max(ledger.floor, wholeSecond(Math.max(newest, quiet)))
  if (coveredTo === ledger.coveredTo && (floor === ledger.floor || isSlightly(floor - ledger.floor, known)))
    return ledger
  return {
    ...ledger,
    coveredTo,
    floor,
    known: known.filter(({ start }) => start >= floor),
    gapMs: ledger.gapMs + lost.reduce((sum, { from, to }) => sum + to - from, 0),
    gaps: [...ledger.gaps, ...lost].slice(-maxGaps),
  }
}

/** A floor that rises by a little at a place without files is not worth a write. */
function isSlightly(rise: number, known: readonly KnownFile[]): boolean {
  return known.length === 0 && rise < quietMs / 24
}

function idOf({ start, end, hash }: KnownFile): string {
  return `${start}.${end}.${hash}`
}

function byStart(a: KnownFile, b: KnownFile): number {
  return a.start - b.start || a.end - b.end || (a.hash < b.hash ? -1 : 1)
}

/** As file names have it. */
function wholeSecond(at: EpochMs): EpochMs {
  return Math.floor(at / 1_000) * 1_000
}
