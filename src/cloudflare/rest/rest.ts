import type * as z from 'zod/mini'
import type { CallOptions } from '../../ports/cloudflare.ts'
import { readEnvelope, type Success } from '../envelope.ts'
import type { Call, Transport, TransportDeps } from '../transport.ts'
import { createSdk, type Sdk } from './sdk.ts'

/** What every SDK method returns, as far as it is used here: the answer before the SDK reads it. */
interface Sent {
  asResponse(): Promise<unknown>
}

/** Sends one REST request by a method of the SDK and reads its result by the schema. */
export type Rest = <T>(
  call: Call,
  options: CallOptions,
  result: z.ZodMiniType<T>,
  send: (sdk: Sdk) => Sent,
) => Promise<Success<T>>

export function createRest(deps: Pick<TransportDeps, 'baseUrl' | 'timeoutMs'>, transport: Transport): Rest {
  return (call, options, result, send) =>
    transport(call, options, async (exchange) => {
      await send(createSdk(deps.baseUrl, exchange.fetch, deps.timeoutMs)).asResponse()
      return readEnvelope(exchange, result)
    })
}
