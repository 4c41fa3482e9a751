/*
 * Where the simulated Cloudflare pushes: the one interface between the API and whatever stands for a bucket. Challenge
 * files go through it, and so does anything else that Cloudflare would write at a destination.
 */

/** A folder, memory, or an emulator of a real store. */
export interface ObjectStore {
  /**
   * Writes the object, whole or not at all, over one with the same key.
   * @throws KeyRefused when the store cannot hold that bucket or key.
   */
  put(bucket: string, key: string, body: string | Uint8Array, at: StoreAddress): void | Promise<void>
}

/** Which store the destination names. */
export interface StoreAddress {
  /** As in `destination_conf`: `s3`, `r2`, `gs`, `azure`, `sumo`. */
  readonly scheme: string
  /** What follows `scheme://`, up to the first slash. */
  readonly host: string
  /** When it is written, in simulated epoch milliseconds; now when absent. */
  readonly writtenMs?: number
  /** How long the object is: zeros follow where the body is shorter. As long as the body when absent. */
  readonly bytes?: number
}

/** A bucket or key that the store cannot hold. */
export class KeyRefused extends Error {
  override readonly name = 'KeyRefused'
}
