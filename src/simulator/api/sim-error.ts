export interface ApiError {
  readonly code: number
  readonly message: string
  readonly error_chain?: readonly { readonly code: number; readonly message: string }[]
}

/** A request that Cloudflare refuses: the HTTP status, the `errors` of the envelope, and more headers. */
export class SimError extends Error {
  override readonly name = 'SimError'
  readonly status: number
  readonly errors: readonly ApiError[]
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, errors: readonly ApiError[], headers: Readonly<Record<string, string>> = {}) {
    super(errors.map(({ message }) => message).join('; '))
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

/** The envelope of a refusal. */
export function failure(errors: readonly ApiError[]) {
  return { success: false, errors, messages: [], result: null }
}

export const simErrors = {
  /** The request's body or parameters are wrong (Logpush's own code). */
  invalid: (message: string) => new SimError(400, [{ code: 1002, message }]),
  /** Cloudflare tried to write to the destination. */
  unreachable: () => simErrors.invalid('error validating destination: error writing object: error uploading'),
  /** Logpush's "not allowed": permission, entitlement or quota. */
  notAllowed: (message: string) => new SimError(403, [{ code: 1004, message }]),
  /** The token is bad, or may not do this to this resource. */
  authentication: (status: 401 | 403) =>
    new SimError(status, [{ code: 10000, message: 'Authentication error' }]),
  invalidToken: () => new SimError(403, [{ code: 9109, message: 'Invalid access token' }]),
  unauthorized: () =>
    new SimError(403, [{ code: 9109, message: 'Unauthorized to access requested resource' }]),
  malformedHeader: () =>
    new SimError(400, [
      {
        code: 6003,
        message: 'Invalid request headers',
        error_chain: [{ code: 6111, message: 'Invalid format for Authorization header' }],
      },
    ]),
  missingHeader: () =>
    new SimError(400, [{ code: 9106, message: 'Missing X-Auth-Key, X-Auth-Email or Authorization headers' }]),
  notFound: (message: string) => new SimError(404, [{ code: 1001, message }]),
  noRoute: (path: string) =>
    new SimError(404, [
      { code: 7003, message: `Could not route to ${path}, perhaps your object identifier is invalid?` },
      { code: 7000, message: 'No route for that URI' },
    ]),
  malformedBody: () => new SimError(400, [{ code: 6007, message: 'Malformed JSON in request body' }]),
  rateLimited: (retryAfterSeconds: number) => {
    const message =
      'More than 1200 requests per 300 seconds reached. Please wait and consider throttling your request speed'
    return new SimError(429, [{ code: 10429, message }], { 'retry-after': String(retryAfterSeconds) })
  },
} as const

export const invalidApiToken = (): SimError =>
  new SimError(401, [{ code: 1000, message: 'Invalid API Token' }])
