/* What all pages share: their menu, their foot, and what they say while the exporter is starting. */

import type { ReadinessState } from '../../exporter/readiness.ts'
import { exporterHref, grafanaUrl } from './addresses.ts'
import { type Html, html, nothing, type PageLink, page } from './page.ts'
import { instant } from './readable.ts'

export interface PageContext {
  readonly about: { readonly name: string; readonly version: string; readonly revision: string }
  readonly telemetryPath: string
  /** Where Grafana is; null when nobody said. */
  readonly grafana: string | null
  readonly readiness: ReadinessState
  readonly refresh: boolean
}

/** Seconds between two loads of a page that refreshes itself. */
const refreshSeconds = 30

export interface PageParts {
  readonly title: string
  readonly root: string
  /** Where in the menu it stands, if it does. */
  readonly current?: 'jobs' | 'exporter'
  /** The page's own address without `refresh`, for the link that toggles it; absent for a page that never changes. */
  readonly here?: string
  readonly now: number
  readonly body: Html
}

export function framed(context: PageContext, parts: PageParts): string {
  const { root, current } = parts
  return page({
    title: `${parts.title} · Logpush Exporter`,
    root,
    links: links(context, root, current),
    refreshSeconds: context.refresh && parts.here !== undefined ? refreshSeconds : null,
    body: html`${starting(context.readiness)}${parts.body}`,
    footer: footer(context, parts),
  })
}

function links(
  { telemetryPath, grafana }: PageContext,
  root: string,
  current: PageParts['current'],
): readonly PageLink[] {
  const all = [
    { text: 'Jobs', href: root, current: current === 'jobs' },
    { text: 'Exporter', href: exporterHref(root), current: current === 'exporter' },
    { text: 'Metrics', href: `${root}${telemetryPath.slice(1)}`, current: false },
    { text: 'JSON', href: `${root}api/v1/jobs`, current: false },
  ]
  return grafana === null
    ? all
    : [...all, { text: 'Grafana', href: grafanaUrl(grafana, 'overview'), current: false }]
}

function starting(readiness: ReadinessState): Html {
  if (readiness.ready)
    return readiness.standby === undefined
      ? nothing
      : html`<p class="notice" role="status"><b>Standby:</b> ${readiness.standby}. Jobs are on the pages of the process that runs their shard.</p>`
  return html`<p class="notice" role="status"><b>Not ready yet:</b> ${readiness.reason}. This page may be incomplete.</p>`
}

function footer({ about, refresh }: PageContext, { here, root, now }: PageParts): Html {
  return html`${
    here === undefined
      ? nothing
      : html`<p>Data as of ${instant(now)}. ${toggle(here, refresh)}.</p>
`
  }<p>${about.name} ${about.version}, revision ${about.revision} · <a href="${root}-/healthy">health</a> · <a href="${root}-/ready">readiness</a></p>`
}

function toggle(here: string, refresh: boolean): Html {
  const joined = here.includes('?') ? '&' : '?'
  return refresh
    ? html`Refreshes every ${refreshSeconds} s. <a href="${here}${joined}refresh=off">Turn off</a>`
    : html`Auto-refresh is off. <a href="${here}">Turn on</a>`
}

/** What in an address could not be understood. */
export function problemNotice(problems: readonly string[]): Html {
  if (problems.length === 0) return nothing
  return html`<p class="notice" role="status"><b>Ignored:</b> ${problems.join('; ')}.</p>`
}
