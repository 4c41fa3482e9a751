import { describe, type FileProblem, type Positioned, unknownKey } from '../../domain/positioned.ts'

/*
 * Readers for the parts of a web config file. Each returns null and notes a problem when the part is not
 * what it should be.
 */

export type Problems = FileProblem[]

/** Reads a mapping with one reader a key; other keys are problems. */
export function mapping(
  node: Positioned,
  problems: Problems,
  readers: Readonly<Record<string, (value: Positioned) => void>>,
): void {
  if (node.kind === 'scalar' && node.type === 'nothing') return
  if (node.kind !== 'map') {
    problems.push({ at: node.at, message: `expected a mapping, found ${describe(node)}` })
    return
  }
  for (const { key, keyAt, value } of node.entries) {
    const read = Object.hasOwn(readers, key) ? readers[key] : undefined
    if (read === undefined) problems.push({ at: keyAt, message: unknownKey(key, Object.keys(readers)) })
    else read(value)
  }
}

/** A text; an empty one and none at all are both `''`. */
export function text(node: Positioned, problems: Problems): string | null {
  if (node.kind === 'scalar') return node.text
  problems.push({ at: node.at, message: `expected text, found ${describe(node)}` })
  return null
}

export function texts(node: Positioned, problems: Problems): readonly { value: string; node: Positioned }[] {
  if (node.kind !== 'list') {
    problems.push({ at: node.at, message: `expected a list, found ${describe(node)}` })
    return []
  }
  return node.items.flatMap((item) => {
    const value = text(item, problems)
    return value === null ? [] : [{ value, node: item }]
  })
}

export function flag(node: Positioned, problems: Problems): boolean | null {
  if (node.kind === 'scalar' && (node.text === 'true' || node.text === 'false')) return node.text === 'true'
  problems.push({ at: node.at, message: `expected true or false, found ${describe(node)}` })
  return null
}

export function readWholeNumber(node: Positioned, problems: Problems): number | null {
  if (node.kind === 'scalar' && /^\d{1,9}$/.test(node.text)) return Number(node.text)
  problems.push({ at: node.at, message: `expected a whole number, found ${describe(node)}` })
  return null
}
