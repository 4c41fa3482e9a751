import { createHash } from 'node:crypto'
import { isObject } from '../domain/plain-value.ts'
import { scopeKey } from '../domain/scope.ts'
import { Secret } from '../domain/secret.ts'
import type { ChallengeCache, ChallengeRecord } from '../ports/challenge-cache.ts'
import type { ScopeRef } from '../ports/cloudflare.ts'
import type { Clock } from '../ports/runtime.ts'
import { createPrivateFile, type PrivateFileDeps } from './private-file.ts'

/*
 * Ownership challenges in one small file. It holds tokens (good for 7 days, and only for one scope and
 * one destination); destinations stand in it as hashes, since they may carry credentials.
 */

/** A challenge that was asked for is of no use after this: tokens live for 7 days. */
const requestLifeMs = 7 * 24 * 3_600_000

type Records = ReadonlyMap<string, ChallengeRecord>

export function createChallengeCache(
  deps: PrivateFileDeps & { readonly clock: Pick<Clock, 'now'> },
): ChallengeCache {
  const { clock } = deps
  const file = createPrivateFile<ChallengeRecord>(deps, { name: 'challenges', decode, encode })
  const fresh = (records: Records): [string, ChallengeRecord][] =>
    [...records].filter(([, record]) => expiryOf(record) > clock.now())
  return {
    load: async (scope, conf) => new Map(fresh(await file.read())).get(keyOf(scope, conf)) ?? null,
    save: (scope, conf, record) =>
      file.change((records) => new Map([...fresh(records), [keyOf(scope, conf), record]])),
    forget: (scope, conf) =>
      file.change((records) => new Map(fresh(records).filter(([key]) => key !== keyOf(scope, conf)))),
  }
}

export function createMemoryChallengeCache(): ChallengeCache {
  const records = new Map<string, ChallengeRecord>()
  return {
    load: async (scope, conf) => records.get(keyOf(scope, conf)) ?? null,
    save: async (scope, conf, record) => {
      records.set(keyOf(scope, conf), record)
    },
    forget: async (scope, conf) => {
      records.delete(keyOf(scope, conf))
    },
  }
}

function keyOf(scope: ScopeRef, conf: Secret): string {
  return createHash('sha256')
    .update(`${scopeKey(scope)}\n${conf.reveal()}`)
    .digest('hex')
}

function encode(record: ChallengeRecord): object {
  return record.state === 'token' ? { ...record, token: record.token.reveal() } : record
}

function decode(value: unknown): ChallengeRecord | null {
  if (!isObject(value)) return null
  const { state, filename, requestedAt, token, expiresAt } = value
  if (state === 'requested' && typeof filename === 'string' && typeof requestedAt === 'number') {
    return { state, filename, requestedAt }
  }
  if (state === 'token' && typeof token === 'string' && typeof expiresAt === 'number') {
    return { state, token: new Secret(token), expiresAt }
  }
  return null
}

function expiryOf(record: ChallengeRecord): number {
  return record.state === 'token' ? record.expiresAt : record.requestedAt + requestLifeMs
}
