/** A `destination_conf` as far as the simulator needs to understand it. */
export interface DestinationConf {
  readonly scheme: string
  /** Bucket, or container for Azure; host for the rest. */
  readonly container: string
  readonly host: string
  /** Path inside the bucket or container, without slashes at its ends. */
  readonly path: string
  readonly params: ReadonlyMap<string, string>
}

interface Scheme {
  /** As the health data spells it most of the time. */
  readonly type: string
  /** Status of a successful upload. */
  readonly okStatus: number
  readonly requiredParams: readonly string[]
}

const schemes: Readonly<Record<string, Scheme>> = {
  s3: { type: 'S3', okStatus: 200, requiredParams: ['region'] },
  r2: { type: 'R2', okStatus: 200, requiredParams: ['account-id', 'access-key-id', 'secret-access-key'] },
  gs: { type: 'GCS', okStatus: 200, requiredParams: [] },
  azure: { type: 'Azure', okStatus: 201, requiredParams: [] },
  sumo: { type: 'Sumo', okStatus: 200, requiredParams: [] },
  splunk: { type: 'Splunk', okStatus: 200, requiredParams: ['channel', 'header_Authorization'] },
  datadog: { type: 'Datadog', okStatus: 202, requiredParams: ['header_DD-API-KEY'] },
  https: { type: 'HTTP', okStatus: 204, requiredParams: [] },
  ibmcl: { type: 'IBMCloudLogs', okStatus: 200, requiredParams: ['ibm_api_key'] },
  sentinelone: { type: 'SentinelOne', okStatus: 200, requiredParams: ['header_Authorization'] },
  bq: { type: 'BigQuery', okStatus: 200, requiredParams: ['credentials'] },
  kinesis: { type: 'Kinesis', okStatus: 200, requiredParams: ['region'] },
}

/** Null when it is not `<scheme>://<address>` with a known scheme. Not a URL parser: `{DATE}` stays as it is. */
export function readDestinationConf(conf: string): DestinationConf | null {
  const match = /^([a-z0-9]+):\/\/([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(conf)
  const [, scheme = '', host = '', rest = '', query = ''] = match ?? []
  if (match === null || !Object.hasOwn(schemes, scheme)) return null
  const params = new Map<string, string>()
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=')
    if (at > 0) params.set(pair.slice(0, at), pair.slice(at + 1))
  }
  const [first = '', ...others] = rest.split('/')
  const azure = scheme === 'azure'
  const path = (azure ? others.join('/') : rest).replace(/^\/+|\/+$/g, '')
  return { scheme, container: azure ? first : host, host, path, params }
}

/** What is wrong with the text as a destination, null when nothing is. */
export function destinationProblem(conf: string): string | null {
  const parsed = readDestinationConf(conf)
  if (parsed === null) return 'invalid destination_conf: unsupported scheme or missing address'
  const missing = schemes[parsed.scheme]?.requiredParams.filter((name) => !parsed.params.has(name)) ?? []
  if (missing.length > 0) return `invalid destination_conf: missing parameter ${missing.join(', ')}`
  if (parsed.scheme === 'azure') {
    if (parsed.container === '') return 'invalid destination_conf: missing container'
    if (parsed.params.get('srt') !== undefined && parsed.params.get('srt') !== 'o')
      return 'signedResourceTypes must be Object only (srt=o)'
  }
  return null
}

/** Whether Cloudflare wants proof of ownership before it writes there. */
export function needsChallenge(conf: string): boolean {
  const parsed = readDestinationConf(conf)
  if (parsed?.scheme === 's3') return !parsed.params.has('access-key-id')
  return parsed !== null && ['gs', 'azure', 'sumo'].includes(parsed.scheme)
}

/** How uploads to the destination look in the health data; an unknown one looks like HTTP. */
export function schemeOf(conf: string): Scheme {
  return (
    schemes[readDestinationConf(conf)?.scheme ?? ''] ?? { type: 'HTTP', okStatus: 200, requiredParams: [] }
  )
}
