/* What every poll needs to ask the API for something: turn, retry, and a failure that is always ApiFailure. */
import { accountOf, type Scope } from '../domain/scope.ts'
import { ApiFailure } from '../errors.ts'
import type { CallOptions } from '../ports/cloudflare.ts'
import type { Clock, Random } from '../ports/runtime.ts'
import type { Api, Budget, Priority } from './budget.ts'
import { readPolicy, withRetry } from './retry.ts'

export interface ApiAccess {
  read<T>(request: ReadRequest, call: (options: CallOptions) => Promise<T>): Promise<T>
}

export interface ReadRequest {
  readonly api: Api
  readonly priority: Priority
  readonly accountId: string
  readonly signal: AbortSignal
}

export function createApiAccess(deps: {
  readonly budget: Budget
  readonly clock: Clock
  readonly random: Random
  /** From then on no request begins; those under way go on until their own signal. */
  readonly stop: AbortSignal
  /** Told when Cloudflare did not accept the token, whatever status that came with. */
  readonly onRefusedToken: () => void
}): ApiAccess {
  const noticeAuth = (error: unknown): never => {
    if (error instanceof ApiFailure && error.kind === 'auth') deps.onRefusedToken()
    throw error
  }
  return {
    read: (request, call) =>
      withRetry(readPolicy, { ...deps, signal: request.signal }, () =>
        deps.budget.run({ ...request, signal: deps.stop }, () =>
          call({ signal: request.signal }).catch(noticeAuth),
        ),
      ),
  }
}

/** The request of a read for one scope. */
export function scopeRequest(api: Api, scope: Scope, priority: Priority, signal: AbortSignal): ReadRequest {
  return { api, priority, accountId: accountOf(scope).id, signal }
}
