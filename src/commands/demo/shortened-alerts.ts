/*
 * The shipped rules and routes, played faster: what takes a quarter of an hour in earnest can be watched. Every
 * length of time is divided by one factor and nothing else is touched: `for`, `keep_firing_for`, intervals, ranges,
 * offsets, and lengths in expressions, which the rules write as N * 60, N * 3600 or N * 86400. Durations that are
 * too short for programs to follow get a floor, and there are two exceptions, both noted where they are made.
 */

/** Nothing is evaluated or scraped more often. */
const minIntervalMs = 1_000
const minWaitMs = 200

/** Prometheus knows its targets only 5 s after its start, and must not take that for an exporter that is down. */
const minAbsenceMs = 10_000

/** Delivery figures are complete up to the last whole minute, and come with a poll. */
const freshestHealthMs = 90_000

/** How often the exporter is to be scraped, of the shipped 30 s. */
export function shortenedScrapeMs(factor: number): number {
  return Math.max(30_000 / factor, minIntervalMs)
}

export function shortenRules(text: string, factor: number): string {
  return text
    .split(/^(?= *- (?:alert|record): )/m)
    .map((rule) => shortenRule(rule, factor))
    .join('')
}

function shortenRule(rule: string, factor: number): string {
  const shorter = (duration: string, floorMs = 0): string =>
    inMs(Math.max(milliseconds(duration) / factor, floorMs))
  const floorOf: Readonly<Record<string, number>> = {
    interval: minIntervalMs,
    for: rule.includes('absent(') ? minAbsenceMs : 0,
    keep_firing_for: 0,
  }
  const limitMs = (15 * 60_000) / factor
  // Held to a shorter limit than it can meet, the figures' age would say that the exporter is blind.
  const ages = /record: scope:cloudflare_logpush_data_age_seconds:min/.test(rule)
  const watched = ages && limitMs < freshestHealthMs ? onlyInventory(rule) : rule
  return watched
    .replace(
      /^( *(interval|for|keep_firing_for): )(\w+)$/gm,
      (_, start: string, key: string, time: string) => start + shorter(time, floorOf[key]),
    )
    .replace(/\[(\d+[smhdw])(?::(\d+[smhdw]))?\]/g, (_, range: string, step: string | undefined) =>
      step === undefined ? `[${shorter(range)}]` : `[${shorter(range)}:${shorter(step, minIntervalMs)}]`,
    )
    .replace(/\boffset (\d+[smhdw])\b/g, (_, time: string) => `offset ${shorter(time)}`)
    .replace(
      /\b(\d+) \* (60|3600|86400)\b/g,
      (_, count: string, unit: string) => `${count} * ${Number(unit) / factor}`,
    )
}

function onlyInventory(rule: string): string {
  return rule.replace(
    'cloudflare_logpush_data_timestamp_seconds',
    'cloudflare_logpush_data_timestamp_seconds{source="inventory"}',
  )
}

/** The text of the Alertmanager's file, with its events going to `pagerDutyUrl` under the key in `keyFile`. */
export function shortenRoutes(
  text: string,
  factor: number,
  to: { readonly pagerDutyUrl: string; readonly keyFile: string },
): string {
  return text
    .replace(
      /^( *(?:group_wait|group_interval|repeat_interval): )(\w+)$/gm,
      (_, start: string, time: string) =>
        start + (milliseconds(time) === 0 ? time : inMs(Math.max(milliseconds(time) / factor, minWaitMs))),
    )
    .replace(
      /^( *)routing_key_file: .*$/gm,
      (_, indent: string) =>
        `${indent}routing_key_file: ${JSON.stringify(to.keyFile)}\n${indent}url: ${to.pagerDutyUrl}/v2/enqueue`,
    )
    .replace(
      /^( *- url: )https:\/\/heartbeat\..*$/gm,
      (_, start: string) => `${start}${to.pagerDutyUrl}/heartbeat`,
    )
}

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

function milliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (unitsMs[duration.slice(-1)] ?? Number.NaN)
}

function inMs(ms: number): string {
  return `${Math.round(ms)}ms`
}
