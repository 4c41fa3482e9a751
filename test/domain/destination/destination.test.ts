import fc from 'fast-check'
import t from 'tap'
import {
  buildDestination,
  type Destination,
  describeDestination,
  type FieldValue,
  parseDestination,
  toDestination,
} from '../../../src/domain/destination/destination.ts'
import {
  type DestinationKind,
  destinationKindNames,
  destinationKinds,
  kindSpec,
} from '../../../src/domain/destination/kinds.ts'
import { destinationPlace, needsChallenge, uploadLimits } from '../../../src/domain/destination/limits.ts'
import type { FieldType } from '../../../src/domain/destination/spec.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { anyDestination, secretTexts } from '../../support/destinations.ts'
import { holds } from '../../support/property.ts'

const s = (text: string) => new Secret(text)

/** Secrets as text, so that values can be compared. */
function open(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, open(entry)]))
}

const examples: readonly { conf: string; value: Destination; type: string; redacted: string }[] = [
  {
    conf: 'r2://logs/http/{DATE}?account-id=0123456789abcdef0123456789abcdef&access-key-id=AKR2&secret-access-key=sec%2Fret',
    value: {
      kind: 'r2',
      bucket: 'logs',
      path: 'http/{DATE}',
      account_id: '0123456789abcdef0123456789abcdef',
      access_key_id: s('AKR2'),
      secret_access_key: s('sec/ret'),
    },
    type: 'r2',
    redacted:
      'r2://logs/http/{DATE}?account-id=0123456789abcdef0123456789abcdef&access-key-id=***&secret-access-key=***',
  },
  {
    conf: 's3://quay-logs/workers/{DATE}?region=us-east-1&sse=AES256',
    value: { kind: 's3', bucket: 'quay-logs', path: 'workers/{DATE}', region: 'us-east-1', sse: 'AES256' },
    type: 's3',
    redacted: 's3://quay-logs/workers/{DATE}?region=us-east-1&sse=AES256',
  },
  {
    conf: 's3://quay-logs?region=us-east-1&access-key-id=AK&secret-access-key=sk',
    value: {
      kind: 's3',
      bucket: 'quay-logs',
      path: '',
      region: 'us-east-1',
      access_key_id: s('AK'),
      secret_access_key: s('sk'),
    },
    type: 's3',
    redacted: 's3://quay-logs?region=us-east-1&access-key-id=***&secret-access-key=***',
  },
  {
    conf: 's3://quay-logs/a?region=eu&access-key-id=AK&secret-access-key=sk&endpoint=minio.example.com',
    value: {
      kind: 's3_compatible',
      bucket: 'quay-logs',
      path: 'a',
      region: 'eu',
      access_key_id: s('AK'),
      secret_access_key: s('sk'),
      endpoint: 'minio.example.com',
    },
    type: 's3',
    redacted: 's3://quay-logs/a?region=eu&access-key-id=***&secret-access-key=***&endpoint=minio.example.com',
  },
  {
    conf: 'gs://quay-logs/waf/{DATE}',
    value: { kind: 'gcs', bucket: 'quay-logs', path: 'waf/{DATE}' },
    type: 'gcs',
    redacted: 'gs://quay-logs/waf/{DATE}',
  },
  {
    conf: 'azure://quaylogs.blob.core.windows.net/cf/{DATE}?sv=2024-11-04&ss=b&srt=o&sp=w&sig=a%2Bb%3D',
    value: {
      kind: 'azure',
      account: 'quaylogs',
      container: 'cf',
      path: '{DATE}',
      sas: s('sv=2024-11-04&ss=b&srt=o&sp=w&sig=a%2Bb%3D'),
    },
    type: 'azure',
    redacted: 'azure://quaylogs.blob.core.windows.net/cf/{DATE}?***',
  },
  {
    conf: 'sumo://endpoint1.collection.us2.sumologic.com/receiver/v1/http/CoLLector==',
    value: {
      kind: 'sumo_logic',
      host: 'endpoint1.collection.us2.sumologic.com',
      collector: s('CoLLector=='),
    },
    type: 'sumo_logic',
    redacted: 'sumo://endpoint1.collection.us2.sumologic.com/***',
  },
  {
    conf: 'splunk://hec.example.com:8088/services/collector/raw?channel=11111111-2222&insecure-skip-verify=false&sourcetype=cloudflare%3Ajson&header_Authorization=Splunk%20tok',
    value: {
      kind: 'splunk',
      host: 'hec.example.com:8088',
      path: 'services/collector/raw',
      channel: s('11111111-2222'),
      insecure_skip_verify: false,
      sourcetype: 'cloudflare:json',
      token: s('tok'),
    },
    type: 'splunk',
    redacted:
      'splunk://hec.example.com:8088/services/collector/raw?channel=***&insecure-skip-verify=false&sourcetype=cloudflare:json&header_Authorization=***',
  },
  {
    conf: 'datadog://http-intake.logs.datadoghq.eu/api/v2/logs?header_DD-API-KEY=key&ddsource=cloudflare&service=quay&host=edge&ddtags=env%3Aprod',
    value: {
      kind: 'datadog',
      site: 'datadoghq.eu',
      path: 'api/v2/logs',
      api_key: s('key'),
      source: 'cloudflare',
      service: 'quay',
      host: 'edge',
      tags: s('env:prod'),
    },
    type: 'datadog',
    redacted:
      'datadog://http-intake.logs.datadoghq.eu/api/v2/logs?header_DD-API-KEY=***&ddsource=cloudflare&service=quay&host=edge&ddtags=***',
  },
  {
    conf: 'https://log-api.eu.newrelic.com/log/v1?Api-Key=lic&format=cloudflare',
    value: { kind: 'new_relic', region: 'eu', api_key: s('lic'), format: 'cloudflare' },
    type: 'new_relic',
    redacted: 'https://log-api.eu.newrelic.com/log/v1?Api-Key=***&format=cloudflare',
  },
  {
    conf: 'https://abc.es.eu-west-1.aws.elastic-cloud.com/ingest?header_Authorization=ApiKey%20k',
    value: {
      kind: 'elastic',
      url: s('https://abc.es.eu-west-1.aws.elastic-cloud.com/ingest'),
      headers: { Authorization: s('ApiKey k') },
      params: {},
    },
    type: 'elastic',
    redacted: 'https://abc.es.eu-west-1.aws.elastic-cloud.com/***?header_Authorization=***',
  },
  {
    conf: 'https://logs.example.com/in/t0ken?header_X-Key=k&format=cloudflare&api=k2',
    value: {
      kind: 'http',
      url: s('https://logs.example.com/in/t0ken'),
      headers: { 'X-Key': s('k') },
      params: { format: s('cloudflare'), api: s('k2') },
    },
    type: 'http',
    redacted: 'https://logs.example.com/***?header_X-Key=***&***',
  },
  {
    conf: 'bq://projects/p1/datasets/logs/tables/http?credentials=base64%3AeyJ9',
    value: { kind: 'bigquery', project: 'p1', dataset: 'logs', table: 'http', credentials: s('base64:eyJ9') },
    type: 'bigquery',
    redacted: 'bq://projects/p1/datasets/logs/tables/http?credentials=***',
  },
  {
    conf: 'ibmcl://i-1.ingress.eu-de.logs.cloud.ibm.com/logs/v1/singles?ibm_api_key=k',
    value: { kind: 'ibm_cloud_logs', instance: 'i-1', region: 'eu-de', api_key: s('k') },
    type: 'ibm_cloud_logs',
    redacted: 'ibmcl://i-1.ingress.eu-de.logs.cloud.ibm.com/logs/v1/singles?ibm_api_key=***',
  },
  {
    conf: 'sentinelone://ingest.example.com/services/collector/raw?sourcetype=cf&header_Authorization=Bearer%20t',
    value: { kind: 'sentinelone', host: 'ingest.example.com', sourcetype: 'cf', token: s('t') },
    type: 'sentinelone',
    redacted:
      'sentinelone://ingest.example.com/services/collector/raw?sourcetype=cf&header_Authorization=***',
  },
  {
    conf: 'kinesis://cf-logs?region=us-east-1&sts-assume-role-arn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx&sts-external-id=e',
    value: {
      kind: 'kinesis',
      stream: 'cf-logs',
      region: 'us-east-1',
      role_arn: s('arn:aws:iam::1:role/x'),
      external_id: s('e'),
    },
    type: 'kinesis',
    redacted: 'kinesis://cf-logs?region=us-east-1&sts-assume-role-arn=***&sts-external-id=***',
  },
  {
    conf: 'pipelines://abc/def?key=1',
    value: { kind: 'url', conf: s('pipelines://abc/def?key=1') },
    type: 'pipelines',
    redacted: 'pipelines://abc/***?***',
  },
]

