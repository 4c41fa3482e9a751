/*
 * Who waits for one budget, and in which order they go: by priority, and within it in the order of asking, as fast as
 * the bucket and the last window allow.
 */
import { ApiFailure } from '../errors.ts'
import type { Clock } from '../ports/runtime.ts'
import { type Bucket, calm, take, waitFor, wholeBurst } from './token-bucket.ts'

/** Requests under way at once, per budget. */
const maxInFlight = 4
/** A request arrives a little later than it was sent, and one later than another: the window is kept as much longer. */
const slackMs = 1_000

/** What a request says when it asks for a turn. */
interface Turn {
  /** Lower goes first. */
  readonly priority: number
  /** Ends the waiting. */
  readonly signal: AbortSignal
}

interface Waiter {
  readonly turn: Turn
  readonly start: (sending: Sending) => void
}

/** A request in the count of the last window: when it went out, or had its turn. */
export interface Sending {
  at: number
}

export type RequestQueue = ReturnType<typeof createRequestQueue>

export function createRequestQueue(clock: Pick<Clock, 'monotonic' | 'sleep'>, full: Bucket) {
  const lines: { entering: Waiter[]; counting: Waiter[] } = { entering: [], counting: [] }
  let bucket = full
  /** Oldest first. */
  const sent: Sending[] = []
  let inFlight = 0
  let hasCounted = false
  let pumping = false

  /** Requests of the last window. */
  const sentLately = (): number => {
    const since = clock.monotonic() - bucket.windowMs - slackMs
    while (sent[0] !== undefined && sent[0].at <= since) sent.shift()
    return sent.length
  }

  /** Milliseconds until the last window has room in our share. */
  const windowWait = (): number => {
    const excess = sentLately() - Math.max(1, Math.floor(bucket.limit * bucket.share))
    const oldest = sent[excess]
    if (oldest === undefined) return 0
    if (bucket.burst < wholeBurst) bucket = calm(bucket, clock.monotonic())
    return oldest.at + bucket.windowMs + slackMs - clock.monotonic()
  }

  const charge = (): Sending => {
    const sending = { at: clock.monotonic() }
    bucket = take(bucket, sending.at)
    sent.push(sending)
    return sending
  }

  /** Gives all turns that can be given now. The answer is the milliseconds until the next one, null when none waits. */
  const serve = (): number | null => {
    for (;;) {
      const mayEnter = lines.entering.length > 0 && inFlight < maxInFlight
      if (!mayEnter && lines.counting.length === 0) return null
      const now = clock.monotonic()
      const isPaused = bucket.pausedUntil > now
      const wait = Math.max(waitFor(bucket, now), windowWait())
      const counts = lines.counting.length > 0 && (isPaused || (wait <= 0 && !(mayEnter && hasCounted)))
      if (!counts && wait > 0) return wait
      const next = counts ? lines.counting.shift() : lines.entering.shift()
      if (next === undefined) return null
      hasCounted = counts
      if (!counts) inFlight += 1
      next.start(charge())
    }
  }

  const pump = async (): Promise<void> => {
    let wait = serve()
    if (pumping) return
    pumping = true
    for (; wait !== null; wait = serve())
      // Slept in short pieces: a reload, a header or an abort may change the picture meanwhile.
      await clock.sleep(Math.min(wait, 1000), new AbortController().signal)
    pumping = false
  }

  const waitIn = (line: keyof typeof lines, turn: Turn): Promise<Sending> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        lines[line] = lines[line].filter((other) => other !== waiter)
        reject(new ApiFailure('aborted', 'gave up waiting for API budget', { operation: 'wait' }))
      }
      const waiter: Waiter = {
        turn,
        start(sending) {
          turn.signal.removeEventListener('abort', leave)
          resolve(sending)
        },
      }
      if (turn.signal.aborted) return leave()
      turn.signal.addEventListener('abort', leave, { once: true })
      // Behind those of its priority, who were here before.
      const place = lines[line].findLastIndex((other) => other.turn.priority <= turn.priority) + 1
      lines[line].splice(place, 0, waiter)
      void pump()
    })

  return {
    get bucket(): Bucket {
      return bucket
    },
    set bucket(next) {
      bucket = next
    },
    /** Resolves when the turn comes, in which one request is under way until `ended`. Rejects when it is given up. */
    enter: (turn: Turn): Promise<Sending> => waitIn('entering', turn),
    /**
     * Resolves when a request that goes out by another queue can be counted here, too. Those and the ones that enter
     * take turns where both wait; a pause that the API asked for holds up none.
     */
    count: (turn: Turn): Promise<Sending> => waitIn('counting', turn),
    ended(): void {
      inFlight -= 1
      void pump()
    },
    sentLately,
  }
}
