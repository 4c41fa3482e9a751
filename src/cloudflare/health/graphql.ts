import { GraphQLClient } from 'graphql-request'
import type { CallOptions } from '../../ports/cloudflare.ts'
import type { Call, Exchange, Transport } from '../transport.ts'

/** Sends one GraphQL query and reads its `data`. */
export type Graphql = <T>(
  call: Call,
  options: CallOptions,
  query: { readonly text: string; readonly variables: Readonly<Record<string, unknown>> },
  read: (data: unknown, exchange: Exchange) => T,
) => Promise<T>

export function createGraphql(baseUrl: string, transport: Transport): Graphql {
  return (call, options, { text, variables }, read) =>
    transport(call, options, async (exchange) => {
      const client = new GraphQLClient(`${baseUrl}/graphql`, {
        fetch: exchange.fetch,
        // Spares parsing the query again on each request, only to send its name.
        excludeOperationName: true,
        jsonSerializer: { stringify: JSON.stringify, parse: parseWithoutNulls },
      })
      const { data } = await client.rawRequest<unknown>(text, variables)
      return read(data, exchange)
    })
}

/** Cloudflare sends `"errors": null` when all is well, which graphql-request 7 takes for a malformed answer. */
function parseWithoutNulls(text: string): unknown {
  const body: unknown = JSON.parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return Object.fromEntries(
    Object.entries(body).filter(([key, value]) => !(isEnvelopeKey(key) && value === null)),
  )
}

function isEnvelopeKey(key: string): boolean {
  return key === 'errors' || key === 'extensions'
}
