import { placeTitle, type StorePlace } from '../domain/destination/store-place.ts'
import type { Secret } from '../domain/secret.ts'
import type { CallOptions } from './cloudflare.ts'

/** Keys that came with the destination itself; without them the platform's own credential chain is used. */
export interface KeyPair {
  readonly accessKeyId: Secret
  readonly secretAccessKey: Secret
}

/** Where one object lies, with what is needed to find it. */
export interface ObjectLocation {
  /** Its bucket or container; which folder the logs go to says nothing here. */
  readonly place: StorePlace
  /** Its path inside the bucket or container. */
  readonly key: string
  readonly credentials: KeyPair | null
}

export interface ObjectReader {
  /**
   * The object's text, or `absent` when the store says that there is no such object. Anything else
   * throws ApiFailure: `forbidden` may be a permission that has not taken effect yet.
   */
  read(location: ObjectLocation, options: CallOptions): Promise<Secret | 'absent'>
}

/** The location as people write it, e.g. `s3://bucket/path/file.txt`. */
export function locationTitle({ place, key }: ObjectLocation): string {
  return placeTitle({ ...place, path: key })
}
