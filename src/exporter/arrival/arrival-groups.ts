/* Which places are to be read: those of jobs that a rule names, jobs of one folder together. Pure. */
import { type ArrivalRule, ruleFor } from '../../domain/arrival/arrival-rule.ts'
import { placeKey, type StorePlace } from '../../domain/destination/store-place.ts'
import type { JobId, JobSummary } from '../../domain/job/job.ts'
import { accountOf, type ScopeKey, scopeKey } from '../../domain/scope.ts'
import type { ScopeState } from '../state/scope-state.ts'

export interface ArrivalGroup {
  /** Of the place. */
  readonly key: string
  readonly place: StorePlace
  /** That of the first job. */
  readonly rule: ArrivalRule
  /** By number, so that the first stays the first. */
  readonly jobs: readonly { readonly id: JobId; readonly scope: ScopeKey }[]
}

/** The rule of a job whose destination can be read; null: it is not watched. */
export function arrivalRule(
  rules: readonly ArrivalRule[],
  { id, name, dataset, destinationType, place }: JobSummary,
  { scope }: Pick<ScopeState, 'scope'>,
): ArrivalRule | null {
  if (place === null) return null
  return ruleFor(rules, {
    jobId: id,
    jobName: name,
    dataset,
    zone: scope.kind === 'zone' ? scope : null,
    account: accountOf(scope),
    destinationType,
    bucket: place.bucket,
  })
}

export function arrivalGroups(
  scopes: Iterable<ScopeState>,
  rules: readonly ArrivalRule[],
): ReadonlyMap<string, ArrivalGroup> {
  const groups = new Map<string, ArrivalGroup>()
  if (rules.length === 0) return groups
  const found = [...scopes].flatMap((state) =>
    [...state.jobs.values()].flatMap(({ summary }) => {
      const rule = arrivalRule(rules, summary, state)
      if (rule === null || summary.place === null) return []
      return [{ id: summary.id, scope: scopeKey(state.scope), place: summary.place, rule }]
    }),
  )
  for (const { id, scope, place, rule } of found.sort((a, b) => byNumber(a.id, b.id))) {
    const key = placeKey(place)
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
