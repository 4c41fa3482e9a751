import { type Html, html } from './page.ts'

export interface Gauge {
  /** Of the whole; more than 1 fills it. */
  readonly part: number
  readonly label: string
  /** From these parts on it changes its colour. */
  readonly warnAt: number
  readonly badAt: number
}

/** A bar that fills up. */
export function gauge({ part, label, warnAt, badAt }: Gauge): Html {
  const filled = Math.round(Math.min(1, Math.max(0, part)) * 1000) / 10
  const className = part >= badAt ? 'bad' : part >= warnAt ? 'warn' : 'good'
  return html`<svg class="gauge" role="img" aria-label="${label}" viewBox="0 0 100 8" width="100" height="8" preserveAspectRatio="none"><rect class="track" width="100" height="8"/><rect class="${className}" width="${filled}" height="8"/></svg>`
}
