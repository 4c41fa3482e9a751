import t from 'tap'
import { readArrivalRules, showArrivalRules } from '../../src/settings/arrival-rules.ts'
import { readYaml } from '../../src/settings/yaml-text.ts'

const usual = { intervalMs: 300_000, tolerance: 0.01, lateWindowMs: 3_600_000 }

t.test('rules are shown in one line as the file writes them, without credentials', async (t) => {
  t.equal(showArrivalRules([]), 'none')
  const elastic = {
    kind: 'elastic',
    place: { store: 'elastic', url: 'https://s.example', index: 'logs-*', timeField: 'at', query: 'a:b' },
    apiKeyFile: '/run/canary',
  } as const
  t.equal(
    showArrivalRules([
      {
        match: { dataset: 'dns_logs', zone: 'quay.example' },
        read: { kind: 's3', region: 'eu-west-1' },
        ...usual,
      },
      {
        match: { bucket: 'b' },
        read: { kind: 'r2', endpoint: 'https://r2.example' },
        ...usual,
        intervalMs: 60_000,
      },
      { match: { jobId: '7' }, read: elastic, ...usual },
    ]),
    '{match: {dataset: dns_logs, zone: quay.example}, read: {s3: {}}, interval: 5m}, ' +
      '{match: {bucket: b}, read: {r2: {endpoint: https://r2.example}}, interval: 1m}, ' +
      '{match: {job_id: 7}, read: {elastic: {url: https://s.example, index: logs-*}}, interval: 5m}',
  )
})

/** The problems of one rule, or the rule. */
function readRule(text: string) {
  const yaml = readYaml(`a: ${text}`)
  if (!yaml.ok || yaml.root.kind !== 'map') throw new Error('no mapping')
  const [entry] = yaml.root.entries
  if (entry === undefined) throw new Error('no entry')
  const read = readArrivalRules(entry.value)
  return read.ok ? read.value : read.problems.map(({ message }) => message)
}

t.test('what a rule leaves out is as usual; what it says has bounds', async (t) => {
  t.strictSame(readRule('[{match: {zone: a}, read: s3}]'), [
    {
      match: { zone: 'a' },
      read: { kind: 's3' },
      intervalMs: 60_000,
      tolerance: 0.98,
      lateWindowMs: 3_600_000,
    },
  ])
  t.match(readRule('[{match: {zone: a}, read: s3, interval: 1s, tolerance: 1, late_window: 15m}]'), [
    { intervalMs: 1_000, tolerance: 1, lateWindowMs: 900_000 },
  ])
  t.match(readRule('[{match: {zone: a}, read: s3, interval: 1d, late_window: 1d}]'), [
    { intervalMs: 86_400_000, lateWindowMs: 86_400_000 },
  ])
  t.strictSame(readRule('[{match: {zone: a}, read: s3, interval: 2d, tolerance: 0, late_window: 899s}]'), [
    'expected a duration such as 90s or 1h30m, from 1s to 1d, found "2d"',
    'expected a number above 0 and not above 1, found "0"',
    'expected a duration such as 90s or 1h30m, from 15m to 1d, found "899s"',
  ])
  t.strictSame(readRule('[{match: {zone: ""}, read: s3}]'), ['expected a text, found ""'])
})

t.test('each store is read with fields of its own, which are explained where one is empty', async (t) => {
  const wrong = (read: string) => readRule(`[{match: {zone: a}, read: ${read}}]`)
  const address = 'an address such as https://minio.example:9000'
  for (const [store, fields] of [
    [
      's3',
      {
        region: 'a region such as us-east-1',
        endpoint: address,
        force_path_style: 'one of true, false',
        profile: 'the name of an AWS profile',
      },
    ],
    ['gcs', { endpoint: address, credentials_file: 'a path' }],
    ['azure', { endpoint: address }],
  ] as const) {
    for (const [field, expected] of Object.entries(fields))
      t.strictSame(wrong(`{${store}: {${field}: ""}}`), [`expected ${expected}, found ""`])
    t.strictSame(wrong(`{${store}: {zzzzz: a}}`), [
      `unknown key "zzzzz"; known keys: ${Object.keys(fields).join(', ')}`,
    ])
  }
  t.strictSame(wrong('{elastic: {url: "", index: "", time_field: "", query: "", api_key_file: ""}}'), [
    'expected an http or https address without credentials, query or fragment, found ""',
    'expected the name or pattern of an index such as logs-cloudflare_logpush.*, found ""',
    'expected the name of a field, found ""',
    'expected a query in Lucene\'s syntax, found ""',
    'expected a path, found ""',
  ])
  t.match(wrong('{r2: {force_path_style: "false", region: auto}}'), [
    { read: { kind: 'r2', forcePathStyle: false, region: 'auto' } },
  ])
  t.match(wrong('{gcs: {endpoint: "http://a"}}'), [{ read: { kind: 'gcs', endpoint: 'http://a' } }])
  t.match(wrong('{azure: {endpoint: "http://a"}}'), [{ read: { kind: 'azure', endpoint: 'http://a' } }])
})