t.test('every kind is built, parsed and redacted as written down', async (t) => {
  for (const { conf, value, type, redacted } of examples) {
    t.equal(buildDestination(value).reveal(), conf, `build ${value.kind}`)
    t.strictSame(open(parseDestination(conf)), open(value), `parse ${value.kind}`)
    t.strictSame(describeDestination(s(conf)), { type, redacted }, `describe ${value.kind}`)
  }
  t.strictSame(
    new Set(examples.map(({ value }) => value.kind)),
    new Set([...Object.keys(destinationKinds), 'url']),
    'no kind is left out',
  )
  t.strictSame(new Set(destinationKindNames), new Set(Object.keys(destinationKinds)), 'every kind is tried')
})

t.test('a built destination parses to what it was built from', async (t) => {
  holds(
    t,
    fc.property(anyDestination(), (destination) => {
      const parsed = parseDestination(buildDestination(destination).reveal())
      return JSON.stringify(open(parsed)) === JSON.stringify(open(destination))
    }),
    2000,
  )
})

t.test('whatever the text, parsing and building gives it back or something equal', async (t) => {
  const junk = fc.oneof(fc.string(), fc.string({ unit: 'binary' }))
  const conf = fc
    .tuple(
      fc.constantFrom('s3', 'S3', 'r2', 'gs', 'azure', 'sumo', 'splunk', 'https', 'bq', 'new'),
      junk,
      junk,
    )
    .map(([scheme, address, query]) => `${scheme}://${address}?${query}`)
  holds(
    t,
    fc.property(conf, (text) => {
      const once = buildDestination(parseDestination(text)).reveal()
      const twice = buildDestination(parseDestination(once)).reveal()
      return once === twice
    }),
    2000,
  )
})

