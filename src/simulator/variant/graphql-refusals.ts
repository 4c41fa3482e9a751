import type { Asked, RawAnswer } from '../api/api-pipeline.ts'
import { graphqlRefusal, type HealthQuery, healthQueryOf } from './graphql-query.ts'
import { everyTenth, replaced, type Variant } from './variant.ts'

/** Refuses each query about an account or zone with that text. */
function refuses(text: (query: HealthQuery) => string, code?: string) {
  return (asked: Asked): RawAnswer | null => {
    const query = healthQueryOf(asked)
    return query === null ? null : graphqlRefusal(text(query), asked, code)
  }
}

const throttles = (text: string, code?: string) => everyTenth((asked) => graphqlRefusal(text, asked, code))

const named = ({ kind, scopeId }: HealthQuery): string => `${kind} '${scopeId}'`

/** One account or zone that may not be read, and the API at the end of its strength. */
export const graphqlRefusals: readonly Variant[] = [
  ...replaced('graphql', 'scope', {
    'graphql/no-path': [
      'refuses with "does not have access to the path", as a plan without the dataset',
      refuses((query) => `${named(query)} does not have access to the path`, 'authz'),
    ],
    'graphql/plan': [
      'refuses with "not available for your plan"',
      refuses(
        (query) =>
          `${named(query)}: logpushHealthAdaptiveGroups is not available for your plan. Upgrade to use it`,
      ),
    ],
    'graphql/no-permission': [
      'refuses with "Actor does not have permission" and code authz',
      refuses(
        ({ kind, scopeId }) =>
          `Actor does not have permission 'com.cloudflare.api.account.${kind}.analytics.read' for ${kind} ${scopeId}`,
        'authz',
      ),
    ],
    'graphql/not-authorized': [
      'refuses with "not authorized for that account"',
      refuses(() => 'not authorized for that account', 'authz'),
    ],
    'graphql/authentication': [
      'refuses with "Authentication error" and code authz',
      refuses(() => 'Authentication error', 'authz'),
    ],
    'graphql/internal': [
      'fails with 200 and "Internal server error"',
      refuses(() => 'Internal server error'),
    ],
    'graphql/unknown-text': [
      'refuses with a text and a code that nobody has seen yet',
      refuses(named, 'novel'),
    ],
  }),
  ...replaced('graphql', 'answer', {
    'throttled/budget': [
      'answers every tenth query with "rate limiter budget depleted" and code budget',
      throttles('rate limiter budget depleted, try again after 5 minutes', 'budget'),
    ],
    'throttled/limit-reached': [
      'answers every tenth query with "limit reached"',
      throttles('limit reached, please try reduced time period'),
    ],
    'throttled/quota-exceeded': [
      'answers every tenth query with "quota exceeded, please repeat your request in the next minute"',
      throttles('quota exceeded, please repeat your request in the next minute', 'quota'),
    ],
    'throttled/graphql-429': [
      'answers every tenth query with 429 and retry-after',
      everyTenth((asked) => ({
        ...graphqlRefusal('rate limit exceeded', asked, undefined, 429),
        headers: { 'retry-after': '2' },
      })),
    ],
  }),
]
