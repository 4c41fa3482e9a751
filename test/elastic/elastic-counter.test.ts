import { getEventListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { RecordPlace } from '../../src/domain/arrival/arrival-rule.ts'
import { Secret } from '../../src/domain/secret.ts'
import { minuteOf } from '../../src/domain/time.ts'
import { createElasticCounter } from '../../src/elastic/elastic-counter.ts'
import { failureText } from '../support/failure-text.ts'
import { tenOClock } from '../support/log-files.ts'
import { startFake } from '../support/object-stores.ts'

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
  const impatient = await elastic(t, () => undefined, 50)
  t.match(await failureText(impatient.count()), /^timeout: cannot count/)
  const { count } = await elastic(t, () => undefined)
  const stop = new AbortController()
  const counting = count(stop.signal)
  stop.abort()
  t.match(await failureText(counting), /^aborted: cannot count/)
})
