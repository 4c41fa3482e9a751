/* What to look at first, for the very class of error and kind of destination, and a command that shows it. */
import type { FailureReason } from '../../domain/job/job.ts'
import type { JobStatus } from '../../exporter/view/job-status.ts'

export interface Advice {
  readonly text: string
  /** For a shell of a person who may look at the destination; null where it would say nothing. */
  readonly command: string | null
  /** The place in the runbook about destinations. */
  readonly anchor: string
}

interface Place {
  /** The host, bucket or project. */
  readonly root: string
  /** What follows it, up to the first placeholder or parameter. */
  readonly path: string
  /** Where a store that is S3-compatible answers; null for all others. */
  readonly endpoint: string | null
}

interface Kind {
  readonly anchor: string
  /** Why it refuses access, as a rule. */
  readonly auth: string
  /** Shows who may write, where a command can. */
  readonly access?: (place: Place) => string
  /** Shows whether what is written to is there. */
  readonly exists?: (place: Place) => string
  /** Where it answers; a store has no host of its own in its address. */
  readonly host?: (place: Place) => string
}

const otherAnchor = 'new-relic-elastic-ibm-cloud-logs-sentinelone-other-http-endpoints'
const rootHost = ({ root }: Place): string => root

const other: Kind = {
  anchor: otherAnchor,
  auth: 'The key or header was rotated or revoked, or another region is meant.',
  host: rootHost,
}

/** The type of these is `s3` too; what tells them apart is the endpoint. */
const s3Compatible: Kind = {
  anchor: 's3-compatible-storage-minio-ceph',
  auth: 'The key was rotated, or lost its right to write.',
  access: ({ root, endpoint }) =>
    `aws s3api get-bucket-policy --bucket ${root} --endpoint-url https://${endpoint}`,
  exists: ({ root, endpoint }) => `aws s3api head-bucket --bucket ${root} --endpoint-url https://${endpoint}`,
  host: ({ root, endpoint }) => endpoint ?? root,
}

/** By `destination_type`. */
const kinds: Readonly<Record<string, Kind>> = {
  s3: {
    anchor: 'amazon-s3',
    auth: 'The bucket policy no longer lets Cloudflare write, or the key of the destination was rotated.',
    access: ({ root }) => `aws s3api get-bucket-policy --bucket ${root} --query Policy --output text`,
    exists: ({ root }) => `aws s3api head-bucket --bucket ${root}`,
    host: ({ root }) => `${root}.s3.amazonaws.com`,
  },
  r2: {
    anchor: 'cloudflare-r2',
    auth: 'The R2 API token behind the access key was deleted, has expired, or does not cover this bucket.',
    access: ({ root }) => `npx wrangler r2 bucket info ${root}`,
    exists: ({ root }) => `npx wrangler r2 bucket info ${root}`,
  },
  gcs: {
    anchor: 'google-cloud-storage',
    auth: 'The bucket no longer grants logpush@cloudflare-data.iam.gserviceaccount.com the role Storage Object Admin.',
    access: ({ root }) => `gcloud storage buckets get-iam-policy gs://${root}`,
    exists: ({ root }) => `gcloud storage buckets describe gs://${root}`,
    host: () => 'storage.googleapis.com',
  },
  azure: {
    anchor: 'azure-blob-storage',
    auth: 'The SAS has expired, or the account key that signed it was rotated.',
    access: ({ root }) =>
      `az storage account keys list --account-name ${root.split('.')[0]} --query '[].creationTime'`,
    exists: ({ root, path }) =>
      `az storage container show --account-name ${root.split('.')[0]} --name ${path.split('/')[0]} --auth-mode login`,
    host: rootHost,
  },
  splunk: {
    anchor: 'splunk',
    auth: 'The HEC token was disabled, deleted or rotated.',
    access: ({ root }) => `curl -sS https://${root}/services/collector/health`,
    host: rootHost,
  },
  datadog: {
    anchor: 'datadog',
    auth: 'The API key was revoked, or belongs to another Datadog site.',
    access: ({ root }) =>
      `curl -sS -H "DD-API-KEY: $DD_API_KEY" https://api.${root
        .split('.')
        .slice(1)
        .join('.')
        .replace(/^logs\./, '')}/api/v1/validate`,
    host: rootHost,
  },
  sumo_logic: {
    anchor: 'sumo-logic',
    auth: 'Someone regenerated the URL of the HTTP source, or deleted the source.',
    host: rootHost,
  },
  bigquery: {
    anchor: 'bigquery-kinesis',
    auth: "The service account's key was deleted, or it lost its right to write to the table.",
  },
  kinesis: {
    anchor: 'bigquery-kinesis',
    auth: "The role's trust policy or external id was changed, or keys were rotated.",
  },
}

