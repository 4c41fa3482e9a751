/*
 * What Cloudflare's texts say that a health query may ask. They name the limits of one account's or zone's plan:
 * seen in use are `cannot request data older than 1w1d`, `cannot request a time range wider than 4w4d, but your
 * query time range spans 38w2d15h32m42s924ms` and `number of fields can't be more than 30`.
 */
import type { AllowedQuery } from '../errors.ts'

const duration = String.raw`(?<duration>(?:\d+(?:\.\d+)?(?:ms|[wdhms]))+)`
const olderThan = new RegExp(`older than ${duration}`, 'i')
const widerThan = new RegExp(
  `wider than ${duration}|too large\\. time range is \\S+ limit is ${duration.replace('<duration>', '<other>')}`,
  'i',
)
const pageSize = /limit must be .{0,60}not greater than (\d{1,9})/i
const fields = /number of fields|does not have access to the field/i
const scopes = /too many nodes, zones and accounts/i

/** Longer texts say nothing more. */
const maxLength = 2000

/** Empty where the text names no limit. */
export function allowedQuery(text: string): AllowedQuery {
  const said = text.slice(0, maxLength)
  const older = secondsIn(olderThan.exec(said)?.groups?.duration)
  const wide = widerThan.exec(said)?.groups
  const wider = secondsIn(wide?.duration ?? wide?.other)
  const rows = pageSize.exec(said)?.[1]
  return {
    ...(older === null ? {} : { notOlderThanSeconds: older }),
    ...(wider === null ? {} : { maxDurationSeconds: wider }),
    ...(rows === undefined ? {} : { maxPageSize: Number(rows) }),
    ...(fields.test(said) ? { neededFieldsOnly: true } : {}),
    ...(scopes.test(said) ? { fewerScopes: true } : {}),
  }
}

const secondsOf: Readonly<Record<string, number>> = {
  w: 604_800,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
  ms: 0.001,
}

/** `4w4d`, `38w2d15h32m42s924ms`, `2678400s`: whole seconds, rounded down. */
function secondsIn(text: string | undefined): number | null {
  if (text === undefined) return null
  let sum = 0
  for (const [, amount, unit = ''] of text.toLowerCase().matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g))
    sum += Number(amount) * (secondsOf[unit] ?? 0)
  return Math.floor(sum)
}
