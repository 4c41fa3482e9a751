/* What a YAML file may be, told from its text alone: what is beyond would end in the parser's stack, or keep it busy. */
import type { FileProblem } from '../domain/positioned.ts'

/** Nothing that this program reads comes near it. */
export const maxDepth = 100
export const tooDeep = `nested more than ${maxDepth} levels deep`

/** Each alias is looked for in the whole document. */
export const maxAliases = 1_000

/** In UTF-16 units: the parser needs a second for about so much. */
const maxLength = 2 * 2 ** 20

/** The levels that a line opens by itself, as in `- - - a`. */
const leadingLevels = /^ *((?:[-?:] +)+)/

/** Why the parser should not see the text; null when it may. Brackets in texts and comments count as well. */
export function beyondBounds(text: string): FileProblem | null {
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
