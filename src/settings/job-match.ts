import type { ArrivalMatch } from '../domain/arrival/arrival-rule.ts'
import { expectation, forKeys, mapping, note, type Problems, refuse } from '../domain/file-reader.ts'
import type { Positioned } from '../domain/positioned.ts'

/* Which jobs an entry of the file is for: a mapping of texts, all of which must be equal. */

/** What says of a job itself which it is: its destination set aside. */
export type JobMatch = Omit<ArrivalMatch, 'destinationType' | 'bucket'>

export const jobMatchKeys = {
  job_id: 'jobId',
  job_name: 'jobName',
  dataset: 'dataset',
  zone: 'zone',
  account: 'account',
} as const satisfies Record<string, keyof JobMatch>

/** Key of the file → property of the match. */
type MatchKeys<P extends string> = Readonly<Record<string, P>>
type Match<P extends string> = { readonly [K in P]?: string }

/** The match; null, with all its errors in `problems`, when it is none. */
export function readMatch<P extends string>(
  node: Positioned,
  keys: MatchKeys<P>,
  problems: Problems,
): Match<P> | null {
  const expected = `a mapping with ${Object.keys(keys).join(', ')}`
  if (node.kind !== 'map') return refuse(node, expected, problems)
  if (node.entries.length === 0) return note(problems, node, expectation(expected, 'an empty mapping'))
  const match: { [K in P]?: string } = {}
  const readers = forKeys(Object.keys(keys), (key, value) => {
    const property = keys[key]
    if (value.kind !== 'scalar' || value.text === '') refuse(value, 'a text', problems)
    else if (property !== undefined) match[property] = value.text
  })
  mapping(node, problems, readers)
  return match
}

/** The match as the file writes it, in one line. */
export function showMatch<P extends string>(match: Match<P>, keys: MatchKeys<P>): string {
  const pairs = Object.entries(keys).flatMap(([key, property]) =>
    match[property] === undefined ? [] : [`${key}: ${match[property]}`],
  )
  return `{${pairs.join(', ')}}`
}
