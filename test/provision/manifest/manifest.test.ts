import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { parse } from 'yaml'
import { destinationKinds } from '../../../src/domain/destination/kinds.ts'
import { readManifest } from '../../../src/provision/manifest/manifest.ts'
import { resolveManifest } from '../../../src/provision/manifest/resolve-manifest.ts'
import { manifestJsonSchema } from '../../../src/provision/manifest/schema.ts'
import { formatBytes, parseBytes, parseSeconds } from '../../../src/provision/manifest/units.ts'
import { jobDiff } from '../../../src/provision/plan/compare-job.ts'
import { problemText } from '../../../src/provision/resource/problem.ts'
import { readYaml } from '../../../src/settings/yaml-text.ts'
import { manifestFile, manifestFiles, manifestOf, referencesTo } from '../../support/manifest-files.ts'
import { holds } from '../../support/property.ts'
import { account, zone } from '../../support/provision-values.ts'

function problemsOf(...texts: readonly { file: string; text: string }[]): readonly string[] {
  const read = readManifest(texts, readYaml)
  return (read.ok ? read.warnings : read.problems).map(problemText)
}

const head = 'version: 1\naccount: { id: 0123456789abcdef0123456789abcdef }\n'
const job = (name: string) =>
  `  - { name: ${name}, zone: quay.example, dataset: dns_logs, destination: { gcs: { bucket: b } } }\n`

