import { randomSequence } from '../world/prng.ts'

/** What goes wrong with a request. */
export type FaultEffect =
  /** Refused with this HTTP status. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** Never answered. */
  | { readonly kind: 'hang' }
  /** The connection is cut before anything is done. */
  | { readonly kind: 'reset' }
  /** It is carried out, but the connection is cut before the answer. */
  | { readonly kind: 'lost_answer' }
  /** Answered by something else: 200 and a page of HTML. */
  | { readonly kind: 'html' }
  /** 200, and the answer's JSON stops in the middle. */
  | { readonly kind: 'cut_json' }
  /** REST: 200 with `success: false`. */
  | { readonly kind: 'success_false' }
  /** Answered after this many real milliseconds. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** GraphQL: 200 with an error whose code is `budget`. */
  | { readonly kind: 'budget' }
  /** GraphQL: the last scope's rows are missing and `errors` says so. */
  | { readonly kind: 'partial' }
  /** GraphQL: no node answers with more rows than this, whatever its limit. */
  | { readonly kind: 'truncated'; readonly rows: number }

export interface Fault {
  readonly effect: FaultEffect
  /** Both when absent. */
  readonly api?: 'rest' | 'graphql'
  /** A route's operation, e.g. `list_jobs`; all when absent. */
  readonly operation?: string
  /** Part of the path; any when absent. */
  readonly path?: string
  /** How often it strikes; until it is removed when absent. */
  readonly count?: number
  /** Chance to strike each time, 1 when absent; drawn from the world's seed. */
  readonly probability?: number
}

/** The faults in force. */
export type Faults = ReturnType<typeof createFaults>

export function createFaults(seed: number) {
  const random = randomSequence(seed)
  const active = new Map<number, { readonly fault: Fault; struck: number }>()
  let serial = 0
  return {
    /** Returns a number to remove it by. */
    add: (fault: Fault): number => {
      serial += 1
      active.set(serial, { fault, struck: 0 })
      return serial
    },
    remove: (id: number): void => void active.delete(id),
    clear: (): void => active.clear(),
    list: () => [...active].map(([id, { fault, struck }]) => ({ ...fault, id, struck })),
    /** What strikes this request, if anything. */
    strike: (request: { api: 'rest' | 'graphql'; operation: string; path: string }): FaultEffect | null => {
      for (const [id, entry] of active) {
        const { fault } = entry
        if (fault.api !== undefined && fault.api !== request.api) continue
        if (fault.operation !== undefined && fault.operation !== request.operation) continue
        if (fault.path !== undefined && !request.path.includes(fault.path)) continue
        if (fault.probability !== undefined && random() >= fault.probability) continue
        entry.struck += 1
        if (fault.count !== undefined && entry.struck >= fault.count) active.delete(id)
        return fault.effect
      }
      return null
    },
  }
}
