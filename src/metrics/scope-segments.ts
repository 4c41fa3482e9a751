/*
 * The rendered series of each scope, kept for as long as the scope's state is the same value. A poll of one scope
 * thus renders that scope's lines only, and a scrape copies bytes.
 */
import { type ScopeKey, scopeKey } from '../domain/scope.ts'
import type { ScopeState } from '../exporter/state/scope-state.ts'
import { arrivalMetrics } from './arrival-metrics.ts'
import { jobMetrics } from './job-metrics.ts'
import { jobViews, type SampleRules } from './job-view.ts'
import { lablabsMetrics } from './lablabs-metrics.ts'
import { scopeMetrics } from './scope-metrics.ts'

/** One buffer with the lines of all metrics, in the order of `scopeDefinitions`; `ends[i]` is where metric i's end. */
interface Segment {
  readonly bytes: Buffer
  readonly ends: Uint32Array
}

export function createScopeSegments(rules: () => SampleRules) {
  // By key, not by state: a poll under way holds on to old states, which must not hold on to old bytes.
  const rendered = new Map<ScopeKey, { readonly state: ScopeState; readonly segment: Segment }>()
  const isRendered = (state: ScopeState): boolean => rendered.get(scopeKey(state.scope))?.state === state
  const segmentOf = (state: ScopeState): Segment => {
    const key = scopeKey(state.scope)
    const known = rendered.get(key)
    if (known?.state === state) return known.segment
    const segment = render(state, rules())
    rendered.set(key, { state, segment })
    return segment
  }
  return {
    /** Renders what is not rendered yet; answers how many scopes that took, at most `most`. */
    prepare(scopes: Iterable<ScopeState>, most: number): number {
      let count = 0
      for (const state of scopes) {
        if (isRendered(state)) continue
        if (count >= most) break
        segmentOf(state)
        count += 1
      }
      return count
    },
    /** The lines of one metric, scope by scope. */
    *lines(scopes: Iterable<ScopeState>, metric: number): Iterable<Buffer> {
      for (const state of scopes) {
        const { bytes, ends } = segmentOf(state)
        const start = metric === 0 ? 0 : (ends[metric - 1] ?? 0)
        const end = ends[metric] ?? start
        if (end > start) yield bytes.subarray(start, end)
      }
    },
    /** Forgets everything rendered: the rules have changed. */
    clear: (): void => rendered.clear(),
    /** Forgets scopes that are watched no more. */
    keep(watched: { has(key: ScopeKey): boolean }): void {
      for (const key of rendered.keys()) if (!watched.has(key)) rendered.delete(key)
    },
  }
}

/** Renders in the order of `scopeDefinitions`. */
function render(state: ScopeState, rules: SampleRules): Segment {
  const jobs = jobViews(state, rules)
  const ends = new Uint32Array(
    jobMetrics.length + arrivalMetrics.length + scopeMetrics.length + lablabsMetrics.length,
  )
  let text = ''
  let bytes = 0
  let index = 0
  const add = (lines: string): void => {
    text += lines
    bytes += Buffer.byteLength(lines)
    ends[index] = bytes
    index += 1
  }
  for (const { lines } of [...jobMetrics, ...arrivalMetrics]) add(jobs.map(lines).join(''))
  for (const { lines } of scopeMetrics) add(lines(state))
  for (const { lines } of lablabsMetrics) add(rules.lablabs ? jobs.map(lines).join('') : '')
  return { bytes: Buffer.from(text), ends }
}
