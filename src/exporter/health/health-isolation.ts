/* Which failures of a query for several scopes may be about some of them only. */
import type { ApiFailure } from '../../errors.ts'

/** The API refused what was asked: asking for fewer tells whom it is about. */
export function refusesSome({ kind }: ApiFailure): boolean {
  return kind === 'forbidden' || kind === 'not_found' || kind === 'invalid_request' || kind === 'partial'
}

/** The API answered, and badly: that may be one scope's fault, or trouble of the whole API. */
function failsInside({ kind, status }: ApiFailure): boolean {
  return status === 200 && (kind === 'unavailable' || kind === 'bad_response')
}

/** Batches that are looked into at once, and for how long none is after one in vain. */
const maxAtOnce = 3
const vainMs = 600_000

/**
 * A refusal is always looked into. Trouble inside the API is for a few batches at once, and not again for a while
 * when no part of a batch could be read: the queries of a general outage would be multiplied for nothing.
 */
export function createIsolation(clock: { monotonic(): number }) {
  const looking = new Set<object>()
  let vainUntil = Number.NEGATIVE_INFINITY
  return {
    /** For one batch: whether its failure is to be looked into. */
    begin:
      (batch: object) =>
      (failure: ApiFailure): boolean => {
        if (refusesSome(failure)) return true
        if (!failsInside(failure)) return false
        if (looking.has(batch)) return true
        if (looking.size >= maxAtOnce || clock.monotonic() < vainUntil) return false
        looking.add(batch)
        return true
      },
    /** What came of it: whether any part of the batch could be read. */
    end(batch: object, anyRead: boolean): void {
      if (looking.delete(batch)) vainUntil = anyRead ? Number.NEGATIVE_INFINITY : clock.monotonic() + vainMs
    },
  }
}
