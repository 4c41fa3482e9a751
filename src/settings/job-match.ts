import { describe, type FileProblem, type Positioned, unknownKey } from '../domain/positioned.ts'
import { expectation } from './setting.ts'

/* Which jobs an entry of the file is for: a mapping of texts, all of which must be equal. */

/** Key of the file → property of the match. */
type MatchKeys<P extends string> = Readonly<Record<string, P>>
type Match<P extends string> = { readonly [K in P]?: string }

/** The match; null, with all its errors in `problems`, when it is none. */
export function readMatch<P extends string>(
  node: Positioned,
  keys: MatchKeys<P>,
  problems: FileProblem[],
): Match<P> | null {
  const names = Object.keys(keys)
  if (node.kind !== 'map' || node.entries.length === 0) {
    const found = node.kind === 'map' ? 'an empty mapping' : describe(node)
    problems.push({ at: node.at, message: expectation(`a mapping with ${names.join(', ')}`, found) })
    return null
  }
  const match: { [K in P]?: string } = {}
  for (const { key, keyAt, value } of node.entries) {
    const property = Object.entries(keys).find(([name]) => name === key)?.[1]
    if (property === undefined) problems.push({ at: keyAt, message: unknownKey(key, names) })
    else if (value.kind !== 'scalar' || value.text === '') {
      problems.push({ at: value.at, message: expectation('a text', describe(value)) })
    } else match[property] = value.text
  }
  return match
}

/** The match as the file writes it, in one line. */
export function showMatch<P extends string>(match: Match<P>, keys: MatchKeys<P>): string {
  const pairs = Object.entries(keys).flatMap(([key, property]) =>
    match[property] === undefined ? [] : [`${key}: ${match[property]}`],
  )
  return `{${pairs.join(', ')}}`
}
