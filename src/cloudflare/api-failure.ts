/*
 * The one translation of failures: whatever the SDK, graphql-request, fetch or a connection throws becomes one
 * ApiFailure. The original is never kept as its cause: the SDK's messages hold the whole answer, and
 * graphql-request's the whole question too, so they would show secrets wherever an error is inspected.
 */
import { APIConnectionTimeoutError, APIError, APIUserAbortError } from 'cloudflare/error'
import { ClientError } from 'graphql-request'
import { ApiFailure } from '../errors.ts'
import { type Answer, isJson } from './answer.ts'
import { readErrors } from './error-items.ts'
import { judgeGraphql } from './graphql-failure.ts'
import { judgeNetwork } from './network-failure.ts'
import { type Operation, operations } from './operations.ts'
import { isRedirect, judgeForeign, judgeRest, type RefusalContext } from './rest-failure.ts'
import type { Verdict } from './verdict.ts'

export interface FailureContext extends RefusalContext {
  readonly operation: Operation
  /** The answer, when there was one and it was read to its end. */
  readonly answer: Answer | null
  /** Set when the request was ended from our side. */
  readonly ended: 'aborted' | 'timeout' | null
  readonly timeoutMs: number
}

/** `thrown` may be a Verdict, from code that read the answer itself and found it wanting. */
export function toApiFailure(thrown: unknown, context: FailureContext): ApiFailure {
  return thrown instanceof ApiFailure ? thrown : failureOf(judge(thrown, context), context)
}

/** Signals a verdict on an answer from within a call; the transport turns it into an ApiFailure. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly verdict: Verdict
  constructor(verdict: Verdict) {
    super(verdict.reason)
    this.verdict = verdict
  }
}

/** The failure of a call, or of a part of its answer. */
export function failureOf(
  verdict: Verdict,
  context: Pick<FailureContext, 'operation' | 'answer'>,
): ApiFailure {
  const { does } = operations[context.operation]
  return new ApiFailure(verdict.kind, `cannot ${does}: ${verdict.reason}`, {
    operation: does,
    status: context.answer?.status,
    codes: verdict.codes,
    settled: verdict.settled,
    retryAfterMs: context.answer?.hints.retryAfterMs ?? verdict.retryAfterMs,
    allowed: verdict.allowed,
  })
}

function judge(thrown: unknown, context: FailureContext): Verdict {
  const { answer, ended } = context
  if (ended === 'aborted') return { kind: 'aborted', reason: 'the request was canceled' }
  if (ended === 'timeout') return noAnswerInTime(context.timeoutMs)
  if (thrown instanceof Refusal) return thrown.verdict
  if (answer !== null && answer.excess !== null) return judgeExcess(answer, context)
  if (answer === null) {
    if (thrown instanceof APIUserAbortError) return { kind: 'aborted', reason: 'the request was canceled' }
    if (thrown instanceof APIConnectionTimeoutError) return noAnswerInTime(context.timeoutMs)
    return judgeNetwork(thrown)
  }
  if (!isJson(answer.mediaType) || isRedirect(answer.status))
    return judgeForeign(answer.status, answer.mediaType)
  if (thrown instanceof ClientError) {
    const { errors, data } = thrown.response
    return judgeGraphql(answer.status, readErrors(errors), hasData(data), context)
  }
  if (thrown instanceof APIError) return judgeRest(answer.status, readErrors(thrown.errors), context)
  return unreadable(answer)
}

/** An answer beyond its bounds: of one that is no success, the status says enough. */
export function judgeExcess({ status, mediaType, excess }: Answer, context: RefusalContext): Verdict {
  if (status >= 400)
    return isJson(mediaType) ? judgeRest(status, [], context) : judgeForeign(status, mediaType)
  return { kind: 'bad_response', reason: `the response (${status}) ${excess}`, settled: true }
}

function noAnswerInTime(timeoutMs: number): Verdict {
  return { kind: 'timeout', reason: `no complete response within ${timeoutMs / 1000} s` }
}

/** The answer calls itself JSON and cannot be read. */
export function unreadable(answer: Pick<Answer, 'status' | 'text'>): Verdict {
  const cut = answer.text.trim() === '' ? 'is empty' : 'is not valid JSON, or is truncated'
  return { kind: 'bad_response', reason: `the response (${answer.status}) ${cut}` }
}

/** Whether any part of `data` below `viewer` holds something. */
function hasData(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false
  return Object.values(data).some(
    (part) =>
      typeof part === 'object' && part !== null && Object.values(part).some((value) => value !== null),
  )
}