t.test('no secret survives redaction, and what is shown is short', async (t) => {
  holds(
    t,
    fc.property(anyDestination(), (destination) => {
      const { redacted } = describeDestination(buildDestination(destination))
      return redacted.length <= 256 && secretTexts(destination).every((secret) => !redacted.includes(secret))
    }),
    2000,
  )
})

t.test('a text nobody knows shows no more than its scheme and host', async (t) => {
  const shown = (conf: string) => describeDestination(s(conf)).redacted
  t.equal(shown('https://user:hunter2@logs.example.com/x'), 'https://logs.example.com/***')
  t.equal(shown('https://user:12/hunter2@logs.example.com/x'), 'https://***/***')
  t.equal(shown('https://logs.example.com?hunter2'), 'https://logs.example.com?***')
  t.equal(shown('https://logs.example.com/?hunter2=1'), 'https://logs.example.com/?***')
  t.equal(
    shown('splunk://h.example.com/p?header_hunter2 x=1&sourcetype=a%20b'),
    'splunk://h.example.com/p?sourcetype=***&***',
  )
  t.equal(shown('s3://bucket/path#hunter2'), 's3://bucket/path')
  const datadog = 'datadog://http-intake.logs.datadoghq.eu'
  t.equal(shown(`${datadog}/api/v2/logs`), `${datadog}/api/v2/logs`)
  t.equal(shown(`${datadog}/hunter2`), `${datadog}/***`)
  t.equal(shown('hunter2'), '***')
  t.equal(shown(''), '***')
  t.strictSame(describeDestination(s('S3://b/p?region=x')), { type: 's3', redacted: 's3://b/p?region=x' })
  t.equal(shown(`s3://b/${'a'.repeat(500)}`).length, 256)
})

t.test('a text that is only nearly of a kind is kept whole', async (t) => {
  const whole = [
    's3://bucket/path?region=us-east-1&new-param=1',
    's3://bucket/path?region=us-east-1&region=us-east-2',
    's3://bucket/%7BDATE%7D?region=us-east-1',
    's3://bucket//path?region=us-east-1',
    'splunk://h.example.com/p?channel=c&sourcetype=s&header_Authorization=Splunk+t',
    'splunk://h.example.com/p?channel=c&sourcetype=s&header_Authorization=Bearer%20t',
    'splunk://h.example.com/p?channel=c&insecure-skip-verify=1&sourcetype=s&header_Authorization=Splunk%20t',
    'azure://account.blob.core.windows.net/container/path',
    'http://logs.example.com/',
    'gs://bucket/path#x',
    'r2://bucket/path?account-id=%zz&access-key-id=a&secret-access-key=b',
  ]
  for (const conf of whole)
    t.strictSame(open(parseDestination(conf)), { kind: 'url', conf: { secret: conf } }, conf)
})

