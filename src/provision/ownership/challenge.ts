import { describeDestination } from '../../domain/destination/destination.ts'
import type { Secret } from '../../domain/secret.ts'
import { exitCode, UserError } from '../../errors.ts'
import type { ChallengeCache } from '../../ports/challenge-cache.ts'
import type { CallOptions } from '../../ports/cloudflare.ts'
import { locationTitle } from '../../ports/object-reader.ts'
import {
  accepts,
  type ChallengeFileDeps,
  type ChallengeOptions,
  expiryMarginMs,
  type FoundToken,
  isFound,
  lookForToken,
  waitForFile,
} from './challenge-file.ts'
import { challengeLocations } from './challenge-location.ts'
import { type ChallengeNeed, challengeKey, requestChallenge } from './challenge-request.ts'

/*
 * Proves to Cloudflare that a destination is ours. Asking makes Cloudflare write a file there: a write,
 * made once for each exact scope and destination, never in a dry run, and never sent again after an
 * unclear failure. What was asked and not yet read is remembered, so the next run reads that file
 * instead of asking for another.
 */

const byHand =
  'run "provision ownership request", find the token, run "provision ownership confirm", and apply again'

export interface ChallengeDeps extends ChallengeFileDeps {
  readonly cache: ChallengeCache
}

export interface Challenges {
  /**
   * The token for a destination: one that is known from an earlier run or from `confirm`, else the one in
   * the file that Cloudflare is asked to write. Jobs that share scope and destination share it.
   */
  tokenFor(need: ChallengeNeed, options: ChallengeOptions): Promise<Secret>
  /** Drops the token if Cloudflare says that it is not valid, so that the next run asks for a new one. */
  recheck(need: ChallengeNeed, options: CallOptions): Promise<void>
}

export function createChallenges(deps: ChallengeDeps): Challenges {
  const running = new Map<string, Promise<Secret>>()
  return {
    tokenFor(need, options) {
      const key = challengeKey(need)
      const token = running.get(key) ?? obtain(deps, need, options)
      running.set(key, token)
      return token
    },
    async recheck(need, options) {
      const token = await running.get(challengeKey(need))
      if (token === undefined || (await accepts(deps, need, token, options))) return
      running.delete(challengeKey(need))
      await deps.cache.forget(need.scope, need.destinationConf)
    },
  }
}

async function obtain(deps: ChallengeDeps, need: ChallengeNeed, options: ChallengeOptions): Promise<Secret> {
  const known = await deps.cache.load(need.scope, need.destinationConf)
  if (known?.state === 'token' && known.expiresAt - deps.clock.now() > expiryMarginMs) {
    options.onStep?.({ step: 'cached' })
    return known.token
  }
  if (challengeLocations(need.destinationConf, 'any').length === 0) {
    const { redacted } = describeDestination(need.destinationConf)
    throw new UserError(
      `Cloudflare requires proof that you own ${redacted}, and its challenge file cannot be read automatically: ${byHand}`,
      exitCode.failure,
    )
  }
  if (known?.state === 'requested') {
    const places = challengeLocations(need.destinationConf, known.filename)
    const found = await lookForToken(deps, need, places, options)
    if (isFound(found)) return keep(deps, need, found, options)
  }
  const { filename } = await requestChallenge(deps, need, options)
  return keep(deps, need, await waitForFile(deps, need, filename, options), options)
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
