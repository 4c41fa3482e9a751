import t from 'tap'
import { isRedirect, judgeForeign, judgeRest, kindByStatus } from '../../src/cloudflare/rest-failure.ts'

const context = { grant: 'Logs Read', secrets: [] }
const judged = (status: number, code: number, message = '') =>
  judgeRest(status, [{ codes: [code], message }], context).kind

t.test('a status alone means the same wherever it comes from', async (t) => {
  const kinds = [
    [400, 'invalid_request'],
    [401, 'auth'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [408, 'timeout'],
    [409, 'conflict'],
    [410, 'not_found'],
    [418, 'invalid_request'],
    [429, 'rate_limited'],
    [499, 'invalid_request'],
    [500, 'unavailable'],
    [599, 'unavailable'],
  ] as const
  for (const [status, kind] of kinds) {
    t.equal(kindByStatus(status), kind, `${status}`)
    t.equal(judged(status, 1), kind, `${status} with a code that nobody knows`)
  }
})

t.test('a code says more than the status, unless Cloudflare is failing or asks to wait', async (t) => {
  const kinds = [
    [6003, 'auth'],
    [6103, 'auth'],
    [6111, 'auth'],
    [9106, 'auth'],
    [9107, 'auth'],
    [971, 'rate_limited'],
    [10429, 'rate_limited'],
    [1004, 'forbidden'],
    [1002, 'invalid_request'],
    [7003, 'not_found'],
  ] as const
  for (const [code, kind] of kinds) {
    for (const status of [200, 400, 409]) t.equal(judged(status, code), kind, `${status} with ${code}`)
    t.equal(judged(500, code), 'unavailable', `500 with ${code}`)
    t.equal(judged(429, code), 'rate_limited', `429 with ${code}`)
  }
})

t.test('10000 is a missing permission with 403, else a bad token', async (t) => {
  t.same([judged(403, 10000), judged(400, 10000), judged(401, 10000)], ['forbidden', 'auth', 'auth'])
})

t.test('a success that reports errors is a refusal, one that reports none makes no sense', async (t) => {
  t.equal(judged(200, 1), 'invalid_request')
  const silent = (status: number) => judgeRest(status, [], context).kind
  t.same([silent(200), silent(399), silent(400)], ['bad_response', 'bad_response', 'invalid_request'])
  t.equal(judgeRest(200, [{ codes: [], message: 'no' }], context).kind, 'invalid_request')
  t.equal(judgeRest(300, [{ codes: [], message: 'no' }], context).kind, 'bad_response')
})

t.test('what is not from Cloudflare is told by its status and its type', async (t) => {
  const told = (status: number, type = 'text/html') => {
    const { kind, reason } = judgeForeign(status, type)
    return `${kind}: ${reason}`
  }
  t.equal(told(500), "unavailable: Cloudflare's API is failing (500, text/html)")
  t.equal(told(429, ''), 'rate_limited: the API rate limit is exhausted (429, no content type)')
  const advice = 'check for a proxy in between, and check the base URL'
  t.equal(
    told(499),
    `bad_response: the response has text/html instead of JSON (499); ${advice}`,
    'the last before 500',
  )
  t.equal(told(302), `bad_response: the response is a redirect (302), which is not followed; ${advice}`)
  t.same([299, 300, 399, 400].map(isRedirect), [false, true, true, false])
})

t.test('a job of Zero Trust needs a permission of its own, which is named', async (t) => {
  const verdict = judgeRest(403, [{ codes: [7], message: 'error reading job for product' }], context)
  t.equal(verdict.kind, 'forbidden')
  t.same(verdict.codes, [7, 'zero_trust'])
  t.match(
    verdict.reason,
    /^the API token may not do this.*; it needs the permission "Zero Trust: PII Read" here, beside Logs Write$/,
  )
})
