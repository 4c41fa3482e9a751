import { setMaxListeners } from 'node:events'
import { arrivalTitle, readRight } from '../domain/arrival/arrival-place.ts'
import type { RecordPlace } from '../domain/arrival/arrival-rule.ts'
import { countBody } from '../domain/arrival/count-body.ts'
import { isObject } from '../domain/plain-value.ts'
import type { Secret } from '../domain/secret.ts'
import { minuteMs } from '../domain/time.ts'
import { ApiFailure, type ApiFailureKind } from '../errors.ts'
import { startDeadline } from '../ports/deadline.ts'
import { limitedText } from '../ports/limited-text.ts'
import type { RecordCounter } from '../ports/record-counter.ts'

/*
 * Counts documents of Elasticsearch, which answers with one number and reads none of them. Nothing that it says gets
 * into a message: a failure is told by its status and our own advice.
 */

export interface ElasticSettings {
  /** The value of the Authorization header, read for each call; null: none is sent. */
  readonly authorization: () => Secret | null
  /** Milliseconds for one call; default 10 s. */
  readonly timeoutMs?: number
}

/** An answer is a number and how many shards were asked. */
const maxBytes = 65_536

export function createElasticCounter({ authorization, timeoutMs = 10_000 }: ElasticSettings): RecordCounter {
  return {
    async count(place, { from, to }, { signal }) {
      const range = { gte: timeText(from * minuteMs), lt: timeText(to * minuteMs) }
      const secret = authorization()
      setMaxListeners(0, signal)
      const response = await ask(place, startDeadline(signal, timeoutMs), async (options) => {
        // A pattern that fits no index must not count as zero.
        const path = `${encodeURIComponent(place.index)}/_count?allow_no_indices=false&ignore_unavailable=false`
        const answer = await fetch(`${place.url}/${path}`, {
          ...options,
          method: 'POST',
          // A redirect would take the key elsewhere.
          redirect: 'manual',
          headers: {
            'content-type': 'application/json',
            ...(secret === null ? {} : { authorization: secret.reveal() }),
          },
          body: JSON.stringify(countBody(place, range)),
        })
        return { status: answer.status, text: await limitedText(answer.body, maxBytes) }
      })
      if (response.status !== 200) throw failure(kindOf(response.status), place, response.status)
      return countIn(response.text, place)
    },
  }

  async function ask<T>(
    place: RecordPlace,
    { signal, release }: ReturnType<typeof startDeadline>,
    send: (options: { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      return await send({ signal })
    } catch {
      const { reason } = signal
      if (!signal.aborted) throw failure('network', place, null)
      throw failure(
        reason instanceof Error && reason.name === 'TimeoutError' ? 'timeout' : 'aborted',
        place,
        null,
      )
    } finally {
      release()
    }
  }
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}

function countIn(text: string | null, place: RecordPlace): number {
  const answer = text === null ? null : parsed(text)
  const count = isObject(answer) ? answer.count : null
  const shards = isObject(answer) ? answer._shards : null
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
    throw failure('bad_response', place, 200)
  // What some shards did not tell is not there: the number is too small.
  if (isObject(shards) && shards.failed !== 0) throw failure('partial', place, 200)
  return count
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function kindOf(status: number): ApiFailureKind {
  if (status === 401) return 'auth'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not_found'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'unavailable' : 'invalid_request'
}

const said: Partial<Readonly<Record<ApiFailureKind, string>>> = {
  auth: 'no usable credentials',
  forbidden: 'access denied',
  not_found: 'no such index',
  rate_limited: 'too many requests',
  unavailable: 'Elasticsearch is unavailable',
  network: 'no connection',
  timeout: 'no response in time',
  aborted: 'canceled',
  bad_response: 'the answer is no count',
  partial: 'some shards failed',
}

function advice(kind: ApiFailureKind, place: RecordPlace): string {
  switch (kind) {
    case 'auth':
      return 'set ELASTIC_API_KEY, or ELASTIC_USERNAME and ELASTIC_PASSWORD, or api_key_file in the rule'
    case 'forbidden':
      return `grant ${readRight(place)} to the credentials in use`
    case 'not_found':
      return 'check index in the rule'
    case 'network':
      return 'check url in the rule, and that this machine may connect to it'
    case 'invalid_request':
    case 'bad_response':
      return 'check that url in the rule is that of Elasticsearch'
    case 'aborted':
      return 'the run was interrupted'
    default:
      return 'try again later'
  }
}

function failure(kind: ApiFailureKind, place: RecordPlace, status: number | null): ApiFailure {
  const detail = status === null ? '' : ` (status ${status})`
  const what = said[kind] ?? 'Elasticsearch refused the request'
  return new ApiFailure(
    kind,
    `cannot count ${arrivalTitle(place)}: ${what}${detail}; ${advice(kind, place)}`,
    {
      operation: 'count records',
      status: status ?? undefined,
    },
  )
}
