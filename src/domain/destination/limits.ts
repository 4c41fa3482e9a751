import type { Destination } from './destination.ts'
import { kindSpec } from './kinds.ts'
import { kindOfAddress } from './redaction.ts'
import type { UploadLimits } from './spec.ts'
import { decodeText, splitConf } from './text.ts'

/** What holds where a destination has no limits of its own. */
const general: UploadLimits = {
  bytes: { min: 5_000_000, max: 1_000_000_000 },
  records: { min: 1_000, max: 1_000_000 },
  intervalSeconds: { min: 30, max: 300 },
}

/** The `max_upload_*` values a destination takes (Cloudflare's pages for it, October 2026). */
export function uploadLimits({ kind }: Pick<Destination, 'kind'>): UploadLimits {
  return kind === 'url' ? general : { ...general, ...kindSpec(kind).limits }
}

/** Whether Cloudflare wants proof, through an ownership challenge, before it sends logs there. */
export function needsChallenge(destination: Destination): boolean {
  const conf = destination.kind === 'url' ? splitConf(destination.conf.reveal()) : null
  const known = conf === null ? null : kindOfAddress(conf.scheme, conf.address)
  const kind = destination.kind === 'url' ? known : destination.kind
  if (kind === null) return false
  const { challenge } = kindSpec(kind)
  if (challenge !== 'without keys') return challenge === 'always'
  if (destination.kind === 'url') return !/[?&]access-key-id=/.test(destination.conf.reveal())
  return destination.kind !== 's3' || destination.access_key_id === undefined
}

/** Scheme and host, bucket or table, with the service or account it is at: another one is somewhere else. */
export function destinationPlace(conf: string): string {
  const parts = splitConf(conf)
  if (parts === null) return ''
  const [authority = '', ...path] = parts.address.split('/')
  const known = kindOfAddress(parts.scheme, parts.address)
  const deep = path.slice(0, known === null ? 0 : (kindSpec(known).placeDepth ?? 0))
  const at = ['endpoint', 'account-id'].flatMap((name) => parameterOf(parts.query ?? '', name))
  return `${parts.scheme}://${[authority.slice(authority.lastIndexOf('@') + 1), ...deep, ...at].join('/')}`
}

/** One parameter by itself: that another is ambiguous, such as a secret with a plus sign, does not matter. */
function parameterOf(query: string, name: string): readonly string[] {
  const pair = query.split('&').find((one) => one.startsWith(`${name}=`))
  if (pair === undefined) return []
  const raw = pair.slice(name.length + 1)
  return [decodeText(raw) ?? raw]
}
