/*
 * The best that the limits allow in a scale world: what a scheduler without any loss would reach that reads all
 * scopes with jobs in turn, ten zones of a query, and shares the requests that both APIs count evenly between them.
 */
import type { RateLimitType } from './scale-api.ts'
import type { ScaleWorld } from './scale-world.ts'

export interface ScaleBound {
  /** Between two reads of the same scope. */
  readonly cycleSeconds: number
  /** From a zone's appearance to its jobs, at most. */
  readonly discoverySeconds: number
  /** From the start to the first read of everything. */
  readonly firstReadSeconds: number
  /** GraphQL queries in an hour. */
  readonly queriesPerHour: number
}

export const pollSeconds = { health: 60, inventory: 60, discovery: 600 } as const
export const budgetShare = 0.5
const perSecond = { graphql: (300 / 300) * budgetShare, rest: (1200 / 300) * budgetShare } as const
const zonesPerQuery = 10
const zonesPerPage = 50

export function scaleBound({ accounts, zones, jobOf }: ScaleWorld, mode: RateLimitType): ScaleBound {
  const withJobs = zones.filter(({ id }) => jobOf(id) !== null)
  const queries = accounts.map(({ id }) =>
    Math.ceil(withJobs.filter(({ account }) => account.id === id).length / zonesPerQuery),
  )
  const all =
    mode === 'account'
      ? queries.reduce((sum, one) => sum + one, 0)
      : Math.ceil(withJobs.length / zonesPerQuery)
  const pages = Math.ceil(zones.length / zonesPerPage) + Math.ceil(accounts.length / zonesPerPage)
  // What lists and pages would take if nothing stood in their way.
  const lists =
    (withJobs.length + accounts.length) / pollSeconds.inventory +
    (zones.length - withJobs.length + pages) / pollSeconds.discovery
  const share = Math.max(perSecond.rest / 2, perSecond.rest - lists)
  const ownSeconds = mode === 'account' ? Math.max(...queries) / perSecond.graphql : all / perSecond.graphql
  const cycleSeconds = Math.max(pollSeconds.health, ownSeconds, all / share)
  const everyList = zones.length + accounts.length + pages
  const rest = perSecond.rest - Math.min(perSecond.rest / 2, all / cycleSeconds)
  return {
    cycleSeconds,
    discoverySeconds: pollSeconds.discovery + pages / rest,
    // A bucket that is full holds a fifth of its share.
    firstReadSeconds: Math.max(0, everyList / rest) + cycleSeconds,
    queriesPerHour: (all * 3600) / cycleSeconds,
  }
}
