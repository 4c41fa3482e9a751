import type { ScopeState } from '../state/scope-state.ts'
import type { JobCandidate } from './job-status.ts'

/** What there is to filter jobs by, sorted, without doubles. */
export interface FilterOptions {
  readonly accounts: readonly string[]
  readonly zones: readonly string[]
  readonly datasets: readonly string[]
  readonly destinations: readonly string[]
}

export function filterOptions(sights: readonly JobCandidate[]): FilterOptions {
  const accounts = new Set<string>()
  const zones = new Set<string>()
  const datasets = new Set<string>()
  const destinations = new Set<string>()
  let last: ScopeState | null = null
  for (const { job, scope } of sights) {
    // Jobs of one scope stand together.
    if (scope !== last) {
      accounts.add(scope.labels.account)
      if (scope.scope.kind === 'zone') zones.add(scope.labels.zone)
      last = scope
    }
    if (job === null) continue
    datasets.add(job.summary.dataset)
    destinations.add(job.summary.destinationType)
  }
  const sorted = (values: ReadonlySet<string>): readonly string[] => [...values].sort()
  return {
    accounts: sorted(accounts),
    zones: sorted(zones),
    datasets: sorted(datasets),
    destinations: sorted(destinations),
  }
}
