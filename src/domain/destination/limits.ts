import type { Destination } from './destination.ts'
import { kindSpec } from './kinds.ts'
import { kindOfAddress } from './redaction.ts'
import { parseQuery, splitConf } from './text.ts'

/** Inclusive bounds of a `max_upload_*` value; 0, which leaves it to Cloudflare, is always allowed. */
export interface UploadRange {
  readonly min: number
  readonly max: number
}

/** `fixed`: Cloudflare decides, and ignores what a job says. */
export type UploadLimit = UploadRange | 'fixed'

export interface UploadLimits {
  /** Uncompressed bytes. */
  readonly bytes: UploadLimit
  readonly records: UploadLimit
  readonly intervalSeconds: UploadLimit
}

/** What holds where a destination has no limits of its own. */
const general: UploadLimits = {
  bytes: { min: 5_000_000, max: 1_000_000_000 },
  records: { min: 1_000, max: 1_000_000 },
  intervalSeconds: { min: 30, max: 300 },
}

/** The `max_upload_*` values a destination takes (Cloudflare's pages for it, October 2026). */
export function uploadLimits(destination: Pick<Destination, 'kind'>): UploadLimits {
  switch (destination.kind) {
    case 'datadog':
      return { bytes: 'fixed', records: 'fixed', intervalSeconds: 'fixed' }
    case 'ibm_cloud_logs':
      return { ...general, bytes: { min: 1, max: 2_000_000 } }
    case 'bigquery':
      return { ...general, bytes: { min: 1, max: 10_000_000 }, records: { min: 1, max: 50_000 } }
    case 'new_relic':
      return { ...general, bytes: { min: 1, max: 5_000_000 } }
    default:
      return general
  }
}

/** Whether Cloudflare wants proof, through an ownership challenge, before it sends logs there. */
export function needsChallenge(destination: Destination): boolean {
  const conf = destination.kind === 'url' ? splitConf(destination.conf.reveal()) : null
  const known = conf === null ? null : kindOfAddress(conf.scheme, conf.address)
  const kind = destination.kind === 'url' ? known : destination.kind
  if (kind === null) return false
  const { challenge } = kindSpec(kind)
  if (challenge !== 'without keys') return challenge === 'always'
  if (conf !== null) return !/(?:^|&)access-key-id=/.test(conf.query ?? '')
  return destination.kind !== 's3' || destination.access_key_id === undefined
}

/** Scheme and host, bucket or table, with the service or account it is at: another one is somewhere else. */
export function destinationPlace(conf: string): string {
  const parts = splitConf(conf)
  if (parts === null) return ''
  const [authority = '', ...path] = parts.address.split('/')
  const deep = parts.scheme === 'bq' ? path : parts.scheme === 'azure' ? path.slice(0, 1) : []
  const params = parseQuery(parts.query)
  const at = ['endpoint', 'account-id'].flatMap((name) => params?.get(name) ?? [])
  return `${parts.scheme}://${[authority.slice(authority.lastIndexOf('@') + 1), ...deep, ...at].join('/')}`
}
