import { priority, type Turn } from '../../src/access/budget.ts'
import type { ApiExchange } from '../../src/ports/cloudflare.ts'

/* Turns at the API budget, and the answers that correct it. */

export const never = new AbortController().signal

export function turn(edit: Partial<Turn> = {}): Turn {
  return { api: 'graphql', priority: priority.enabled, accountId: 'a', signal: never, ...edit }
}

export function exchange(edit: Partial<ApiExchange> = {}): ApiExchange {
  return {
    api: 'graphql',
    operation: 'LogpushHealth',
    code: '200',
    durationMs: 10,
    accountId: null,
    rateLimit: null,
    retryAfterMs: null,
    throttled: false,
    serverTime: null,
    ...edit,
  }
}
