import { kindSpec } from '../../domain/destination/kinds.ts'
import { kindOfAddress } from '../../domain/destination/redaction.ts'
import type { ObjectsSpec } from '../../domain/destination/spec.ts'
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
  const store = objectsOf(conf.reveal())?.store
  if (store === undefined) return []
  const root = store === 'azure' ? second : first
  const key = filename.replace(/^\/+/, '')
  const names = key.startsWith(`${root}/`) ? [key, key.slice(root.length + 1)] : [key]
  return names.map((name) => locationOf(store, first, root, name, query))
}

function locationOf(
  store: ObjectsSpec['store'],
  host: string,
  root: string,
  key: string,
  query: ReadonlyMap<string, string>,
): ObjectLocation {
  const credentials = keysOf(query)
  switch (store) {
    case 's3':
      return {
        store,
        bucket: root,
        key,
        region: query.get('region') ?? null,
        endpoint: query.get('endpoint') ?? null,
        credentials,
      }
    case 'r2':
      return { store, bucket: root, key, accountId: query.get('account-id') ?? '', credentials }
    case 'gcs':
      return { store, bucket: root, key }
    case 'azure':
      return { store, account: host.split('.', 1)[0] ?? '', container: root, key }
  }
}

function keysOf(query: ReadonlyMap<string, string> | null): KeyPair | null {
  const id = query?.get('access-key-id') ?? ''
  const key = query?.get('secret-access-key') ?? ''
  return id === '' || key === '' ? null : { accessKeyId: new Secret(id), secretAccessKey: new Secret(key) }
}

/** What has to be allowed so that Cloudflare can write the challenge file, and later the logs. */
export function writeAdvice(conf: Secret): string {
  return objectsOf(conf.reveal())?.grant ?? 'check the destination and its credentials'
}

/** What the table says of the objects of a destination; null when it keeps none that could be read. */
function objectsOf(conf: string): ObjectsSpec | null {
  const parts = splitConf(conf)
  const kind = parts === null ? null : kindOfAddress(parts.scheme, parts.address)
  return kind === null ? null : (kindSpec(kind).objects ?? null)
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
