import * as z from 'zod/mini'
import type { TokenApi, TokenStatus } from '../../ports/cloudflare.ts'
import { idText, optionalInstant, plainText } from '../fields.ts'
import type { Rest } from './rest.ts'

const verified = z.object({ id: idText, status: plainText, expires_on: optionalInstant })

const known: readonly TokenStatus['status'][] = ['active', 'disabled', 'expired']

export function createTokenApi(rest: Rest): TokenApi {
  return {
    async verifyToken(accountId, options) {
      const { result } = await rest({ operation: 'verify_token' }, options, verified, (sdk) =>
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
