/* A runbook, the list of all, and what is said where there is none. */
import { runbookHref, runbooksUrl } from './addresses.ts'
import { type Html, html } from './page.ts'
import { framed, type PageContext } from './page-context.ts'
import type { RunbookText } from './runbook-html.ts'

export interface RunbookEntry {
  readonly name: string
  readonly title: string
}

export function runbookPage({ title, body }: RunbookText, context: PageContext, now: number): string {
  return framed(context, {
    title,
    root: '../',
    now,
    body: html`<nav class="crumbs" aria-label="Breadcrumb"><a href="../runbooks">All runbooks</a></nav>
<article class="prose"><h1>${title}</h1>
${body}</article>`,
  })
}

export function runbookListPage(entries: readonly RunbookEntry[], context: PageContext, now: number): string {
  const root = './'
  return framed(context, {
    title: 'Runbooks',
    root,
    now,
    body: html`<section class="head"><h1>Runbooks</h1>
<p class="lead">What to do when an alert fires: one runbook for each, named after it.</p></section>
${list(entries, root)}`,
  })
}

export function missingRunbookPage(
  name: string,
  entries: readonly RunbookEntry[],
  context: PageContext,
  now: number,
): string {
  const root = '../'
  return framed(context, {
    title: 'No such runbook',
    root,
    now,
    body: html`<section class="head"><h1>No such runbook</h1>
<p class="lead">There is no runbook <code>${name}</code>. These are the ones there are:</p></section>
${list(entries, root)}`,
  })
}

function list(entries: readonly RunbookEntry[], root: string): Html {
  if (entries.length === 0)
    return html`<p class="empty">The runbooks are not installed beside the exporter. Read them <a href="${runbooksUrl}">in the repository</a>.</p>`
  return html`<ul class="runbooks">${entries.map(
    ({ name, title }) => html`<li><a href="${runbookHref(root, name)}">${title}</a></li>`,
  )}</ul>`
}