/** The text as an editor's YAML wants it: references that stand alone in quotes. */
const quoted = (text: string) => text.replace(/(?<!["\w/ ])(\s)(\$\{[^}]*\})/g, '$1"$2"')

t.test('each mistake has its own message, with its place, and nothing else is said', async (t) => {
  const files = [...manifestFiles('invalid'), ...manifestFiles('warns')]
  for (const { file, text } of files) {
    const expected = /^# expected: (.*)$/m.exec(text)?.[1]
    t.strictSame(problemsOf({ file, text }), [`${file}:${expected}`], file)
    t.equal(
      readManifest([{ file, text }], readYaml).ok,
      file.startsWith('warns'),
      `${file} is judged rightly`,
    )
  }
  t.ok(manifestFiles('invalid').length >= 90, `${files.length} mistakes`)
})

t.test('no message repeats a secret', async (t) => {
  const all = manifestFiles('invalid')
    .flatMap((file) => problemsOf(file))
    .join('\n')
  t.notMatch(all, /canary/)
  const secret = 'canary-0123456789'
  const places = [
    `destination: ${secret}`,
    `destination: { s3: ${secret} }`,
    `destination: { s3: { secret_access_key: [${secret}] } }`,
    `destination: { url: ${secret} }`,
    `destination: { azure: { account: a, container: c, sas: "${secret}" } }`,
    `destination: { http: { url: "http://${secret}" } }`,
    `destination: { http: { url: "https://h.example.com/", headers: { Authorization: ${secret} } } }`,
    `destination: { http: { url: "https://h.example.com/", headers: ${secret} } }`,
    `destination: { sumo_logic: { host: h, collector: ${secret} } }`,
    `destination: { datadog: { site: "a/b", api_key: "\${evn:${secret}}" } }`,
    `ownership: ${secret}`,
    `ownership: { token: ${secret} }`,
    `unknown: ${secret}`,
  ]
  for (const place of places) {
    const text = `${head}jobs:\n  - name: a\n    zone: z.example\n    dataset: dns_logs\n    ${place}\n`
    const problems = problemsOf({ file: 'm.yaml', text })
    t.ok(problems.length > 0, place)
    t.notMatch(problems.join('\n'), /canary/, place)
  }
  const hooks = `${head}notifications:\n  webhooks:\n    - { name: w, url: "ftp://${secret}", secret: ${secret} }\n    - ${secret}\n`
  t.equal(problemsOf({ file: 'm.yaml', text: hooks }).length, 3)
  t.notMatch(problemsOf({ file: 'm.yaml', text: hooks }).join('\n'), /canary/)
})

t.test('all mistakes of all files are reported at once, in order', async (t) => {
  const one = `${head}jobs:\n  - { name: a, dataste: dns_logs, zone: z.example, destination: { gcs: { bucket: b/c } }, upload: { max_interval: 1s } }\n  - { name: b, destination: {} }\n`
  t.strictSame(
    problemsOf({ file: 'b.yaml', text: one }, { file: 'a.yaml', text: 'version: 1\nsurprise: 1\n' }),
    [
      'a.yaml:2:1: unknown key "surprise"; known keys: version, account, owner, prune, removed, policy, scopes, defaults, jobs, notifications',
      'b.yaml:4:16: jobs[0]: unknown key "dataste"; did you mean "dataset"?',
      'b.yaml:4:82: jobs[0].destination.gcs.bucket: expected a name without slashes, spaces or other characters that end a part of an address, found "b/c"',
      'b.yaml:4:115: jobs[0].upload.max_interval: expected a duration such as 60s from 30s to 300s, found "1s"',
      'b.yaml:5:5: jobs[1].dataset: missing; expected the name of a dataset',
    ],
  )
})

t.test('a reference may stand within braces, and keeps every column', async (t) => {
  const text = `${head}jobs:\n  - { name: a, zone: \${env:ZONE}, dataset: dns_logs, destination: { gcs: { bucket: "\${env:BUCKET}" } }, oops: 1 }\n`
  t.strictSame(problemsOf({ file: 'm.yaml', text }), ['m.yaml:4:105: jobs[0]: unknown key "oops"'])
  const [first] = manifestOf(text.replace(', oops: 1', '')).parts
  t.match(first?.value.jobs, [{ zone: `\${env:ZONE}`, destination: { gcs: { bucket: `\${env:BUCKET}` } } }])
})

t.test('a job pasted from Terraform means what it means written out', async (t) => {
  const jobs = (...lines: readonly string[]) => {
    const text = `${head}jobs:\n  - name: a\n    zone: z.example\n    dataset: http_requests\n    ${lines.join('\n    ')}\n`
    const resolved = resolveManifest(manifestOf(text), referencesTo({ SECRET: 'canary', KEY: 'AKID' }))
    if (!resolved.ok) throw new Error(resolved.problems.map(problemText).join('\n'))
    return resolved.value.drafts.flatMap((draft) => {
      const built = draft.in === 'place' ? draft.build(zone) : null
      return built?.ok ? [built.value.resource] : []
    })
  }
  const [pasted] = jobs(
    `destination_conf: s3://quay-logs/http/{DATE}?region=us-east-1&access-key-id=\${env:KEY}&secret-access-key=\${env:SECRET}`,
    `filter: '{"where":{"and":[{"key":"EdgeResponseStatus","operator":"geq","value":500},{"key":"Ok","operator":"eq","value":true}]}}'`,
  )
  const [written] = jobs(
    `destination: { s3: { bucket: quay-logs, path: "http/{DATE}", region: us-east-1, access_key_id: \${env:KEY}, secret_access_key: \${env:SECRET} } }`,
    'filter: { where: { and: [{ key: EdgeResponseStatus, operator: geq, value: 500 }, { key: Ok, operator: eq, value: true }] } }',
  )
  t.ok(pasted !== undefined && written !== undefined)
  if (pasted === undefined || written === undefined) return
  t.strictSame(jobDiff(pasted, written), [])
  t.strictSame(pasted.filter, written.filter)
  t.same(jobs('destination_conf: gs://b/http', "filter: ''")[0]?.filter, null)

  const [block] = jobs(
    'destination_conf: |',
    `  s3://quay-logs/http/{DATE}?region=us-east-1&access-key-id=\${env:KEY}&secret-access-key=\${env:SECRET}`,
    'filter: |',
    '  {"where":{"and":[',
    '    {"key":"EdgeResponseStatus","operator":"geq","value":500},{"key":"Ok","operator":"eq","value":true}',
    '  ]}}',
  )
  t.strictSame(block && jobDiff(block, written), [], 'as blocks of text')
})

t.test(
  'the line end of a block is no part of a name, an address or a secret, and stays in the output',
  (t) => {
    const text = `${head}x-where: &where |
  https://logs.example.com/in
jobs:
  - name: |
      a
    scope: account
    dataset: >
      audit_logs_v2
    destination:
      http:
        url: *where
        headers:
          Authorization: |
            Bearer \${env:TOKEN}
    output:
      batch_suffix: |
        end
`
    const resolved = resolveManifest(manifestOf(text), referencesTo({ TOKEN: 'canary' }))
    const [draft] = resolved.ok ? resolved.value.drafts : []
    const built = draft?.in === 'place' ? draft.build(account) : null
    const job = built?.ok ? built.value.resource : null
    t.equal(job?.destinationConf.reveal(), 'https://logs.example.com/in?header_Authorization=Bearer%20canary')
    t.match(job, { name: 'a', dataset: 'audit_logs_v2', output: { options: { batch_suffix: 'end\n' } } })
    t.end()
  },
)

t.test('a variable that has no value is reported where it stands', (t) => {
  const job = (more: string) =>
    problemsOf({
      file: 'm.yaml',
      text: `${head}jobs:\n  - name: sre-\${zone}\n    scope: account\n    dataset: audit_logs_v2\n    ${more}\n`,
    })
  t.strictSame(job(`destination_conf: "gs://b/\${zone_id}"`), [
    `m.yaml:4:11: jobs[0].name: \${zone} has no value in a job of the account; use zone or zones`,
    `m.yaml:7:23: jobs[0].destination_conf: \${zone_id} has no value in a job of the account; use zone or zones`,
  ])
  t.end()
})

t.test('defaults, anchors and merge keys give whole jobs', async (t) => {
  const [part] = manifestOf(manifestFile('valid-features.yaml')).parts
  t.strictSame(part?.value.jobs?.slice(0, 2), [
    {
      name: 'sre-http',
      destination: {
        s3: {
          path: 'http/{DATE}',
          access_key_id: 'AKID',
          secret_access_key: `\${env:S3_SECRET}`,
          bucket: 'quay-logs',
          region: 'us-east-1',
        },
      },
      upload: { max_bytes: '100MB', max_interval: '1m30s' },
      zone: 'quay.example',
      dataset: 'http_requests',
      output: { fields: ['RayID', 'ClientIP'], timestamp_format: 'rfc3339' },
    },
    {
      name: 'sre-http-errors',
      enabled: false,
      destination: { s3: { path: 'errors', bucket: 'quay-logs', region: 'us-east-1' } },
      output: {
        sample_rate: 0.5,
        cve_2021_44228: true,
        fields: ['RayID', 'ClientIP'],
        timestamp_format: 'rfc3339',
      },
      kind: 'edge',
      filter: {
        where: {
          and: [
            { key: 'EdgeResponseStatus', operator: 'geq', value: 500 },
            { key: 'ClientCountry', operator: '!in', value: ['t1', 'xx'] },
          ],
        },
      },
      zone: 'quay.example',
      dataset: 'http_requests',
      upload: { max_interval: '1m30s', max_bytes: '50MB' },
    },
  ])
  t.match(part?.value.jobs?.[2], {
    scope: 'account',
    destination: { http: { params: { format: 'cloudflare' } } },
  })
  t.equal(part?.value.jobs?.[2]?.zone, undefined, 'a job of the account does not inherit the zone')
  t.notOk('s3' in (part?.value.jobs?.[2]?.destination ?? {}), 'another kind of destination starts afresh')
})

t.test('a mistake in the defaults is reported once, however many jobs inherit it', async (t) => {
  const text = `${head}defaults:\n  upload: { max_records: 1 }\njobs:\n${job('a')}${job('b')}`
  t.strictSame(problemsOf({ file: 'm.yaml', text }), [
    'm.yaml:4:26: jobs[0].upload.max_records: expected a number of records from 1000 to 1000000, found "1"',
  ])
})

t.test('several files share one account, and no name is taken twice', async (t) => {
  const files = [
    { file: 'a.yaml', text: `${head}jobs:\n${job('same')}` },
    { file: 'b.yaml', text: `version: 1\njobs:\n${job('same')}${job('other')}` },
  ]
  t.strictSame(problemsOf(...files), [
    'b.yaml:3:13: jobs[0].name: there is already a job called "same" in zone quay.example, at a.yaml:4',
  ])
})

t.test('of several accounts none is taken for a file that names none', async (t) => {
  const files = [
    { file: 'a.yaml', text: `${head}jobs:\n${job('a')}` },
    { file: 'b.yaml', text: `version: 1\naccount: { name: Other }\njobs:\n${job('b')}` },
    { file: 'c.yaml', text: `version: 1\njobs:\n${job('c')}` },
  ]
  t.strictSame(problemsOf(...files), [
    'c.yaml:1:1: account: missing; expected account: { id: … } or { name: … }',
  ])
})

t.test('every timestamp format of Cloudflare is known', async (t) => {
  for (const format of ['unixnano', 'unix', 'rfc3339', 'rfc3339ms', 'rfc3339ns']) {
    const text = `${head}jobs:\n${job('a').replace(' }\n', `, output: { timestamp_format: ${format} } }\n`)}`
    t.strictSame(problemsOf({ file: 'm.yaml', text }), [], format)
  }
})

t.test('only a path may be empty; every other text is expected to say something', async (t) => {
  const problems = (destination: string) => {
    const text = `${head}jobs:\n  - { name: a, zone: z.example, dataset: dns_logs, destination: { ${destination} } }\n`
    return problemsOf({ file: 'm.yaml', text }).map((problem) =>
      problem.replace(/^m\.yaml:4:\d+: jobs\[0\]\.destination\./, ''),
    )
  }
  const datadog = `site: datadoghq.eu, api_key: "\${env:K}"`
  t.strictSame(problems(`gcs: { bucket: b, path: "" }`), [])
  t.strictSame(problems(`datadog: { ${datadog}, tags: "" }`), ['datadog.tags: expected a text, found ""'])
  t.strictSame(problems(`datadog: { ${datadog}, service: "" }`), [
    'datadog.service: expected a text, found ""',
  ])
  t.strictSame(problems(`gcs: { bucket: b, path: [x] }`), ['gcs.path: expected a text, found a list'])
  t.strictSame(problems(`http: { url: "https://logs.example.com/", params: { a: [x] } }`), [
    'http.params.a: expected a text, found a list',
  ])
})

t.test('after a value of a wrong type the rest of the job is looked at all the same', async (t) => {
  const text = `${head}jobs:\n  - { name: a, zone: z.example, enabled: sometimes, dataset: dns_logs, destination: { gcs: { bucket: b/c } } }\n`
  const problems = problemsOf({ file: 'm.yaml', text })
  t.equal(problems.length, 2)
  t.match(problems[0], /jobs\[0\]\.enabled: expected true or false/)
  t.match(problems[1], /jobs\[0\]\.destination\.gcs\.bucket: expected a name without slashes/)
})

t.test('every limit Cloudflare takes is taken (#5766)', async (t) => {
  const limits = [
    ...['0s', '30s', '31s', '1m', '2m30s', '5m'].map((value) => `max_interval: ${value}`),
    ...[0, 1000, 1001, 1_000_000].map((value) => `max_records: ${value}`),
    ...['0', '5MB', '5000001', '1GB'].map((value) => `max_bytes: ${value}`),
  ]
  for (const limit of limits) {
    const text = `${head}jobs:\n${job('a').replace(' }\n', `, upload: { ${limit} } }\n`)}`
    t.strictSame(problemsOf({ file: 'm.yaml', text }), [], limit)
  }
  for (const limit of [
    'max_interval: 29s',
    'max_interval: 5m1s',
    'max_records: 999',
    'max_bytes: 1000000001',
  ]) {
    const text = `${head}jobs:\n${job('a').replace(' }\n', `, upload: { ${limit} } }\n`)}`
    t.equal(problemsOf({ file: 'm.yaml', text }).length, 1, limit)
  }
})

