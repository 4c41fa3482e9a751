/* One job in full: what is wrong, since when, why, what was lost, how long is left, and what to do. */

import { disableAfterMs } from '../../exporter/view/health-state.ts'
import type { JobDetail } from '../../exporter/view/job-status.ts'
import { cloudflareUrl, grafanaUrl, runbookHref, runbookOf } from './addresses.ts'
import { adviceFor } from './advice.ts'
import { gauge } from './gauge.ts'
import { badge, isOneGuess, jobPlace, jobTitle, lagText, reasonNames, timeLeft } from './health-state-text.ts'
import { arrivalSection } from './job-arrival.ts'
import { jobFactsList, totalsList } from './job-facts.ts'
import { historySection } from './job-history.ts'
import { type Html, html, nothing } from './page.ts'
import { framed, type PageContext } from './page-context.ts'
import { ago, amount, counted, instant, span } from './readable.ts'

const root = '../'

export function jobPage(job: JobDetail, context: PageContext, now: number): string {
  return framed(context, {
    title: jobTitle(job),
    root,
    here: `./${encodeURIComponent(job.id)}`,
    now,
    body: html`<nav class="crumbs" aria-label="Breadcrumbs"><a href="${root}">All jobs</a></nav>
<section class="head" aria-labelledby="job">
<h1 id="job">${jobTitle(job)} ${badge(job.trouble)}</h1>
<p class="place">${jobPlace(job)}</p>
<p class="lead">${verdict(job, now)}</p>
${actions(job, context, now)}
</section>
${blindNotice(job, now)}
<div class="cards">
${errorCard(job, now)}${clockCard(job, now)}${lagCard(job)}${lossCard(job)}
</div>
${arrivalSection(job.id, job.arrival, root, now)}
${historySection(job)}
${timeline(job, now)}
<div class="columns">
${jobFactsList(job)}
${totalsList(job)}
</div>`,
  })
}

/** What is wrong in a sentence or two. */
function verdict(job: JobDetail, now: number): Html {
  const { since, lastHour } = job
  const lost =
    lastHour.lostBatches === 0
      ? nothing
      : html` <b>${counted(lastHour.lostRecords, 'record')} lost</b> in the last hour, in ${counted(lastHour.lostBatches, 'batch', 'batches')}.`
  switch (job.trouble) {
    case 'disabled_by_failure':
      return html`Cloudflare disabled this job ${since === null ? nothing : html`<b>${ago(since, now)}</b> `}because its pushes failed. Its logs have been lost since then, and it stays disabled until someone re-enables it.${lost}`
    case 'losing_data':
      return html`Losing batches${since === null ? nothing : html` since about <b>${instant(since)}</b>`}.${
        job.failingSince === null
          ? ' The last push succeeded.'
          : html` Pushes failing since <b>${instant(job.failingSince)}</b> (first observed).`
      }${lost}`
    case 'not_arriving':
      return html`Cloudflare delivers without an error, but <b>nothing arrives</b> at the destination${since === null ? nothing : html`; the newest file ends ${ago(since, now)}`}. Cloudflare does not send these logs again.${lost}`
    case 'failing':
      return html`Pushes failing${since === null ? nothing : html` since <b>${instant(since)}</b> (${ago(since, now)})`}. Cloudflare keeps retrying.${lost}`
    case 'late':
      return html`Nothing delivered${since === null ? nothing : html` since <b>${instant(since)}</b>`}: longer than the limit of ${span(job.maxLagMs)}.${lost}`
    case 'never_delivered':
      return html`The job is enabled and has not delivered anything yet.${lost}`
    case 'unknown':
      return html`The jobs API doesn't list this job; only its upload statistics are known.${lost}`
    case 'off':
      return html`${disabledBy(job, now)}${lost}`
    case 'ok':
      return html`The job is delivering.${lost}`
  }
}

function disabledBy({ edits: [last] }: JobDetail, now: number): Html {
  return last?.action === 'disabled'
    ? html`Disabled by <b>${last.by}</b> ${ago(last.at, now)}.`
    : html`The job is disabled (not because of failures, as far as we know).`
}

function actions(job: JobDetail, { grafana }: PageContext, now: number): Html {
  const runbook = runbookOf(job, now)
  const advice = adviceFor(job)
  const links = [
    ...(runbook === null ? [] : [{ text: 'Runbook', href: runbookHref(root, runbook), strong: true }]),
    ...(advice === null
      ? []
      : [
          {
            text: 'Troubleshoot this destination',
            href: runbookHref(root, `destinations#${advice.anchor}`),
            strong: false,
          },
        ]),
    { text: 'Cloudflare', href: cloudflareUrl(job), strong: false },
    ...(grafana === null
      ? []
      : [{ text: 'Grafana', href: grafanaUrl(grafana, 'job', job.id), strong: false }]),
    { text: 'JSON', href: `${root}api/v1/jobs/${encodeURIComponent(job.id)}`, strong: false },
  ]
  return html`<ul class="actions">${links.map(
    ({ text, href, strong }) =>
      html`<li><a class="button${strong ? ' strong' : ''}" href="${href}">${text}</a></li>`,
  )}</ul>`
}

