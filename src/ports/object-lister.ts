import type { StorePlace } from '../domain/destination/store-place.ts'
import type { EpochMs } from '../domain/time.ts'
import type { CallOptions } from './cloudflare.ts'

/** What a store says of one object, without reading it. */
export interface ListedObject {
  readonly key: string
  readonly bytes: number
  /** When it was last written, by the store's clock. */
  readonly written: EpochMs
}

/** Keys with the prefix, after `after` and before `until`, both exclusive. */
export interface ListRequest {
  readonly place: StorePlace
  readonly prefix: string
  readonly after: string
  readonly until: string
  /** Whether what lies in deeper folders may be left out. */
  readonly flat: boolean
  /** Where the page before ended; null for the first. */
  readonly cursor: string | null
}

export interface ListPage {
  /** In the order of the bytes of their keys. */
  readonly objects: readonly ListedObject[]
  /** Where the next page begins; null when nothing of the request is left. */
  readonly cursor: string | null
  /** False when the store did not begin after `after`, but where the prefix begins. */
  readonly sought: boolean
}

export interface ObjectLister {
  /**
   * One page, in one call to the store. An empty page means that the store said so; anything else throws
   * ApiFailure.
   */
  list(request: ListRequest, options: CallOptions): Promise<ListPage>
  /** Closes the connections that are kept. */
  close(): void
}
