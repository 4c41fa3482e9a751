import t from 'tap'
import { judgeGraphql } from '../../src/cloudflare/graphql-failure.ts'
import type { ErrorItem } from '../../src/cloudflare/verdict.ts'

const context = { grant: 'Analytics Read', secrets: [] }
const error = (message: string, ...codes: readonly (number | string)[]): ErrorItem => ({ codes, message })
const judged = (status: number, errors: readonly ErrorItem[], hasData = false) =>
  judgeGraphql(status, errors, hasData, context)
const kindOf = (status: number, ...errors: readonly ErrorItem[]) => judged(status, errors).kind
const odd = error('something went sideways')

t.test('an error in words that nobody knows is judged by its status', async (t) => {
  const kinds = [
    [200, 'unavailable'],
    [399, 'unavailable'],
    [400, 'invalid_request'],
    [401, 'auth'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [408, 'timeout'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
  ] as const
  for (const [status, kind] of kinds) t.equal(kindOf(status, odd), kind, `${status}`)
  t.equal(judged(399, [odd], true).kind, 'partial', 'beside data a part is missing')
  t.equal(judged(400, [odd], true).kind, 'invalid_request')
  t.match(judged(404, [odd]).reason, /^the GraphQL API is failing \(404: something went sideways\)$/)
})

t.test('under 429 the rate limit is exhausted, whatever the text says', async (t) => {
  t.equal(kindOf(429, error('cannot request data older than 7d')), 'rate_limited')
})

t.test('an answer without errors, or with numbers for codes, is the one of a gateway', async (t) => {
  t.match(judged(403, []).reason, /^the API token may not do this \(403\)/)
  t.match(judged(403, [error('no', 7003)]).kind, 'not_found')
  t.match(judged(403, [error('no', 'authz'), error('no', 7003)]).kind, 'not_found')
  t.match(judged(403, [error('no', 'authz')]).reason, /^the API token may not read health data/)
  t.equal(judged(200, [error('not authorized', 7003)]).kind, 'forbidden', 'under 200 GraphQL has spoken')
  t.strictSame(judged(200, []), { kind: 'unavailable', codes: [], reason: 'the GraphQL API is failing' })
})

t.test('of several errors the most pressing is told, and no other', async (t) => {
  const pressing = [
    error('Unauthorized', 'a'),
    error('budget depleted', 'b'),
    error('not authorized for that zone', 'c'),
    error('cannot request data older than 7d', 'd'),
    error('unable to execute query', 'e'),
    odd,
  ]
  const kinds = ['auth', 'rate_limited', 'forbidden', 'invalid_request', 'unavailable', 'partial']
  pressing.forEach((first, index) => {
    const verdict = judged(200, pressing.slice(index).reverse(), true)
    t.equal(verdict.kind, kinds[index])
    t.strictSame(verdict.codes, first.codes)
    t.match(verdict.reason, first.message)
    for (const other of pressing.slice(index + 1)) t.notMatch(verdict.reason, other.message)
  })
})

t.test('errors of one kind are told together, a code once', async (t) => {
  const { codes, reason } = judged(200, [error('no access', 'authz'), error('no permission', 'authz', 'x')])
  t.strictSame(codes, ['authz', 'x'])
  t.match(reason, '(code authz, x: no access; no permission)')
})

t.test('a code says more than most texts, and some texts more than a code', async (t) => {
  for (const [code, kind] of [
    ['budget', 'rate_limited'],
    ['quota', 'invalid_request'],
    ['authz', 'forbidden'],
    ['authn', 'auth'],
  ] as const) {
    t.equal(kindOf(200, error('unable to execute query', code)), kind)
    t.equal(kindOf(200, error('upgrade to a higher plan', code)), 'forbidden')
    t.equal(kindOf(200, error('unable to execute query', 'x', code)), kind, 'whichever code is known')
  }
})

t.test('a text is judged by its first 2,000 letters', async (t) => {
  const later = (letters: number) => kindOf(200, error(`${'x'.repeat(letters)} no access`))
  t.equal(later(2_000 - ' no access'.length), 'forbidden')
  t.equal(later(2_001 - ' no access'.length), 'unavailable')
})

t.test('how long to wait is read in minutes, of one and of several', async (t) => {
  const wait = (text: string) => judged(200, [error(`budget depleted, ${text}`)]).retryAfterMs
  t.strictSame(
    [wait('try again after 1 minute'), wait('try again after 12 minutes'), wait('try again')],
    [60_000, 720_000, undefined],
  )
})
