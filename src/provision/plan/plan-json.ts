import type { JsonValue } from '../resource/json-value.ts'
import type { Problem } from '../resource/problem.ts'
import { type Change, type ChangeName, changeAddress, countChanges, type Plan } from './change.ts'
import type { Objection } from './guard.ts'

/*
 * A plan as JSON, for programs. Fields are added in later versions, never taken away or renamed:
 * - `changes`: in the order in which they are done. `change` is create, update, replace, adopt or delete;
 *   `kind` is job, webhook or policy; `id` is that of the live object, null for a new one; each of `fields` has
 *   the path as in a manifest, and both sides, null where it is not set. A secret is only "(secret)" or
 *   "(secret changed)".
 * - `summary`: how many of each change, and how many objects are as wanted.
 * - `notes`: what else there is to know. `objections`: what the guard has against it.
 * - `problems`: what stands in the manifest that Cloudflare would refuse, or that is doubtful. With a `level` of
 *   error among them the plan cannot be applied.
 */

/** A plan and what is to be said with it. */
export interface ShownPlan {
  readonly plan: Plan
  readonly objections: readonly Objection[]
  readonly problems: readonly Problem[]
}

export interface PlanJson {
  readonly changes: readonly ChangeJson[]
  readonly summary: Readonly<Record<ChangeName | 'unchanged', number>>
  readonly notes: readonly string[]
  readonly objections: readonly Objection[]
  readonly problems: readonly ProblemJson[]
}

export interface ProblemJson {
  readonly level: Problem['level']
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface ChangeJson {
  readonly change: ChangeName
  readonly kind: string
  readonly name: string
  readonly scope: { readonly kind: string; readonly id: string; readonly name: string }
  readonly id: string | null
  readonly fields: readonly { readonly path: string; readonly from: JsonValue; readonly to: JsonValue }[]
}

export function planJson({ plan, objections, problems }: ShownPlan): PlanJson {
  return {
    changes: plan.changes.map(changeJson),
    summary: { ...countChanges(plan), unchanged: plan.unchanged },
    notes: plan.notes,
    objections,
    problems: problems.map(({ at, level, message }) => ({ level, ...at, message })),
  }
}

export function changeJson(change: Change): ChangeJson {
  const { kind, name, scope } = changeAddress(change)
  return {
    change: change.change,
    kind,
    name,
    scope: { kind: scope.kind, id: scope.id, name: scope.name },
    id: change.change === 'create' ? null : change.actual.id,
    fields: change.fields,
  }
}
