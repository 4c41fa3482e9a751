/* The last hours of a job, drawn and in numbers. */
import type { HistorySlot } from '../../exporter/state/upload-history.ts'
import type { JobDetail } from '../../exporter/view/job-status.ts'
import { type Html, html, nothing } from './page.ts'
import { amount, clockTime, counted, isoText } from './readable.ts'
import { attemptChart, historyText, knownSlots, recordChart } from './sparkline.ts'

export function historySection(job: JobDetail): Html {
  const [from, to] = knownSlots(job)
  const known = job.slots.slice(from, to)
  if (known.length === 0)
    return html`<section aria-labelledby="history"><h2 id="history">Last hours</h2><p class="empty">No upload data yet.</p></section>`
  return html`<section aria-labelledby="history"><h2 id="history">Last hours</h2>
<p class="quiet">${historyText(job.slots)}. Peak in 5 min: ${counted(maxOf(known, 'uploads'), 'attempt')}, ${counted(maxOf(known, 'records'), 'record')}.</p>
<figure><figcaption>Attempts: <span class="key ok">delivered</span> <span class="key retried">failed and retried</span> <span class="key lost">lost</span>${
    known.length < job.slots.length ? html` <span class="key unknown">not read</span>` : nothing
  }</figcaption>
${attemptChart(job, 'chart')}
<div class="ticks" aria-hidden="true">${ticks(job.slots)}</div></figure>
<figure><figcaption>Records: <span class="key ok">delivered</span> <span class="key lost">lost</span></figcaption>
${recordChart(job)}</figure>
<details><summary>Figures</summary>${table(known)}</details></section>`
}

function maxOf(slots: readonly HistorySlot[], measure: 'uploads' | 'records'): number {
  return Math.max(0, ...slots.map((slot) => slot[measure]))
}

/** One time in every eight slots, and the end. */
function ticks(slots: readonly HistorySlot[]): readonly Html[] {
  return slots
    .filter((_, index) => index % 8 === 0)
    .map(({ start }) => html`<span>${clockTime(start)}</span>`)
}

function table(slots: readonly HistorySlot[]): Html {
  const headings = ['From (UTC)', 'Attempts', 'Retried', 'Batches lost', 'Records', 'Records lost']
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures for the last hours"><table class="numbers"><thead><tr>${headings.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>${slots.toReversed().map(row)}</tbody></table></div>`
}

function row({ start, uploads, retries, lostBatches, records, lostRecords }: HistorySlot): Html {
  const cells = [uploads, retries, lostBatches, records, lostRecords]
  return html`<tr><th scope="row"><time datetime="${isoText(start)}">${clockTime(start)}</time></th>${cells.map((value) => html`<td>${amount(value)}</td>`)}</tr>
`
}
