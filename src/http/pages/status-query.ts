/* What the address of a page or of the JSON API asks for. */

import { healthStates, needsHands } from '../../exporter/view/health-state.ts'
import type { JobFilter, JobQuery, StateFilter } from '../../exporter/view/job-query.ts'

/** What may stand in `state`, in the order of the list. */
export const stateFilters: readonly StateFilter[] = ['trouble', ...healthStates, 'blind']

interface QueryRules {
  readonly perPage: number
  readonly maxPerPage: number
}

/** A page shows a hundred jobs and takes no other number. */
export const pageRules: QueryRules = { perPage: 100, maxPerPage: 100 }
export const apiRules: QueryRules = { perPage: 100, maxPerPage: 1000 }

const textFilters = ['account', 'zone', 'dataset', 'destination', 'search'] as const
const known = new Set<string>([...textFilters, 'state', 'page', 'per_page', 'refresh'])

/** Reads the part of an address behind its question mark. */
export function parseStatusQuery(search: string, rules: QueryRules) {
  const parameters = new URLSearchParams(search)
  const problems: string[] = []
  for (const name of new Set(parameters.keys())) {
    if (!known.has(name)) problems.push(`unknown parameter "${name}"`)
    else if (parameters.getAll(name).length > 1) problems.push(`${name} is repeated`)
  }
  const text = (name: string): string | null => {
    const value = parameters.get(name)?.trim() ?? ''
    return value === '' ? null : value
  }
  const number = (name: string, fallback: number, most: number): number => {
    const value = text(name)
    if (value === null) return fallback
    if (/^[1-9]\d{0,8}$/.test(value) && Number(value) <= most) return Number(value)
    problems.push(`${name}: expected a whole number from 1${most < 1e9 ? ` to ${most}` : ''}`)
    return fallback
  }
  const query: JobQuery = {
    account: text('account'),
    zone: text('zone'),
    dataset: text('dataset'),
    destination: text('destination'),
    state: stateOf(text('state'), problems),
    search: text('search'),
    page: number('page', 1, 1e9),
    perPage: number('per_page', rules.perPage, rules.maxPerPage),
  }
  return {
    query,
    /** Whether the page refreshes itself. */
    refresh: text('refresh') !== 'off',
    /** What could not be understood, and was left out. */
    problems,
  }
}

function stateOf(text: string | null, problems: string[]): StateFilter | null {
  if (text === null) return null
  const state = stateFilters.find((one) => one === text.toLowerCase())
  if (state !== undefined) return state
  problems.push(`state: expected one of ${stateFilters.join(', ')}`)
  return null
}

/** The address of the list with a filter, on its first page unless another is named. */
export function queryHref(
  root: string,
  filter: Partial<JobFilter> & { readonly page?: number },
  refresh: boolean,
): string {
  const parameters = new URLSearchParams()
  for (const name of ['state', ...textFilters] as const) {
    const value = filter[name]
    if (value !== undefined && value !== null) parameters.set(name, value)
  }
  if (filter.page !== undefined && filter.page > 1) parameters.set('page', String(filter.page))
  if (!refresh) parameters.set('refresh', 'off')
  const text = parameters.toString()
  return text === '' ? root : `${root}?${text}`
}

/** Only the filter of a query. */
export function filterOf({ page: _, perPage: __, ...filter }: JobQuery): JobFilter {
  return filter
}

/** The states that need attention, for totals. */
export const troubleStates = healthStates.filter(needsHands)