t.test('what a destination leaves out means what Cloudflare assumes', async (t) => {
  const splunk = parseDestination(
    'splunk://h.example.com/p?channel=c&sourcetype=s&header_Authorization=Splunk%20t',
  )
  t.match(splunk, { kind: 'splunk', insecure_skip_verify: false })
  t.match(parseDestination('gs://bucket/'), { kind: 'gcs', path: '' })
})

t.test('a key file of Google is sent in base64', async (t) => {
  const conf = buildDestination({
    kind: 'bigquery',
    project: 'p',
    dataset: 'd',
    table: 't',
    credentials: s('{"type":"service_account","note":"é"}'),
  }).reveal()
  const sent = decodeURIComponent(conf.split('credentials=')[1] ?? '')
  t.equal(
    Buffer.from(sent.replace('base64:', ''), 'base64').toString('utf8'),
    '{"type":"service_account","note":"é"}',
  )
})

t.test('only some destinations ask for proof of ownership', async (t) => {
  const asks = (conf: string) => needsChallenge(parseDestination(conf))
  const proof = Object.fromEntries(examples.map(({ conf }) => [conf.split('?')[0], asks(conf)]))
  t.strictSame(
    Object.keys(proof).filter((conf) => proof[conf]),
    [
      's3://quay-logs/workers/{DATE}',
      'gs://quay-logs/waf/{DATE}',
      'azure://quaylogs.blob.core.windows.net/cf/{DATE}',
      'sumo://endpoint1.collection.us2.sumologic.com/receiver/v1/http/CoLLector==',
    ],
  )
  t.equal(asks('s3://b/p?region=x&new-param=1'), true, 'also where the text is not understood')
  t.equal(asks('s3://b/p?region=x&new-param=1&access-key-id=a'), false)
  t.equal(asks('gs://b/p?new=1'), true)
  t.equal(asks('nonsense'), false)
})

t.test('limits are those of the destination', async (t) => {
  const limits = (conf: string) => uploadLimits(parseDestination(conf))
  t.strictSame(limits('gs://b/p'), {
    bytes: { min: 5_000_000, max: 1_000_000_000 },
    records: { min: 1_000, max: 1_000_000 },
    intervalSeconds: { min: 30, max: 300 },
  })
  t.equal(limits('datadog://http-intake.logs.datadoghq.eu/api/v2/logs?header_DD-API-KEY=k').bytes, 'fixed')
  t.strictSame(limits('ibmcl://i.ingress.eu-de.logs.cloud.ibm.com/logs/v1/singles?ibm_api_key=k').bytes, {
    min: 1,
    max: 2_000_000,
  })
  t.strictSame(limits('bq://projects/p/datasets/d/tables/t?credentials=url%3Ax'), {
    bytes: { min: 1, max: 10_000_000 },
    records: { min: 1, max: 50_000 },
    intervalSeconds: { min: 30, max: 300 },
  })
})

t.test('the place of a destination is where the logs end up, not how they get there', async (t) => {
  t.equal(destinationPlace('s3://bucket/a/{DATE}?region=x'), destinationPlace('s3://bucket/b?region=y'))
  t.not(destinationPlace('s3://bucket/a'), destinationPlace('s3://other/a'))
  const r2 = (account: string, secret: string) =>
    destinationPlace(`r2://b/p?account-id=${account}&access-key-id=k&secret-access-key=${secret}`)
  t.equal(r2('1', 'a+b'), r2('1', 'a%2Bb'), 'a secret with a plus sign hides no account')
  t.not(r2('1', 'a+b'), r2('2', 'a+b'))
  t.not(destinationPlace('s3://bucket/a'), destinationPlace('gs://bucket/a'))
  t.not(
    destinationPlace('azure://a.blob.core.windows.net/one/x?sig=1'),
    destinationPlace('azure://a.blob.core.windows.net/two/x?sig=1'),
  )
  t.not(
    destinationPlace('bq://projects/p/datasets/d/tables/a'),
    destinationPlace('bq://projects/p/datasets/d/tables/b'),
  )
  t.not(
    destinationPlace('s3://b/a?region=x&endpoint=one.example.com'),
    destinationPlace('s3://b/a?region=x&endpoint=two.example.com'),
  )
  t.equal(destinationPlace('https://u:p@h.example.com/a'), 'https://h.example.com')
  t.equal(destinationPlace('new://h.example.com/a/b'), 'new://h.example.com', 'of a kind that nobody knows')
  t.equal(destinationPlace('no address'), '')
})

