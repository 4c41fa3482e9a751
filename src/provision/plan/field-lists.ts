import { type Attempted, attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { accountOf, type Scope, scopeKey } from '../../domain/scope.ts'
import type { JobsApi } from '../../ports/cloudflare.ts'

export type FieldList = Attempted<readonly string[]>

export interface FieldLists {
  /** Those of an account or of its zones: whichever was asked for first answers for all of them. */
  common(scope: Scope, dataset: string): Promise<FieldList>
  /** Those of exactly this account or zone, which its plan may limit. */
  own(scope: Scope, dataset: string): Promise<FieldList>
}

export interface FieldListDeps {
  readonly jobs: Pick<JobsApi, 'datasetFields'>
  readonly call: Caller
}

/** Both methods throw when the program was told to stop, and never otherwise. */
export function createFieldLists({ jobs, call }: FieldListDeps): FieldLists {
  const advice = call.with({ reads: 'adviceRead' })
  const asked = new Map<string, Promise<FieldList>>()
  const firstOf = new Map<string, Scope>()
  const own: FieldLists['own'] = (scope, dataset) => {
    const key = `${scopeKey(scope)} ${dataset}`
    const known = asked.get(key)
    if (known !== undefined) return known
    const list = attempt(async () => {
      const fields = await advice.read((options) => jobs.datasetFields(scope, dataset, options))
      return [...fields.keys()]
    })
    asked.set(key, list)
    return list
  }
  return {
    own,
    common(scope, dataset) {
      const key = `${scope.kind} ${accountOf(scope).id} ${dataset}`
      const first = firstOf.get(key) ?? scope
      firstOf.set(key, first)
      return own(first, dataset)
    },
  }
}
