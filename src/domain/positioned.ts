import { nearestName } from './nearest-name.ts'

/*
 * A parsed text (YAML) whose every part still knows where it stood, so that an error found much later
 * can name its line. Whoever parses the text makes this tree; whoever reads it needs no parser.
 */

/** Both start at 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export type Positioned =
  | { readonly kind: 'map'; readonly at: Position; readonly entries: readonly Entry[] }
  | { readonly kind: 'list'; readonly at: Position; readonly items: readonly Positioned[] }
  | Scalar

export interface Scalar {
  readonly kind: 'scalar'
  readonly at: Position
  readonly type: 'text' | 'number' | 'boolean' | 'nothing'
  /** As written, without quotes: `60s`, `0.5`, `true`. */
  readonly text: string
}

export interface Entry {
  readonly key: string
  /** The key as the file has it, where it and all below stand for that one. */
  readonly written?: string
  readonly keyAt: Position
  readonly value: Positioned
}

/** An error in a file. The message never holds a secret. */
export interface FileProblem {
  readonly at: Position
  readonly message: string
}

/** A parsed text, or all that kept it from being parsed. */
export type PositionedReading =
  | { readonly ok: true; readonly root: Positioned }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

/** What stands there, in words: `a list`, `nothing`, `"60"`. Long texts are cut. */
export function describe(node: Positioned): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a mapping' : 'a list'
  return node.type === 'nothing' ? 'nothing' : quoted(node.text)
}

/** A text as messages show it: in quotes, cut at 60 characters, credentials inside an address masked. */
export function quoted(text: string): string {
  const masked = text.replace(/\/\/[^/\s@]*@/g, '//***@')
  return JSON.stringify(masked.length > 60 ? `${masked.slice(0, 57)}...` : masked)
}

/** Ends a message about a wrong name: `; did you mean "…"?`, or nothing where no known one is near. */
export function didYouMean(wrong: string, known: Iterable<string>): string {
  const near = nearestName(wrong, known)
  return near === null ? '' : `; did you mean ${quoted(near)}?`
}

/** The text of an unknown key's problem. */
export function unknownKey(key: string, known: Iterable<string>): string {
  const names = [...known]
  const few = names.length <= 12 ? `; known keys: ${names.join(', ')}` : ''
  return `unknown key ${quoted(key)}${didYouMean(key, names) || few}`
}
