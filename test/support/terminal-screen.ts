import { textWidth } from '../../src/domain/text-width.ts'

/*
 * What stands on a terminal after a program wrote to it: enough of a VT100 for what programs of this kind send.
 * Lines break at the right edge, and the cursor cannot leave the window upwards, as on the real thing: a drawing that
 * counts its lines wrongly leaves debris here as well.
 */

/** Columns of a terminal that does not say how many it has. */
const usualColumns = 80
const windowRows = 24

/** A command, or one character. */
const pieces = new RegExp(`${'\u001b'}\\[([0-9;]*)([A-Za-z])|.`, 'gsu')

export interface Screen {
  /** Everything that can be read after scrolling up, without colours: a line each. */
  readonly lines: readonly string[]
  /** The same with lines that broke at the right edge put together again. */
  readonly unwrapped: readonly string[]
}

/** Anything not understood throws. */
export function screenOf(written: string, columns: number): Screen {
  const width = columns === 0 ? usualColumns : columns
  const rows: string[][] = [[]]
  /** Rows that go on the one above. */
  const wrapped = new Set<number>()
  let row = 0
  let column = 0
  const top = (): number => Math.max(0, rows.length - windowRows)
  const down = (): void => {
    row += 1
    wrapped.delete(row)
    if (row === rows.length) rows.push([])
  }
  const put = (character: string): void => {
    const room = textWidth(character)
    if (column + room > width) {
      column = 0
      down()
      wrapped.add(row)
    }
    const line = rows[row] ?? []
    while (line.length < column) line.push(' ')
    line[column] = character
    // The second column of a wide character holds nothing of its own.
    if (room === 2) line[column + 1] = ''
    column += room
  }
  const control = (parameters: string, command: string): void => {
    const count = Math.max(1, Number(parameters))
    if (command === 'm') return
    if (command === 'A') row = Math.max(top(), row - count)
    else if (command === 'G') column = count - 1
    else if (command === 'J' || command === 'K') {
      rows[row]?.splice(column)
      if (command === 'J') rows.splice(row + 1)
    } else throw new Error(`a terminal command that the test does not know: ${JSON.stringify(command)}`)
  }
  for (const [piece, parameters, command] of written.matchAll(pieces)) {
    if (command !== undefined) control(parameters ?? '', command)
    else if (piece === '\r') column = 0
    else if (piece === '\n') down()
    else if (piece < ' ') throw new Error(`a control character on the terminal: ${JSON.stringify(piece)}`)
    else put(piece)
  }
  const lines = rows.map((line) => line.join(''))
  const unwrapped: string[] = []
  for (const [index, line] of lines.entries()) {
    if (wrapped.has(index)) unwrapped.push(`${unwrapped.pop() ?? ''}${line}`)
    else unwrapped.push(line)
  }
  return { lines: lines.map((line) => line.trimEnd()), unwrapped: unwrapped.map((line) => line.trimEnd()) }
}
