/* Numbers and times as people read them. Times are in UTC: whoever is woken up compares them with logs. */
import type { EpochMs } from '../../domain/time.ts'
import { type Html, html } from './page.ts'

/** E.g. `2 d 4 h`, `3 h 12 min`, `45 s`: two units at most. Below a second it is `0 s`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ]
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`
  return minutes > 0 ? `${minutes} min` : `${seconds} s`
}

/** E.g. `2026-11-24 03:12 UTC`, marked up so that programs can read it too. */
export function instant(at: EpochMs): Html {
  const text = isoText(at)
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 16)} UTC</time>`
}

/** How long ago, with the exact time behind it on hovering. */
export function ago(at: EpochMs, now: EpochMs): Html {
  return html`<time datetime="${isoText(at)}" title="${isoText(at)}">${span(now - at)} ago</time>`
}

/** For how long something has been so, with the exact time behind it on hovering. */
export function lasting(since: EpochMs, now: EpochMs): Html {
  return html`<time datetime="${isoText(since)}" title="since ${isoText(since)}">${span(now - since)}</time>`
}

/** ISO 8601 to the second. */
export function isoText(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** The same of a time that may not be known. */
export function isoOrNull(at: EpochMs | null): string | null {
  return at === null ? null : isoText(at)
}

/** E.g. `03:12`. */
export function clockTime(at: EpochMs): string {
  return new Date(at).toISOString().slice(11, 16)
}

/** Whole numbers with separators up to a million, then `1.2 M`, `3.4 G`. */
export function amount(value: number): string {
  if (value < 999_999.5) return Math.round(value).toLocaleString('en-US')
  return scaled(value, 1000, ['M', 'G', 'T', 'P'], 1000)
}

/** E.g. `812 B`, `1.2 MB`. */
export function byteAmount(value: number): string {
  return value < 1000 ? `${Math.round(value)} B` : scaled(value, 1000, ['kB', 'MB', 'GB', 'TB', 'PB'], 1)
}

/** E.g. `12 %`; below one percent with a digit behind the point, so that a little is not nothing. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return '–'
  const percent = (100 * part) / whole
  if (percent === 0 || percent >= 9.95) return `${Math.round(percent)} %`
  return percent < 0.1 ? '<0.1 %' : `${percent.toFixed(1)} %`
}

/** `1 job`, `2 jobs`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${amount(value)} ${value === 1 ? one : many}`
}

function scaled(value: number, step: number, units: readonly string[], start: number): string {
  let rest = value / (start * step)
  let unit = 0
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= step
    unit += 1
  }
  return `${rest >= 99.95 ? rest.toFixed(0) : rest.toFixed(1)} ${units[unit]}`
}
