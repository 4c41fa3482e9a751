import type { JsonValue } from '../resource/json-value.ts'
import type { Problem } from '../resource/problem.ts'
import type { Address } from '../resource/resource.ts'
import { type Change, type ChangeName, changeAddress, countChanges, type Plan } from './change.ts'
import type { Objection } from './guard.ts'
import { lossesOf } from './losses.ts'

/*
 * A plan as JSON, for programs. Fields are added in later versions, never taken away or renamed:
 * - `changes`: in the order in which they are done. `change` is create, update, replace, adopt or delete;
 *   `kind` is job, webhook or policy; `id` is that of the live object, null for a new one; each of `fields` has
 *   the path as in a manifest, and both sides, null where it is not set. A secret is only "(secret)" or
 *   "(secret changed)".
 * - `summary`: how many of each change, and how many objects are as wanted.
 *   A delete has `lost`: what is gone with the object.
 * - `left_over`: owned objects that nothing declares and nothing deletes. `proofs`: proofs of ownership that an apply
 *   needs, and how it comes by each (`how` is token, read or by_hand); `problem` says why one cannot be had.
 * - `notes`: what else there is to know. `objections`: what the guard has against it.
 * - `problems`: what stands in the manifest that Cloudflare would refuse, or that is doubtful. With a `level` of
 *   error among them the plan cannot be applied.
 */

export interface ShownPlan {
  readonly plan: Plan
  readonly objections: readonly Objection[]
  readonly problems: readonly Problem[]
  readonly proofs?: readonly ProofJson[]
}

export interface PlanJson {
  readonly changes: readonly ChangeJson[]
  readonly left_over: readonly ObjectJson[]
  readonly proofs: readonly ProofJson[]
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

export interface ObjectJson {
  readonly kind: string
  readonly name: string
  readonly scope: { readonly kind: string; readonly id: string; readonly name: string }
  readonly id: string | null
}

export interface ChangeJson extends ObjectJson {
  readonly change: ChangeName
  readonly fields: readonly { readonly path: string; readonly from: JsonValue; readonly to: JsonValue }[]
  readonly lost?: Readonly<Record<string, string>>
}

export interface ProofJson {
  readonly destination: string
  readonly scope: ObjectJson['scope']
  readonly jobs: readonly string[]
  readonly how: 'token' | 'read' | 'by_hand'
  /** Null: nothing is known that keeps it from being had. */
  readonly problem: string | null
}

export function planJson({ plan, objections, problems, proofs = [] }: ShownPlan): PlanJson {
  return {
    changes: plan.changes.map(changeJson),
    left_over: plan.leftOver.map(({ id, resource }) => objectJson(resource, id)),
    proofs,
    summary: { ...countChanges(plan), unchanged: plan.unchanged },
    notes: plan.notes,
    objections,
    problems: problems.map(({ at, level, message }) => ({ level, ...at, message })),
  }
}

export function changeJson(change: Change): ChangeJson {
  const lost = lossesOf(change).map(([name, text]) => [name.replaceAll(' ', '_'), text])
  return {
    change: change.change,
    ...objectJson(changeAddress(change), change.change === 'create' ? null : change.actual.id),
    fields: change.fields,
    ...(lost.length === 0 ? {} : { lost: Object.fromEntries(lost) }),
  }
}

function objectJson({ kind, name, scope }: Address, id: string | null): ObjectJson {
  return { kind, name, scope: { kind: scope.kind, id: scope.id, name: scope.name }, id }
}
