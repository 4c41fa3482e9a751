/* The first page: which job is broken, since when, why, and what was lost. */
import type { Headline } from '../../exporter/view/headline.ts'
import { type HealthState, healthStates } from '../../exporter/view/health-state.ts'
import type { StateFilter } from '../../exporter/view/job-query.ts'
import type { JobStatus } from '../../exporter/view/job-status.ts'
import type { Overview } from '../../exporter/view/status.ts'
import { blindRunbook, exporterHref, jobHref, runbookHref } from './addresses.ts'
import { adviceFor } from './advice.ts'
import { filterForm } from './filter-form.ts'
import { isDisableNear, jobTitle, reasonNames, stateNames, timeLeft } from './health-state-text.ts'
import { jobTable } from './job-table.ts'
import { type Html, html, nothing } from './page.ts'
import { framed, type PageContext, problemNotice } from './page-context.ts'
import { paging } from './paging.ts'
import { ago, amount, counted, span } from './readable.ts'
import { filterOf, queryHref, troubleStates } from './status-query.ts'

const root = './'

export function statusPage(view: Overview, context: PageContext, problems: readonly string[]): string {
  const { headline, now, query } = view
  const filter = filterOf(query)
  const title = isStandby(context) ? 'On standby' : titleText(headline)
  return framed(context, {
    title,
    root,
    current: 'jobs',
    here: queryHref(root, { ...filter, page: view.page }, true),
    now,
    body: html`<section class="head" aria-labelledby="headline">
<h1 id="headline">${title}</h1>
${isStandby(context) ? nothing : summary(view)}
<ul class="tiles">${healthStates.map((tile) => tileOf(tile, headline, query.state, context.refresh))}</ul>
</section>
${blindNotice(headline, now)}${problemNotice(problems)}
${filterForm(view.options, query, context.refresh)}
<section aria-labelledby="list">
<h2 id="list">${listTitle(view)}</h2>
${view.jobs.length === 0 ? html`<p class="empty">${emptyText(view, context)}</p>` : jobTable(view.jobs, root, now)}
${paging(view, (page) => queryHref(root, { ...filter, page }, context.refresh))}
</section>`,
  })
}

/** Other processes do the work: that nothing is here says nothing about the jobs. */
function isStandby({ readiness }: PageContext): boolean {
  return readiness.ready && readiness.standby !== undefined
}

/** How many jobs need attention. */
function troubled({ byTrouble }: Headline): number {
  return troubleStates.reduce((sum, trouble) => sum + byTrouble[trouble], 0)
}

function titleText(headline: Headline): string {
  const { jobs, byTrouble } = headline
  const count = troubled(headline)
  if (jobs === 0) return 'No jobs found'
  if (count > 0)
    return `${amount(count)} of ${counted(jobs, 'job')} ${count === 1 ? 'needs' : 'need'} attention`
  const unseen = byTrouble.unknown
  if (unseen > 0)
    return `No known problems, but ${amount(unseen)} of ${counted(jobs, 'job')} could not be checked`
  return jobs === 1 ? 'The job is healthy' : `All ${counted(jobs, 'job')} are healthy`
}

/** The worst job in one sentence, and what was lost by all. */
function summary(view: Overview): Html {
  const { headline, now, jobs, page, query } = view
  const worst = page === 1 && queryHref(root, filterOf(query), true) === root ? jobs[0] : undefined
  const lost = lossText(headline, worst?.lastHour)
  const { inventory, health } = headline.dataAt
  const age = html`<p class="quiet">Jobs listed ${inventory === null ? 'not yet' : ago(inventory, now)}, uploads counted up to ${health === null ? 'not yet' : ago(health, now)}.</p>`
  return html`<p class="lead">${worst === undefined ? nothing : worstText(worst, now)}${lost}</p>${worst === undefined ? nothing : adviceText(worst)}${age}`
}

