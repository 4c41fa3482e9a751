/*
 * Health rows and their limits by GraphQL. One request per call; a call asks for one account or for up to ten
 * zones. An answer that leaves out a scope is `partial`, and one with rows that were not asked for is
 * `bad_response`: the ledger counts what it gets.
 */
import * as z from 'zod/mini'
import type { Scope } from '../../domain/scope.ts'
import type { HealthApi } from '../../ports/cloudflare.ts'
import { listOf } from '../fields.ts'
import { createTransport, type TransportDeps } from '../transport.ts'
import { createGraphql } from './graphql.ts'
import { checkRows, readScopes } from './health-answer.ts'
import { type HealthFilter, healthQuery, limitsQuery } from './health-query.ts'
import { healthLimits, healthRow } from './health-rows.ts'
import { aim, filterValues, type RateLimitType } from './health-target.ts'

export interface HealthClientDeps extends TransportDeps {
  /** `account` counts each query against its account instead of against the user. */
  readonly rateLimitType: RateLimitType
}

const rowsNode = z.object({ rows: listOf(healthRow) })
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
      )
      const sent = { text, variables: { ...variables, ...values, limit: query.limit } }
      return graphql(call('health'), options, sent, (data, exchange) => {
        const found = readScopes(data, exchange, shape, idsOf(query.scopes), rowsNode)
        return { rows: new Map([...found].map(([id, { rows }]) => [id, checkRows(rows, query)])) }
      })
    },
    async readLimits(scopes, options) {
      const { shape, variables, call } = aim(scopes, deps.rateLimitType)
      return graphql(call('limits'), options, { text: limitsQuery(shape), variables }, (data, exchange) => {
        const found = readScopes(data, exchange, shape, idsOf(scopes), limitsNode)
        return new Map([...found].map(([id, { settings }]) => [id, settings]))
      })
    },
  }
}

function idsOf(scopes: readonly Scope[]): readonly string[] {
  return scopes.map(({ id }) => id)
}
