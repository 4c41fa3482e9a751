/** What never worked is tried again after 5 s, 10 s, 20 s and so on, so that a start at a bad moment is soon made up. */
export interface FirstTries {
  readonly pending: () => boolean
  /** Tries again what is pending, and only that. */
  readonly cycle: (signal: AbortSignal) => Promise<void>
}
