import { isoSeconds } from '../api/json-shape.ts'
import { type AccountCall, type Answer, accountRoute, type Route } from '../api/route.ts'
import { simErrors } from '../api/sim-error.ts'
import type { ScopeRef } from '../world/world-spec.ts'
import { accountIdOf, type WorldState } from '../world/world-state.ts'

/** Transformers of accounts. Their SQL is not kept: nothing here rewrites a record. */
export const transformerRoutes: readonly Route[] = [
  accountRoute('GET', '/logpush/transformers', 'list_transformers', ['logs_write'], list),
]

function list({ world: { state }, accountId }: AccountCall): Answer {
  const users = (id: number) =>
    [...state.jobs.values()]
      .filter((job) => job.deletedAtMs === null && job.fields.transformer_id === id)
      .map((job) => ({
        id: job.id,
        name: job.fields.name ?? '',
        object_tag: job.scope.id,
        object_type: job.scope.kind,
      }))
  const own = state.transformers.filter((one) => one.accountId === accountId)
  const at = isoSeconds(state.startMs)
  return {
    result: own.map(({ id, name, dataset }) => ({
      ...{ id, name, dataset, description: '', created_at: at, updated_at: at },
      associated_jobs: users(id),
    })),
  }
}

/** @throws SimError where a job names a transformer that it cannot use. */
export function requireTransformer(
  state: WorldState,
  scope: ScopeRef,
  { transformer_id: id, dataset }: Readonly<Record<string, unknown>>,
): void {
  if (typeof id !== 'number' || id === 0) return
  const account = accountIdOf(state, scope)
  const found = state.transformers.find((one) => one.id === id && one.accountId === account)
  if (found === undefined) throw simErrors.invalid(`transformer ${id} not found for this account`)
  if (found.dataset !== dataset)
    throw simErrors.invalid(
      `transformer ${id} dataset "${found.dataset}" does not match job dataset "${dataset}"`,
    )
}
