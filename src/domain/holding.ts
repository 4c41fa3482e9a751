/** Of texts that hold under a condition, those whose condition is met. */
export function holding(rows: readonly (readonly [isMet: boolean, text: string])[]): readonly string[] {
  return rows.flatMap(([isMet, text]) => (isMet ? [text] : []))
}
