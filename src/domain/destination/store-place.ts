/*
 * Where a destination keeps its files, as far as somebody who wants to list them must know. No secret is in it: the
 * credentials of a destination only write, and those that read are found by the reader.
 */
import { isObject } from '../plain-value.ts'
import type { Secret } from '../secret.ts'
import type { EpochMs } from '../time.ts'
import { destinationKinds } from './kinds.ts'
import { kindOfAddress } from './redaction.ts'
import { decodePath, decodeText, parseQuery, splitConf, textBefore } from './text.ts'

/** A folder of a bucket or container. `path` has no slash at its ends and may hold `{DATE}`. */
export type StorePlace =
  | {
      readonly store: 's3'
      readonly bucket: string
      readonly path: string
      /** Null: the region of the credential chain. */
      readonly region: string | null
      /** Host or address of an S3-compatible store; null for AWS. */
      readonly endpoint: string | null
    }
  | { readonly store: 'r2'; readonly bucket: string; readonly path: string; readonly accountId: string }
  | { readonly store: 'gcs'; readonly bucket: string; readonly path: string }
  | { readonly store: 'azure'; readonly bucket: string; readonly path: string; readonly account: string }

/** Null for a destination that keeps no files that could be listed. */
export function storePlace(conf: Secret): StorePlace | null {
  const parts = splitConf(conf.reveal())
  const kind = parts === null ? null : kindOfAddress(parts.scheme, parts.address)
  if (parts === null || kind === null) return null
  const spec = destinationKinds[kind]
  if (!('objects' in spec)) return null
  const [first = '', ...rest] = parts.address.split('/')
  const query = parseQuery(parts.query) ?? new Map<string, string>()
  switch (spec.objects.store) {
    case 's3': {
      const [region, endpoint] = [query.get('region') ?? null, query.get('endpoint') ?? null]
      return { store: 's3', bucket: first, path: folder(rest), region, endpoint }
    }
    case 'r2':
      return { store: 'r2', bucket: first, path: folder(rest), accountId: query.get('account-id') ?? '' }
    case 'gcs':
      return { store: 'gcs', bucket: first, path: folder(rest) }
    case 'azure': {
      const [container = '', ...path] = rest
      return { store: 'azure', bucket: container, path: folder(path), account: textBefore(first, '.') }
    }
  }
}

/** When the signature of an Azure destination expires; null where none does, or none that can be read. */
export function destinationExpiry(conf: Secret): EpochMs | null {
  const parts = splitConf(conf.reveal())
  if (parts?.scheme !== 'azure') return null
  const text = decodeText(/(?:^|&)se=([^&]*)/.exec(parts.query ?? '')?.[1] ?? '') ?? ''
  // Azure also takes a day alone, which ends as it begins, in UTC.
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : at
}

/** The place as people write it, e.g. `s3://quay-logs/http/{DATE}`. */
export function placeTitle(place: StorePlace): string {
  const root =
    place.store === 'azure'
      ? `azure://${place.account}/${place.bucket}`
      : `${place.store === 'gcs' ? 'gs' : place.store}://${place.bucket}`
  return place.path === '' ? root : `${root}/${place.path}`
}

/** Tells places apart: two jobs with the same key write into the same folder. */
export function placeKey(place: StorePlace): string {
  switch (place.store) {
    case 's3':
      return `s3:${place.endpoint ?? ''}:${place.bucket}/${place.path}`
    case 'r2':
      return `r2:${place.accountId}:${place.bucket}/${place.path}`
    case 'gcs':
      return `gcs::${place.bucket}/${place.path}`
    case 'azure':
      return `azure:${place.account}:${place.bucket}/${place.path}`
  }
}

function folder(segments: readonly string[]): string {
  const path = segments.join('/').replace(/^\/+|\/+$/g, '')
  return decodePath(path) ?? path
}

/** Reads a stored place back; null when it is none. */
export function placeFromRecord(value: unknown): StorePlace | null {
  if (!isObject(value)) return null
  const { store, bucket, path } = value
  if (typeof bucket !== 'string' || typeof path !== 'string') return null
  const text = (name: string): string | null => {
    const found = value[name]
    return typeof found === 'string' ? found : null
  }
  switch (store) {
    case 's3':
      return { store, bucket, path, region: text('region'), endpoint: text('endpoint') }
    case 'r2':
      return { store, bucket, path, accountId: text('accountId') ?? '' }
    case 'gcs':
      return { store, bucket, path }
    case 'azure':
      return { store, bucket, path, account: text('account') ?? '' }
    default:
      return null
  }
}
