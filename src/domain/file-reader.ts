import { describe, type FileProblem, type Position, type Positioned, unknownKey } from './positioned.ts'

/*
 * How the parts of a YAML file are read. Each reader returns null and notes a problem when the part is not what it
 * should be, so that a file shows all its errors at once.
 */

export type Problems = FileProblem[]

/** What reading a part of a file gives: a value, or every error in it. */
export type NodeReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

/** The value, unless something was wrong with it. */
export function readingOf<T>(value: T, problems: Problems): NodeReading<T> {
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value }
}

export function note(problems: Problems, { at }: { readonly at: Position }, message: string): null {
  problems.push({ at, message })
  return null
}

/** Notes that something else stands there than was expected. */
export function refuse(node: Positioned, expected: string, problems: Problems, hint?: string): null {
  return note(problems, node, expectation(expected, describe(node), hint))
}

/** How every wrong value is reported. */
export function expectation(expected: string, found: string, hint?: string): string {
  return `expected ${expected}, found ${found}${hint === undefined ? '' : `; ${hint}`}`
}

type Readers = Readonly<Record<string, (value: Positioned) => unknown>>

/**
 * Reads a mapping with one reader a key; other keys are problems, and so are `required` ones that are missing. Gives
 * what the readers gave.
 */
export function mapping<R extends Readers>(
  node: Positioned,
  problems: Problems,
  readers: R,
  required?: readonly string[],
): { readonly [Key in keyof R]?: ReturnType<R[Key]> }
export function mapping(
  node: Positioned,
  problems: Problems,
  readers: Readers,
  required: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  if (node.kind === 'scalar' && node.type === 'nothing' && required.length === 0) return {}
  if (node.kind !== 'map') {
    refuse(node, required.length === 0 ? 'a mapping' : `a mapping with ${required.join(' and ')}`, problems)
    return {}
  }
  const values = new Map<string, unknown>()
  for (const { key, keyAt, value } of node.entries) {
    const read = Object.hasOwn(readers, key) ? readers[key] : undefined
    if (read === undefined) note(problems, { at: keyAt }, unknownKey(key, Object.keys(readers)))
    else values.set(key, read(value))
  }
  const given = new Set(node.entries.map(({ key }) => key))
  for (const key of required) if (!given.has(key)) note(problems, node, `"${key}" is missing`)
  return Object.fromEntries(values)
}

/** One reader for several keys, which is told the key. */
export function forKeys<K extends string>(keys: readonly K[], read: (key: K, value: Positioned) => void) {
  return Object.fromEntries(keys.map((key) => [key, (value: Positioned) => read(key, value)]))
}

/** Reads each item of a list, and leaves out those that cannot be read. */
export function list<T>(node: Positioned, problems: Problems, read: (item: Positioned) => T | null): T[] {
  if (node.kind !== 'list') {
    refuse(node, 'a list', problems)
    return []
  }
  return node.items.flatMap((item) => read(item) ?? [])
}

/** A text; an empty one and none at all are both `''`. */
export function text(node: Positioned, problems: Problems): string | null {
  return node.kind === 'scalar' ? node.text : refuse(node, 'text', problems)
}

export function flag(node: Positioned, problems: Problems): boolean | null {
  if (node.kind === 'scalar' && (node.text === 'true' || node.text === 'false')) return node.text === 'true'
  return refuse(node, 'true or false', problems)
}

export function readWholeNumber(node: Positioned, problems: Problems): number | null {
  if (node.kind === 'scalar' && /^\d{1,9}$/.test(node.text)) return Number(node.text)
  return refuse(node, 'a whole number', problems)
}
