/* One look at a place: lists what may be new, page by page, and enters it. */
import {
  type ArrivalLedger,
  type ArrivedFile,
  enterFiles,
  settle,
} from '../../domain/arrival/arrival-ledger.ts'
import { hasFiles } from '../../domain/arrival/arrival-place.ts'
import { type AmountBetween, isLossIn } from '../../domain/arrival/comparison.ts'
import { keyHash } from '../../domain/arrival/key-hash.ts'
import { keyWindows, rangeOfKey, slicedWindows } from '../../domain/arrival/listing-window.ts'
import { type EpochMs, minuteMs } from '../../domain/time.ts'
import { InternalError } from '../../errors.ts'
import type { CallOptions } from '../../ports/cloudflare.ts'
import type { ListPage, ObjectLister } from '../../ports/object-lister.ts'
import type { ArrivalGroup } from './arrival-groups.ts'

/** Files are named by times of Cloudflare's clock, which may be ahead of ours. */
const aheadMs = 5 * minuteMs
/** How far behind the newest file an ordinary look begins. */
const nearMs = 10 * minuteMs
/** A file begins this long before it is written at most: a batch, and its retries. */
const longestMs = 10 * minuteMs
/** No file is expected any more for a gap that ended so long ago. */
export const gapRestMs = 10 * minuteMs
/** A look ends here; the next one goes on. */
const maxPages = 20

export interface LookInput {
  readonly group: ArrivalGroup
  readonly ledger: ArrivalLedger
  /** Whether to look for late files too: from the floor on. */
  readonly deep: boolean
  /** Whether the look before saw all there was: then nothing older than the late window is new. */
  readonly caughtUp: boolean
  /** Whether the store has begun its listings where it was asked to, so far. */
  readonly seeks: boolean
  readonly now: EpochMs
}

export interface Look {
  /** From when on files were listed, by when they begin. Whatever was written since then is among them. */
  readonly from: EpochMs
  /** All that was listed, known or not. */
  readonly listed: readonly ArrivedFile[]
  readonly added: readonly ArrivedFile[]
  readonly ledger: ArrivalLedger
  /** False when there was more than one look takes. */
  readonly complete: boolean
  readonly seeks: boolean
}

/** @throws ApiFailure, having changed nothing. */
export async function lookAt(lister: ObjectLister, input: LookInput, options: CallOptions): Promise<Look> {
  const { group, ledger, now, seeks } = input
  const { place, rule } = group
  if (!hasFiles(place)) throw new InternalError(`${place.store} has no files`)
  const near = (ledger.newestStart ?? 0) - nearMs
  const recent = input.caughtUp ? now - rule.lateWindowMs : 0
  const from = input.deep ? ledger.floor : Math.max(ledger.floor, near, recent)
  const stretch = { from: input.deep ? from - longestMs : from, to: now + aheadMs }
  const windows = (seeks ? keyWindows : slicedWindows)(place, stretch)
  const listed: ArrivedFile[] = []
  let calls = 0
  let complete = true
  for (const window of windows) {
    let cursor: ListPage['cursor'] = null
    do {
      if (calls === maxPages) {
        complete = false
        break
      }
      const page: ListPage = await lister.list({ place, ...window, cursor }, options)
      calls += 1
      // All that the prefix holds would have to be read: the same in narrow slices costs less.
      if (seeks && !page.sought) return lookAt(lister, { ...input, seeks: false }, options)
      for (const { key, bytes, written } of page.objects) {
        const range = rangeOfKey(place, key)
        if (range !== null) listed.push({ ...range, hash: keyHash(key), bytes, written })
      }
      cursor = page.cursor
    } while (cursor !== null)
    if (!complete) break
  }
  const entered = enterFiles(ledger, listed, { complete })
  return { from, listed, complete, seeks, ...entered }
}

/** The ledger with what can be said of its gaps by now. */
export function settled(
  ledger: ArrivalLedger,
  { complete, lateWindowMs, now, pushed, arrived }: SettleInput,
): ArrivalLedger {
  return settle(ledger, {
    before: now - gapRestMs,
    complete,
    lateWindowMs,
    isLoss: (gap) => isLossIn(gap, pushed, arrived),
  })
}

interface SettleInput {
  readonly complete: boolean
  readonly lateWindowMs: number
  readonly now: EpochMs
  readonly pushed: AmountBetween
  readonly arrived: AmountBetween
}
