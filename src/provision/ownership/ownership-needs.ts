import type { Manifest } from '../manifest/part.ts'
import { changeAddress, type Plan } from '../plan/change.ts'
import { challengeKey } from './challenge-request.ts'
import { challengeOf, type NeededProof } from './needed-proof.ts'

/* For proving ownership by hand: which destinations of a manifest have to be proved, and for which jobs. */

export interface OwnershipNeed extends NeededProof {
  readonly jobs: readonly string[]
}

/**
 * The manifest's jobs alone, without the tokens that are only about to be made: a reference to a token's
 * file cannot be looked up before there is one, and the secrets of webhooks are not needed.
 */
export function withoutTokens({ parts }: Manifest): Manifest {
  return {
    parts: parts.map(({ source, value }) => {
      const { notifications: _, jobs, ...rest } = value
      if (jobs === undefined) return { source, value: rest }
      return { source, value: { ...rest, jobs: jobs.map(({ ownership: _token, ...job }) => job) } }
    }),
  }
}

/** What apply would need proved for this plan; jobs that share scope and destination share a proof. */
export function ownershipNeeds(plan: Plan): readonly OwnershipNeed[] {
  const needs = new Map<string, OwnershipNeed>()
  for (const change of plan.changes) {
    const need = challengeOf(change)
    if (need === null) continue
    const { name } = changeAddress(change)
    const jobs = [...(needs.get(challengeKey(need))?.jobs ?? []), name]
    needs.set(challengeKey(need), { ...need, jobs })
  }
  return [...needs.values()]
}
