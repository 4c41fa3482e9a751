import { kindSpec } from '../../domain/destination/kinds.ts'
import { kindOfAddress } from '../../domain/destination/redaction.ts'
import { storePlace } from '../../domain/destination/store-place.ts'
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
  const place = storePlace(conf)
  if (place === null) return []
  const key = filename.replace(/^\/+/, '')
  const names = key.startsWith(`${place.bucket}/`) ? [key, key.slice(place.bucket.length + 1)] : [key]
  const credentials = keysOf(parseQuery(splitConf(conf.reveal())?.query ?? null))
  return names.map((name) => ({ place, key: name, credentials }))
}

function keysOf(query: ReadonlyMap<string, string> | null): KeyPair | null {
  const id = query?.get('access-key-id') ?? ''
  const key = query?.get('secret-access-key') ?? ''
  return id === '' || key === '' ? null : { accessKeyId: new Secret(id), secretAccessKey: new Secret(key) }
}

/** What has to be allowed so that Cloudflare can write the challenge file, and later the logs. */
export function writeAdvice(conf: Secret): string {
  const parts = splitConf(conf.reveal())
  const kind = parts && kindOfAddress(parts.scheme, parts.address)
  return (kind && kindSpec(kind).objects?.grant) ?? 'check the destination and its credentials'
}

/** The command that copies the file into `target`, for people who read it by hand. */
export function readCommand({ place, key }: ObjectLocation, target: string): string {
  const fromS3 = `aws s3 cp "s3://${place.bucket}/${key}" ${target}`
  switch (place.store) {
    case 's3':
      return place.endpoint === null ? fromS3 : `${fromS3} --endpoint-url https://${place.endpoint}`
    case 'r2':
      return `${fromS3} --endpoint-url https://${place.accountId}.r2.cloudflarestorage.com`
    case 'gcs':
      return `gcloud storage cp "gs://${place.bucket}/${key}" ${target}`
    case 'azure':
      return `az storage blob download --account-name ${place.account} --container-name ${place.bucket} --name "${key}" --file ${target}`
  }
}
