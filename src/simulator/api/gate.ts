import type { World } from '../world/world.ts'
import type { TokenSpec } from '../world/world-spec.ts'
import { tokenStatus } from './grants.ts'
import { invalidApiToken, simErrors } from './sim-error.ts'

/** The token behind an `Authorization` header, or the refusal that this kind of call gives. */
export function admit(world: World, header: string | undefined, operation: string, nowMs: number): TokenSpec {
  if (header === undefined) throw simErrors.missingHeader()
  const text = /^Bearer ([\x21-\x7e]+)$/.exec(header)?.[1]
  if (text === undefined) throw simErrors.malformedHeader()
  const token = world.state.tokens.get(text)
  const verifying = operation === 'verify_token'
  if (token !== undefined) {
    const usable = tokenStatus(token, nowMs) === 'active' && (token.notBefore ?? 0) <= nowMs
    if (usable || verifying) return token
  }
  if (verifying) throw invalidApiToken()
  if (operation === 'list_zones') throw simErrors.invalidToken()
  throw simErrors.authentication(401)
}
