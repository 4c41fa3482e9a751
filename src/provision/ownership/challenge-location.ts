import { parseQuery, splitConf } from '../../domain/destination/text.ts'
import { Secret } from '../../domain/secret.ts'
import type { KeyPair, ObjectLocation } from '../../ports/object-reader.ts'

/*
 * Where a challenge file lies. Everything is taken from the exact `destination_conf` that Cloudflare was
 * given and from the file name that it returned: neither is ever rebuilt from parts.
 */

/**
 * The places to look for the file, best first; empty when the destination is no object store (the
 * challenge of Sumo Logic is a log line). A second place is given where the name may begin with the
 * bucket's own name.
 */
export function challengeLocations(conf: Secret, filename: string): readonly ObjectLocation[] {
  const parts = splitConf(conf.reveal())
  if (parts === null) return []
  const [first = '', second = ''] = parts.address.split('/')
  const query = parseQuery(parts.query) ?? new Map<string, string>()
  const root = parts.scheme === 'azure' ? second : first
  const key = filename.replace(/^\/+/, '')
  const names = key.startsWith(`${root}/`) ? [key, key.slice(root.length + 1)] : [key]
  return names.flatMap((name) => locationOf(parts.scheme, first, root, name, query) ?? [])
}

function locationOf(
  scheme: string,
  host: string,
  root: string,
  key: string,
  query: ReadonlyMap<string, string>,
): ObjectLocation | null {
  const credentials = keysOf(query)
  switch (scheme) {
    case 's3':
      return {
        store: 's3',
        bucket: root,
        key,
        region: query.get('region') ?? null,
        endpoint: query.get('endpoint') ?? null,
        credentials,
      }
    case 'r2':
      return { store: 'r2', bucket: root, key, accountId: query.get('account-id') ?? '', credentials }
    case 'gs':
      return { store: 'gcs', bucket: root, key }
    case 'azure':
      return { store: 'azure', account: host.split('.', 1)[0] ?? '', container: root, key }
    default:
      return null
  }
}

function keysOf(query: ReadonlyMap<string, string> | null): KeyPair | null {
  const id = query?.get('access-key-id') ?? ''
  const key = query?.get('secret-access-key') ?? ''
  return id === '' || key === '' ? null : { accessKeyId: new Secret(id), secretAccessKey: new Secret(key) }
}

/** What has to be allowed so that Cloudflare can write the challenge file, and later the logs. */
export function writeAdvice(conf: Secret): string {
  switch (splitConf(conf.reveal())?.scheme) {
    case 's3':
      return 'allow arn:aws:iam::391854517948:user/cloudflare-logpush to s3:PutObject in the bucket policy, and check the region'
    case 'gs':
      return 'give logpush@cloudflare-data.iam.gserviceaccount.com the role Storage Object Admin on the bucket'
    case 'azure':
      return 'use a SAS of the blob service (ss=b) that may write objects (srt=o, sp with w) and has not expired'
    default:
      return 'check the destination and its credentials'
  }
}

/** The command that copies the file into `target`, for people who read it by hand. */
export function readCommand(location: ObjectLocation, target: string): string {
  switch (location.store) {
    case 's3': {
      const endpoint = location.endpoint === null ? '' : ` --endpoint-url https://${location.endpoint}`
      return `aws s3 cp "s3://${location.bucket}/${location.key}" ${target}${endpoint}`
    }
    case 'r2':
      return `aws s3 cp "s3://${location.bucket}/${location.key}" ${target} --endpoint-url https://${location.accountId}.r2.cloudflarestorage.com`
    case 'gcs':
      return `gcloud storage cp "gs://${location.bucket}/${location.key}" ${target}`
    case 'azure':
      return `az storage blob download --account-name ${location.account} --container-name ${location.container} --name "${location.key}" --file ${target}`
  }
}
