import { scopeKey } from '../../domain/scope.ts'
import { type Actual, addressKey, type Desired } from '../resource/resource.ts'
import { byAge } from './age.ts'
import type { Matched } from './change.ts'
import { addressOrder, compareText } from './change-order.ts'

export interface Matching {
  readonly created: readonly Desired[]
  readonly matched: readonly Matched[]
  readonly extra: readonly Actual[]
}

/**
 * Pairs what is wanted with what is live: by the id it takes over, else by address. Of several live objects with one name the one that
 * needs the least is taken, then the oldest; the others are extra.
 */
export function matchObjects(desired: readonly Desired[], actual: readonly Actual[]): Matching {
  const live = new Map<string, Actual[]>()
  for (const one of actual) {
    const key = addressKey(one.resource)
    live.set(key, [...(live.get(key) ?? []), one])
  }
  const created: Desired[] = []
  const matched: Matched[] = []
  const taken = new Set<Actual>()
  const seen = new Set<string>()
  const inOrder = [...desired].sort(
    (a, b) => addressOrder(a.resource, b.resource) || compareText(originText(a), originText(b)),
  )
  for (const wanted of inOrder.filter(({ adoptId }) => adoptId !== null)) {
    const here = actual.filter(
      (one) =>
        !taken.has(one) &&
        one.id === wanted.adoptId &&
        scopeKey(one.resource.scope) === scopeKey(wanted.resource.scope),
    )
    const pair = seen.has(addressKey(wanted.resource)) ? null : bestPair(wanted, here)
    if (pair === null) continue
    seen.add(addressKey(wanted.resource))
    matched.push(pair)
    taken.add(pair.actual)
  }
  for (const wanted of inOrder) {
    const key = addressKey(wanted.resource)
    if (seen.has(key)) continue
    seen.add(key)
    const pair = bestPair(
      wanted,
      (live.get(key) ?? []).filter((one) => !taken.has(one)),
    )
    if (pair === null) {
      created.push(wanted)
    } else {
      matched.push(pair)
      taken.add(pair.actual)
    }
  }
  return { created, matched, extra: actual.filter((one) => !taken.has(one)) }
}

function originText({ origin }: Desired): string {
  return `${origin.file} ${String(origin.line).padStart(9, '0')}`
}

function bestPair(wanted: Desired, candidates: readonly Actual[]): Matched | null {
  const best = [...candidates].sort((a, b) => distance(wanted, a) - distance(wanted, b) || byAge(a, b))[0]
  if (best === undefined) return null
  if (wanted.kind === 'job' && best.kind === 'job') return { kind: 'job', desired: wanted, actual: best }
  if (wanted.kind === 'webhook' && best.kind === 'webhook') {
    return { kind: 'webhook', desired: wanted, actual: best }
  }
  if (wanted.kind === 'policy' && best.kind === 'policy') {
    return { kind: 'policy', desired: wanted, actual: best }
  }
  return null
}

/** 0 when the live object can become the wanted one without being replaced. */
function distance(wanted: Desired, live: Actual): number {
  if (wanted.kind === 'job' && live.kind === 'job') {
    const { dataset, jobKind } = live.resource
    return Number(dataset !== wanted.resource.dataset) + Number(jobKind !== wanted.resource.jobKind)
  }
  if (wanted.kind === 'policy' && live.kind === 'policy') {
    return Number(live.resource.alertType !== wanted.resource.alertType)
  }
  return 0
}
