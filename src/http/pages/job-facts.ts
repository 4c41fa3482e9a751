/* What a job is, and what was counted of it. */
import type { JobDetail } from '../../exporter/view/job-status.ts'
import { type Html, type HtmlValue, html } from './page.ts'
import { amount, byteAmount, counted, instant, share, span } from './readable.ts'

type Fact = readonly [string, HtmlValue]

export function jobFactsList(job: JobDetail): Html {
  const { facts, account, zone, dataAt } = job
  const place: readonly Fact[] = [
    ['Job id', job.id],
    ['Account', html`${account.name} <span class="quiet">${account.id}</span>`],
    ...(zone === null ? [] : [['Zone', html`${zone.name} <span class="quiet">${zone.id}</span>`] as const]),
  ]
  if (facts === null) return list('job-facts', 'The job', place)
  const interval = facts.maxUploadIntervalSeconds
  const [last] = job.edits
  return list('job-facts', 'The job', [
    ...place,
    ['Dataset', facts.kind === '' ? facts.dataset : `${facts.dataset} (${facts.kind})`],
    ['Destination', html`${facts.destinationType} <code>${facts.destination}</code>`],
    ...(job.destinationExpiry === null
      ? []
      : [['Credential expires', instant(job.destinationExpiry)] as const]),
    ['Enabled', facts.enabled ? 'yes' : 'no'],
    ...(last === undefined
      ? []
      : [['Changed', html`by ${last.by}, ${instant(last.at)} (${last.action})`] as const]),
    [
      'Max. time between uploads',
      interval === null || interval === 0 ? 'Cloudflare default' : span(interval * 1000),
    ],
    ['Max. lag', span(job.maxLagMs)],
    ['First seen', instant(facts.firstSeen)],
    ['Last listed', dataAt.inventory === null ? 'not yet' : instant(dataAt.inventory)],
    ['Uploads counted up to', dataAt.health === null ? 'not yet' : instant(dataAt.health)],
  ])
}

export function totalsList({ totals, answers }: JobDetail): Html {
  const sum = (outcome: string | null): number =>
    answers.reduce((all, one) => all + (outcome === null || one.outcome === outcome ? one.uploads : 0), 0)
  const [attempts, delivered, lost] = [sum(null), sum('delivered'), sum('lost')]
  return html`<section class="card" aria-labelledby="totals"><h2 id="totals">Totals since first seen</h2>
${definitions([
  ['Batches delivered', amount(delivered)],
  ['Batches lost', html`${amount(lost)} <span class="quiet">${share(lost, lost + delivered)}</span>`],
  [
    'Attempts',
    html`${amount(attempts)} <span class="quiet">${share(sum('retried'), attempts)} retried</span>`,
  ],
  ['Records delivered', amount(totals.records)],
  ['Records lost', amount(totals.recordsLost)],
  ['Volume', `${byteAmount(totals.bytes)}, ${byteAmount(totals.compressedBytes)} compressed`],
  ['Average attempt', attempts === 0 ? '–' : `${(totals.uploadSeconds / attempts).toFixed(2)} s`],
  ...(totals.sampleInterval !== null && totals.sampleInterval > 1
    ? [['Sampled', `1 in ${amount(totals.sampleInterval)}: counts are estimates`] as const]
    : []),
])}
<h3>Destination responses</h3>
<ul class="answers">${answers
    .slice(0, 12)
    .map(
      ({ status, outcome, uploads }) =>
        html`<li><code>${status}</code> ${outcome} <span class="quiet">${counted(uploads, 'time')}</span></li>`,
    )}</ul></section>`
}

function list(id: string, title: string, facts: readonly Fact[]): Html {
  return html`<section class="card" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${definitions(facts)}</section>`
}

/** Terms and what they are here. */
export function definitions(facts: readonly Fact[]): Html {
  return html`<dl>${facts.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`
}
