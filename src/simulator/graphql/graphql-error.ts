import { GraphQLError, type GraphQLFormattedError } from 'graphql'

/** A query that is refused: its message, the HTTP status the documentation gives it, and its code. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly status: number
  readonly code: string | undefined
  readonly retryAfterSeconds: number | undefined
  constructor(message: string, status: number, code?: string, retryAfterSeconds?: number) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

const rateLimitPage =
  'Refer to this page for more details about rate limits: https://developers.cloudflare.com/analytics/graphql-api/limits/'

export const queryErrors = {
  unauthorized: () => new QueryError('Unauthorized', 401),
  depleted: (retryAfterSeconds: number) =>
    new QueryError(
      'rate limiter budget depleted, try again after 5 minutes',
      429,
      'budget',
      retryAfterSeconds,
    ),
  scopeDepleted: (kind: 'Account' | 'Zone', id: string) =>
    new QueryError(
      `${kind} ${id} has exceeded its rate limit. Please try again after 5 minutes. ${rateLimitPage}`,
      429,
      'budget',
    ),
  account: () => new QueryError('not authorized for that account', 403, 'authz'),
  zones: (ids: readonly string[]) =>
    new QueryError(`zones [${ids.join(' ')}] are not authorized`, 403, 'authz'),
  actor: (zoneId: string) =>
    new QueryError(
      `Actor does not have permission 'com.cloudflare.api.account.zone.analytics.read' for zone ${zoneId}`,
      403,
      'authz',
    ),
  path: (kind: string, id: string) =>
    new QueryError(`${kind} '${id}' does not have access to the path`, 403, 'authz'),
  tooManyZones: () => new QueryError("number of zones can't be more than 10", 400),
  listOfZones: () =>
    new QueryError('error parsing args for "zones": a list of zones must be nested in accounts', 400),
  missingFilter: (name: string) =>
    new QueryError(`error parsing args for "${name}": filter is required`, 400),
  tooOld: (seconds: number) => new QueryError(`cannot request data older than ${seconds}s`, 400),
  tooWide: (seconds: number) =>
    new QueryError(`query time range is too large. Time range can't be wider than ${seconds}s`, 400),
  tooManyFields: (most: number) => new QueryError(`number of fields can't be more than ${most}`, 400),
  limit: (most: number) => new QueryError(`limit must be positive number and not greater than ${most}`, 400),
} as const

/** An error as Cloudflare writes it: path elements are texts, and each error has a time. */
export function formatError(error: GraphQLError, nowMs: number): GraphQLFormattedError {
  const original = error.originalError
  const code = original instanceof QueryError ? original.code : undefined
  return {
    message: cloudflareMessage(error),
    ...(error.path === undefined ? {} : { path: error.path.map(String) }),
    extensions: { ...(code === undefined ? {} : { code }), timestamp: new Date(nowMs).toISOString() },
  }
}

function cloudflareMessage(error: GraphQLError): string {
  const unknown = /^Cannot query field "(\w+)"/.exec(error.message)
  if (unknown !== null) return `unknown field "${unknown[1]}"`
  if (/must not have a selection/.test(error.message)) return 'scalar fields must have no selections'
  if (/must have a selection of subfields/.test(error.message)) return 'object field must have selections'
  if (error.originalError instanceof QueryError || error.message.startsWith('error parsing args')) {
    return error.message
  }
  if (error.message.startsWith('Syntax Error')) return 'query contains error, please review it and retry'
  return `error parsing args: ${error.message}`
}

export function asGraphqlError(error: QueryError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error })
}