function blindNotice({ blind }: JobDetail, now: number): Html {
  if (blind === null) return nothing
  const what = blind.source === 'inventory' ? 'The state of this job' : 'The uploads of this job'
  return html`<p class="notice blind" role="status"><b>Old data:</b> ${what} could not be read for ${span(now - blind.since)}. <span class="error">${blind.message}</span></p>`
}

function errorCard(job: JobDetail, now: number): Html {
  const { reason, error, lastError } = job
  if (reason === null) return nothing
  return html`<section class="card wide" aria-labelledby="why"><h2 id="why">Last error</h2>
<p class="big">${reasonNames[reason]}</p>
<p class="error">${error ?? 'Cloudflare reports no message.'}</p>
<p class="quiet">${lastError === null ? nothing : html`${ago(lastError, now)}, at ${instant(lastError)}`}</p>${adviceLines(job)}</section>`
}

function adviceLines(job: JobDetail): Html {
  const advice = adviceFor(job)
  if (advice === null) return nothing
  return html`
<p><b>First check:</b> ${advice.text}${advice.command === null ? nothing : html`<br><code>${advice.command}</code>`}</p>`
}

/** The clock that runs from the first failure to the automatic disable. */
function clockCard({ failingSince, disableExpected, disabled }: JobDetail, now: number): Html {
  if (disabled !== null) {
    const how =
      disabled.how === 'notified' ? 'Cloudflare notified so' : 'it had been failing for 20 hours or more'
    return html`<section class="card" aria-labelledby="clock"><h2 id="clock">Disabled</h2>
<p class="big">${ago(disabled.at, now)}</p><p class="quiet">at ${instant(disabled.at)}; ${how}</p></section>`
  }
  if (disableExpected === null || failingSince === null) return nothing
  const begun = disableExpected.earliest - disableAfterMs
  const label = `Failing for up to ${span(now - begun)} of about 24 h`
  const { earliest, latest } = disableExpected
  return html`<section class="card" aria-labelledby="clock"><h2 id="clock">Cloudflare will disable it</h2>
<p class="big">${timeLeft(disableExpected, now)}</p>
${gauge({ part: (now - begun) / disableAfterMs, label, warnAt: 0.5, badAt: 20 / 24 })}
<p class="quiet">${isOneGuess(disableExpected) ? html`at ${instant(latest)}` : html`between ${instant(earliest)} and ${instant(latest)}`}: after about 24 h of failure, first observed at ${instant(failingSince)}</p></section>`
}

function lagCard(job: JobDetail): Html {
  const { lagMs, maxLagMs, lastComplete, facts } = job
  if (facts === null) return nothing
  const part = lagMs === null || maxLagMs === 0 ? null : lagMs / maxLagMs
  return html`<section class="card" aria-labelledby="lag"><h2 id="lag">Lag / limit</h2>
<p class="big">${lagText(job)}</p>
${part === null ? nothing : gauge({ part, label: `Lag ${lagText(job)}`, warnAt: 0.8, badAt: 1 })}
<p class="quiet">${lastComplete === null ? 'never delivered' : html`delivered up to ${instant(lastComplete)}`}</p></section>`
}

function lossCard({ lastHour: { lostBatches, lostRecords, retries, uploads } }: JobDetail): Html {
  return html`<section class="card" aria-labelledby="lost"><h2 id="lost">Lost in the last hour</h2>
<p class="big${lostBatches > 0 ? ' bad' : ''}">${lostBatches === 0 ? 'nothing' : counted(lostRecords, 'record')}</p>
<p class="quiet">${counted(lostBatches, 'batch', 'batches')} lost, ${amount(retries)} of ${counted(uploads, 'attempt')} retried</p></section>`
}

/** The moments that are known of the job, the latest first. */
function timeline(job: JobDetail, now: number): Html {
  const moments = [
    { at: job.disableExpected?.latest ?? null, text: 'Cloudflare will have disabled it by then' },
    { at: job.disabled?.at ?? null, text: 'disabled because it failed' },
    { at: job.lastError, text: 'last error' },
    { at: job.lastComplete, text: 'logs delivered up to this time' },
    { at: job.lastUpload, text: 'last upload attempt' },
    { at: job.failingSince, text: 'first observed error of the current failure' },
    { at: job.trouble === 'losing_data' ? job.since : null, text: 'first lost batch (±5 min)' },
    ...job.edits.map(({ at, action, by }) => ({ at, text: `${action} by ${by}` })),
    { at: job.facts?.firstSeen ?? null, text: 'first seen by the exporter' },
  ].flatMap(({ at, text }) => (at === null ? [] : [{ at, text }]))
  return html`<section aria-labelledby="moments"><h2 id="moments">Timeline</h2>
<ol class="timeline">${moments
    .sort((a, b) => b.at - a.at)
    .map(
      ({ at, text }) =>
        html`<li>${instant(at)} <span class="quiet">${at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`}</span> ${text}</li>`,
    )}</ol></section>`
}
