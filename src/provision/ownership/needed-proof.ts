import { parseDestination } from '../../domain/destination/destination.ts'
import { needsChallenge } from '../../domain/destination/limits.ts'
import type { Scope } from '../../domain/scope.ts'
import { type Change, sendsDestination } from '../plan/change.ts'
import type { ChallengeNeed } from './challenge-request.ts'

/** A proof that changes wait for; its scope is known by name. */
export interface NeededProof extends ChallengeNeed {
  readonly scope: Scope
}

/** The challenge that a change needs before Cloudflare accepts it, or null. */
export function challengeOf(change: Change): NeededProof | null {
  if (change.kind !== 'job' || change.change === 'delete') return null
  const { scope, destinationConf } = change.desired.resource
  return sendsDestination(change) && needsChallenge(parseDestination(destinationConf.reveal()))
    ? { scope, destinationConf }
    : null
}
