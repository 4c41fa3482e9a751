import * as z from 'zod/mini'
import type { OwnershipApi } from '../../ports/cloudflare.ts'
import { optionalFlag, plainText } from '../fields.ts'
import { redact } from '../redact.ts'
import type { Rest } from './rest.ts'
import { scopeParam } from './sdk.ts'

const challenge = z.object({ filename: plainText, valid: optionalFlag, message: plainText }).check(
  // Without the file's name the challenge cannot be read, and a missing `valid` cannot be guessed.
  z.refine((result) => result.valid === false || result.filename !== ''),
)

const validity = z.object({ valid: z.boolean() })

export function createOwnershipApi(rest: Rest): OwnershipApi {
  return {
    async requestChallenge(scope, destinationConf, options) {
      const secrets = [destinationConf]
      const call = { operation: 'request_challenge', secrets } as const
      const result = await rest(call, options, challenge, (sdk) =>
        sdk.logpush.ownership.create({ ...scopeParam(scope), destination_conf: destinationConf.reveal() }),
      )
      return {
        filename: result.filename,
        valid: result.valid ?? true,
        message: redact(result.message, secrets),
      }
    },
    validateChallenge(scope, destinationConf, token, options) {
      const call = { operation: 'validate_challenge', secrets: [destinationConf, token] } as const
      return rest(call, options, validity, (sdk) =>
        sdk.logpush.ownership.validate({
          ...scopeParam(scope),
          destination_conf: destinationConf.reveal(),
          ownership_challenge: token.reveal(),
        }),
      )
    },
  }
}