t.test('digits are an id where an id is meant', async (t) => {
  const [part] = manifestOf(head.replace(/id: \w+/, `id: ${'1'.repeat(32)}`)).parts
  t.equal(part?.value.account?.id, '1'.repeat(32))
})

t.test('durations and sizes are read as people write them', async (t) => {
  t.strictSame(['90s', '1m30s', '5m', '1h', '0s', '', '60', '1d', '-1s'].map(parseSeconds), [
    90,
    90,
    300,
    3600,
    0,
    null,
    null,
    null,
    null,
  ])
  t.strictSame(['50MB', '5 MB', '5MiB', '0.5GB', 5_000_000, '0', '5mb', '1.5', 'MB'].map(parseBytes), [
    50e6,
    5e6,
    5_242_880,
    5e8,
    5_000_000,
    0,
    null,
    null,
    null,
  ])
  const written = [0, 1234, 1_000_000, 1_500_000, 5_000_000, 1_000_000_000, 1_001_000_000].map(formatBytes)
  t.strictSame(written, ['0', '1234', '1MB', '1500000', '5MB', '1GB', '1001MB'])
})

t.test('the JSON Schema accepts what is valid and refuses what is not', async (t) => {
  const schema = manifestJsonSchema()
  const validate = new Ajv2020({ strict: false }).compile(schema)
  for (const { file, text } of manifestFiles('valid')) {
    t.ok(validate(parse(quoted(text), { merge: true })), `${file} ${JSON.stringify(validate.errors)}`)
  }
  for (const name of [
    'job-key',
    'version',
    'enabled-word',
    'destination-kind',
    'output-type',
    'filter-operator',
  ]) {
    const { text } = manifestFile(`invalid-${name}.yaml`)
    t.notOk(validate(parse(text)), name)
  }
  const undescribed: string[] = []
  JSON.stringify(schema, function (this: object, key, value) {
    if (key === 'description' && value === '') undescribed.push(JSON.stringify(this))
    const inProperties =
      typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
    if (inProperties && !/^\d*$/.test(key) && !('description' in value) && key !== 'items') {
      if (!['additionalProperties', 'propertyNames'].includes(key)) undescribed.push(key)
    }
    return value
  })
  t.strictSame(undescribed, [], 'every key says what it is for')
  for (const kind of Object.keys(destinationKinds)) t.match(JSON.stringify(schema), `"${kind}"`)
})

