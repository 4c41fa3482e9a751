/*
 * The rendered series of each scope, kept for as long as the scope's state is the same value. A poll of one scope
 * thus renders that scope's lines only, and a scrape puts texts together.
 */
import type { ScopeKey } from '../domain/scope.ts'
import { jobIds, type ScopeState } from '../exporter/state/scope-state.ts'
import { arrivalMetrics } from './arrival-metrics.ts'
import { jobMetrics } from './job-metrics.ts'
import { type JobView, jobViews, type SampleRules } from './job-view.ts'
import { lablabsMetrics } from './lablabs-metrics.ts'
import type { Metric } from './metric.ts'
import { type Identities, packLines, unpackLines } from './packed-lines.ts'
import { scopeMetrics } from './scope-metrics.ts'

/** The lines of one scope, packed, metric by metric in the order of `scopeDefinitions`. */
export interface Segment {
  readonly identities: Identities
  readonly packed: readonly string[]
  /** Of all lines, unpacked and as UTF-8. */
  readonly bytes: number
}

type Scopes = ReadonlyMap<ScopeKey, ScopeState>

/** At most so many jobs are rendered in one go: a few milliseconds. A scope is never parted. */
const jobsAtOnce = 60

export function createScopeSegments(rules: () => SampleRules) {
  // By key, not by state: a poll under way holds on to old states, which must not hold on to old lines.
  const rendered = new Map<ScopeKey, { readonly state: ScopeState; readonly segment: Segment }>()
  const segmentOf = (key: ScopeKey, state: ScopeState): Segment => {
    const known = rendered.get(key)
    if (known?.state === state) return known.segment
    const segment = render(state, rules())
    rendered.set(key, { state, segment })
    return segment
  }
  return {
    /** Renders some of what is not rendered yet; whether any is left. */
    prepareSome(scopes: Scopes): boolean {
      let jobs = 0
      for (const [key, state] of scopes) {
        if (rendered.get(key)?.state === state) continue
        if (jobs >= jobsAtOnce) return true
        segmentOf(key, state)
        jobs += 1 + [...jobIds(state)].length
      }
      return false
    },
    /** The segments of all scopes as they are now: rendered if need be, and never changed again. */
    take: (scopes: Scopes): readonly Segment[] => [...scopes].map(([key, state]) => segmentOf(key, state)),
    /** Forgets everything rendered: the rules have changed. */
    clear: (): void => rendered.clear(),
    /** Forgets scopes that are watched no more. */
    keep(watched: { has(key: ScopeKey): boolean }): void {
      for (const key of rendered.keys()) if (!watched.has(key)) rendered.delete(key)
    },
  }
}

/** The lines that a scope has of one metric, by the metric's place in `scopeDefinitions`. */
export function linesIn({ identities, packed }: Segment, name: string, metric: number): string {
  return unpackLines(name, identities, packed[metric] ?? '')
}

function render(state: ScopeState, rules: SampleRules): Segment {
  const jobs = jobViews(state, rules)
  const identities = jobs.map(({ identity }) => identity)
  const packed: string[] = []
  let bytes = 0
  const add = (name: string, lines: readonly string[]): void => {
    for (const own of lines) bytes += Buffer.byteLength(own)
    packed.push(packLines(name, identities, lines))
  }
  const addJobs = ({ name, lines }: Metric<JobView>): void => add(name, jobs.map(lines))
  for (const metric of [...jobMetrics, ...arrivalMetrics]) addJobs(metric)
  for (const { name, lines } of scopeMetrics) add(name, [lines(state)])
  for (const metric of lablabsMetrics) rules.lablabs ? addJobs(metric) : add(metric.name, [])
  return { identities, packed, bytes }
}
