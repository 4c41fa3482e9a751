import { attempt } from '../../access/attempt.ts'
import type { Caller } from '../../access/caller.ts'
import { accountOf } from '../../domain/scope.ts'
import type { EpochMs } from '../../domain/time.ts'
import type { TokenApi, TokenStatus } from '../../ports/cloudflare.ts'
import type { DesiredState } from '../resource/resource.ts'

export interface TokenDeps {
  readonly token: TokenApi
  readonly call: Caller
  readonly now: EpochMs
}

const dayMs = 86_400_000
const soonMs = 14 * dayMs

/** What there is to say about the token, as notes: that it works is known by now, whatever its verification says. */
export async function checkToken(desired: DesiredState, deps: TokenDeps): Promise<readonly string[]> {
  const status = await tokenStatus(desired, deps)
  if (status === null) return []
  if (typeof status === 'string') return [`the expiry of the API token was not checked: ${status}`]
  if (status.status === 'disabled' || status.status === 'expired') {
    return [`Cloudflare says that the API token is ${status.status}`]
  }
  const { expiresOn } = status
  if (expiresOn === null || expiresOn - deps.now >= soonMs) return []
  const at = new Date(expiresOn).toISOString()
  return [expiresOn <= deps.now ? `the API token expired at ${at}` : `the API token expires at ${at}`]
}

/**
 * A user's token and an account's are asked about in different places; the wrong one refuses a good token. Null when
 * each refuses it; a text says why it is not known.
 */
async function tokenStatus(
  desired: DesiredState,
  { token, call }: TokenDeps,
): Promise<TokenStatus | string | null> {
  const advice = call.with({ reads: 'adviceRead' })
  const accounts = desired.scopes.map((scope) => accountOf(scope).id).filter((id) => id !== '')
  let reason: string | null = null
  for (const account of [null, ...new Set(accounts)]) {
    const status = await attempt(() => advice.read((options) => token.verifyToken(account, options)))
    if (status.ok) return status.value
    if (!['auth', 'forbidden', 'not_found', 'invalid_request'].includes(status.failure.kind))
      reason ??= status.failure.message
  }
  return reason
}
