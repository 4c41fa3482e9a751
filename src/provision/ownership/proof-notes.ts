import { describeDestination, parseDestination } from '../../domain/destination/destination.ts'
import { isDestinationKind, kindSpec } from '../../domain/destination/kinds.ts'
import { scopeTitle } from '../../domain/scope.ts'
import type { Plan } from '../plan/change.ts'
import { challengeKey } from './challenge-request.ts'
import { challengeOf } from './needed-proof.ts'
import { type OwnershipNeed, ownershipNeeds } from './ownership-needs.ts'

/** Destinations that a note names before it only counts the rest. */
const maxNamed = 5

/**
 * Which proofs of ownership an apply of this plan needs, and how it comes by them: one note for each way. Whether
 * the store lets a file be read is only known when there is one.
 */
export function proofNotes(plan: Plan): readonly string[] {
  const given = new Set(
    plan.changes.flatMap((change) => {
      const need = challengeOf(change)
      const isGiven =
        change.kind === 'job' && change.change !== 'delete' && change.desired.ownership.how === 'token'
      return need !== null && isGiven ? [challengeKey(need)] : []
    }),
  )
  const ways = new Map<string, OwnershipNeed[]>()
  for (const need of ownershipNeeds(plan)) {
    const how = wayOf(need, given.has(challengeKey(need)))
    ways.set(how, [...(ways.get(how) ?? []), need])
  }
  return [...ways].map(([how, needs]) => {
    const named = needs
      .slice(0, maxNamed)
      .map(
        ({ destinationConf, scope }) =>
          `${describeDestination(destinationConf).redacted} (${scopeTitle(scope)})`,
      )
    const more = needs.length > maxNamed ? ` and ${needs.length - maxNamed} more` : ''
    const count = needs.length === 1 ? 'a proof' : `${needs.length} proofs`
    return `apply needs ${count} of ownership: ${named.join(', ')}${more}; ${how}`
  })
}

function wayOf({ destinationConf }: OwnershipNeed, isGiven: boolean): string {
  if (isGiven) return 'the manifest gives the token'
  const { kind } = parseDestination(destinationConf.reveal())
  const spec = isDestinationKind(kind) ? kindSpec(kind) : null
  if (spec?.objects === undefined) {
    return 'the program cannot read it there: read it by hand and give ownership: { token: … }'
  }
  return 'it reads the challenge file with the credentials of this machine'
}
