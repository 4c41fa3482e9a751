/** How the store has fared since it was opened. */
export interface StoreHealth {
  readonly writes: number
  readonly failures: number
  /** What the last failed write said; null while the last write worked. */
  readonly trouble: string | null
  /** False when nothing outlives the process. */
  readonly persistent: boolean
}

/**
 * Where records outlive the process: one value per key, each write complete or not at all.
 * A disk that is full or read-only is not thrown: the record is kept in memory, counted and shown in `health`.
 */
export interface RecordStore {
  /** The record as it was put, `undefined` when there is none, null when what is stored is damaged. */
  get(key: string): unknown
  /** All keys with the prefix, in order. */
  keys(prefix: string): readonly string[]
  /** Resolves when a crash of this process can no longer lose the record. Plain data only. */
  put(key: string, record: unknown): Promise<void>
  /** Several records in one atomic write. */
  putAll(records: Iterable<readonly [key: string, record: unknown]>): Promise<void>
  remove(key: string): Promise<void>
  health(): StoreHealth
  close(): Promise<void>
}

/**
 * The record that a store writes when it began anew after damage, in whole or in part:
 * `{ writtenAt, at }`, when it was last written before, and when it was replaced (epoch milliseconds).
 */
export const replacedKey = 'replaced'
