/** Milliseconds since the Unix epoch. */
export type EpochMs = number

/** Whole minutes since the Unix epoch: the grain of Cloudflare's health data. */
export type EpochMinute = number

export const minuteMs = 60_000

/** The minute that contains the instant. */
export function minuteOf(instant: EpochMs): EpochMinute {
  return Math.floor(instant / minuteMs)
}

/** The first instant of the minute. */
export function startOfMinute(minute: EpochMinute): EpochMs {
  return minute * minuteMs
}
