import { describeDestination, parseDestination } from '../../domain/destination/destination.ts'
import { isDestinationKind, kindSpec } from '../../domain/destination/kinds.ts'
import { scopeTitle } from '../../domain/scope.ts'
import { someOf } from '../../domain/some-of.ts'
import type { Plan } from '../plan/change.ts'
import type { ProofJson } from '../plan/plan-json.ts'
import { challengeKey } from './challenge-request.ts'
import { challengeOf } from './needed-proof.ts'
import { type OwnershipNeed, ownershipNeeds } from './ownership-needs.ts'

/** Destinations that a note names before it only counts the rest. */
const maxNamed = 5

export interface PlannedProof {
  readonly need: OwnershipNeed
  /** `read`: by this machine, where the challenge file lies. */
  readonly how: ProofJson['how']
  /** Why it cannot be had, as far as was asked; null otherwise. */
  readonly problem: string | null
}

/** The proofs of ownership that an apply of this plan needs, and how it comes by each. */
export function plannedProofs(plan: Plan): readonly PlannedProof[] {
  const given = new Set(
    plan.changes.flatMap((change) => {
      const need = challengeOf(change)
      const isGiven =
        change.kind === 'job' && change.change !== 'delete' && change.desired.ownership.how === 'token'
      return need !== null && isGiven ? [challengeKey(need)] : []
    }),
  )
  return ownershipNeeds(plan).map((need) => {
    const how = given.has(challengeKey(need)) ? 'token' : isReadable(need) ? 'read' : 'by_hand'
    return { need, how, problem: null }
  })
}

function isReadable({ destinationConf }: OwnershipNeed): boolean {
  const { kind } = parseDestination(destinationConf.reveal())
  return isDestinationKind(kind) && kindSpec(kind).objects !== undefined
}

const ways: Readonly<Record<ProofJson['how'], string>> = {
  token: 'the manifest gives the token',
  read: 'it reads the challenge file with the credentials of this machine',
  by_hand: 'the program cannot read it there: read it by hand and give ownership: { token: … }',
}

export function proofNotes(proofs: readonly PlannedProof[]): readonly string[] {
  const groups = new Map<string, OwnershipNeed[]>()
  for (const { need, how, problem } of proofs) {
    const way =
      problem === null
        ? ways[how]
        : `${ways[how]}, which fails now: ${problem}; or give ownership: { token: … }`
    groups.set(way, [...(groups.get(way) ?? []), need])
  }
  return [...groups].map(([how, needs]) => {
    const named = needs.map(
      ({ destinationConf, scope }) =>
        `${describeDestination(destinationConf).redacted} (${scopeTitle(scope)})`,
    )
    const count = needs.length === 1 ? 'a proof' : `${needs.length} proofs`
    return `apply needs ${count} of ownership: ${someOf(named, maxNamed)}; ${how}`
  })
}

export function proofJson({ need, how, problem }: PlannedProof): ProofJson {
  const { kind, id, name } = need.scope
  const destination = describeDestination(need.destinationConf).redacted
  return { destination, scope: { kind, id, name }, jobs: need.jobs, how, problem }
}