/** A value with one part of it, found by following the numbers, replaced. */
function mutated(value: unknown, way: readonly number[], junk: unknown): unknown {
  const [step = 0, ...rest] = way
  if (rest.length === 0 || typeof value !== 'object' || value === null) return junk
  const entries = Object.entries(value)
  const [key] = entries[step % Math.max(1, entries.length)] ?? ['new']
  const changed = entries.map(([name, item]) => [name, name === key ? mutated(item, rest, junk) : item])
  return Array.isArray(value) ? changed.map(([, item]) => item) : Object.fromEntries(changed)
}

t.test('whatever stands in a manifest, it is read or refused, never a crash', async (t) => {
  const whole: unknown = parse(quoted(manifestFile('valid-features.yaml').text), { merge: true })
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('$', `\${`, `\${env:}`, `\${env:A}`, null, {}, [], ''),
  )
  holds(
    t,
    fc.property(fc.array(fc.nat(12), { minLength: 2, maxLength: 7 }), junk, (way, value) => {
      const text = JSON.stringify(mutated(whole, way, value))
      const read = readManifest([{ file: 'm.yaml', text }], readYaml)
      if (!read.ok) return read.problems.every(({ at }) => at.line >= 1 && at.column >= 1)
      resolveManifest(read.value, referencesTo({}))
      return true
    }),
    400,
  )
})
