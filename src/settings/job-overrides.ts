import { list, mapping, type NodeReading, type Problems, readingOf } from '../domain/file-reader.ts'
import type { Positioned } from '../domain/positioned.ts'
import { type JobMatch, jobMatchKeys, readMatch, showMatch } from './job-match.ts'
import { type Kind, readValue } from './setting-kinds.ts'

/** Other limits for some jobs; in a list, the first that matches counts. */
export interface JobOverride {
  readonly match: JobMatch
  readonly maxLagMs: number
}

/** Overrides as the file writes them, in one line. */
export function showOverrides(overrides: readonly JobOverride[], lag: Kind<number>): string {
  const texts = overrides.map(({ match, maxLagMs }) => {
    return `{match: ${showMatch(match, jobMatchKeys)}, max_lag: ${lag.write(maxLagMs)}}`
  })
  return texts.join(', ') || 'none'
}

/** Reads the list under `job.overrides`, with all its errors. */
export function jobOverrides(lag: Kind<number>): (node: Positioned) => NodeReading<readonly JobOverride[]> {
  return (node) => {
    const problems: Problems = []
    const overrides = list(node, problems, (item) => readOverride(item, lag, problems))
    return readingOf(overrides, problems)
  }
}

function readOverride(item: Positioned, lag: Kind<number>, problems: Problems): JobOverride | null {
  let match: JobMatch | null = null
  let maxLagMs: number | null = null
  const readers = {
    match: (node: Positioned) => {
      match = readMatch(node, jobMatchKeys, problems)
    },
    max_lag: (node: Positioned) => {
      maxLagMs = readValue(node, lag, problems)
    },
  }
  mapping(item, problems, readers, ['match', 'max_lag'])
  return match === null || maxLagMs === null ? null : { match, maxLagMs }
}
