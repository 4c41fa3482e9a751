import { createHmac, randomBytes } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'

/*
 * Basic authentication against bcrypt hashes. A check costs tens of milliseconds of this process's only
 * thread, so results are kept (keyed by a keyed hash: no password stays in memory), checks run one after
 * another, and when too many wait the rest are turned away. An unknown user costs as much as a known one.
 */

export type AuthOutcome = 'accepted' | 'refused' | 'busy'

const keptResults = 100
const maxQueueLength = 32

export type BasicAuth = Awaited<ReturnType<typeof createBasicAuth>>

export async function createBasicAuth() {
  const { compare } = await import('bcryptjs')
  const key = randomBytes(32)
  const results = new Map<string, boolean>()
  let queue: Promise<unknown> = Promise.resolve()
  let waiting = 0

  return {
    /** `users` maps names to bcrypt hashes. */
    async check(authorization: string | undefined, users: ReadonlyMap<string, Secret>): Promise<AuthOutcome> {
      const given = credentials(authorization)
      if (given === null) return 'refused'
      const hash = users.get(given.user)?.reveal() ?? hashOfNobody(users)
      const fingerprint = createHmac('sha256', key)
        .update(JSON.stringify([given.user, hash, given.password]))
        .digest('base64')
      let matches = results.get(fingerprint)
      if (matches === undefined) {
        if (waiting >= maxQueueLength) return 'busy'
        waiting++
        const turn = queue.then(() => compare(given.password, hash))
        queue = turn.catch(() => {})
        try {
          matches = await turn
        } finally {
          waiting--
        }
        keep(results, fingerprint, matches)
      }
      return matches && users.has(given.user) ? 'accepted' : 'refused'
    },
  }
}

/** Drops the oldest result first, but a wrong password never pushes out a right one. */
function keep(results: Map<string, boolean>, fingerprint: string, matches: boolean): void {
  if (results.size >= keptResults) {
    const oldest = [...results].find(([, right]) => !right) ?? [...results][0]
    if (oldest !== undefined && (matches || !oldest[1])) results.delete(oldest[0])
  }
  if (results.size < keptResults) results.set(fingerprint, matches)
}

/** A hash as costly as the users' own, which no password is known to match. */
function hashOfNobody(users: ReadonlyMap<string, Secret>): string {
  const cost = [...users.values()][0]?.reveal().slice(4, 6) ?? '10'
  return `$2b$${cost}$${'.'.repeat(53)}`
}

function credentials(authorization: string | undefined): { user: string; password: string } | null {
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '')
  if (match === null) return null
  const text = Buffer.from(match[1] ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
