/* Isolation of a failing part: what one account or zone spoils is found by asking for fewer at once. */
import type { ApiFailure } from '../errors.ts'
import { type Attempted, attempt } from './attempt.ts'

/** What came of asking for some parts together. */
export interface Portion<P, T> {
  readonly parts: readonly P[]
  readonly outcome: Attempted<T>
}

/**
 * Asks for all parts together. Where the failure may be of some of them only, those that it names (ids among its
 * codes) are asked for alone, unless it tells all there is to know of them, and the others together; where it names
 * none, both halves are. Parts are asked for one portion after the other, in their order. Throws when we gave up
 * ourselves, and our bugs.
 */
export async function askApart<P extends { readonly id: string }, T>(
  parts: readonly P[],
  ask: (some: readonly P[]) => Promise<T>,
  mayBeOfSome: (failure: ApiFailure) => boolean,
  tellsAll = ({ kind }: ApiFailure): boolean => kind === 'forbidden',
): Promise<readonly Portion<P, T>[]> {
  const outcome = await attempt(() => ask(parts))
  if (outcome.ok || parts.length < 2 || !mayBeOfSome(outcome.failure)) return [{ parts, outcome }]
  const named = parts.filter(({ id }) => outcome.failure.codes.includes(id))
  const others = parts.filter((part) => !named.includes(part))
  if (others.length === 0) return [{ parts, outcome }]
  // A missing permission is the same when asked alone; a limit may say more.
  const isSame = tellsAll(outcome.failure)
  const portions: Portion<P, T>[] = isSame ? named.map((part) => ({ parts: [part], outcome })) : []
  const apart = isSame ? [] : named.map((part) => [part])
  const half = Math.ceil(others.length / 2)
  const rest = named.length > 0 ? [others] : [others.slice(0, half), others.slice(half)]
  for (const some of [...apart, ...rest]) portions.push(...(await askApart(some, ask, mayBeOfSome, tellsAll)))
  return portions
}
