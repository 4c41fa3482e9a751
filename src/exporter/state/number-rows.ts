/** Many rows of single precision numbers, all of one width, packed into few arrays. */
export interface NumberRows {
  /** A row of zeros. */
  take(): number
  free(row: number): void
  get(row: number, column: number): number
  set(row: number, column: number, value: number): void
  /** Bytes held, rows in use or not. */
  readonly bytes: number
}

const rowsPerBlock = 256

/** Rows are taken and freed by number; blocks of them are added as needed and never given back. */
export function createNumberRows(width: number): NumberRows {
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
    take() {
      const row = unused.pop()
      if (row === undefined) return taken++
      blockOf(row).fill(0, startOf(row), startOf(row) + width)
      return row
    },
    free(row) {
      unused.push(row)
    },
    get: (row, column) => blockOf(row)[startOf(row) + column] ?? 0,
    set(row, column, value) {
      blockOf(row)[startOf(row) + column] = value
    },
    get bytes() {
      return blocks.length * rowsPerBlock * width * 4
    },
  }
}
