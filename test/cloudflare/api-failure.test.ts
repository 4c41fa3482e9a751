import { APIConnectionTimeoutError, APIUserAbortError } from 'cloudflare/error'
import { GraphQLError } from 'graphql'
import { ClientError } from 'graphql-request'
import t from 'tap'
import type { Answer } from '../../src/cloudflare/answer.ts'
import {
  type FailureContext,
  failureOf,
  judgeExcess,
  toApiFailure,
} from '../../src/cloudflare/api-failure.ts'
import { ApiFailure } from '../../src/errors.ts'

const answer = (edit: Partial<Answer> = {}): Answer => ({
  status: 200,
  mediaType: 'application/json',
  text: '{}',
  excess: null,
  hints: { rateLimit: null, retryAfterMs: null, serverTime: null },
  ...edit,
})
const context = (edit: Partial<FailureContext> = {}): FailureContext => ({
  operation: 'read_zone_health',
  answer: null,
  ended: null,
  timeoutMs: 1_500,
  grant: 'Analytics Read',
  secrets: [],
  ...edit,
})
const kindOf = (thrown: unknown, edit: Partial<FailureContext> = {}) => {
  const { kind, message } = toApiFailure(thrown, context(edit))
  return `${kind}: ${message.replace('cannot read zone health: ', '')}`
}

t.test('an error beside data is a part that is missing; without any, the API is failing', async (t) => {
  const odd = new GraphQLError('odd')
  const judged = (data: unknown) =>
    kindOf(
      new ClientError({ status: 200, headers: new Headers(), body: '', errors: [odd], data }, { query: '' }),
      {
        answer: answer(),
      },
    )
  const partial = 'partial: part of the response is missing (odd)'
  const failing = 'unavailable: the GraphQL API is failing (odd)'
  for (const data of [
    { viewer: { zones: [] } },
    { viewer: { zones: null, accounts: [] } },
    { a: null, b: { c: 0 } },
  ])
    t.equal(judged(data), partial, JSON.stringify(data))
  for (const data of [
    null,
    undefined,
    'text',
    {},
    { viewer: null },
    { viewer: 'text' },
    { viewer: {} },
    { viewer: { zones: null } },
  ])
    t.equal(judged(data), failing, JSON.stringify(data))
})

t.test('a request that we ended is told by why, whatever was thrown', async (t) => {
  const odd = new Error('odd')
  t.equal(kindOf(odd, { ended: 'aborted', answer: answer() }), 'aborted: the request was canceled')
  t.equal(kindOf(odd, { ended: 'timeout' }), 'timeout: no complete response within 1.5 s')
})

t.test('what the libraries throw without an answer is told as what it is', async (t) => {
  t.equal(kindOf(new APIUserAbortError()), 'aborted: the request was canceled')
  t.equal(kindOf(new APIConnectionTimeoutError()), 'timeout: no complete response within 1.5 s')
  t.equal(kindOf(new Error('odd')), 'network: the connection failed')
})

t.test('an answer that cannot be read is empty or cut', async (t) => {
  const read = (text: string, edit: Partial<Answer> = {}) =>
    kindOf(new SyntaxError('odd'), { answer: answer({ text, ...edit }) })
  t.equal(read(' \n'), 'bad_response: the response (200) is empty')
  t.equal(read('{'), 'bad_response: the response (200) is not valid JSON, or is truncated')
  t.match(read('<', { mediaType: 'text/html' }), /^bad_response: the response has text\/html instead of JSON/)
  t.match(read('{}', { status: 302 }), /^bad_response: the response is a redirect \(302\)/)
})

t.test('an answer beyond its bounds is told as such, unless its status says enough', async (t) => {
  const judged = (status: number, mediaType = 'application/json') =>
    judgeExcess(answer({ status, mediaType, excess: 'is longer than 4 MB' }), context())
  t.strictSame(judged(399), {
    kind: 'bad_response',
    reason: 'the response (399) is longer than 4 MB',
    settled: true,
  })
  t.equal(judged(400).kind, 'invalid_request')
  t.equal(
    judged(403).reason,
    'the API token may not do this (403); it needs the permission "Analytics Read" here',
  )
  t.match(judged(403, 'text/html').reason, /^the response has text\/html instead of JSON \(403\)/)
  const whole = answer({ excess: 'is longer than 4 MB' })
  t.equal(kindOf(new Error('odd'), { answer: whole }), 'bad_response: the response (200) is longer than 4 MB')
})

t.test('a failure that was told already is told no other way', async (t) => {
  const failure = new ApiFailure('conflict', 'cannot', { operation: 'x' })
  t.equal(toApiFailure(failure, context({ ended: 'timeout' })), failure)
})

t.test('a header that says how long to wait outweighs a text', async (t) => {
  const waits = (header: number | null, text?: number) => {
    const hints = { rateLimit: null, serverTime: null, retryAfterMs: header }
    const verdict = {
      kind: 'rate_limited',
      reason: 'no',
      ...(text === undefined ? {} : { retryAfterMs: text }),
    } as const
    return failureOf(verdict, { operation: 'list_jobs', answer: answer({ hints }) }).retryAfterMs
  }
  t.strictSame([waits(7, 9), waits(null, 9), waits(0, 9), waits(null)], [7, 9, 0, undefined])
})
