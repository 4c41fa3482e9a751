/* What was pushed and what is at the destination, side by side. */
import type { Gap } from '../../domain/arrival/arrival-ledger.ts'
import type { Amount } from '../../domain/arrival/comparison.ts'
import type { ArrivalSlot, ArrivalStatus } from '../../exporter/view/arrival-status.ts'
import { jobHref } from './addresses.ts'
import { definitions } from './job-facts.ts'
import { type Html, html, nothing } from './page.ts'
import { ago, amount, byteAmount, clockTime, counted, instant, isoText, share, span } from './readable.ts'

const shownSlots = 12
const shownGaps = 8

export function arrivalSection(id: string, arrival: ArrivalStatus | null, root: string, now: number): Html {
  if (arrival === null) return nothing
  const { place, unit, failure, found, records, completeTo, command } = arrival
  const others = arrival.jobs.filter((job) => job !== id)
  return html`<section aria-labelledby="arrival"><h2 id="arrival">At the destination</h2>
${
  failure === null
    ? nothing
    : html`<p class="notice blind" role="status"><b>Cannot be read</b> for ${span(now - failure.since)}: <span class="error">${failure.message}</span></p>`
}
<p class="lead">${verdict(arrival)}</p>
${definitions([
  ['Place', html`<code>${place}</code>`],
  ...(others.length === 0
    ? []
    : [
        [
          'Counted together with',
          html`${others.map((job) => html`<a href="${jobHref(root, job)}">job ${job}</a> `)}`,
        ] as const,
      ]),
  [
    'Found',
    records !== null
      ? html`${counted(records.count, 'record')} <span class="quiet">since ${instant(records.since)}</span>`
      : found === null
        ? 'not looked yet'
        : html`${counted(found.files, 'file')}, ${byteAmount(found.bytes)} <span class="quiet">since ${instant(found.since)}${found.lateFiles === 0 ? '' : `, ${amount(found.lateFiles)} of them late`}</span>`,
  ],
  ...(unit === 'records'
    ? []
    : [
        [
          'Newest file',
          found?.newestEnd === null || found === null ? 'none' : html`ends ${ago(found.newestEnd, now)}`,
        ] as const,
      ]),
  ['Complete up to', completeTo === null ? 'not yet' : instant(completeTo)],
  ['Look yourself', html`<code>${command}</code>`],
])}
${found === null ? nothing : gapList('Missing', found.gaps)}
${found === null ? nothing : gapList('Without a file, not judged yet', found.openGaps)}
${slotTable(arrival)}</section>`
}

function verdict({ silent, missingShare, tolerance, found }: ArrivalStatus): Html {
  if (silent)
    return html`<b>Nothing arrives.</b> Cloudflare has delivered, and nothing was written for 15 minutes.`
  if (missingShare !== null && missingShare > 1 - tolerance)
    return html`<b>${share(missingShare, 1)} is missing</b> of what Cloudflare delivered in the last hour.`
  if (found !== null && found.gaps.length > 0)
    return html`Files arrive; <b>${span(found.gapMs)}</b> are missing since the watch began.`
  return missingShare === null
    ? html`Pushed and arrived are compared once both are known for ten minutes.`
    : html`What Cloudflare delivered is there.`
}

/** Seconds count here: `2026-11-24 10:14:30`. */
function exact(at: number): Html {
  const text = isoText(at)
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 19)}</time>`
}

function gapList(title: string, gaps: readonly Gap[]): Html {
  if (gaps.length === 0) return nothing
  const rest = gaps.length - shownGaps
  return html`<h3>${title}</h3><ul class="answers">${gaps
    .slice(0, shownGaps)
    .map(
      ({ from, to }) =>
        html`<li>between ${exact(from)} and ${exact(to)} UTC <span class="quiet">${span(to - from)}</span></li>`,
    )}${rest > 0 ? html`<li class="quiet">and ${amount(rest)} more</li>` : nothing}</ul>`
}

function slotTable({ slots, unit }: Pick<ArrivalStatus, 'slots' | 'unit'>): Html {
  const known = slots.filter(({ pushed, arrived }) => pushed !== null || arrived !== null)
  if (known.length === 0) return nothing
  const headings =
    unit === 'files'
      ? ['From (UTC)', 'Files pushed', 'Files arrived', 'Bytes pushed', 'Bytes arrived']
      : ['From (UTC)', 'Records pushed', 'Records arrived']
  const table = (rows: readonly ArrivalSlot[]): Html =>
    html`<div class="scroll" tabindex="0" role="region" aria-label="Pushed and arrived"><table class="numbers"><thead><tr>${headings.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead><tbody>${rows.toReversed().map((slot) => row(slot, unit))}</tbody></table></div>`
  return html`<h3>Pushed and arrived</h3>${table(known.slice(-shownSlots))}
${known.length > shownSlots ? html`<details><summary>Earlier</summary>${table(known.slice(0, -shownSlots))}</details>` : nothing}`
}

function row({ start, pushed, arrived }: ArrivalSlot, unit: ArrivalStatus['unit']): Html {
  const cell = (side: Amount | null, text: (amount: Amount) => string): string =>
    side === null ? '–' : text(side)
  const number = ({ count }: Amount): string => amount(count)
  const bytes = ({ bytes }: Amount): string => byteAmount(bytes)
  const short = pushed !== null && arrived !== null && arrived.count < pushed.count
  const cells = [
    ...[pushed, arrived].map((side) => cell(side, number)),
    ...(unit === 'files' ? [pushed, arrived].map((side) => cell(side, bytes)) : []),
  ]
  return html`<tr><th scope="row"><time datetime="${isoText(start)}">${clockTime(start)}</time></th>${cells.map(
    (text, index) => html`<td>${short && index === 1 ? html`<b>${text}</b>` : text}</td>`,
  )}</tr>
`
}
