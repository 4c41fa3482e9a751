import { getEventListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { arrivalTitle } from '../../src/domain/arrival/arrival-place.ts'
import type { RecordPlace } from '../../src/domain/arrival/arrival-rule.ts'
import { Secret } from '../../src/domain/secret.ts'
import { minuteOf } from '../../src/domain/time.ts'
import { createElasticCounter } from '../../src/elastic/elastic-counter.ts'
import { failureText } from '../support/failure-text.ts'
import { tenOClock } from '../support/log-files.ts'
import { startFake } from '../support/object-stores.ts'
import { warningsDuring } from '../support/warnings.ts'

const canary = 'CANARY-do-not-print'
const from = minuteOf(tenOClock)
const never = new AbortController().signal

type Answer = (request: IncomingMessage, response: ServerResponse) => void

async function elastic(
  t: Pick<typeof import('tap').default, 'teardown'>,
  answer: Answer,
  timeoutMs = 10_000,
) {
  const server = await startFake(answer)
  t.teardown(server.stop)
  const place: RecordPlace = {
    store: 'elastic',
    url: server.endpoint,
    index: 'logs-cloudflare_logpush.*',
    timeField: 'event.ingested',
    query: 'cloudflare.job:"http"',
  }
  const counter = createElasticCounter({ authorization: () => new Secret(`ApiKey ${canary}`), timeoutMs })
  return { place, count: (signal = never) => counter.count(place, { from, to: from + 1 }, { signal }) }
}

const says =
  (status: number, body: unknown): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

t.test('a count that is over leaves nothing on the signal of the process', async (t) => {
  const { count } = await elastic(t, says(200, { count: 7, _shards: { total: 1, successful: 1, failed: 0 } }))
  const stop = new AbortController().signal
  t.equal(await count(stop), 7)
  t.equal(getEventListeners(stop, 'abort').length, 0)
})

t.test('one call counts the documents of a minute, with the key in its header', async (t) => {
  const asked: unknown[] = []
  const { count } = await elastic(t, async (request, response) => {
    const { method, url, headers } = request
    asked.push(method, url, headers.authorization, JSON.parse(await text(request)))
    says(200, { count: 1234, _shards: { total: 2, successful: 2, failed: 0 } })(request, response)
  })
  t.equal(await count(), 1234)
  t.same(asked, [
    'POST',
    '/logs-cloudflare_logpush.*/_count?allow_no_indices=false&ignore_unavailable=false',
    `ApiKey ${canary}`,
    {
      query: {
        bool: {
          filter: [
            {
              range: {
                'event.ingested': { gte: '2026-11-28T10:00:00.000Z', lt: '2026-11-28T10:01:00.000Z' },
              },
            },
            { query_string: { query: 'cloudflare.job:"http"' } },
          ],
        },
      },
    },
  ])
})

t.test('without a key none is sent, and an index is one part of the address', async (t) => {
  const asked: unknown[] = []
  const { place } = await elastic(t, (request, response) => {
    const { url, headers } = request
    asked.push(url?.split('?')[0], headers['content-type'], 'authorization' in headers)
    says(200, { count: 0 })(request, response)
  })
  const counter = createElasticCounter({ authorization: () => null })
  const range = { from, to: from + 1 }
  t.equal(await counter.count({ ...place, index: '<logs-{now/d}>,b' }, range, { signal: never }), 0)
  t.same(asked, ['/%3Clogs-%7Bnow%2Fd%7D%3E%2Cb/_count', 'application/json', false])
})

t.test('many counts at once are no leak of the signal of the process', async (t) => {
  const { count } = await elastic(t, says(200, { count: 7 }))
  const { signal } = new AbortController()
  const counts = () => Promise.all(Array.from({ length: 12 }, () => count(signal)))
  t.same(await warningsDuring(counts), [])
})

t.test('an answer may be of 64 KiB, and no longer', async (t) => {
  const longest = '{"count":7}'.padEnd(65_536)
  t.equal(await (await elastic(t, says(200, longest))).count(), 7)
  t.match(await failureText((await elastic(t, says(200, `${longest} `))).count()), /^bad_response: /)
})

t.test('every failure says what was asked, what came, and what to do', async (t) => {
  const why = new Map<number, string>([
    [
      401,
      'auth: no usable credentials (status 401); set ELASTIC_API_KEY, or ELASTIC_USERNAME and ELASTIC_PASSWORD, or api_key_file in the rule',
    ],
    [403, 'forbidden: access denied (status 403); grant the index privilege read to the credentials in use'],
    [404, 'not_found: no such index (status 404); check index in the rule'],
    [429, 'rate_limited: too many requests (status 429); try again later'],
    [500, 'unavailable: Elasticsearch is unavailable (status 500); try again later'],
    [
      499,
      'invalid_request: Elasticsearch refused the request (status 499); check that url in the rule is that of Elasticsearch',
    ],
    [
      201,
      'invalid_request: Elasticsearch refused the request (status 201); check that url in the rule is that of Elasticsearch',
    ],
  ])
  for (const [status, text] of why) {
    const { place, count } = await elastic(t, says(status, { count: 7 }))
    const [kind, ...rest] = text.split(': ')
    const failure = await count().catch((error: unknown) => error)
    t.match(failure, { kind, status, operation: 'count records' })
    t.match(failure, { message: `cannot count ${arrivalTitle(place)}: ${rest.join(': ')}` })
  }
  const gone = await elastic(t, (request) => void request.destroy())
  const failure = await gone.count().catch((error: unknown) => error)
  t.match(failure, {
    kind: 'network',
    status: undefined,
    message: /: no connection; check url in the rule, and that this machine may connect to it$/,
  })
})

t.test('only a number of documents is a count', async (t) => {
  const noCount =
    /: the answer is no count \(status 200\); check that url in the rule is that of Elasticsearch$/
  for (const body of ['null', '7', '[]', '{}', '{"count":"7"}', '{"count":1.5}', '{"count":-1}', '{'])
    t.match(await failureText((await elastic(t, says(200, body))).count()), noCount, body)
  for (const body of [
    { count: 0, _shards: { failed: 0 } },
    { count: 0, _shards: null },
  ])
    t.equal(await (await elastic(t, says(200, body))).count(), 0)
  const partial = await elastic(t, says(200, { count: 7, _shards: { failed: 1 } }))
  t.match(
    await failureText(partial.count()),
    /^partial: .*: some shards failed \(status 200\); try again later$/,
  )
})

t.test('a count that is interrupted says so, whatever the reason', async (t) => {
  const impatient = await elastic(t, () => undefined, 50)
  t.match(await failureText(impatient.count()), /^timeout: .*: no response in time; try again later$/)
  for (const reason of [undefined, 'the end', new Error('the end')]) {
    const { count } = await elastic(t, () => undefined)
    const stop = new AbortController()
    const counting = count(stop.signal)
    stop.abort(reason)
    t.match(await failureText(counting), /^aborted: cannot count .*: canceled; the run was interrupted$/)
  }
})

t.test('no number is no zero: what fails says why and what to do, and quotes nothing', async (t) => {
  const cases: readonly (readonly [Answer, RegExp])[] = [
    [says(401, canary), /^auth: .*no usable credentials \(status 401\); set ELASTIC_API_KEY/],
    [says(403, canary), /^forbidden: .*; grant the index privilege read to the credentials in use/],
    [says(404, canary), /^not_found: .*no such index \(status 404\); check index in the rule/],
    [says(429, canary), /^rate_limited: .*; try again later/],
    [says(503, canary), /^unavailable: /],
    [says(400, canary), /^invalid_request: .*check that url in the rule is that of Elasticsearch/],
    [says(200, canary), /^bad_response: /],
    [says(200, { count: -1 }), /^bad_response: /],
    [says(200, { count: 2 ** 53 }), /^bad_response: /],
    [says(200, 'x'.repeat(100_000)), /^bad_response: /],
    [says(200, { count: 7, _shards: { failed: 1 } }), /^partial: .*some shards failed/],
    [
      (_, response) => void response.writeHead(302, { location: `http://${canary}/` }).end(),
      /^invalid_request: /,
    ],
    [(request) => void request.destroy(), /^network: /],
  ]
  for (const [answer, message] of cases) {
    const { count } = await elastic(t, answer)
    const told = await failureText(count())
    t.match(told, message)
    t.notMatch(told, canary)
  }
})
