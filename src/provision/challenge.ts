import { describeDestination } from '../domain/destination.ts'
import type { Secret } from '../domain/secret.ts'
import { exitCode, UserError } from '../errors.ts'
import type { ChallengeCache } from '../ports/challenge-cache.ts'
import { locationTitle } from '../ports/object-reader.ts'
import {
  type ChallengeFileDeps,
  type ChallengeOptions,
  expiryMarginMs,
  type FoundToken,
  isFound,
  lookForToken,
  waitForFile,
} from './challenge-file.ts'
import { challengeLocations } from './challenge-location.ts'
import { type ChallengeNeed, requestChallenge } from './challenge-request.ts'

/*
 * Proves to Cloudflare that a destination is ours. Asking makes Cloudflare write a file there: a write,
 * made once for each exact scope and destination, never in a dry run, and never sent again after an
 * unclear failure. What was asked and not yet read is remembered, so the next run reads that file
 * instead of asking for another.
 */

export interface ChallengeDeps extends ChallengeFileDeps {
  readonly cache: ChallengeCache
}

export interface Challenges {
  /**
   * The token for a destination; jobs that share scope and destination share it. `read`: ask Cloudflare
   * for a challenge and read its file; `confirmed`: only one that was read by hand and confirmed.
   */
  tokenFor(need: ChallengeNeed, way: 'read' | 'confirmed', options: ChallengeOptions): Promise<Secret>
  /** Drops a token that Cloudflare did not accept, so that the next run asks for a new one. */
  reject(need: ChallengeNeed): Promise<void>
}

export function createChallenges(deps: ChallengeDeps): Challenges {
  const running = new Map<string, Promise<Secret>>()
  return {
    tokenFor(need, way, options) {
      const key = `${way} ${needKey(need)}`
      const token = running.get(key) ?? obtain(deps, need, way, options)
      running.set(key, token)
      return token
    },
    async reject(need) {
      running.delete(`read ${needKey(need)}`)
      running.delete(`confirmed ${needKey(need)}`)
      await deps.cache.forget(need.scope, need.destinationConf)
    },
  }
}

/** Stays in memory and is never printed: it holds the destination. */
function needKey(need: ChallengeNeed): string {
  return `${need.scope.kind}:${need.scope.id}\n${need.destinationConf.reveal()}`
}

async function obtain(
  deps: ChallengeDeps,
  need: ChallengeNeed,
  way: 'read' | 'confirmed',
  options: ChallengeOptions,
): Promise<Secret> {
  const known = await deps.cache.load(need.scope, need.destinationConf)
  if (known?.state === 'token' && known.expiresAt - deps.clock.now() > expiryMarginMs) {
    options.onStep?.({ step: 'cached' })
    return known.token
  }
  if (way === 'confirmed' || challengeLocations(need.destinationConf, 'any').length === 0) {
    throw new UserError(handAdvice(need), exitCode.failure)
  }
  if (known?.state === 'requested') {
    const places = challengeLocations(need.destinationConf, known.filename)
    const found = await lookForToken(deps, need, places, options)
    if (isFound(found)) return keep(deps, need, found, options)
  }
  const { filename } = await requestChallenge(deps, need, options)
  return keep(deps, need, await waitForFile(deps, need, filename, options), options)
}

function handAdvice(need: ChallengeNeed): string {
  const byHand =
    'run "provision ownership request", read the file, run "provision ownership confirm", and apply again'
  const [place] = challengeLocations(need.destinationConf, 'any')
  const automatic = place === undefined ? '' : `add "ownership: { read: ${place.store} }" to the job, or `
  const { redacted } = describeDestination(need.destinationConf)
  return `Cloudflare wants proof that ${redacted} is yours: ${automatic}${byHand}`
}

async function keep(
  deps: ChallengeDeps,
  need: ChallengeNeed,
  found: FoundToken,
  options: ChallengeOptions,
): Promise<Secret> {
  options.onStep?.({ step: 'read', location: locationTitle(found.location) })
  const { token, expiresAt } = found
  await deps.cache.save(need.scope, need.destinationConf, { state: 'token', token, expiresAt })
  return token
}
