import { inspect } from 'node:util'
import type { HealthClientDeps } from '../../src/cloudflare/health/health-client.ts'
import type { Scope, ZoneScope } from '../../src/domain/scope.ts'
import { Secret } from '../../src/domain/secret.ts'
import { ApiFailure } from '../../src/errors.ts'
import type { ApiExchange } from '../../src/ports/cloudflare.ts'

/** Texts that must never come out of a client again. */
export const canary = {
  token: 'canary-token-0a1b2c3d4e5f60718293',
  key: 'canary/key+wJalrXUtnFEMI7MDENGbPx',
  destination:
    's3://logs.example.com/{DATE}?region=us-east-1&access-key-id=AKIACANARY&secret-access-key=canary%2Fkey%2BwJalrXUtnFEMI7MDENGbPx',
  page: 'canary-page-text',
} as const

export const account: Scope = { kind: 'account', id: 'a'.repeat(31).concat('1'), name: 'Example' }

export function zone(digit: string, owner = account): ZoneScope {
  return {
    kind: 'zone',
    id: digit.repeat(32),
    name: `zone-${digit}.example.com`,
    account: { id: owner.id, name: owner.name },
  }
}

export const options = { signal: new AbortController().signal }

/** Settings for both clients, and the exchanges they report. */
export function clientDeps(
  baseUrl: string,
  more: Partial<HealthClientDeps> = {},
): HealthClientDeps & { readonly exchanges: ApiExchange[] } {
  const exchanges: ApiExchange[] = []
  return {
    baseUrl,
    token: () => new Secret(canary.token),
    timeoutMs: 5000,
    observe: (exchange) => exchanges.push(exchange),
    userAgent: 'logpush-exporter/0.0.0-test',
    clock: { now: () => Date.UTC(2026, 10, 24, 3), monotonic: () => performance.now() },
    rateLimitType: 'user',
    exchanges,
    ...more,
  }
}

/** The failure of a call. Throws when the call succeeds, or fails with anything but ApiFailure. */
export async function failureOf(call: Promise<unknown>): Promise<ApiFailure> {
  try {
    await call
  } catch (thrown) {
    if (thrown instanceof ApiFailure) return thrown
    throw new Error(`expected an ApiFailure, got ${String(thrown)}`, { cause: thrown })
  }
  throw new Error('expected a failure')
}

/** Everything that could be printed of a value, by any means we know of. */
export function everythingOf(value: unknown): string {
  const error = value instanceof Error ? [value.message, value.stack, JSON.stringify({ ...value })] : []
  const shown = inspect(value, { depth: 12, showHidden: true, getters: true, maxStringLength: null })
  return [shown, JSON.stringify(value), ...error].join('\n')
}
