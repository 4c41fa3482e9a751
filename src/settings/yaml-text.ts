import {
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml'
import type { Entry, FileProblem, Position, Positioned, PositionedReading } from '../domain/positioned.ts'

/*
 * YAML → a tree that knows its positions. Imported only when there is a file to read: the parser costs
 * start-up time. YAML 1.2: `yes` and `no` are texts, not truth values.
 */

/** Reads one YAML document. An empty one is an empty mapping. */
export function readYaml(text: string): PositionedReading {
  const beyond = beyondBounds(text)
  if (beyond !== null) return { ok: false, problems: [beyond] }
  const lines = new LineCounter()
  const document = parsed(text, lines)
  if (document === null) return { ok: false, problems: [{ at: { line: 1, column: 1 }, message: tooDeep }] }
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const broken = worthReporting([...document.errors, ...document.warnings])
  if (broken.length > 0) {
    return {
      ok: false,
      problems: broken.map((one) => ({
        at: at(one.pos[0]),
        message: `not valid YAML: ${explained[one.code] ?? oneLine(one.message)}`,
      })),
    }
  }
  const start: Position = { line: 1, column: 1 }
  const problems: FileProblem[] = []
  // Bounds what aliases may unfold to: a small file can describe an enormous tree.
  let nodesLeft = 100_000
  let aliasesLeft = maxAliases

  const convert = (node: Node | null, fallback: Position, depth: number): Positioned => {
    const here = node?.range ? at(node.range[0]) : fallback
    const nothing: Positioned = { kind: 'scalar', at: here, type: 'nothing', text: '' }
    if (nodesLeft-- <= 0 || node === null) return nothing
    if (depth > maxDepth) {
      if (nodesLeft > 0) problems.push({ at: here, message: tooDeep })
      nodesLeft = 0
      return nothing
    }
    if (isAlias(node))
      return aliasesLeft-- > 0 ? convert(node.resolve(document) ?? null, here, depth + 1) : nothing
    if (isSeq<Node>(node))
      return { kind: 'list', at: here, items: node.items.map((one) => convert(one, here, depth + 1)) }
    if (isMap<Node, Node | null>(node)) {
      const entries: Entry[] = []
      for (const pair of node.items) {
        const keyAt = pair.key.range ? at(pair.key.range[0]) : here
        if (isScalar(pair.key)) {
          entries.push({ key: String(pair.key.value), keyAt, value: convert(pair.value, keyAt, depth + 1) })
        } else problems.push({ at: keyAt, message: 'expected text as a key' })
      }
      return { kind: 'map', at: here, entries }
    }
    if (!isScalar(node) || node.value === null) return nothing
    const type = typeof node.value
    return {
      kind: 'scalar',
      at: here,
      type: type === 'number' || type === 'boolean' ? type : 'text',
      text: node.source ?? String(node.value),
    }
  }

  const root: Positioned =
    document.contents === null
      ? { kind: 'map', at: start, entries: [] }
      : convert(document.contents, start, 0)
  if (aliasesLeft < 0) problems.push({ at: start, message: `the file has more than ${maxAliases} aliases` })
  if (nodesLeft <= 0 && problems.length === 0) problems.push({ at: start, message: 'the file is too large' })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, root }
}

/**
 * Null when the text is nested too deep for the parser's stack. `a: a: a:` is, and no look at the text alone can tell
 * it from a long line of texts.
 */
function parsed(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** The parser's words for what people really do wrong, in theirs. */
const explained: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
  BLOCK_AS_IMPLICIT_KEY: 'the indentation is wrong, or a value with ": " in it needs quotes',
}

/** After the first error of syntax the parser is lost, and what it says then only distracts. */
function worthReporting(errors: readonly YAMLError[]): readonly YAMLError[] {
  const first = errors.find(({ code }) => code !== 'DUPLICATE_KEY')
  return first === undefined ? errors : [first]
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').trim()
}

/* What a YAML file may be, told from its text alone: what is beyond would end in the parser's stack, or keep it busy. */

/** Nothing that this program reads comes near it. */
const maxDepth = 100
const tooDeep = `nested more than ${maxDepth} levels deep`

/** Each alias is looked for in the whole document. */
const maxAliases = 1_000

/** In UTF-16 units: the parser needs a second for about so much. */
const maxLength = 2 * 2 ** 20

/** The levels that a line opens by itself, as in `- - - a`. */
const leadingLevels = /^ *((?:[-?:] +)+)/

/** Why the parser should not see the text; null when it may. Brackets in texts and comments count as well. */
function beyondBounds(text: string): FileProblem | null {
  if (text.length > maxLength) return { at: { line: 1, column: 1 }, message: 'the file is larger than 2 MB' }
  let open = 0
  for (const [index, line] of text.split('\n').entries()) {
    const leading = leadingLevels.exec(line)?.[1]?.replaceAll(' ', '').length ?? 0
    let deepest = open
    for (const letter of line) {
      if (letter === '[' || letter === '{') open += 1
      else if ((letter === ']' || letter === '}') && open > 0) open -= 1
      deepest = Math.max(deepest, open)
    }
    if (deepest > maxDepth || leading > maxDepth)
      return { at: { line: index + 1, column: 1 }, message: tooDeep }
  }
  return null
}