t.test(
  'a host is shown beside a user and a password, unless a slash in the password may have cut it',
  async (t) => {
    const shown = (conf: string) => describeDestination(s(conf)).redacted
    t.equal(shown('https://user:canary@logs.example.com:8443/in'), 'https://logs.example.com:8443/***')
    t.equal(shown('https://user:canary@logs.example.com/in'), 'https://logs.example.com/***')
    t.equal(shown('https://user:can/ary@logs.example.com:8443/in'), 'https://***/***')
  },
)

t.test('a port alone makes no host doubtful, nor does an @ in the path', async (t) => {
  const shown = (conf: string) => describeDestination(s(conf)).redacted
  t.equal(shown('https://logs.example.com:8443/in'), 'https://logs.example.com:8443/***')
  t.equal(shown('https://logs.example.com/a@b'), 'https://logs.example.com/***')
})

t.test('every field of every kind has a sentence that says what it is', async (t) => {
  for (const kind of destinationKindNames)
    for (const [name, { doc }] of Object.entries(destinationKinds[kind].fields))
      t.match(doc, /^.{5,}\.$/, `${kind}.${name}`)
})

/** Of each kind the fields that it must have, and those that it may, with what stands in for each. */
const fieldsOfKinds = {
  r2: ['bucket path= account_id access_key_id secret_access_key', ''],
  s3: ['bucket path= region', 'sse access_key_id secret_access_key'],
  s3_compatible: ['bucket path= region access_key_id secret_access_key endpoint', ''],
  gcs: ['bucket path=', ''],
  azure: ['account container path= sas', ''],
  bigquery: ['project dataset table credentials', ''],
  kinesis: ['stream region', 'role_arn external_id access_key_id secret_access_key'],
  sumo_logic: ['host collector', ''],
  splunk: ['host path=services/collector/raw channel insecure_skip_verify=false sourcetype token', ''],
  datadog: ['site path=api/v2/logs api_key', 'source=cloudflare service host tags'],
  new_relic: ['region api_key', 'format=cloudflare'],
  elastic: ['url headers params', ''],
  http: ['url headers params', ''],
  ibm_cloud_logs: ['instance region api_key', ''],
  sentinelone: ['host sourcetype token', ''],
} as const satisfies Readonly<Record<DestinationKind, readonly [string, string]>>

t.test('each kind has the fields that Cloudflare asks for, and no more', async (t) => {
  for (const kind of destinationKindNames) {
    const fields = Object.entries(kindSpec(kind).fields)
    const shown = (required: boolean) =>
      fields
        .filter(([, spec]) => spec.required === required)
        .map(([name, { fallback }]) => (fallback === undefined ? name : `${name}=${fallback}`))
        .join(' ')
    t.same([shown(true), shown(false)], fieldsOfKinds[kind], kind)
  }
})

t.test('a field of another type makes no destination, and neither does one that is missing', async (t) => {
  const secret = new Secret('canary')
  const values: Readonly<Record<FieldType, readonly [FieldValue, readonly FieldValue[]]>> = {
    text: ['text', [true, secret, {}]],
    flag: [true, ['true', secret, {}]],
    headers: [{ a: secret }, ['text', true, secret]],
    params: [{ a: secret }, ['text', true, secret]],
    hidden: [secret, ['text', true, {}]],
    secret: [secret, ['text', true, {}]],
    query: [secret, ['text', true, {}]],
  }
  for (const kind of destinationKindNames) {
    const specs = Object.entries(kindSpec(kind).fields)
    const whole = new Map(specs.map(([name, { type }]) => [name, values[type][0]]))
    t.not(toDestination(kind, whole), null, kind)
    for (const [name, { type, required }] of specs) {
      for (const wrong of values[type][1])
        t.equal(toDestination(kind, new Map([...whole, [name, wrong]])), null, `${kind}.${name}`)
      const without = new Map([...whole].filter(([other]) => other !== name))
      t.equal(toDestination(kind, without) === null, required, `${kind} without ${name}`)
    }
  }
})
