import { padToWidth, textWidth } from './text-width.ts'

/** Rows of cells → lines whose cells stand under each other; no line ends in spaces. */
export function columns(rows: readonly (readonly string[])[], gap = '  '): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, textWidth(cell))
  }
  return rows.map((row) =>
    row
      .map((cell, column) => padToWidth(cell, widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  )
}
