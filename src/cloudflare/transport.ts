import { setMaxListeners } from 'node:events'
/*
 * One HTTP request, whichever library speaks it: the token and headers go on here and nowhere else, time and size
 * are limited, the caller can give up, the exchange is observed once, and every failure leaves as an ApiFailure.
 * It never repeats a request and never follows a redirect (that would carry a body to another place).
 */
import type { Secret } from '../domain/secret.ts'
import { ApiFailure, InternalError, UserError } from '../errors.ts'
import type { ApiExchange, ApiObserver, CallOptions } from '../ports/cloudflare.ts'
import { startDeadline } from '../ports/deadline.ts'
import type { Clock, Turns } from '../ports/runtime.ts'
import { type Answer, type Fetch, mediaTypeIn, readBody } from './answer.ts'
import { readHints } from './answer-headers.ts'
import { type FailureContext, judgeExcess, Refusal, toApiFailure } from './api-failure.ts'
import { type Operation, operations } from './operations.ts'

export interface TransportDeps {
  /** Ends in `/client/v4`, without a slash behind it. */
  readonly baseUrl: string
  /** Asked on each request, since the token's file may have changed. */
  readonly token: () => Promise<Secret> | Secret
  /** For one request, from sending to the last byte of its answer. */
  readonly timeoutMs: number
  readonly observe: ApiObserver
  /** E.g. `logpush-exporter/1.2.3`. */
  readonly userAgent: string
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  /** Waited for before an answer is parsed: several may have come at once. */
  readonly turns?: Turns
  /** The platform's own unless given; a proxy comes in here. */
  readonly fetch?: Fetch
}

export interface Call {
  readonly operation: Operation
  /** Secrets in the request, which must not come back in a message. */
  readonly secrets?: readonly Secret[]
  /** Headers of this call alone. */
  readonly headers?: Readonly<Record<string, string>>
  /** The account that the query counts against, in account mode. */
  readonly accountId?: string
}

/** What a call works with: a fetch for exactly one request, and its answer afterwards. */
export interface Exchange {
  readonly fetch: Fetch
  /** The answer, read to its end. Throws InternalError before there is one. */
  readonly answer: () => Answer
  readonly context: Pick<FailureContext, 'grant' | 'secrets'>
}

export type Transport = <T>(
  call: Call,
  options: CallOptions,
  run: (exchange: Exchange) => Promise<T>,
) => Promise<T>

/** What is longer than this and says no more than that something failed is not looked at. */
const maxErrorBytes = 64_000

export function createTransport(deps: TransportDeps): Transport {
  return async (call, options, run) => {
    const { does, grant, maxMb } = operations[call.operation]
    if (options.signal.aborted)
      throw new ApiFailure('aborted', `cannot ${does}: the request was canceled`, { operation: does })
    const token = await readToken(deps.token, does)
    const context = { grant, secrets: [token, ...(call.secrets ?? [])] }
    setMaxListeners(0, options.signal)
    const deadline = startDeadline(options.signal, deps.timeoutMs)
    const startedAt = deps.clock.monotonic()
    let answer: Answer | null = null
    let failure: ApiFailure | null = null

    const fetchOnce: Fetch = async (input, init) => {
      const response = await (deps.fetch ?? globalThis.fetch)(input, {
        method: init?.method ?? 'GET',
        ...(init?.body === undefined ? {} : { body: init.body }),
        headers: headersFor(deps, call, token, init),
        redirect: 'manual',
        signal: deadline.signal,
      })
      const { status, headers } = response
      const body = await readBody(response, status < 400 ? maxMb * 1e6 : maxErrorBytes)
      const hints = readHints(headers, deps.clock.now())
      answer = { status, mediaType: mediaTypeIn(headers.get('content-type'), body.text), ...body, hints }
      await deps.turns?.toBegin()
      if (body.excess !== null) throw new Refusal(judgeExcess(answer, context))
      return rebuilt(answer)
    }

    try {
      return await run({
        context,
        fetch: fetchOnce,
        answer() {
          if (answer === null) throw new InternalError('an answer was read before it was fetched')
          return answer
        },
      })
    } catch (thrown) {
      if (thrown instanceof InternalError) throw thrown
      const { operation } = call
      const ended = answer === null ? deadline.ended() : null
      failure = toApiFailure(thrown, { ...context, operation, answer, ended, timeoutMs: deps.timeoutMs })
      throw failure
    } finally {
      deadline.release()
      deps.observe(describe(call, answer, failure, deps.clock.monotonic() - startedAt))
    }
  }
}

/** A secret that cannot stand in a header would come back in the platform's own error text. */
async function readToken(source: TransportDeps['token'], does: string): Promise<Secret> {
  let token: Secret
  try {
    token = await source()
  } catch (thrown) {
    const why = thrown instanceof UserError ? `: ${thrown.message}` : ''
    throw new ApiFailure('auth', `cannot ${does}: the API token cannot be read${why}`, { operation: does })
  }
  if (/^[\x21-\x7e]+$/.test(token.reveal())) return token
  throw new ApiFailure('auth', `cannot ${does}: the API token is empty or contains spaces or line breaks`, {
    operation: does,
  })
}

/** Rebuilt, so that nothing a library adds by itself (the SDK reads the environment, say) is sent. */
function headersFor(deps: TransportDeps, call: Call, token: Secret, init: RequestInit | undefined): Headers {
  const version = new Headers(init?.headers).get('api-version')
  const headers = new Headers({
    accept: 'application/json',
    authorization: `Bearer ${token.reveal()}`,
    'user-agent': deps.userAgent,
    ...call.headers,
  })
  if (version !== null) headers.set('api-version', version)
  if (typeof init?.body === 'string') headers.set('content-type', 'application/json')
  return headers
}

/** The answer as the libraries want to see it; statuses that may have no body get none. */
function rebuilt(answer: Answer): Response {
  const bodiless = [101, 103, 204, 205, 304].includes(answer.status)
  const headers = { 'content-type': answer.mediaType }
  const response = new Response(null, { status: answer.status, headers })
  if (bodiless) return response
  // The platform would encode the text only to decode it again: megabytes, both times.
  const { text } = answer
  return Object.assign(response, {
    text: async (): Promise<string> => text,
    json: async (): Promise<unknown> => JSON.parse(text),
  })
}

function describe(
  call: Call,
  answer: Answer | null,
  failure: ApiFailure | null,
  durationMs: number,
): ApiExchange {
  const throttled = failure?.kind === 'rate_limited'
  const status = answer === null ? 'error' : String(answer.status)
  return {
    api: operations[call.operation].api,
    operation: call.operation,
    code: throttled && status === '200' ? 'budget' : status,
    durationMs,
    accountId: call.accountId ?? null,
    rateLimit: answer?.hints.rateLimit ?? null,
    retryAfterMs: failure?.retryAfterMs ?? answer?.hints.retryAfterMs ?? null,
    throttled,
    serverTime: answer?.hints.serverTime ?? null,
  }
}
