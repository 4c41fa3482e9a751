/** One measured figure, with the bar it is held to where there is one. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly bar?: { readonly most?: number; readonly least?: number; readonly why: string }
}

export function isMet({ value, bar }: Figure): boolean | null {
  if (bar === undefined) return null
  return (bar.most === undefined || value <= bar.most) && (bar.least === undefined || value >= bar.least)
}

/** The p-th percentile of measured values, 0 < p ≤ 100. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const met = isMet(figure)
    const bar = figure.bar === undefined ? '' : `${figure.bar.why}${met === false ? ' — missed' : ''}`
    return `| ${figure.what} | ${format(figure.value)} ${figure.unit} | ${bar} |`
  })
  return ['| what | measured | bar |', '|---|---:|---|', ...rows].join('\n')
}

function format(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en')
  return value >= 10 ? value.toFixed(0) : value.toFixed(2)
}
