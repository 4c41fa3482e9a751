/* Which places are to be read: those of jobs that a rule names, jobs of one folder together. Pure. */
import { type ArrivalPlace, arrivalKey, placeFor } from '../../domain/arrival/arrival-place.ts'
import { type ArrivalRule, ruleFor } from '../../domain/arrival/arrival-rule.ts'
import type { JobId, JobSummary } from '../../domain/job/job.ts'
import { accountOf, type Scope, type ScopeKey, scopeKey } from '../../domain/scope.ts'

export interface ArrivalGroup {
  /** Of the place. */
  readonly key: string
  readonly place: ArrivalPlace
  /** That of the first job. */
  readonly rule: ArrivalRule
  /** By number, so that the first stays the first. */
  readonly jobs: readonly { readonly id: JobId; readonly scope: ScopeKey }[]
}

/** How the destination of a job is read, and where; null: it is not watched. */
export function arrivalOf(
  rules: readonly ArrivalRule[],
  { id, name, dataset, destinationType, place: own }: JobSummary,
  { scope }: Pick<WatchedScope, 'scope'>,
): { readonly rule: ArrivalRule; readonly place: ArrivalPlace } | null {
  const rule = ruleFor(rules, {
    jobId: id,
    jobName: name,
    dataset,
    zone: scope.kind === 'zone' ? scope : null,
    account: accountOf(scope),
    destinationType,
    bucket: own?.bucket ?? null,
  })
  const place = rule === null ? null : placeFor(rule.read, own)
  return rule === null || place === null ? null : { rule, place }
}

/** A scope as far as its destinations are concerned. */
export interface WatchedScope {
  readonly scope: Scope
  readonly jobs: ReadonlyMap<JobId, { readonly summary: JobSummary }>
}

export function arrivalGroups(
  scopes: Iterable<WatchedScope>,
  rules: readonly ArrivalRule[],
): ReadonlyMap<string, ArrivalGroup> {
  const groups = new Map<string, ArrivalGroup>()
  if (rules.length === 0) return groups
  const found = [...scopes].flatMap((state) =>
    [...state.jobs.values()].flatMap(({ summary }) => {
      const watched = arrivalOf(rules, summary, state)
      return watched === null ? [] : [{ ...watched, id: summary.id, scope: scopeKey(state.scope) }]
    }),
  )
  for (const { id, scope, place, rule } of found.sort((a, b) => byNumber(a.id, b.id))) {
    const key = arrivalKey(place)
    const group = groups.get(key)
    groups.set(
      key,
      group === undefined
        ? { key, place, rule, jobs: [{ id, scope }] }
        : { ...group, jobs: [...group.jobs, { id, scope }] },
    )
  }
  return groups
}

function byNumber(a: JobId, b: JobId): number {
  return a.length - b.length || (a < b ? -1 : 1)
}
