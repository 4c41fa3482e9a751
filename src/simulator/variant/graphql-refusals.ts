import type { Asked, RawAnswer } from '../api/api-pipeline.ts'
import { graphqlRefusal, type HealthQuery, healthQueryOf } from './graphql-query.ts'
import type { Variant } from './variant.ts'

function refused(
  name: string,
  does: string,
  text: (query: HealthQuery) => string,
  more: { readonly code?: string; readonly status?: number; readonly cost?: Variant['cost'] } = {},
): Variant {
  return {
    name: `graphql/${name}`,
    of: 'graphql',
    cost: more.cost ?? 'scope',
    does,
    instead: (asked) => {
      const query = healthQueryOf(asked)
      return query === null ? null : graphqlRefusal(text(query), asked, more.code, more.status)
    },
  }
}

function throttled(name: string, does: string, text: string, code?: string): Variant {
  return {
    name: `throttled/${name}`,
    of: 'graphql',
    cost: 'answer',
    does,
    instead: everyTenth((asked) => graphqlRefusal(text, asked, code)),
  }
}

function everyTenth(answer: (asked: Asked) => RawAnswer): (asked: Asked) => RawAnswer | null {
  return (asked) => (asked.earlier % 10 === 1 ? answer(asked) : null)
}

const named = ({ kind, scopeId }: HealthQuery): string => `${kind} '${scopeId}'`

/** One account or zone that may not be read, and the API at the end of its strength. */
export const graphqlRefusals: readonly Variant[] = [
  refused(
    'no-path',
    'refuses with "does not have access to the path", as a plan without the dataset',
    (query) => `${named(query)} does not have access to the path`,
    { code: 'authz' },
  ),
  refused(
    'plan',
    'refuses with "not available for your plan"',
    (query) =>
      `${named(query)}: logpushHealthAdaptiveGroups is not available for your plan. Upgrade to use it`,
  ),
  refused(
    'no-permission',
    'refuses with "Actor does not have permission" and code authz',
    ({ kind, scopeId }) =>
      `Actor does not have permission 'com.cloudflare.api.account.${kind}.analytics.read' for ${kind} ${scopeId}`,
    { code: 'authz' },
  ),
  refused(
    'not-authorized',
    'refuses with "not authorized for that account"',
    () => 'not authorized for that account',
    {
      code: 'authz',
    },
  ),
  refused(
    'authentication',
    'refuses with "Authentication error" and code authz',
    () => 'Authentication error',
    {
      code: 'authz',
    },
  ),
  refused('internal', 'fails with 200 and "Internal server error"', () => 'Internal server error'),
  refused('unknown-text', 'refuses with a text and a code that nobody has seen yet', named, {
    code: 'novel',
  }),
  throttled(
    'budget',
    'answers every tenth query with "rate limiter budget depleted" and code budget',
    'rate limiter budget depleted, try again after 5 minutes',
    'budget',
  ),
  throttled(
    'limit-reached',
    'answers every tenth query with "limit reached"',
    'limit reached, please try reduced time period',
  ),
  throttled(
    'quota-exceeded',
    'answers every tenth query with "quota exceeded, please repeat your request in the next minute"',
    'quota exceeded, please repeat your request in the next minute',
    'quota',
  ),
  {
    name: 'throttled/graphql-429',
    of: 'graphql',
    cost: 'answer',
    does: 'answers every tenth query with 429 and retry-after',
    instead: everyTenth((asked) => ({
      ...graphqlRefusal('rate limit exceeded', asked, undefined, 429),
      headers: { 'retry-after': '2' },
    })),
  },
]
