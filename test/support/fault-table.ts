import type { FaultEffect } from '../../src/simulator/api/faults.ts'
import type { Simulator } from '../../src/simulator/server.ts'
import type { Front } from './api-front.ts'

/** When a fault strikes. */
export const phases = ['start', 'steady', 'catch-up'] as const
export type Phase = (typeof phases)[number]

/** One thing that goes wrong between the exporter and the API, and how the exporter shows it. */
export interface FaultRow {
  readonly name: string
  /** How the front speaks that stands before the simulator. */
  readonly front: Front['kind']
  /** Metrics of which at least one goes up meanwhile, as name and `kind` label; empty: nothing counts as failed. */
  readonly shownBy: readonly (readonly [metric: string, kind: string | null])[]
  /** How long it takes at most until all is counted afterwards: pauses and deadlines that were begun run on. */
  readonly patienceSeconds: number
  /** Phases in which nobody could get over it. */
  readonly not: readonly Phase[]
  readonly begin: (world: { readonly simulator: Simulator; readonly front: Front }) => void | Promise<void>
  readonly end: (world: { readonly simulator: Simulator; readonly front: Front }) => void | Promise<void>
}

const failures = 'cloudflare_logpush_exporter_poll_failures_total'
const throttled = 'cloudflare_logpush_exporter_api_throttled_total'

function ofSimulator(
  name: string,
  effect: FaultEffect,
  shownBy: FaultRow['shownBy'],
  patienceSeconds = 45,
): FaultRow {
  return {
    name,
    front: 'http',
    shownBy,
    patienceSeconds,
    not: [],
    begin: ({ simulator }) => void simulator.faults.add({ effect }),
    end: ({ simulator }) => simulator.faults.clear(),
  }
}

/** Every effect that the simulator knows, and what can be wrong with the connection itself. */
export const faultTable: readonly FaultRow[] = [
  ofSimulator('429', { kind: 'status', status: 429, retryAfterSeconds: 1 }, [
    [throttled, null],
    [failures, 'rate_limited'],
  ]),
  ofSimulator('503', { kind: 'status', status: 503 }, [[failures, 'unavailable']]),
  ofSimulator('401', { kind: 'status', status: 401 }, [[failures, 'auth']]),
  ofSimulator('403', { kind: 'status', status: 403 }, [[failures, 'forbidden']]),
  ofSimulator('hang', { kind: 'hang' }, [[failures, 'timeout']], 120),
  ofSimulator('reset', { kind: 'reset' }, [[failures, 'network']]),
  ofSimulator('lost_answer', { kind: 'lost_answer' }, [[failures, 'network']]),
  ofSimulator('html', { kind: 'html' }, [[failures, 'bad_response']]),
  ofSimulator('cut_json', { kind: 'cut_json' }, [[failures, 'bad_response']]),
  ofSimulator('success_false', { kind: 'success_false' }, [
    [failures, 'invalid_request'],
    [failures, 'bad_response'],
    [failures, 'unavailable'],
  ]),
  ofSimulator('slow', { kind: 'slow', delayMs: 150 }, []),
  // Cloudflare blocks for five minutes, and nothing is sent meanwhile.
  ofSimulator('budget', { kind: 'budget' }, [[throttled, null]], 400),
  ofSimulator('partial', { kind: 'partial' }, [
    [failures, 'partial'],
    [failures, 'unavailable'],
    [failures, 'forbidden'],
  ]),
  // Cut far below the limit, an answer looks whole: only minutes that are read again get the rest.
  { ...ofSimulator('truncated', { kind: 'truncated', rows: 8 }, []), not: ['catch-up'] },
  {
    name: 'refused connection',
    front: 'http',
    shownBy: [[failures, 'network']],
    patienceSeconds: 45,
    not: [],
    begin: ({ front }) => front.down(),
    end: ({ front }) => front.up(),
  },
  {
    name: 'untrusted certificate',
    front: 'https',
    shownBy: [[failures, 'network']],
    patienceSeconds: 45,
    not: [],
    begin: ({ front }) => front.distrust(),
    end: ({ front }) => front.trust(),
  },
  {
    name: 'lost name',
    front: 'name',
    shownBy: [[failures, 'network']],
    patienceSeconds: 45,
    not: [],
    begin: ({ front }) => front.loseName(),
    end: ({ front }) => front.findName(),
  },
]
