import type { Secret } from '../domain/secret.ts'
import type { CallOptions } from './cloudflare.ts'

/** Keys that came with the destination itself; without them the platform's own credential chain is used. */
export interface KeyPair {
  readonly accessKeyId: Secret
  readonly secretAccessKey: Secret
}

/** Where one object lies, with what is needed to find it; `key` is its path inside the bucket or container. */
export type ObjectLocation =
  | {
      readonly store: 's3'
      readonly bucket: string
      readonly key: string
      /** Null: the region of the credential chain. */
      readonly region: string | null
      /** Host or address of an S3-compatible store; null for AWS. */
      readonly endpoint: string | null
      readonly credentials: KeyPair | null
    }
  | {
      readonly store: 'r2'
      readonly bucket: string
      readonly key: string
      readonly accountId: string
      readonly credentials: KeyPair | null
    }
  | { readonly store: 'gcs'; readonly bucket: string; readonly key: string }
  | { readonly store: 'azure'; readonly account: string; readonly container: string; readonly key: string }

export interface ObjectReader {
  /**
   * The object's text, or `absent` when the store says that there is no such object. Anything else
   * throws ApiFailure: `forbidden` may be a permission that has not taken effect yet.
   */
  read(location: ObjectLocation, options: CallOptions): Promise<Secret | 'absent'>
}

/** The location as people write it, e.g. `s3://bucket/path/file.txt`. */
export function locationTitle(location: ObjectLocation): string {
  switch (location.store) {
    case 's3':
    case 'r2':
      return `${location.store}://${location.bucket}/${location.key}`
    case 'gcs':
      return `gs://${location.bucket}/${location.key}`
    case 'azure':
      return `azure://${location.account}/${location.container}/${location.key}`
  }
}
