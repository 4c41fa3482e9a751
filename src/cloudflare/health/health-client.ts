import { GraphQLClient } from 'graphql-request'
/*
 * Health rows and their limits by GraphQL. One request per call; a call asks for one account or for up to ten
 * zones, each of which is read by itself: what is wrong with one costs it alone.
 */
import * as z from 'zod/mini'
import type { HealthRow } from '../../domain/ledger/health-row.ts'
import type { Scope } from '../../domain/scope.ts'
import type { CallOptions, HealthApi, HealthFailure } from '../../ports/cloudflare.ts'
import type { Unreadable } from '../../ports/listing.ts'
import {
  type Call,
  createTransport,
  type Exchange,
  type Transport,
  type TransportDeps,
} from '../transport.ts'
import { readRows, readScopes } from './health-answer.ts'
import { type HealthFilter, healthQuery, limitsQuery } from './health-query.ts'
import { healthLimits } from './health-settings.ts'
import { aim, filterValues, type RateLimitType } from './health-target.ts'

export interface HealthClientDeps extends TransportDeps {
  /** `account` counts each query against its account instead of against the user. */
  readonly rateLimitType: RateLimitType
}

const rowsNode = z.object({ rows: z.array(z.unknown()) })
const limitsNode = z.object({ settings: healthLimits })
const filterNames: readonly HealthFilter[] = ['from', 'to', 'jobFrom', 'jobTo']

export function createHealthClient(deps: HealthClientDeps): HealthApi {
  const graphql = createGraphql(deps.baseUrl, createTransport(deps))
  return {
    async readHealth(query, options) {
      const { shape, variables, call } = aim(query.scopes, deps.rateLimitType)
      const values = filterValues(query)
      const text = healthQuery(
        shape,
        filterNames.filter((name) => name in values),
        query.fields,
      )
      const sent = { text, variables: { ...variables, ...values, limit: query.limit } }
      const health = call('health')
      return graphql(health, options, sent, (data, exchange) => {
        const answered = { exchange, operation: health.operation, shape }
        const read = readScopes(data, answered, idsOf(query.scopes), rowsNode)
        const rows = new Map<string, readonly HealthRow[]>()
        const failures = new Map<string, HealthFailure>()
        const strays = new Map<string, readonly Unreadable[]>()
        for (const [id, failure] of read.failures) failures.set(id, { failure, unreadable: [] })
        for (const [id, node] of read.found) {
          const own = readRows(node.rows, query, answered)
          if (!own.ok) failures.set(id, own)
          else {
            rows.set(id, own.rows)
            if (own.strays.length > 0) strays.set(id, own.strays)
          }
        }
        return { rows, failures, strays, date: exchange.answer().hints.serverTime }
      })
    },
    async readLimits(scopes, options) {
      const { shape, variables, call } = aim(scopes, deps.rateLimitType)
      const limits = call('limits')
      return graphql(limits, options, { text: limitsQuery(shape), variables }, (data, exchange) => {
        const answered = { exchange, operation: limits.operation, shape }
        const { found, failures } = readScopes(data, answered, idsOf(scopes), limitsNode)
        return { limits: new Map([...found].map(([id, { settings }]) => [id, settings])), failures }
      })
    },
  }
}

function idsOf(scopes: readonly Scope[]): readonly string[] {
  return scopes.map(({ id }) => id)
}

/** Sends one GraphQL query and reads its `data`. */
type Graphql = <T>(
  call: Call,
  options: CallOptions,
  query: { readonly text: string; readonly variables: Readonly<Record<string, unknown>> },
  read: (data: unknown, exchange: Exchange) => T,
) => Promise<T>

function createGraphql(baseUrl: string, transport: Transport): Graphql {
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
