/*
 * Asks whether the API token is alive and when it ends. A user's token and an account's are verified at different
 * addresses, and the wrong one refuses a good token: which kind it is, is found out by trying.
 */

import { attempt, isRefusal } from '../access/attempt.ts'
import { priority } from '../access/budget.ts'
import type { TokenApi, TokenStatus } from '../ports/cloudflare.ts'
import { newTokenNote } from './state/new-token.ts'
import type { PollDeps } from './state/poll-deps.ts'

export interface TokenDeps extends Omit<PollDeps, 'state'> {
  readonly api: TokenApi
  readonly accountIds: () => readonly string[]
}

export const tokenPoller = 'token'

const soonMs = 14 * 86_400_000

export function createTokenPoll(deps: TokenDeps): { cycle(signal: AbortSignal): Promise<void> } {
  let owner: string | null | undefined
  let said = ''
  const startedAt = deps.clock.monotonic()

  const verify = (accountId: string | null, signal: AbortSignal): Promise<TokenStatus> =>
    deps.call
      .with({ api: 'rest', priority: priority.known, signal })
      .read((options) => deps.api.verifyToken(accountId, options))

  const findOwner = async (signal: AbortSignal): Promise<TokenStatus | null> => {
    const candidates =
      owner === undefined ? [null, ...deps.accountIds()] : [owner, null, ...deps.accountIds()]
    for (const candidate of new Set(candidates)) {
      const status = await attempt(() => verify(candidate, signal))
      if (status.ok) {
        owner = candidate
        return status.value
      }
      if (!isRefusal(status.failure)) throw status.failure
    }
    return null
  }

  const say = (text: string, tell: () => void): void => {
    if (said !== text) tell()
    said = text
  }

  return {
    async cycle(signal) {
      const status = await findOwner(signal)
      deps.self.tokenVerified(status?.status === 'active', status?.expiresOn ?? null)
      if (status === null) {
        say('refused', () =>
          deps.log.error(
            {},
            `Cloudflare does not accept the API token; check it, or create a new one${newTokenNote(deps.clock.monotonic() - startedAt)}`,
          ),
        )
      } else if (status.status !== 'active') {
        say(status.status, () => deps.log.error({ status: status.status }, 'the API token is not active'))
      } else if (status.expiresOn !== null && status.expiresOn - deps.clock.now() < soonMs) {
        const expires = new Date(status.expiresOn).toISOString()
        say('expiring', () => deps.log.warn({ expires }, 'the API token expires soon'))
      } else say('', () => {})
    },
  }
}
