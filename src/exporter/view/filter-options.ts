import type { JobCandidate } from './job-status.ts'

export type FilterOptions = ReturnType<typeof filterOptions>

/** What there is to filter jobs by, sorted, without doubles. */
export function filterOptions(sights: readonly JobCandidate[]) {
  const scopes = [...new Set(sights.map(({ scope }) => scope))]
  const summaries = sights.flatMap(({ job }) => job?.summary ?? [])
  return {
    accounts: sorted(scopes.map(({ labels }) => labels.account)),
    zones: sorted(scopes.filter(({ scope }) => scope.kind === 'zone').map(({ labels }) => labels.zone)),
    datasets: sorted(summaries.map(({ dataset }) => dataset)),
    destinations: sorted(summaries.map(({ destinationType }) => destinationType)),
  }
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort()
}
