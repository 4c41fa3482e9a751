/* How the exporter itself does. */
import type { ExporterStatus, ScopeFreshness, ScopePage } from '../../exporter/view/exporter-status.ts'
import { blindRunbook, exporterHref, grafanaUrl, runbookHref } from './addresses.ts'
import { gauge } from './gauge.ts'
import { definitions } from './job-facts.ts'
import { type Html, html, nothing } from './page.ts'
import { framed, type PageContext } from './page-context.ts'
import { paging } from './paging.ts'
import { ago, amount, counted, instant, span } from './readable.ts'

const root = './'

export function exporterPage(view: ExporterStatus, context: PageContext): string {
  const { now, startedAt } = view
  return framed(context, {
    title: 'The exporter',
    root,
    current: 'exporter',
    here: exporterHref(root),
    now,
    body: html`<section class="head" aria-labelledby="exporter">
<h1 id="exporter">The exporter</h1>
<p class="lead">Running for ${span(now - startedAt)}. ${counted(view.scopes.total, 'account or zone', 'accounts and zones')} watched${
      view.scopes.blind === 0 ? ', all readable' : html`, <b>${amount(view.scopes.blind)} cannot be read</b>`
    }.</p>${
      context.grafana === null
        ? nothing
        : html`<ul class="actions"><li><a class="button" href="${grafanaUrl(context.grafana, 'exporter')}">Grafana</a></li></ul>`
    }
</section>
<div class="cards">
${view.budget.map(budgetCard)}${tokenCard(view)}${ledgerCard(view)}
</div>
${driftSection(view)}
${pollSection(view)}
${scopeSection(view.scopes, now, (page) => `${exporterHref(root)}?page=${page}${context.refresh ? '' : '&refresh=off'}`)}
${settingsSection(view)}`,
  })
}

function budgetCard({ api, limit, used, throttled, paused }: ExporterStatus['budget'][number]): Html {
  const name = api === 'rest' ? 'REST' : 'GraphQL'
  return html`<section class="card" aria-labelledby="budget-${api}"><h2 id="budget-${api}">${name} budget</h2>
<p class="big">${amount(used)} of ${amount(limit)}</p>
${gauge({ part: limit === 0 ? 0 : used / limit, label: `${name}: ${amount(used)} of ${amount(limit)} requests used`, warnAt: 0.8, badAt: 1 })}
<p class="quiet">requests in 5 min, ${amount(Math.max(0, limit - used))} left; throttled ${counted(throttled, 'time')}${paused ? ', now paused' : ''}</p></section>`
}

function tokenCard({ token, now }: ExporterStatus): Html {
  const expires = token?.expiresOn ?? null
  const text =
    token === null
      ? 'not verified yet'
      : !token.active
        ? 'not active'
        : expires === null
          ? 'active'
          : `expires in ${span(expires - now)}`
  const more =
    token === null
      ? nothing
      : expires === null
        ? html`does not expire`
        : html`at ${instant(expires)} · <a href="${runbookHref(root, 'CloudflareLogpushTokenExpiring')}">Runbook</a>`
  return html`<section class="card" aria-labelledby="token"><h2 id="token">API token</h2>
<p class="big${token !== null && !token.active ? ' bad' : ''}">${text}</p><p class="quiet">${more}</p></section>`
}

function ledgerCard({ ledger }: ExporterStatus): Html {
  const { writes, writeFailures, lateRows, gapSeconds, windowsSplit } = ledger
  return html`<section class="card" aria-labelledby="ledger"><h2 id="ledger">Ledger</h2>
<p class="big${gapSeconds > 0 ? ' bad' : ''}">${gapSeconds === 0 ? 'no gaps' : `gap of ${span(gapSeconds * 1000)}`}</p>
<p class="quiet">${counted(writes, 'write')}, ${amount(writeFailures)} failed; ${counted(lateRows, 'late row')} added, ${counted(windowsSplit, 'window')} split</p></section>`
}

function driftSection({ drift, now }: ExporterStatus): Html {
  if (drift === null) return nothing
  const { comparedAt, problem, changes } = drift
  const compared = comparedAt === null ? html`Not compared yet.` : html`Compared ${ago(comparedAt, now)}.`
  return html`<section aria-labelledby="drift"><h2 id="drift">Manifest</h2>
<p>${compared} ${problem === null ? nothing : html`<span class="error">${problem}</span>`} ${
    changes.length === 0
      ? comparedAt === null
        ? nothing
        : 'Live configuration matches the manifest.'
      : html`${counted(changes.length, 'object')} ${changes.length === 1 ? 'differs' : 'differ'}. <a href="${runbookHref(root, 'CloudflareLogpushManifestDrift')}">Runbook</a>`
  }</p>
${
  changes.length === 0
    ? nothing
    : html`<ul class="answers">${changes.slice(0, 100).map(({ account, zone, kind, name, change }) => html`<li>${change} ${kind} <b>${name}</b> in ${zone === '' ? `account ${account}` : `zone ${zone}`}</li>`)}</ul>`
}</section>`
}

function pollSection({ pollers, now }: ExporterStatus): Html {
  const headings = ['Poll', 'Last success', 'Every', 'Takes', 'Cycles', 'Failures']
  return html`<section aria-labelledby="polls"><h2 id="polls">Polls</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of polls"><table class="numbers"><thead><tr>${headings.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>${pollers.map(
    ({ poller, polls, failures, durationSeconds, intervalSeconds, lastSuccess }) =>
      html`<tr><th scope="row">${poller}</th><td>${lastSuccess === null ? 'not yet' : ago(lastSuccess, now)}</td><td>${intervalSeconds === null ? '–' : span(Math.round(intervalSeconds) * 1000)}</td><td>${durationSeconds === null ? '–' : `${durationSeconds.toFixed(1)} s`}</td><td>${amount(polls)}</td><td>${
        failures.size === 0
          ? '0'
          : [...failures].map(([kind, count]) => `${kind} ${amount(count)}`).join(', ')
      }</td></tr>`,
  )}</tbody></table></div></section>`
}

function settingsSection({ settings, reload, now }: ExporterStatus): Html {
  const reloaded =
    reload === null
      ? nothing
      : reload.successful
        ? html` Reloaded ${ago(reload.at, now)}.`
        : html` <b>The last reload failed</b> ${ago(reload.at, now)}; the old ones stay in effect. <a href="${runbookHref(root, 'CloudflareLogpushExporterConfigReloadFailed')}">Runbook</a>`
  return html`<section aria-labelledby="settings"><h2 id="settings">Active settings</h2>
<p class="quiet">Values that differ from the default are marked.${reloaded}</p>
${definitions(
  settings.map(({ name, value, isDefault }) => [
    name,
    isDefault
      ? html`<code>${value}</code>`
      : html`<code class="changed">${value}</code> <span class="quiet">changed</span>`,
  ]),
)}</section>`
}

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