/** What the worst job lost, and what all jobs did, so that nobody takes one for the other. */
function lossText({ lostLastHour: all }: Headline, worst: JobStatus['lastHour'] | undefined): Html {
  const { batches, records } = all
  if (batches === 0) return html`Nothing was lost in the last hour.`
  const inAll = counted(batches, 'batch', 'batches')
  if (worst === undefined || worst.lostBatches === 0)
    return html`All jobs together <b>lost ${counted(records, 'record')}</b> in the last hour, in ${inAll}.`
  const own = html`It <b>lost ${counted(worst.lostRecords, 'record')}</b> in the last hour, in ${counted(worst.lostBatches, 'batch', 'batches')}`
  return worst.lostBatches === batches
    ? html`${own}; no other job lost any.`
    : html`${own}; all jobs together lost ${counted(records, 'record')}, in ${inAll}.`
}

/** What to look at first for the worst job. */
function adviceText(worst: JobStatus): Html {
  const advice = adviceFor(worst)
  if (advice === null) return nothing
  const { text, command, anchor } = advice
  return html`<p class="advice"><b>First check:</b> ${text}${command === null ? nothing : html` <code>${command}</code>`} <a href="${runbookHref(root, `destinations#${anchor}`)}">More about this destination</a></p>`
}

function worstText(job: JobStatus, now: number): Html {
  const link = html`<a href="${jobHref(root, job.id)}">${jobTitle(job)}</a>`
  const why = job.reason === null ? nothing : html`: ${reasonNames[job.reason].toLowerCase()}`
  const since = job.since === null ? nothing : html` ${ago(job.since, now)}`
  switch (job.trouble) {
    case 'disabled_by_failure':
      return html`Cloudflare disabled ${link}${since}${why}. `
    case 'losing_data':
      return html`${link} has been losing data${job.since === null ? nothing : html` for ${span(now - job.since)}`}${why}. `
    case 'not_arriving':
      return html`${link} delivers, and nothing arrives at its destination${job.since === null ? nothing : html`; the newest file ends ${ago(job.since, now)}`}. `
    case 'failing':
      return html`${link} started failing${since}${why}${
        job.disableExpected === null || !isDisableNear(job.disableExpected, now)
          ? nothing
          : html`; Cloudflare will disable it ${timeLeft(job.disableExpected, now)}`
      }. `
    case 'late':
      return html`${link} last delivered logs${since}${why}. `
    default:
      return nothing
  }
}

function tileOf(
  state: HealthState,
  { byTrouble }: Headline,
  chosen: StateFilter | null,
  refresh: boolean,
): Html {
  const count = byTrouble[state]
  const current = chosen === state ? { html: ' aria-current="true"' } : nothing
  return html`<li><a class="tile ${state}${count === 0 ? ' none' : ''}" href="${queryHref(root, { state }, refresh)}"${current}><b>${amount(count)}</b> ${stateNames[state]}</a></li>`
}

function blindNotice({ blind, scopes }: Headline, now: number): Html {
  if (blind.longest === null) return nothing
  const { account, zone, since, source, message } = blind.longest
  const where = zone === '' ? `account ${account}` : `zone ${zone}`
  const what = source === 'inventory' ? 'jobs' : 'uploads'
  return html`<p class="notice blind" role="status"><b>Unreadable:</b> ${amount(blind.scopes)} of ${counted(scopes, 'account or zone', 'accounts and zones')} cannot be read, so ${counted(blind.jobs, 'job')} ${blind.jobs === 1 ? 'shows' : 'show'} old data. Longest: ${what} of ${where}, for ${span(now - since)}. <span class="error">${message}</span> <a href="${exporterHref(root)}">See the exporter</a> · <a href="${runbookHref(root, blindRunbook)}">Runbook</a></p>`
}

function listTitle({ found, headline, query }: Overview): string {
  const state = query.state === null ? '' : `: ${stateNames[query.state].toLowerCase()}`
  if (found === headline.jobs) return 'Jobs, worst first'
  return `${amount(found)} of ${counted(headline.jobs, 'job')}${state}`
}

function emptyText({ headline }: Overview, context: PageContext): string {
  if (isStandby(context)) return 'This process watches no jobs.'
  return headline.jobs === 0
    ? 'Nothing has been listed yet, or the API token sees no Logpush jobs.'
    : 'No jobs match the filter.'
}
