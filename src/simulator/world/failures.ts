interface Failure {
  /** HTTP status of the destination, or one of Cloudflare's synthetic ones. */
  readonly status: number
  /** The error's text; real texts quote the address, credentials included, so some of these do too. */
  readonly text: (destinationConf: string) => string
}

const host = (conf: string): string => conf.replace(/^[^:]*:\/\//, '').split(/[/?:]/)[0] ?? ''

/** The meanings of 1101–1108 and 1201 are not public but for 1105; the others here are guesses. */
export const failures = {
  access_denied: {
    status: 403,
    text: () => 'error uploading object: AccessDenied: Access Denied, status code: 403',
  },
  expired_credentials: {
    status: 401,
    text: (conf) => `error uploading to ${conf}: 401 Unauthorized: token expired`,
  },
  not_found: {
    status: 404,
    text: () => 'error uploading object: NoSuchBucket: The specified bucket does not exist, status code: 404',
  },
  dns: { status: 1105, text: (conf) => `Post "${conf}": dial tcp: lookup ${host(conf)}: no such host` },
  tls: {
    status: 1104,
    text: () => 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  },
  timeout: { status: 1102, text: (conf) => `Post "${conf}": context deadline exceeded` },
  throttled: { status: 429, text: () => 'error writing object: unexpected status 429 Too Many Requests' },
  rejected: { status: 400, text: () => 'error writing object: unexpected status 400 Bad Request' },
  server_error: {
    status: 503,
    text: () => 'error writing object: unexpected status 503 Service Unavailable',
  },
} satisfies Readonly<Record<string, Failure>>

/** Why a destination refuses uploads. The names are ours; what the API shows of them is the table's. */
export type FailureName = keyof typeof failures

export function isFailureName(text: string): text is FailureName {
  return Object.hasOwn(failures, text)
}
