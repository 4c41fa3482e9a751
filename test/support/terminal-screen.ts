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

/** Everything that can be read after scrolling up, one line each, without colours. Anything not understood throws. */
export function screenOf(written: string, columns: number): readonly string[] {
  const width = columns === 0 ? usualColumns : columns
  const rows: string[][] = [[]]
  let row = 0
  let column = 0
  const top = (): number => Math.max(0, rows.length - windowRows)
  const down = (): void => {
    row += 1
    if (row === rows.length) rows.push([])
  }
  const put = (character: string): void => {
    if (column >= width) {
      column = 0
      down()
    }
    const line = rows[row] ?? []
    while (line.length < column) line.push(' ')
    line[column] = character
    column += 1
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
  return rows.map((line) => line.join('').trimEnd())
}
