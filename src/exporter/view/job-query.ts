/* Which jobs a page shows: what its address asks for, and whether a job fits. */
import { accountOf } from '../../domain/scope.ts'
import { type HealthState, needsHands } from './health-state.ts'
import { blindness, type JobCandidate } from './job-status.ts'

/** `trouble`: any that needs attention. `blind`: jobs whose account or zone cannot be read now. */
export type StateFilter = HealthState | 'trouble' | 'blind'

/** Every part that is not null has to fit. Names and ids are compared without regard to case. */
export interface JobFilter {
  /** Name or id. */
  readonly account: string | null
  /** Name or id; `accountJobs` for jobs that belong to no zone. */
  readonly zone: string | null
  readonly dataset: string | null
  readonly destination: string | null
  readonly state: StateFilter | null
  /** Occurs in the job's name, id, zone, account or destination. */
  readonly search: string | null
}

export interface JobQuery extends JobFilter {
  /** From 1; one beyond the last shows the last. */
  readonly page: number
  readonly perPage: number
}

/** Stands for "no zone" in the filter; no zone can have this name. */
export const accountJobs = '-'

export function fits(filter: JobFilter): (sight: JobCandidate) => boolean {
  const wanted = {
    account: lower(filter.account),
    zone: lower(filter.zone),
    dataset: lower(filter.dataset),
    destination: lower(filter.destination),
    search: lower(filter.search),
  }
  return (sight) =>
    fitsState(sight, filter.state) &&
    fitsPlace(sight, wanted) &&
    is(wanted.dataset, sight.job?.summary.dataset) &&
    is(wanted.destination, sight.job?.summary.destinationType) &&
    fitsSearch(sight, wanted.search)
}

function fitsState(sight: JobCandidate, state: StateFilter | null): boolean {
  if (state === null) return true
  if (state === 'trouble') return needsHands(sight.trouble)
  if (state === 'blind') return blindness(sight.scope) !== null
  return sight.trouble === state
}

function fitsPlace(
  { scope: { scope, labels } }: JobCandidate,
  wanted: { readonly account: string | null; readonly zone: string | null },
): boolean {
  const account = accountOf(scope)
  if (!is(wanted.account, labels.account, account.name, account.id)) return false
  if (wanted.zone === accountJobs) return scope.kind === 'account'
  return wanted.zone === null || (scope.kind === 'zone' && is(wanted.zone, labels.zone, scope.name, scope.id))
}

function fitsSearch({ id, job, scope }: JobCandidate, wanted: string | null): boolean {
  if (wanted === null) return true
  const { account, zone } = scope.labels
  const texts = [job?.summary.name ?? '', id, zone, account, job?.summary.destination ?? '']
  return texts.some((text) => text.toLowerCase().includes(wanted))
}

function is(wanted: string | null, ...values: readonly (string | undefined)[]): boolean {
  return wanted === null || values.some((value) => value?.toLowerCase() === wanted)
}

function lower(text: string | null): string | null {
  return text?.toLowerCase() ?? null
}
