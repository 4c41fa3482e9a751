import { textWidth } from './text-width.ts'

/**
 * A line broken at spaces into lines of at most so many columns. The next ones begin two columns further in than it
 * does. A word that is longer stays whole: addresses and names can be copied then.
 */
export function foldText(line: string, columns: number): readonly string[] {
  if (textWidth(line) <= columns) return [line]
  const indent = ' '.repeat(line.search(/[^ ]|$/))
  const lines: string[] = []
  // Runs of spaces inside hold columns apart and go with the word before them.
  let current = ''
  for (const word of line.match(/\S+ */g) ?? []) {
    const start = lines.length === 0 ? indent : `${indent}  `
    if (current !== '' && textWidth(`${start}${current}${word.trimEnd()}`) > columns) {
      lines.push(`${start}${current}`.trimEnd())
      current = ''
    }
    current += word
  }
  lines.push(`${lines.length === 0 ? indent : `${indent}  `}${current}`.trimEnd())
  return lines
}
