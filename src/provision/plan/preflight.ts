import type { DesiredState } from '../resource/resource.ts'
import type { Plan } from './change.ts'
import { checkDestinations, type DestinationDeps } from './check-destinations.ts'
import { checkFields } from './check-fields.ts'
import { checkPolicies, type PolicyDeps } from './check-policies.ts'
import { checkToken, type TokenDeps } from './check-token.ts'
import type { FieldLists } from './field-lists.ts'
import { type Findings, noFindings, together } from './findings.ts'

/*
 * Asks Cloudflare, before anything is written, what would fail: fields and destinations of jobs that are new or
 * changed, alert types and mechanisms of policies that are new or changed, and the token itself. Nothing here writes,
 * and nothing is claimed that cannot be known: whether a webhook's receiver answers is only seen when it is made.
 * It never stands in the way of a plan: an answer that cannot be had is a note.
 */

export type PreflightDeps = DestinationDeps & PolicyDeps & TokenDeps

/** Throws only when the program was told to stop. */
export async function preflight(
  plan: Plan,
  desired: DesiredState,
  lists: FieldLists,
  deps: PreflightDeps,
): Promise<Findings> {
  if (plan.changes.length === 0) return noFindings
  return together([
    { problems: [], notes: await checkToken(desired, deps) },
    await checkFields(plan.changes, lists, deps.parallel),
    await checkDestinations(plan.changes, deps),
    await checkPolicies(plan.changes, deps),
  ])
}
