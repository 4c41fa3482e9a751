import { Secret } from '../../domain/secret.ts'
import type { EpochMs } from '../../domain/time.ts'

/** How long Cloudflare's challenge tokens live when they do not say it themselves. */
export const challengeLifeMs = 7 * 24 * 3_600_000

/**
 * The token in a challenge file's text, without the white space around it; null when the text is empty
 * or cannot be a token, which has no white space inside.
 */
export function tokenIn(text: Secret): Secret | null {
  const token = text
    .reveal()
    .replace(/^\uFEFF/, '')
    .trim()
  return token === '' || /\s/.test(token) ? null : new Secret(token)
}

/**
 * When the token says that it expires, null when it does not say. It is only read, not verified: whether
 * it is genuine is for Cloudflare to find out.
 */
export function tokenExpiry(token: Secret): EpochMs | null {
  const body = token.reveal().split('.')[1]
  if (body === undefined) return null
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : null
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : null
  } catch {
    return null
  }
}
