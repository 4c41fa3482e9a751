import * as z from 'zod/mini'
import type { TokenApi, TokenStatus } from '../../ports/cloudflare.ts'
import { idText, optionalInstant } from '../fields.ts'
import type { Rest } from './rest.ts'

/** Advice: only the status is needed, and of the rest what cannot be read is not given. */
const verified = z.object({
  id: z.catch(z.nullable(idText), null),
  status: z.string(),
  expires_on: z.catch(optionalInstant, null),
})

const known: readonly TokenStatus['status'][] = ['active', 'disabled', 'expired']

export function createTokenApi(rest: Rest): TokenApi {
  return {
    async verifyToken(accountId, options) {
      const result = await rest({ operation: 'verify_token' }, options, verified, (sdk) =>
        accountId === null ? sdk.user.tokens.verify() : sdk.accounts.tokens.verify({ account_id: accountId }),
      )
      return {
        id: result.id,
        status: known.find((status) => status === result.status) ?? 'unknown',
        expiresOn: result.expires_on,
      }
    },
  }
}
