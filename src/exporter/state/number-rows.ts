const rowsPerBlock = 256

/**
 * Many rows of single precision numbers, all of one width, packed into few arrays. Rows are taken and freed by number;
 * blocks of them are added as needed and never given back.
 */
export function createNumberRows(width: number) {
  const blocks: Float32Array[] = []
  const unused: number[] = []
  let taken = 0
  const blockOf = (row: number): Float32Array => {
    const index = Math.floor(row / rowsPerBlock)
    const known = blocks[index]
    if (known !== undefined) return known
    const block = new Float32Array(rowsPerBlock * width)
    blocks[index] = block
    return block
  }
  const startOf = (row: number): number => (row % rowsPerBlock) * width
  return {
    /** A row of zeros. */
    take(): number {
      const row = unused.pop()
      if (row === undefined) return taken++
      blockOf(row).fill(0, startOf(row), startOf(row) + width)
      return row
    },
    free(row: number): void {
      unused.push(row)
    },
    get: (row: number, column: number): number => blockOf(row)[startOf(row) + column] ?? 0,
    set(row: number, column: number, value: number): void {
      blockOf(row)[startOf(row) + column] = value
    },
    /** Bytes held, rows in use or not. */
    get bytes(): number {
      return blocks.length * rowsPerBlock * width * 4
    },
  }
}
