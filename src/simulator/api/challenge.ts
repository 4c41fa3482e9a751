import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type DestinationConf, readDestinationConf } from '../world/destination-conf.ts'
import type { ScopeRef } from '../world/world-spec.ts'
import { isRecord } from './json-shape.ts'

/*
 * The proof that somebody can read what is written at a destination: a signed text that holds for one
 * scope and one exact destination_conf, for seven days.
 */

export const challengeLifetimeMs = 7 * 86_400_000

export type ChallengeKey = ReturnType<typeof createChallengeKey>

/** Signs and checks challenges; one per simulation. */
export function createChallengeKey(seed: number) {
  const key = `simulated ownership key ${seed}`
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  return {
    issue: (scope: ScopeRef, conf: string, nowMs: number): string => {
      const payload = {
        iss: 'logpush',
        sub: `${scope.kind}/${scope.id}`,
        conf: sha256(conf),
        fpr: fingerprint(conf),
        iat: Math.floor(nowMs / 1000),
        exp: Math.floor((nowMs + challengeLifetimeMs) / 1000),
      }
      const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`
      return `${text}.${sign(text)}`
    },
    fits: (token: string, scope: ScopeRef, conf: string, nowMs: number): boolean => {
      const [header = '', payload = '', signature = ''] = token.trim().split('.')
      const expected = Buffer.from(sign(`${header}.${payload}`))
      const given = Buffer.from(signature)
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return false
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
      return (
        isRecord(claims) &&
        claims.sub === `${scope.kind}/${scope.id}` &&
        claims.conf === sha256(conf) &&
        typeof claims.exp === 'number' &&
        nowMs < claims.exp * 1000
      )
    },
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function fingerprint(conf: string): string {
  const parsed = readDestinationConf(conf)
  return parsed === null ? '' : `${parsed.container}/${parsed.path}`
}

/** Where a challenge file goes: its path inside the bucket or container. */
export function challengePath(destination: DestinationConf, uniqueHex: string, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '')
  const folder = destination.path.replaceAll('{DATE}', day)
  return `${folder === '' ? '' : `${folder}/`}ownership-challenge-${uniqueHex}.txt`
}
