import type { ScopeFreshness, ScopePage } from '../../exporter/view/exporter-status.ts'
import { blindRunbook, runbookHref } from './addresses.ts'
import { type Html, html, nothing } from './page.ts'
import { paging } from './paging.ts'
import { ago, amount, counted, span } from './readable.ts'

const root = './'

/** How fresh the data of each account and zone is. */
export function scopeSection(scopes: ScopePage, now: number, href: (page: number) => string): Html {
  const headings = ['Account or zone', 'Jobs', 'Listed', 'Uploads up to', 'Gap']
  return html`<section aria-labelledby="scopes"><h2 id="scopes">Freshness</h2>
<p class="quiet">${counted(scopes.total, 'account or zone', 'accounts and zones')}, ${amount(scopes.empty)} without jobs${
    scopes.blind === 0
      ? nothing
      : html`, ${amount(scopes.blind)} unreadable (<a href="${runbookHref(root, blindRunbook)}">Runbook</a>)`
  }. Worst first.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of accounts and zones"><table class="numbers"><thead><tr>${headings.map((text) => html`<th scope="col">${text}</th>`)}<th scope="col" class="text">Problem</th></tr></thead>
<tbody>${scopes.rows.map((row) => scopeRow(row, now))}</tbody></table></div>
${paging(scopes, href)}</section>`
}

function scopeRow(
  { account, zone, jobs, inventoryAt, healthTo, blind, gapSeconds }: ScopeFreshness,
  now: number,
): Html {
  const name =
    zone === null
      ? html`${account.name} <span class="quiet">account</span>`
      : html`${zone.name} <span class="quiet">${account.name}</span>`
  const at = (instant: number | null): Html => (instant === null ? html`–` : ago(instant, now))
  const trouble =
    blind === null
      ? nothing
      : html`<b>${blind.source} ${blind.kind}</b> for ${span(now - blind.since)}: <span class="error">${blind.message}</span>`
  return html`<tr><th scope="row">${name}</th><td>${jobs === null ? 'unknown' : amount(jobs)}</td><td>${at(inventoryAt)}</td><td>${at(healthTo)}</td><td>${gapSeconds === 0 ? 'none' : span(gapSeconds * 1000)}</td><td class="text">${trouble}</td></tr>
`
}
