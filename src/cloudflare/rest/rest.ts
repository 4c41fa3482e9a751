import type * as z from 'zod/mini'
import type { CallOptions } from '../../ports/cloudflare.ts'
import type { Listing, Page } from '../../ports/listing.ts'
import { pageOf, readEnvelope, type Success } from '../envelope.ts'
import { operations } from '../operations.ts'
import type { Call, Transport, TransportDeps } from '../transport.ts'
import { createSdk, type Sdk } from './sdk.ts'

/** What every SDK method returns, as far as it is used here: the answer before the SDK reads it. */
interface Sent {
  asResponse(): Promise<unknown>
}

/** Sends one REST request by a method of the SDK and reads its result by the schema. */
export interface Rest {
  <T>(call: Call, options: CallOptions, result: z.ZodMiniType<T>, send: (sdk: Sdk) => Sent): Promise<T>
  /** The same with what the envelope says besides. */
  whole<T>(
    call: Call,
    options: CallOptions,
    result: z.ZodMiniType<T>,
    send: (sdk: Sdk) => Sent,
  ): Promise<Success<T>>
  /** The same for one page of a listing. */
  page<T>(
    call: Call & { readonly perPage: number },
    options: CallOptions,
    result: z.ZodMiniType<Listing<T>>,
    send: (sdk: Sdk) => Sent,
  ): Promise<Page<T>>
}

export function createRest(deps: Pick<TransportDeps, 'baseUrl' | 'timeoutMs'>, transport: Transport): Rest {
  const whole = <T>(call: Call, options: CallOptions, result: z.ZodMiniType<T>, send: (sdk: Sdk) => Sent) =>
    transport(call, options, async (exchange) => {
      await send(createSdk(deps.baseUrl, exchange.fetch, deps.timeoutMs)).asResponse()
      return readEnvelope(exchange, result)
    })
  const one = async <T>(...[call, options, result, send]: Parameters<typeof whole<T>>): Promise<T> =>
    (await whole(call, options, result, send)).result
  const page: Rest['page'] = async ({ perPage, ...call }, options, result, send) => {
    const answer = await whole(call, options, result, send)
    return { ...pageOf(answer.result, perPage, answer), does: operations[call.operation].does }
  }
  return Object.assign(one, { page, whole })
}
