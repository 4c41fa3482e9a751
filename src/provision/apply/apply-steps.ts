import { describeDestination } from '../../domain/destination/destination.ts'
import { accountOf, scopeKey } from '../../domain/scope.ts'
import { type ChallengeNeed, challengeKey } from '../ownership/challenge-request.ts'
import { challengeOf, type NeededProof } from '../ownership/needed-proof.ts'
import { type Change, changeAddress, changeKey } from '../plan/change.ts'

/*
 * A plan as steps with what each has to wait for: webhooks, challenges, jobs, policies, then deletes. A
 * step whose dependency was not done is left out, and all others go on. Pure.
 *
 * - A job waits for the proof that its destination is ours.
 * - A policy waits for the webhooks of its account that it names.
 * - A delete waits for everything else of its kind in its scope: what is renamed or moved is made before
 *   the old object goes, so a failure leaves the old one at work.
 * - A webhook is deleted only after the policies of its account have been changed or deleted.
 */

export type Step =
  | {
      readonly kind: 'challenge'
      readonly key: string
      readonly need: NeededProof
      readonly after: readonly string[]
    }
  | {
      readonly kind: 'change'
      readonly key: string
      readonly change: Change
      readonly after: readonly string[]
    }

export function stepsOf(changes: readonly Change[]): readonly Step[] {
  const edits = changes.filter(({ change }) => change !== 'delete')
  const deletes = changes.filter(({ change }) => change === 'delete')
  const challenges = challengeSteps(edits)
  const ofKind = (kind: Change['kind']) => edits.filter((change) => change.kind === kind)
  const step = (change: Change): Step => ({
    kind: 'change',
    key: changeKey(change),
    change,
    after: dependencies(change, changes, challenges),
  })
  return [
    ...ofKind('webhook').map(step),
    ...challenges.map(({ step: challenge }) => challenge),
    ...ofKind('job').map(step),
    ...ofKind('policy').map(step),
    ...deletes.map(step),
  ]
}

/** The challenge that apply requests for a change; null also for a job whose token was read by hand. */
function automaticChallenge(change: Change): NeededProof | null {
  if (change.kind !== 'job' || change.change === 'delete') return null
  return change.desired.ownership.how === 'token' ? null : challengeOf(change)
}

interface ChallengeStep {
  readonly step: Extract<Step, { kind: 'challenge' }>
  readonly need: string
}

function challengeSteps(edits: readonly Change[]): readonly ChallengeStep[] {
  const steps: ChallengeStep[] = []
  for (const change of edits) {
    const need = automaticChallenge(change)
    if (need === null) continue
    const id = challengeKey(need)
    if (steps.some((known) => known.need === id)) continue
    const key = `challenge ${steps.length + 1}`
    steps.push({ need: id, step: { kind: 'challenge', key, need, after: [] } })
  }
  return steps
}

function dependencies(
  change: Change,
  all: readonly Change[],
  challenges: readonly ChallengeStep[],
): readonly string[] {
  if (change.change === 'delete') return all.filter((other) => goesBefore(other, change)).map(changeKey)
  switch (change.kind) {
    case 'webhook':
      return []
    case 'job': {
      const need = automaticChallenge(change)
      const id = need === null ? null : challengeKey(need)
      return challenges.filter((challenge) => challenge.need === id).map(({ step }) => step.key)
    }
    case 'policy': {
      const names = change.desired.resource.webhooks
      return all
        .filter((other) => other.kind === 'webhook' && other.change !== 'delete')
        .filter((other) => sameAccount(other, change) && names.includes(changeAddress(other).name))
        .map(changeKey)
    }
  }
}

function goesBefore(other: Change, deleted: Change): boolean {
  if (other.change === 'delete') {
    return deleted.kind === 'webhook' && other.kind === 'policy' && sameAccount(other, deleted)
  }
  if (deleted.kind === 'webhook') return other.kind !== 'job' && sameAccount(other, deleted)
  return other.kind === deleted.kind && sameScope(other, deleted)
}

function sameScope(a: Change, b: Change): boolean {
  return scopeKey(changeAddress(a).scope) === scopeKey(changeAddress(b).scope)
}

function sameAccount(a: Change, b: Change): boolean {
  return accountOf(changeAddress(a).scope).id === accountOf(changeAddress(b).scope).id
}

export function challengeTitle(need: ChallengeNeed): string {
  return describeDestination(need.destinationConf).redacted
}
