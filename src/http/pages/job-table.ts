import type { JobStatus } from '../../exporter/view/job-status.ts'
import { jobHref } from './addresses.ts'
import { badge, jobPlace, jobTitle, lagText, lostText, sinceText, whyText } from './health-state-text.ts'
import { type Html, html, nothing } from './page.ts'
import { attemptChart } from './sparkline.ts'

/**
 * The jobs, worst first. On a narrow screen a row becomes a card; the roles keep it a table for those who
 * listen to it.
 */
export function jobTable(jobs: readonly JobStatus[], root: string, now: number): Html {
  return html`<table class="jobs" role="table">
<caption class="unseen">Jobs, worst first</caption>
<thead role="rowgroup"><tr role="row">${headings.map(
    (text) => html`<th scope="col" role="columnheader">${text}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">
${jobs.map((job) => row(job, root, now))}
</tbody>
</table>`
}

const headings = ['State', 'Job', 'For', 'Why', 'Lost (last hour)', 'Lag / limit', 'Last 4 h']

function row(job: JobStatus, root: string, now: number): Html {
  const blind =
    job.blind === null
      ? nothing
      : html` <span class="badge blind" title="${job.blind.message}">Old data</span>`
  return html`<tr role="row" class="${job.trouble}">
${cell('state', html`${badge(job.trouble)}${blind}`)}
<th scope="row" role="rowheader" class="job"><a href="${jobHref(root, job.id)}">${jobTitle(job)}</a><span class="place">${jobPlace(job)}</span></th>
${cell('since', sinceText(job, now))}${cell('why', whyText(job, now))}${cell('lost', lostText(job))}
<td role="cell" class="lag${isOverdue(job) ? ' over' : ''}">${lagText(job)}</td>
${cell('history', attemptChart(job, 'spark'))}
</tr>
`
}

function cell(className: string, content: Html): Html {
  return html`<td role="cell" class="${className}">${content}</td>`
}

function isOverdue({ lagMs, maxLagMs, facts }: JobStatus): boolean {
  return lagMs !== null && lagMs > maxLagMs && facts?.enabled === true
}
