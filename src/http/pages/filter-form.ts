import type { FilterOptions } from '../../exporter/view/filter-options.ts'
import { accountJobs, type JobQuery } from '../../exporter/view/job-query.ts'
import { stateNames } from './health-state-text.ts'
import { type Html, html, nothing } from './page.ts'
import { filterOf, queryHref, stateFilters } from './status-query.ts'

/** A list with more entries than this is asked for as text: nobody scrolls through it, and it would be most of the page. */
const maxOptions = 200

interface Choice {
  readonly value: string
  readonly text: string
}

/** The filter as a form that puts itself in the address. */
export function filterForm(options: FilterOptions, query: JobQuery, refresh: boolean): Html {
  const plain = (values: readonly string[]): readonly Choice[] =>
    values.map((value) => ({ value, text: value }))
  const zones = [{ value: accountJobs, text: 'none: account jobs' }, ...plain(options.zones)]
  const states = stateFilters.map((state) => ({ value: state, text: stateNames[state] }))
  const filtered = Object.values(filterOf(query)).some((part) => part !== null)
  return html`<details class="filter"${filtered ? { html: ' open' } : nothing}>
<summary>Filter jobs</summary>
<form method="get" action="./" role="search" aria-label="Jobs">
<p class="field wide"><label for="search">Search</label><input id="search" name="search" type="search" maxlength="200" value="${query.search ?? ''}" placeholder="name, id, zone, destination"></p>
${field('state', 'State', states, query.state)}
${field('account', 'Account', plain(options.accounts), query.account)}
${field('zone', 'Zone', zones, query.zone)}
${field('dataset', 'Dataset', plain(options.datasets), query.dataset)}
${field('destination', 'Destination', plain(options.destinations), query.destination)}
${refresh ? nothing : html`<input type="hidden" name="refresh" value="off">`}
<p class="field buttons"><button type="submit">Filter</button>${
    filtered ? html` <a href="${queryHref('./', {}, refresh)}">Show all</a>` : nothing
  }</p>
</form>
</details>`
}

function field(name: string, label: string, choices: readonly Choice[], value: string | null): Html {
  if (choices.length > maxOptions)
    return html`<p class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" maxlength="200" value="${value ?? ''}" placeholder="name or id"></p>`
  const chosen = value?.toLowerCase()
  const known = chosen === undefined || choices.some((choice) => choice.value.toLowerCase() === chosen)
  // An address may name what is not in the list, e.g. an id: it stays chosen.
  const all = known ? choices : [{ value: value ?? '', text: value ?? '' }, ...choices]
  return html`<p class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}">
<option value="">all</option>
${all.map(({ value: own, text }) => html`<option value="${own}"${own.toLowerCase() === chosen ? { html: ' selected' } : nothing}>${text}</option>`)}
</select></p>`
}
