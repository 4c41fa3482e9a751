/*
 * The last hours of a job's uploads, drawn: one bar per slot, lost batches at its foot, retried attempts above them,
 * delivered ones on top. Time that was not read is shaded: it is unknown, not zero.
 */
import { type HistorySlot, slotMs } from '../../exporter/state/upload-history.ts'
import type { JobStatus } from '../../exporter/view/job-status.ts'
import { type Html, html, nothing } from './page.ts'
import { amount, counted, span } from './readable.ts'

export interface Bar {
  readonly bottom: number
  readonly middle: number
  readonly top: number
}

interface Drawing {
  readonly className: string
  readonly height: number
  /** What it shows, for those who don't see it. */
  readonly label: string
  readonly bars: readonly Bar[]
  /** Which slots are known: from the first to before the second. */
  readonly known: readonly [number, number]
}

const slotWidth = 4
const barWidth = 3
/** The least height of a bar that is not zero, so that one lost batch among thousands is seen. */
const minHeight = 2

/** The picture of attempts: small in a row of the list, tall on the job's page. */
export function attemptChart(job: JobStatus, className: 'spark' | 'chart'): Html {
  return draw({
    className,
    height: className === 'spark' ? 24 : 96,
    label: historyText(job.slots),
    bars: job.slots.map(attempts),
    known: knownSlots(job),
  })
}

/** The picture of records on the job's page. */
export function recordChart(job: JobStatus): Html {
  const lost = job.slots.reduce((sum, { lostRecords }) => sum + lostRecords, 0)
  const delivered = job.slots.reduce((sum, { records }) => sum + records, 0)
  return draw({
    className: 'chart',
    height: 64,
    label: `Records: ${amount(delivered)} delivered, ${amount(lost)} lost`,
    bars: job.slots.map(({ records, lostRecords }) => ({ bottom: lostRecords, middle: 0, top: records })),
    known: knownSlots(job),
  })
}

/** E.g. `Last 4 h: 120 attempts, 3 retried, 1 batch lost`. */
export function historyText(slots: readonly HistorySlot[]): string {
  const sum = (of: (slot: HistorySlot) => number): number => slots.reduce((all, slot) => all + of(slot), 0)
  const lost = sum(({ lostBatches }) => lostBatches)
  return `Last ${span(slots.length * slotMs)}: ${counted(
    sum(({ uploads }) => uploads),
    'attempt',
  )}, ${amount(sum(({ retries }) => retries))} retried, ${counted(lost, 'batch', 'batches')} lost`
}

/** Indexes of the slots that are known: from the first, to before the second. Nothing known is `[0, 0]`. */
export function knownSlots({ slots, slotsKnown }: JobStatus): readonly [number, number] {
  const first = slots[0]?.start
  if (slotsKnown === null || first === undefined) return [0, 0]
  const within = (index: number): number => Math.min(Math.max(0, index), slots.length)
  // A slot that is read in part is shown as far as it is known.
  return [
    within(Math.floor((slotsKnown.from - first) / slotMs)),
    within(Math.ceil((slotsKnown.to - first) / slotMs)),
  ]
}

function attempts({ uploads, retries, lostBatches }: HistorySlot): Bar {
  return { bottom: lostBatches, middle: retries, top: Math.max(0, uploads - retries - lostBatches) }
}

function draw({ className, height, label, bars, known: [from, to] }: Drawing): Html {
  const width = bars.length * slotWidth
  const highest = Math.max(1, ...bars.map(({ bottom, middle, top }) => bottom + middle + top))
  const room = height - 1
  const scaled = (value: number): number =>
    value === 0 ? 0 : Math.max(minHeight, Math.round((value / highest) * (room - 2 * minHeight) * 10) / 10)
  const paths = { bottom: '', middle: '', top: '' }
  bars.forEach((bar, index) => {
    let y = room
    for (const part of ['bottom', 'middle', 'top'] as const) {
      const length = scaled(bar[part])
      if (length === 0) continue
      paths[part] += `M${index * slotWidth + slotWidth / 2} ${short(y)}v${short(-length)}`
      y -= length
    }
  })
  return html`<svg class="${className}" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" preserveAspectRatio="none">${unknown(0, from, height)}${unknown(to, bars.length, height)}<path class="base" d="M${from * slotWidth} ${height - 0.5}H${to * slotWidth}"/>${path('ok', paths.top)}${path('retried', paths.middle)}${path('lost', paths.bottom)}</svg>`
}

function path(className: string, d: string): Html {
  return d === '' ? nothing : html`<path class="${className}" stroke-width="${barWidth}" d="${d}"/>`
}

function unknown(from: number, to: number, height: number): Html {
  if (to <= from) return nothing
  return html`<rect class="unknown" x="${from * slotWidth}" width="${(to - from) * slotWidth}" height="${height}"/>`
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10)
}
