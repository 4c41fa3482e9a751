/** Measurements of one thing over time. */
export interface Series {
  readonly name: string
  /** What it may grow by from the second quarter to the last, as a share and on top of that. */
  readonly share: number
  readonly slack: number
  readonly values: number[]
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** The medians of the second and of the last quarter. In the first one everything still fills. */
export function growth({ values }: Series): { readonly before: number; readonly after: number } {
  const quarter = Math.floor(values.length / 4)
  return { before: middle(values.slice(quarter, 2 * quarter)), after: middle(values.slice(3 * quarter)) }
}

export function grew(series: Series): boolean {
  const { before, after } = growth(series)
  return !(after <= before * (1 + series.share) + series.slack)
}

export function figureText(series: Series): string {
  const { before, after } = growth(series)
  return `${series.name}: ${Math.round(before)} in the second quarter, ${Math.round(after)} in the last, ${Math.round(Math.max(...series.values))} at most`
}