type About = (kind: Kind, place: Place) => { readonly text: string; readonly command: string | null }

const reach = (kind: Kind, place: Place, command: (host: string) => string): string | null =>
  kind.host === undefined ? null : command(kind.host(place))
const answers = (host: string): string =>
  `curl -sS -o /dev/null -w '%{http_code} in %{time_total} s\\n' https://${host}/`

const reasons: Readonly<Record<FailureReason, About>> = {
  auth: (kind, place) => ({ text: kind.auth, command: kind.access?.(place) ?? null }),
  not_found: (kind, place) => ({
    text: 'What is written to is gone, was renamed, or is in another account or region.',
    command: kind.exists?.(place) ?? reach(kind, place, answers),
  }),
  dns: (kind, place) => ({
    text: 'Cloudflare cannot resolve the host: look at its records, its delegation, and whether the domain has expired.',
    command: reach(kind, place, (host) => `dig +short ${host.replace(/:\d+$/, '')} @1.1.1.1`),
  }),
  tls: (kind, place) => ({
    text: 'The certificate has expired, has another name, or comes from an issuer nobody knows.',
    command: reach(kind, place, (host) => {
      const name = host.replace(/:\d+$/, '')
      const at = host === name ? `${host}:443` : host
      return `openssl s_client -connect ${at} -servername ${name} </dev/null | openssl x509 -noout -subject -issuer -enddate`
    }),
  }),
  timeout: (kind, place) => ({
    text: "The destination is slow, or a firewall drops packets: look at its load, and whether Cloudflare's addresses are allowed.",
    command: reach(kind, place, answers),
  }),
  throttled: () => ({
    text: 'The destination limits the rate: raise its quota, give jobs prefixes of their own, or push larger batches less often.',
    command: null,
  }),
  rejected: () => ({
    text: 'The destination does not take the batch: too large, malformed, or another format. What changed in fields, format or limits, on either side?',
    command: null,
  }),
  server_error: (kind, place) => ({
    text: 'The destination itself fails: look at its status page.',
    command: reach(kind, place, answers),
  }),
  other: () => ({ text: 'No known class: read the message of the error.', command: null }),
}

/** Null for a job that has no error. */
export function adviceFor({ reason, facts }: Pick<JobStatus, 'reason' | 'facts'>): Advice | null {
  if (reason === null) return null
  const place = placeOf(facts?.destination ?? '')
  const kind = place?.endpoint ? s3Compatible : (kinds[facts?.destinationType ?? ''] ?? other)
  const { text, command } = reasons[reason](kind, place ?? { root: '', path: '', endpoint: null })
  return { text, command: place === null ? null : command, anchor: kind.anchor }
}

const hostText = /^\w[\w.-]*(?::\d+)?$/

/** Null unless every part is one that a shell takes as it is: the command is there to be pasted. */
function placeOf(destination: string): Place | null {
  const [, root = '', path = '', query = ''] =
    /^[a-z0-9+]+:\/\/(?:projects\/)?([^/?]*)(?:\/([\w./-]*)[^?]*)?(?:\?(.*))?$/.exec(destination) ?? []
  const endpoint = new URLSearchParams(query).get('endpoint')
  const isPlain = hostText.test(root) && (endpoint === null || hostText.test(endpoint))
  return isPlain ? { root, path, endpoint } : null
}
