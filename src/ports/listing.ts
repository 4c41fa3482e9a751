/* Lists as the API gives them, read item by item. */

/** A list, read item by item: an item that cannot be read costs itself alone. */
export interface Listing<T> {
  readonly items: readonly T[]
  /** What could not be read, in the order of the list. */
  readonly unreadable: readonly Unreadable[]
}

/** An object of a list that could not be read, or not in full. */
export interface Unreadable {
  /** Null where that is what cannot be read. */
  readonly id: string | null
  /** Empty where it has none, null where that is what cannot be read. */
  readonly name: string | null
  /** The field that is not as documented, as a path of names. */
  readonly field: string
  /** Whether it is missing from the items. Otherwise it is there, and what cannot be read counts as not given. */
  readonly leftOut: boolean
}

/** One page of a listing. */
export interface Page<T> extends Listing<T> {
  /** How much came, by the size of a page: after a full one there may be another. */
  readonly fill: 'full' | 'short' | 'empty'
  /** The number of the last page by the API's totals, which may be wrong; null when it gives none. */
  readonly lastPage: number | null
  /** What was asked for, after "cannot": `list zones`. */
  readonly does?: string
}
