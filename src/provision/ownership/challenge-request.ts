import type { Caller } from '../../access/caller.ts'
import { describeDestination } from '../../domain/destination/destination.ts'
import { scopeKey } from '../../domain/scope.ts'
import type { Secret } from '../../domain/secret.ts'
import type { EpochMs } from '../../domain/time.ts'
import { ApiFailure, exitCode, UserError } from '../../errors.ts'
import type { ChallengeCache } from '../../ports/challenge-cache.ts'
import type { CallOptions, OwnershipApi, ScopeRef } from '../../ports/cloudflare.ts'
import type { Clock } from '../../ports/runtime.ts'
import { challengeLocations, writeAdvice } from './challenge-location.ts'
import { challengeLifeMs, tokenExpiry } from './challenge-token.ts'

/** A destination whose ownership has to be proved, byte for byte as its jobs will name it. */
export interface ChallengeNeed {
  readonly scope: ScopeRef
  readonly destinationConf: Secret
}

/** Tells challenges apart in memory. Never printed: it holds the destination. */
export function challengeKey(need: ChallengeNeed): string {
  return `${scopeKey(need.scope)}\n${need.destinationConf.reveal()}`
}

export interface ChallengeRequestDeps {
  readonly ownership: OwnershipApi
  readonly cache: ChallengeCache
  readonly clock: Clock
  readonly call: Caller
}

const operation = 'request ownership challenge'

/**
 * Asks Cloudflare to write the challenge file, and remembers the name that it returned. A write: each
 * call makes a new file.
 * @throws ApiFailure with `invalid_request` when Cloudflare could not write there.
 */
export async function requestChallenge(
  deps: ChallengeRequestDeps,
  need: ChallengeNeed,
  { signal }: CallOptions,
): Promise<{ readonly filename: string }> {
  const call = deps.call.with({ stop: signal, signal })
  const { valid, filename, message } = await call.write((options) =>
    deps.ownership.requestChallenge(need.scope, need.destinationConf, options),
  )
  const { redacted } = describeDestination(need.destinationConf)
  if (!valid) {
    throw new ApiFailure(
      'invalid_request',
      `Cloudflare could not write a challenge file to ${redacted}${message === '' ? '' : ` (${message})`}; ${writeAdvice(need.destinationConf)}`,
      { operation },
    )
  }
  if (filename === '') {
    throw new ApiFailure(
      'bad_response',
      `Cloudflare named no challenge file for ${redacted}; find the new ownership-challenge file there and submit it with "provision ownership confirm"`,
      { operation },
    )
  }
  // Where it cannot be looked up, the name is of no use, and may repeat a secret part of the destination.
  const kept = challengeLocations(need.destinationConf, filename).length === 0 ? '' : filename
  const record = { state: 'requested', filename: kept, requestedAt: deps.clock.now() } as const
  await deps.cache.save(need.scope, need.destinationConf, record)
  return { filename }
}

/**
 * Checks a token that was read by hand with Cloudflare, and keeps it for the next apply.
 * @throws UserError when it has expired or is not the token of this destination and scope.
 */
export async function confirmChallenge(
  deps: ChallengeRequestDeps,
  need: ChallengeNeed,
  token: Secret,
  { signal }: CallOptions,
): Promise<{ readonly expiresAt: EpochMs }> {
  const { redacted } = describeDestination(need.destinationConf)
  const now = deps.clock.now()
  const expiresAt = tokenExpiry(token) ?? now + challengeLifeMs
  if (expiresAt <= now) {
    throw new UserError(
      `the token for ${redacted} expired at ${new Date(expiresAt).toISOString()}; request a new one with "provision ownership request"`,
      exitCode.failure,
    )
  }
  const { valid } = await deps.call
    .with({ stop: signal, signal })
    .read((options) => deps.ownership.validateChallenge(need.scope, need.destinationConf, token, options))
  if (!valid) {
    throw new UserError(
      `Cloudflare does not accept this token for ${redacted}: a token is valid only for the exact ${need.scope.kind} and destination string it was requested for; request a new one with "provision ownership request"`,
      exitCode.failure,
    )
  }
  await deps.cache.save(need.scope, need.destinationConf, { state: 'token', token, expiresAt })
  return { expiresAt }
}
