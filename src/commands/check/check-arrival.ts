/* Tries, for each job whose destination the exporter is to read, whether it can: one call a place. */
import { type Attempted, attempt } from '../../access/attempt.ts'
import { settleAll } from '../../access/settle-all.ts'
import { arrivalTitle, readRight } from '../../domain/arrival/arrival-place.ts'
import type { ArrivalRule } from '../../domain/arrival/arrival-rule.ts'
import type { JobSummary } from '../../domain/job/job.ts'
import { type Scope, scopeKey, scopeTitle } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import { type ArrivalGroup, arrivalGroups } from '../../exporter/arrival/arrival-groups.ts'
import type { ArrivalReaders } from '../../exporter/arrival/arrival-readers.ts'
import { type Trial, tryPlace } from '../../exporter/arrival/place-trial.ts'
import type { ArrivalReport } from './report-shape.ts'

/** The jobs of one scope. */
export interface ScopeJobs {
  readonly scope: Scope
  readonly jobs: readonly JobSummary[]
}

export interface ArrivalProbe {
  readonly rules: readonly ArrivalRule[]
  readonly readers: ArrivalReaders
  readonly now: EpochMs
  readonly signal: AbortSignal
}

/** Places that are tried at the same time. */
const parallel = 8

/** A report on each job, in the order of the scopes; those that no rule names are told as well. */
export async function probeArrival(
  scopes: readonly ScopeJobs[],
  { rules, readers, now, signal }: ArrivalProbe,
): Promise<readonly ArrivalReport[]> {
  const groups = arrivalGroups(
    scopes.map(({ scope, jobs }) => ({
      scope,
      jobs: new Map(jobs.map((summary) => [summary.id, { summary }])),
    })),
    rules,
  )
  const found = new Map<string, Tried>()
  const queue = groups.values()
  const work = async (): Promise<void> => {
    for (const group of queue) {
      const trial = await attempt(() => tryPlace(group, readers, now, { signal }))
      for (const { id, scope } of group.jobs) found.set(`${scope} ${id}`, { group, trial })
    }
  }
  await settleAll(Array.from({ length: Math.min(parallel, groups.size) }, work))
  return scopes.flatMap(({ scope, jobs }) =>
    jobs.map(({ id, name }) => {
      const job = { scope: scopeTitle(scope), job_id: id, job: name }
      return { ...job, ...reportOf(found.get(`${scopeKey(scope)} ${id}`)) }
    }),
  )
}

interface Tried {
  readonly group: ArrivalGroup
  readonly trial: Attempted<Trial>
}

type Rest = Omit<ArrivalReport, 'scope' | 'job_id' | 'job'>

function reportOf(tried: Tried | undefined): Rest {
  const nothing = {
    place: null,
    reader: null,
    message: null,
    right: null,
    found: null,
    newest_file_end: null,
  }
  if (tried === undefined) return { state: 'not_watched', ...nothing }
  const { group, trial } = tried
  const known = { ...nothing, place: arrivalTitle(group.place), reader: group.rule.read.kind }
  if (trial.ok) {
    const { found, newestEnd } = trial.value
    return {
      ...known,
      state: 'works',
      found,
      newest_file_end: newestEnd === null ? null : new Date(newestEnd).toISOString(),
    }
  }
  const { kind, message } = trial.failure
  const right = kind === 'forbidden' ? readRight(group.place) : null
  return { ...known, state: right === null ? 'failed' : 'missing', message, right }
}
