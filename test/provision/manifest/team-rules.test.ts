import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import type { RulesValue } from '../../../src/provision/manifest/schema.ts'
import { type RuledJob, violationsOf } from '../../../src/provision/manifest/team-rules.ts'

/* What a team's rules say of one job. */

const origin = { file: 'policy.yaml', line: 3, column: 1 }
const job: RuledJob = {
  dataset: 'http_requests',
  destinationConf: new Secret('s3://logs/http?region=us-east-1'),
  fieldNames: ['RayID', 'ClientIP'],
  sampleRate: 1,
}
const said = (rules: RulesValue, edit: Partial<RuledJob> = {}) =>
  violationsOf({ ...job, ...edit }, { rules, origin }).map(
    ({ path, message }) => `${path.join('.')}: ${message.replace('the policy at policy.yaml:3 ', '')}`,
  )

t.test('a destination must fit one of the patterns, with all that says where its bucket is', (t) => {
  for (const [pattern, conf, isAllowed] of [
    ['s3://logs', 's3://logs/http?region=us-east-1', true],
    ['s3://logs/*', 's3://logs/http?region=us-east-1', true],
    ['s3://logs', 's3://logs', true],
    ['s3://logs', 's3://logs-of-others/http', false],
    ['s3://logs/audit', 's3://logs/http', false],
    ['s3://*', 'gs://logs/http', false],
    ['s3://logs', 's3://logs/http?endpoint=s3.example.com', false],
    ['s3://logs?endpoint=*.example.com', 's3://logs/http?endpoint=s3.example.com', true],
    ['s3://logs?endpoint=*.example.com', 's3://logs/http?endpoint=s3.example.org', false],
    ['s3://logs?endpoint=*.example.com', 's3://logs/http', false],
    ['r2://logs?account-id=ab', 'r2://logs/http?account-id=ab', true],
    ['r2://logs', 'r2://logs/http?account-id=ab', false],
    ['*', 'no destination', false],
    ['s3://logs', 's3://logs/http?region=%zz', true],
    ['s3://logs', 's3://logs/http?region=%zz&endpoint=s3.example.com', false],
    ['s3://logs', 's3://logs/http?endpoint=%zz', false],
  ] as const) {
    const found = said({ destinations: [pattern] }, { destinationConf: new Secret(conf) })
    t.equal(found.length === 0, isAllowed, `${pattern} and ${conf}`)
  }
  t.end()
})

t.test('what is allowed is told, and what was found without its secrets', (t) => {
  t.same(said({ destinations: ['gs://a', 'gs://b'] }), [
    'destination: allows gs://a, gs://b, found s3://logs/http?region=us-east-1',
  ])
  t.same(said({ destinations: [] }), [
    'destination: allows no destination, found s3://logs/http?region=us-east-1',
  ])
  t.same(said({ destinations: ['s3://other', 's3://logs'] }), [], 'one of them is enough')
  t.same(said({ destinations: [] }, { destinationConf: null }), [], 'one that is not known is not judged')
  t.end()
})

t.test('fields are required of one dataset, and of all', (t) => {
  const missing = (names: string) => [`output: requires fields that are not listed: ${names}`]
  t.same(said({ fields: { http_requests: ['RayID'], '*': ['ClientIP'] } }), [])
  t.same(said({ fields: { http_requests: ['RayID', 'A'], '*': ['ClientIP', 'B'] } }), missing('A, B'))
  t.same(said({ fields: { dns_logs: ['A'] } }), [])
  t.same(said({ fields: { '*': ['A'] } }, { fieldNames: null }), missing('A'))
  t.same(said({ fields: { '*': ['A'] } }, { fieldNames: 'all' }), [])
  t.same(said({ fields: { '*': [] } }, { fieldNames: null }), [])
  t.end()
})

t.test('sampling may be forbidden', (t) => {
  t.same(said({ sampling: false }, { sampleRate: 0.99 }), ['output.sample_rate: allows no sampling'])
  t.same(said({ sampling: false }), [])
  t.same(said({ sampling: true }, { sampleRate: 0.1 }), [])
  t.same(said({}, { sampleRate: 0.1 }), [])
  t.end()
})
