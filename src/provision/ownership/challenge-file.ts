import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import type { Secret } from '../../domain/secret.ts'
import type { EpochMs } from '../../domain/time.ts'
import { ApiFailure, type ApiFailureKind, isTransient } from '../../errors.ts'
import type { CallOptions, OwnershipApi } from '../../ports/cloudflare.ts'
import { locationTitle, type ObjectLocation, type ObjectReader } from '../../ports/object-reader.ts'
import type { Clock } from '../../ports/runtime.ts'
import { challengeLocations } from './challenge-location.ts'
import type { ChallengeNeed } from './challenge-request.ts'
import { challengeLifeMs, tokenExpiry, tokenIn } from './challenge-token.ts'

/*
 * Reading a challenge file that Cloudflare was asked to write. A permission that was just granted takes
 * its time: "denied" is waited out like "not there yet", until the limit.
 */

/** A token this close to its end is not used any more. */
export const expiryMarginMs = 60_000

export interface ChallengeFileDeps {
  readonly ownership: OwnershipApi
  readonly reader: ObjectReader
  readonly clock: Clock
  /** How long to wait for a file to appear, in milliseconds. */
  readonly waitMs: number
  readonly call: Caller
}

export type ChallengeStep =
  | { readonly step: 'cached' }
  | { readonly step: 'requested'; readonly location: string }
  | { readonly step: 'waiting'; readonly location: string; readonly reason: string }
  | { readonly step: 'read'; readonly location: string }

export interface ChallengeOptions extends CallOptions {
  readonly onStep?: (step: ChallengeStep) => void
}

export interface FoundToken {
  readonly token: Secret
  readonly expiresAt: EpochMs
  readonly location: ObjectLocation
}

export async function waitForFile(
  deps: ChallengeFileDeps,
  need: ChallengeNeed,
  filename: string,
  options: ChallengeOptions,
): Promise<FoundToken> {
  const places = challengeLocations(need.destinationConf, filename)
  const location = places[0] === undefined ? '' : locationTitle(places[0])
  options.onStep?.({ step: 'requested', location })
  const start = deps.clock.monotonic()
  for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    const found = await lookForToken(deps, need, places, options)
    if (isFound(found)) return found
    if (found instanceof ApiFailure && !mayPass(found.kind)) throw found
    const reason = found instanceof ApiFailure ? found.message : answerText[found]
    const leftMs = deps.waitMs - (deps.clock.monotonic() - start)
    if (leftMs <= 0) {
      throw new ApiFailure(
        'timeout',
        `the challenge file did not appear in time at ${location} (${reason}); run again to retry, or raise --wait`,
        { operation: 'read challenge file', cause: found instanceof ApiFailure ? found : undefined },
      )
    }
    options.onStep?.({ step: 'waiting', location, reason })
    await deps.clock.sleep(Math.min(pauseMs, leftMs), options.signal)
    if (options.signal.aborted) throw interrupted()
  }
}

/** Whether waiting may help: a new grant, a busy store, a bad connection. */
function mayPass(kind: ApiFailureKind): boolean {
  return kind === 'forbidden' || kind === 'rate_limited' || isTransient(kind)
}

export type Look = FoundToken | ApiFailure | keyof typeof answerText

const answerText = {
  nothing: 'not there yet',
  stale: 'the file there contains the token of another challenge',
} as const

/** Looks at every place once: a token that Cloudflare accepts, or why there is none. */
export async function lookForToken(
  deps: ChallengeFileDeps,
  need: ChallengeNeed,
  places: readonly ObjectLocation[],
  options: CallOptions,
): Promise<Look> {
  let outcome: Look = 'nothing'
  for (const location of places) {
    const text = await attempt(() => deps.reader.read(location, options))
    if (!text.ok) {
      if (outcome === 'nothing') outcome = text.failure
      continue
    }
    // An empty file is one that is still being written.
    const token = text.value === 'absent' ? null : tokenIn(text.value)
    if (token === null) continue
    const expiresAt = tokenExpiry(token) ?? deps.clock.now() + challengeLifeMs
    const fresh = expiresAt - deps.clock.now() > expiryMarginMs
    if (fresh && (await accepts(deps, need, token, options))) return { token, expiresAt, location }
    outcome = 'stale'
  }
  return outcome
}

/**
 * Where Cloudflare gives the file a fixed name, an older challenge may still lie there. Only a clear "no"
 * counts: when Cloudflare cannot say, the job's own creation will.
 */
export async function accepts(
  deps: ChallengeFileDeps,
  need: ChallengeNeed,
  token: Secret,
  { signal }: CallOptions,
): Promise<boolean> {
  const call = deps.call.with({ stop: signal, signal })
  const answer = await attempt(() =>
    call.read((options) =>
      deps.ownership.validateChallenge(need.scope, need.destinationConf, token, options),
    ),
  )
  return !answer.ok || answer.value.valid
}

export function isFound(answer: Look): answer is FoundToken {
  return typeof answer !== 'string' && !(answer instanceof ApiFailure)
}

function interrupted(): ApiFailure {
  return new ApiFailure('aborted', 'interrupted while waiting for the challenge file', {
    operation: 'read challenge file',
  })
}
