/*
 * The REST envelope `{success, errors, messages, result, result_info}`. The SDK returns `result` without checking
 * at `success` (a refusal becomes an empty list), so the envelope is read and judged here.
 */
import * as z from 'zod/mini'
import type { Listing, Page } from '../ports/listing.ts'
import { isJson } from './answer.ts'
import { Refusal, unreadable } from './api-failure.ts'
import { readErrors } from './error-items.ts'
import { judgeForeign, judgeRest } from './rest-failure.ts'
import type { Exchange } from './transport.ts'

/** Advice on paging. What cannot be read of it is not given. */
const figure = z.catch(z.nullish(z.number()), null)
const place = z.catch(z.nullish(z.string()), null)
const resultInfo = z.object({
  page: figure,
  per_page: figure,
  total_pages: figure,
  total_count: figure,
  // Lists that go on at a cursor tell it in one of these places.
  cursor: place,
  cursors: z.catch(z.nullish(z.object({ after: place })), null),
})

const envelope = z.object({
  success: z.boolean(),
  errors: z.optional(z.unknown()),
  result: z.optional(z.unknown()),
  result_info: z.catch(z.nullish(resultInfo), null),
})

export type ResultInfo = z.output<typeof resultInfo>

export interface Success<T> {
  readonly result: T
  readonly info: ResultInfo | null
  /** Items in a list as it came, null ones included; 0 when the result is no list. */
  readonly count: number
}

/** The result of a call that succeeded. Throws a Refusal for anything else. */
export function readEnvelope<T>(exchange: Exchange, result: z.ZodMiniType<T>): Success<T> {
  const answer = exchange.answer()
  // "No content" says that it was done, and holds nothing that could be read.
  const body = answer.status === 204 ? { success: true, result: null } : parse(exchange)
  const parsed = envelope.safeParse(body)
  if (!parsed.success) throw misshapen(answer.status, 'envelope', parsed.error)
  if (!parsed.data.success)
    throw new Refusal(judgeRest(answer.status, readErrors(parsed.data.errors ?? []), exchange.context))
  const value = result.safeParse(parsed.data.result)
  if (!value.success) throw misshapen(answer.status, 'result', value.error)
  const count = Array.isArray(parsed.data.result) ? parsed.data.result.length : 0
  return { result: value.data, info: parsed.data.result_info ?? null, count }
}

/** A page of a listing, of which `perPage` items were asked for. */
export function pageOf<T>(
  { items, unreadable }: Listing<T>,
  perPage: number,
  { count, info }: Pick<Success<unknown>, 'count' | 'info'>,
): Page<T> {
  const given = info?.per_page ?? 0
  // The API may hold fewer in a page than it was asked for, and says so.
  const size = given > 0 ? Math.min(given, perPage) : perPage
  const byCount = typeof info?.total_count === 'number' ? Math.ceil(info.total_count / size) : null
  return {
    items,
    unreadable,
    fill: count === 0 ? 'empty' : count < size ? 'short' : 'full',
    lastPage: info?.total_pages ?? byCount,
  }
}

function parse(exchange: Exchange): unknown {
  const answer = exchange.answer()
  if (!isJson(answer.mediaType)) throw new Refusal(judgeForeign(answer.status, answer.mediaType))
  try {
    return JSON.parse(answer.text)
  } catch {
    throw new Refusal(unreadable(answer))
  }
}

/** Says where the shape is wrong. zod's own text may quote what it found, so it is not used. */
export function misshapen(status: number, what: string, error: z.core.$ZodError): Refusal {
  const where = [what, ...(error.issues[0]?.path ?? []).map(String)].join('.').slice(0, 80)
  return new Refusal({
    kind: 'bad_response',
    reason: `the response (${status}) does not have the expected shape at ${where}`,
    settled: true,
  })
}
