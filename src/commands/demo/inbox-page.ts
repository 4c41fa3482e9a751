import type { EpochMs } from '../../domain/time.ts'
import { type Html, html, nothing, type PageLink, page } from '../../http/pages/page.ts'
import { ago, counted, lasting, span } from '../../http/pages/readable.ts'
import type { Incident } from './inbox-incident.ts'

const refreshSeconds = 3

/** The inbox as a page: what is open, then what was. */
export function inboxPage(
  incidents: readonly Incident[],
  links: readonly { readonly text: string; readonly href: string }[],
  now: EpochMs,
): string {
  const open = incidents.filter(({ resolvedAt }) => resolvedAt === null)
  const resolved = incidents.filter(({ resolvedAt }) => resolvedAt !== null)
  const title = open.length === 0 ? 'No open incidents' : counted(open.length, 'open incident')
  const here: PageLink = { text: 'PagerDuty inbox', href: './', current: true }
  return page({
    title: `${title} – PagerDuty inbox`,
    root: './',
    links: [here, ...links.map((link) => ({ ...link, current: false }))],
    refreshSeconds,
    body: html`<section class="head"><h1>${title}</h1>
<p class="lead">What Alertmanager sends to PagerDuty, shown as PagerDuty would show it. Refreshes every ${refreshSeconds} s.</p></section>
<section aria-labelledby="open"><h2 id="open">Open</h2>
${open.length === 0 ? html`<p class="empty">No alert is firing. The first incidents open within a minute of the start.</p>` : open.map((one) => incidentCard(one, now))}
</section>
<section aria-labelledby="resolved"><h2 id="resolved">Resolved</h2>
${resolved.length === 0 ? html`<p class="empty">None yet.</p>` : resolved.map((one) => incidentCard(one, now))}
</section>`,
    footer: html`<p>A stand-in for PagerDuty's Events API v2. Nothing leaves this machine.</p>`,
  })
}

/** Severity → the badge of the style sheet that looks like it. */
const badges = { critical: 'losing_data', error: 'losing_data', warning: 'failing', info: 'off' } as const

function incidentCard({ event, openedAt, resolvedAt }: Incident, now: EpochMs): Html {
  const { payload, links } = event
  const when =
    resolvedAt === null
      ? html`open for ${lasting(openedAt, now)}`
      : html`resolved ${ago(resolvedAt, now)} after ${span(resolvedAt - openedAt)}`
  const state = resolvedAt === null ? badges[payload.severity] : 'ok'
  const details = Object.entries(payload.custom_details).filter(([, value]) => value.trim() !== '')
  const firing = (payload.custom_details.firing ?? '').split('\n').filter((line) => line !== '')
  return html`<section aria-label="${payload.summary}"><div class="card"><p><span class="badge ${state}">${resolvedAt === null ? payload.severity : 'resolved'}</span>
<b>${payload.summary}</b> <span class="quiet">${when}</span></p>
${firing.map((line) => html`<p>${line}</p>`)}
<ul class="actions">${links.map(actionLink)}</ul>
<details><summary>All fields</summary><dl>
${field('class', payload.class)}${field('component', payload.component)}${field('group', payload.group)}
${details.map(([name, value]) => field(name, value))}
</dl></details></div></section>`
}

function actionLink({ href, text }: { readonly href: string; readonly text: string }): Html {
  // Only what can do no harm when it is clicked.
  return /^https?:\/\//.test(href) ? html`<li><a class="button" href="${href}">${text}</a></li>` : nothing
}

function field(name: string, value: string): Html {
  return value === '' ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
