import { describe, type FileProblem, type Positioned, unknownKey } from '../domain/positioned.ts'
import { readMatch, showMatch } from './job-match.ts'
import { expectation, type NodeReading } from './setting.ts'
import type { Kind } from './setting-kinds.ts'

/** Which jobs an override is for: all that is given must be equal. Accounts and zones by id or name. */
export interface JobMatch {
  readonly jobId?: string
  readonly jobName?: string
  readonly dataset?: string
  readonly zone?: string
  readonly account?: string
}

/** Other limits for some jobs; in a list, the first that matches counts. */
export interface JobOverride {
  readonly match: JobMatch
  readonly maxLagMs: number
}

const matchKeys = {
  job_id: 'jobId',
  job_name: 'jobName',
  dataset: 'dataset',
  zone: 'zone',
  account: 'account',
} as const satisfies Record<string, keyof JobMatch>

/** Overrides as the file writes them, in one line. */
export function showOverrides(overrides: readonly JobOverride[], lag: Kind<number>): string {
  const texts = overrides.map(({ match, maxLagMs }) => {
    return `{match: ${showMatch(match, matchKeys)}, max_lag: ${lag.write(maxLagMs)}}`
  })
  return texts.join(', ') || 'none'
}

type Problems = FileProblem[]

/** Reads the list under `job.overrides`, with all its errors. */
export function jobOverrides(lag: Kind<number>): (node: Positioned) => NodeReading<readonly JobOverride[]> {
  return (node) => {
    if (node.kind !== 'list') return wrong([{ at: node.at, message: expectation('a list', describe(node)) }])
    const problems: Problems = []
    const overrides = node.items.map((item) => readOverride(item, lag, problems))
    return problems.length > 0
      ? wrong(problems)
      : { ok: true, value: overrides.filter((one) => one !== null) }
  }
}

function wrong(problems: Problems): { readonly ok: false; readonly problems: Problems } {
  return { ok: false, problems }
}

function readOverride(item: Positioned, lag: Kind<number>, problems: Problems): JobOverride | null {
  if (item.kind !== 'map') {
    problems.push({ at: item.at, message: expectation('a mapping with match and max_lag', describe(item)) })
    return null
  }
  let match: JobMatch | null = null
  let maxLagMs: number | null = null
  for (const { key, keyAt, value } of item.entries) {
    if (key === 'match') match = readMatch(value, matchKeys, problems)
    else if (key === 'max_lag') maxLagMs = readLag(value, lag, problems)
    else problems.push({ at: keyAt, message: unknownKey(key, ['match', 'max_lag']) })
  }
  const given = new Set(item.entries.map(({ key }) => key))
  for (const key of ['match', 'max_lag']) {
    if (!given.has(key)) problems.push({ at: item.at, message: `"${key}" is missing` })
  }
  return match === null || maxLagMs === null ? null : { match, maxLagMs }
}

function readLag(node: Positioned, lag: Kind<number>, problems: Problems): number | null {
  const reading = node.kind === 'scalar' && node.type !== 'nothing' ? lag.read(node.text) : null
  if (reading?.ok === true) return reading.value
  problems.push({ at: node.at, message: expectation(lag.expected, describe(node), reading?.hint) })
  return null
}
