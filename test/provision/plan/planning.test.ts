import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { ApiFailure, type ApiFailureKind, UserError } from '../../../src/errors.ts'
import { resolveManifest } from '../../../src/provision/manifest/resolve-manifest.ts'
import { locate } from '../../../src/provision/plan/locate.ts'
import {
  type Planned,
  type PlanningDeps,
  planDestroy,
  planManifest,
} from '../../../src/provision/plan/planning.ts'
import { inParallel, readActual } from '../../../src/provision/plan/read-actual.ts'
import { type Checked, problemText } from '../../../src/provision/resource/problem.ts'
import type { DesiredState } from '../../../src/provision/resource/resource.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare, type FakeCloudflare, type FakeOptions } from '../../support/fake-cloudflare.ts'
import { manifestFile, manifestOf, referencesTo } from '../../support/manifest-files.ts'
import { account, accountId, wanting, zone } from '../../support/provision-values.ts'

const owner = { id: accountId, name: 'Quay' }
const zones = ['quay.example', 'old.example', 'a.example', 'b.example', 'c.example'].map((name, index) => ({
  kind: 'zone' as const,
  id: String(index + 1).repeat(32),
  name,
  account: owner,
}))

function cloudflare(options: Partial<FakeOptions> = {}): FakeCloudflare {
  return createFakeCloudflare({
    accounts: [owner],
    zones,
    datasets: {
      http_requests: ['RayID', 'ClientIP', 'EdgeResponseStatus', 'ClientCountry'],
      audit_logs_v2: ['ActionType', 'ActorEmail'],
    },
    pagerduty: [{ id: 'pd1', name: 'SRE primary' }],
    ...options,
  })
}

const secrets = {
  S3_SECRET: 'canary-s3',
  HTTP_TOKEN: 'canary-http',
  WHOLE: 's3://quay-legacy/x?region=us-east-1',
  'path.txt': 'canary-path\n',
  'token.txt': 'canary-token\n',
  'hook.txt': 'canary-hook\n',
}

function deps(fake: FakeCloudflare, texts: Readonly<Record<string, string>> = secrets): PlanningDeps {
  return {
    directory: fake.directory,
    jobs: fake.jobs,
    notifications: fake.notifications,
    token: fake.token,
    call: aCaller(),
    parallel: 3,
    references: referencesTo(texts),
    now: 0,
  }
}

const everything = { targets: [], rotate: [], offline: false, webhookRecords: new Map() }
const features = () => manifestOf(manifestFile('valid-features.yaml'))
const messages = (result: Checked<Planned>) =>
  (result.ok ? result.value.problems : result.problems).map(problemText)
const unlocated = (result: Checked<DesiredState>) => (result.ok ? [] : result.problems.map(problemText))
const notes = (result: Checked<Planned>) => (result.ok ? result.value.plan.notes : [])
/** Makes one operation of a fake fail. */
const failing = (fake: FakeCloudflare, kind: ApiFailureKind, ...names: readonly string[]) =>
  fake.intercept(({ operation }) => {
    if (names.includes(operation)) throw new ApiFailure(kind, `cannot: ${kind}`, { operation })
  })

t.test('a manifest becomes what is wanted, its secrets in the destinations', async (t) => {
  const fake = cloudflare()
  const planned = await planManifest(features(), deps(fake), everything)
  t.ok(planned.ok, messages(planned).join('\n'))
  if (!planned.ok) return
  const { desired, plan } = planned.value
  const jobs = desired.resources.filter((one) => one.kind === 'job')
  t.strictSame(
    jobs.map(({ resource }) => [resource.name, resource.scope.id, resource.destinationConf.reveal()]),
    [
      [
        'sre-http',
        zones[0]?.id,
        's3://quay-logs/http/{DATE}?region=us-east-1&access-key-id=AKID&secret-access-key=canary-s3',
      ],
      ['sre-http-errors', zones[0]?.id, 's3://quay-logs/errors?region=us-east-1'],
      [
        'sre-audit',
        accountId,
        'https://logs.example.com/canary-path?header_Authorization=Bearer%20canary-http&header_X-Tenant=quay&format=cloudflare',
      ],
      ['legacy', zones[0]?.id, 's3://quay-legacy/x?region=us-east-1'],
    ],
  )
  t.match(jobs[0]?.resource, {
    enabled: true,
    upload: { bytes: 100_000_000, records: 0, intervalSeconds: 90 },
    output: { fieldNames: ['RayID', 'ClientIP'], options: { timestamp_format: 'rfc3339' } },
  })
  t.match(jobs[1]?.resource, {
    enabled: false,
    jobKind: 'edge',
    output: { options: { sample_rate: 0.5, 'CVE-2021-44228': true } },
  })
  t.strictSame(jobs[2]?.resource.output.fieldNames, ['ActionType', 'ActorEmail'], '"all" is looked up')
  t.equal(jobs[3]?.ownership.how, 'token')
  t.strictSame(
    desired.scopes.map(({ name, id }) => name || id),
    ['Quay', 'old.example', 'quay.example'],
  )
  t.strictSame(desired.owners, [{ accountId, prefix: 'sre-', prune: false }])
  t.strictSame(
    plan.changes.map(({ change, kind }) => `${change} ${kind}`),
    ['create webhook', 'create job', 'create job', 'create job', 'create job', 'create policy'],
  )
})

t.test('planning reads each list once and writes nothing', async (t) => {
  const fake = cloudflare()
  fake.intercept(({ write, operation }) => {
    if (write) throw new Error(`${operation} is a write`)
  })
  await planManifest(features(), deps(fake), everything)
  const count = (operation: string) => fake.calls.filter((call) => call.startsWith(operation)).length
  t.equal(count('list jobs'), 3, 'one for each scope the manifest names')
  t.equal(count('list webhooks'), 1)
  t.equal(count('list policies'), 1)
  t.equal(count('list pagerduty'), 1)
  t.equal(count('list fields'), 2, 'one for each scope and dataset')
  t.equal(count('validate destination'), 4)
  fake.calls.length = 0
  await planManifest(features(), deps(fake), { ...everything, offline: true })
  t.strictSame(fake.calls.map((call) => call.split(' ').slice(0, 2).join(' ')).sort(), [
    'list accounts',
    'list fields',
    'list jobs',
    'list jobs',
    'list jobs',
    'list pagerduty',
    'list policies',
    'list webhooks',
    'list zones',
    'list zones',
  ])
})

t.test('what a variable stands for must fit where it stands, in each zone', async (t) => {
  const home = { id: accountId, name: 'Quay Logs' }
  const odd = cloudflare({ accounts: [home], zones: zones.map((zone) => ({ ...zone, account: home })) })
  const manifest = manifestOf(
    `version: 1\naccount: { id: ${accountId} }\njobs:\n  - { name: "a-\${zone}", zones: [quay.example, old.example], dataset: http_requests, destination: { gcs: { bucket: "\${account}" } } }\n`,
  )
  t.strictSame(
    messages(await planManifest(manifest, deps(odd), everything)),
    ['quay.example', 'old.example'].map(
      (name) =>
        `0.yaml:4:116: jobs[0].destination.gcs.bucket: expected a name without slashes, spaces or other characters that end a part of an address, but its variables make it "Quay Logs" (zone ${name})`,
    ),
  )
})

t.test('reading jobs tells how far it is, from the first list that is asked for', async (t) => {
  const told: (readonly [number, number | null])[] = []
  await planManifest(
    features(),
    {
      ...deps(cloudflare()),
      onPlanning: ({ reading, done, total }) => reading === 'jobs' && told.push([done, total]),
    },
    everything,
  )
  t.strictSame(
    told,
    [0, 1, 2, 3].map((done) => [done, 3]),
  )
})

t.test('a manifest without notifications asks for none', async (t) => {
  const fake = cloudflare()
  const text = `version: 1\naccount: { id: ${accountId} }\njobs:\n  - { name: a, zone: quay.example, dataset: http_requests, destination: { gcs: { bucket: b } } }\n`
  await planManifest(manifestOf(text), deps(fake), everything)
  t.notOk(
    fake.calls.some((call) => /webhooks|policies|pagerduty|accounts/.test(call)),
    fake.calls.join(', '),
  )
})

t.test('1,000 jobs in 20 scopes cost 20 lists of jobs', async (t) => {
  const many = Array.from({ length: 20 }, (_, index) => ({
    kind: 'zone' as const,
    id: index.toString(16).padStart(32, '0'),
    name: `z${index}.example`,
    account: owner,
  }))
  const fake = cloudflare({ zones: many })
  const jobs = Array.from(
    { length: 1000 },
    (_, index) =>
      `  - { name: sre-${index}, zone: z${index % 20}.example, dataset: http_requests, destination: { gcs: { bucket: b, path: "${index}" } }, output: { fields: [RayID] } }\n`,
  )
  const text = `version: 1\naccount: { id: ${accountId} }\nowner: sre\njobs:\n${jobs.join('')}`
  const planned = await planManifest(manifestOf(text), deps(fake), { ...everything, offline: true })
  t.equal(planned.ok && planned.value.plan.changes.length, 1000)
  t.equal(fake.calls.filter((call) => call.startsWith('list jobs')).length, 20)
  t.equal(fake.calls.filter((call) => call.startsWith('list zones')).length, 1)
})

t.test('every reference that cannot be replaced is named, at its place, and no other text', async (t) => {
  const planned = await planManifest(
    features(),
    deps(cloudflare(), { S3_SECRET: 'x', 'path.txt': '\n' }),
    everything,
  )
  t.strictSame(messages(planned), [
    `valid-features.yaml:33:14: jobs[2].destination.http.url: \${file:path.txt}: path.txt is empty`,
    `valid-features.yaml:34:35: jobs[2].destination.http.headers.Authorization: \${env:HTTP_TOKEN}: the environment variable HTTP_TOKEN is not set`,
    `valid-features.yaml:40:25: jobs[3].destination.url: \${env:WHOLE}: the environment variable WHOLE is not set`,
    `valid-features.yaml:41:25: jobs[3].ownership.token: \${file:token.txt}: cannot read token.txt: no such file`,
    `valid-features.yaml:45:94: notifications.webhooks[0].secret: \${file:hook.txt}: cannot read hook.txt: no such file`,
  ])
})

t.test('what a reference stands for is checked like what is written, and never shown', async (t) => {
  const manifest = (destination: string) =>
    manifestOf(
      `version: 1\naccount: { id: "\${env:ACCOUNT}" }\njobs:\n  - { name: a, zone: quay.example, dataset: http_requests, destination: ${destination} }\n`,
    )
  const said = async (destination: string, value: string) =>
    messages(
      await planManifest(
        manifest(destination),
        deps(cloudflare(), { ACCOUNT: accountId, X: value }),
        everything,
      ),
    ).map((line) => line.replace(/^.*?: /, ''))
  t.strictSame(await said(`{ gcs: { bucket: "\${env:X}" } }`, 'canary/x'), [
    'jobs[0].destination.gcs.bucket: expected a name without slashes, spaces or other characters that end a part of an address, but the reference resolves to something else',
  ])
  t.strictSame(await said(`{ azure: { account: a, container: c, sas: "\${env:X}" } }`, 'canary'), [
    'jobs[0].destination.azure.sas: expected a shared access signature such as sv=…&sig=…, but the reference resolves to something else',
  ])
  t.strictSame(
    await said(`{ azure: { account: a, container: c, sas: "\${env:X}" } }`, '?srt=co&sig=canary'),
    [
      'jobs[0].destination.azure.sas: expected a shared access signature for objects only (srt=o), but the reference resolves to something else',
    ],
  )
  t.strictSame(await said(`{ url: "\${env:X}" }`, 'canary'), [
    'jobs[0].destination.url: expected a destination such as s3://bucket/path?region=…, found something else',
  ])
  t.strictSame(await said(`{ url: "\${env:X}" }`, 'spunk://canary'), [
    'warning: jobs[0].destination.url: "spunk://" is an unknown kind of destination; did you mean "splunk://"?',
  ])
  const wrong = await planManifest(
    manifest('{ gcs: { bucket: b } }'),
    deps(cloudflare(), { ACCOUNT: 'canary' }),
    everything,
  )
  t.strictSame(messages(wrong), [
    '0.yaml:2:16: account.id: expected an account id of 32 hexadecimal digits, found something else',
  ])
})

t.test('accounts and zones are found by name, and a wrong name says what it may have meant', async (t) => {
  const state = async (text: string, fake = cloudflare()) => {
    const resolved = resolveManifest(manifestOf(text), referencesTo({}))
    if (!resolved.ok) throw new Error('not resolved')
    return locate(resolved.value, { directory: fake.directory, call: aCaller() })
  }
  const jobs = (...places: string[]) =>
    `jobs:\n${places.map((name, index) => `  - { name: j${index}, zone: ${name}, dataset: http_requests, destination: { gcs: { bucket: b } } }\n`).join('')}`
  const id = `version: 1\naccount: { id: ${accountId} }\n`
  const found = await state(id + jobs('quay.example', zones[1]?.id ?? ''))
  t.strictSame(found.ok && found.value.scopes.map((scope) => scope.id), [zones[0]?.id, zones[1]?.id])
  t.strictSame(unlocated(await state(id + jobs('quay.exmaple', 'a.example', 'b.example', 'c.example'))), [
    '0.yaml:4:23: the API token sees no zone called "quay.exmaple"; did you mean "quay.example"?',
  ])
  t.strictSame(
    unlocated(await state(id + jobs('quay.exmaple'))),
    ['0.yaml:4:23: the API token sees no zone called "quay.exmaple"; did you mean "quay.example"?'],
    'one zone alone, which is asked for by name',
  )
  t.strictSame(unlocated(await state(`version: 1\naccount: { name: Quai }\n${jobs('quay.example')}`)), [
    '0.yaml:2:18: the API token sees no account called "Quai"; did you mean "Quay"?',
  ])
  const two = cloudflare({ accounts: [owner, { id: 'f'.repeat(32), name: 'Quay' }] })
  t.strictSame(unlocated(await state(`version: 1\naccount: { name: Quay }\n${jobs('quay.example')}`, two)), [
    '0.yaml:2:18: 2 accounts are called "Quay"; use the id',
  ])
  t.strictSame(
    unlocated(await state(id + jobs('quay.example', zones[0]?.id ?? '').replaceAll('name: j1', 'name: j0'))),
    ['0.yaml:5:13: there is already a job called "j0" in zone 11111111111111111111111111111111, at 0.yaml:4'],
    'the same zone by name and by id',
  )
  const manyZones = Array.from({ length: 120 }, (_, index) => ({
    kind: 'zone' as const,
    id: index.toString(16).padStart(32, '0'),
    name: `z${index}.example`,
    account: owner,
  }))
  const big = cloudflare({ zones: manyZones })
  const names = ['z1.example', 'z40.example', 'z60.example', 'z119.example']
  const all = await state(id + jobs(...names), big)
  t.strictSame(all.ok && all.value.scopes.map(({ name }) => name), names)
})

t.test('preflight refuses what Cloudflare would refuse, all of it at once', async (t) => {
  const fake = cloudflare({ ineligible: ['pagerduty'], alerts: ['other_alert'] })
  fake.badDestinations.set('s3://quay-logs/errors?region=us-east-1', 'no such bucket')
  const text = manifestFile('valid-features.yaml').text.replace('[RayID, ClientIP]', '[RayID, ClientIp]')
  const manifest = manifestOf({
    file: 'm.yaml',
    text: text.replace('EdgeResponseStatus', 'EdgeResponseStaus'),
  })
  const planned = await planManifest(manifest, deps(fake), everything)
  t.strictSame(messages(planned), [
    'm.yaml:20:11: job sre-http: http_requests has no field "ClientIp"; did you mean "ClientIP"?',
    'm.yaml:24:11: job sre-http-errors: http_requests has no field "ClientIp"; did you mean "ClientIP"?',
    'm.yaml:24:11: job sre-http-errors: http_requests has no field "EdgeResponseStaus"; did you mean "EdgeResponseStatus"?',
    'm.yaml:24:11: job sre-http-errors: Cloudflare does not accept the destination s3://quay-logs/errors?region=us-east-1: no such bucket',
    'm.yaml:38:11: job legacy: http_requests has no field "ClientIp"; did you mean "ClientIP"?',
    'm.yaml:47:13: policy sre-disabled: the alert "failing_logpush_job_disabled_alert" is not available to account Quay',
    'm.yaml:47:13: policy sre-disabled: account Quay cannot use pagerduty notifications; its plan does not include them',
  ])
})

t.test('the plan is there whatever Cloudflare would refuse', async (t) => {
  const fake = cloudflare({ alerts: ['other_alert'] })
  const planned = await planManifest(features(), deps(fake), everything)
  t.equal(planned.ok && planned.value.plan.changes.length, 6)
  t.match(messages(planned), [/47:13: policy sre-disabled: the alert .* is not available to account Quay$/])
})

t.test(
  'a dataset Cloudflare does not know is an error of the manifest, a silent Cloudflare is not',
  async (t) => {
    const datasets = { http_requests: ['RayID', 'ClientIP', 'EdgeResponseStatus', 'ClientCountry'] }
    const planned = await planManifest(features(), deps(cloudflare({ datasets })), everything)
    t.strictSame(messages(planned), [
      'valid-features.yaml:28:11: job sre-audit: cannot list the fields of "audit_logs_v2" in account Quay: no dataset audit_logs_v2',
    ])
    t.equal(planned.ok && planned.value.problems[0]?.outside, undefined)
    const broken = cloudflare()
    failing(broken, 'unavailable', 'list fields')
    const silent = await planManifest(features(), deps(broken), everything)
    t.strictSame(messages(silent), [
      'valid-features.yaml:28:11: job sre-audit: output.fields is "all", but cannot: unavailable; name the fields, or try again',
    ])
    t.equal(silent.ok && silent.value.problems[0]?.outside, true)
    t.ok(
      notes(silent).includes(
        'names of fields were not checked for sre-http (valid-features.yaml:20), sre-http-errors (valid-features.yaml:24), legacy (valid-features.yaml:38): cannot: unavailable',
      ),
      notes(silent).join('\n'),
    )
  },
)

t.test("what could not be asked is a note that names each object, and stands in nobody's way", async (t) => {
  const asked = ['validate destination', 'list alerts', 'list mechanisms', 'verify token']
  for (const kind of ['forbidden', 'unavailable', 'bad_response', 'auth', 'rate_limited'] as const) {
    const fake = cloudflare()
    failing(fake, kind, ...asked)
    const planned = await planManifest(features(), deps(fake), everything)
    t.strictSame(messages(planned), [], kind)
    const text = notes(planned).join('\n')
    t.match(text, /the destination was not checked of sre-http \(valid-features.yaml:20\), .*: cannot: /)
    t.match(text, /alert types of sre-disabled \(valid-features.yaml:47\) were not checked: cannot: /)
    t.match(text, /mechanisms of sre-disabled \(valid-features.yaml:47\) were not checked: cannot: /)
    const quiet = kind === 'forbidden' || kind === 'auth'
    t.equal(
      /expiry of the API token was not checked/.test(text),
      !quiet,
      'one that is refused may be of another kind',
    )
  }
})

t.test(
  'a destination that Cloudflare refuses names each of its jobs, whatever form the refusal has',
  async (t) => {
    for (const kind of ['invalid_request', 'not_found', 'conflict'] as const) {
      const fake = cloudflare()
      failing(fake, kind, 'validate destination')
      t.match(
        messages(await planManifest(features(), deps(fake), everything)),
        [
          /20:11: job sre-http: Cloudflare does not accept the destination s3:\/\/quay-logs\/http.*: cannot: /,
          /24:11/,
          /28:11/,
          /38:11/,
        ],
        kind,
      )
    }
  },
)

t.test('a Splunk address that Cloudflare may not reach is one to check', async (t) => {
  const fake = cloudflare()
  failing(fake, 'unavailable', 'validate destination')
  const splunk = `{ splunk: { host: "hec.example.com:8088", channel: c, sourcetype: cf, token: "\${env:HTTP_TOKEN}" } }`
  const text = `version: 1\naccount: { id: ${accountId} }\njobs:\n  - { name: a, zone: quay.example, dataset: http_requests, destination: ${splunk} }\n`
  t.match(
    notes(await planManifest(manifestOf(text), deps(fake), everything)).join('\n'),
    /; check the address: Cloudflare may not reach it$/m,
  )
})

t.test('fields: jobs that stay as they are cost no question, and zones share the answer', async (t) => {
  const job = (name: string, place: string, fields: string) =>
    `  - { name: ${name}, zone: ${place}, dataset: http_requests, destination: { gcs: { bucket: b } }, output: { fields: [${fields}] } }\n`
  const places = ['quay.example', 'a.example', 'b.example']
  const manifest = (fields: string) =>
    manifestOf(
      `version: 1\naccount: { id: ${accountId} }\njobs:\n${places.map((place, index) => job(`j${index}`, place, fields)).join('')}`,
    )
  const fake = cloudflare()
  const asked = () => fake.calls.filter((call) => call.startsWith('list fields')).length
  t.strictSame(messages(await planManifest(manifest('RayID'), deps(fake), everything)), [])
  t.equal(asked(), 1)
  t.equal(messages(await planManifest(manifest('RayId'), deps(fake), everything)).length, 3)
  t.equal(asked(), 1 + 3, 'a name that is missing is asked for in its own zone')
  for (const [index, zone] of [zones[0], zones[2], zones[3]].entries())
    if (zone !== undefined)
      fake.addJob(zone, {
        name: `j${index}`,
        enabled: true,
        dataset: 'http_requests',
        destinationConf: new Secret('gs://b'),
        outputOptions: { field_names: ['RayID', 'WAFAction'] },
      })
  const retired = await planManifest(manifest('RayID, WAFAction'), deps(fake), everything)
  t.strictSame(
    [retired.ok && retired.value.plan.changes, asked()],
    [[], 4],
    'nothing to change, nothing to ask',
  )
  const more = await planManifest(manifest('RayID, WAFAction, ClientIP'), deps(fake), everything)
  t.match(messages(more), [
    /warning: job j0: http_requests no longer has the field "WAFAction", which the live job still names/,
    /j1/,
    /j2/,
  ])
})

t.test('webhooks and policies that cannot be read cost themselves, in plan and in drift', async (t) => {
  const fake = cloudflare()
  fake.addPolicy(accountId, { name: 'sre-disabled', alertInterval: '30m' })
  const { listPolicies, listWebhooks } = fake.notifications
  const notifications: PlanningDeps['notifications'] = {
    ...fake.notifications,
    listPolicies: async (...given) => ({
      ...(await listPolicies(...given)),
      unreadable: [
        { id: '9', name: 'theirs', field: 'mechanisms', leftOut: false },
        {
          id: (await listPolicies(...given)).items[0]?.id ?? '',
          name: 'sre-disabled',
          field: 'alert_interval',
          leftOut: false,
        },
      ],
    }),
    listWebhooks: async (...given) => ({
      ...(await listWebhooks(...given)),
      unreadable: [{ id: '8', name: 'chat', field: 'url', leftOut: true }],
    }),
  }
  const text = manifestFile('valid-features.yaml').text.replace('[sre-exporter]', '[sre-exporter, chat]')
  const planned = await planManifest(manifestOf(text), { ...deps(fake), notifications }, everything)
  t.ok(planned.ok, messages(planned).join('\n'))
  if (!planned.ok) return
  const { changes, notes } = planned.value.plan
  t.notOk(
    changes.some(({ kind }) => kind === 'policy'),
    'the policy is there, so it is neither created nor changed',
  )
  t.ok(changes.some(({ kind }) => kind === 'webhook'))
  t.match(notes.join('\n'), /policy sre-disabled in account Quay is left alone: .* alert_interval/)
  t.notMatch(notes.join('\n'), /theirs/)
})

t.test('names of webhooks and PagerDuty services must be there, once', async (t) => {
  const text = manifestFile('valid-features.yaml').text.replace(
    '[sre-exporter]',
    '[sre-exporter, sre-old, chat]',
  )
  const fake = cloudflare({
    pagerduty: [
      { id: '1', name: 'SRE  primary' },
      { id: '2', name: 'Other' },
    ],
  })
  fake.addWebhook(accountId, { name: 'sre-old', url: new Secret('https://old.example.com/') })
  const planned = await planManifest(manifestOf({ file: 'm.yaml', text }), deps(fake), everything)
  t.strictSame(
    messages(planned).filter((line) => !line.includes('warning')),
    [
      'm.yaml:47:13: policy sre-disabled: the account has no webhook called "chat"; there are "sre-exporter", "sre-old"',
      'm.yaml:47:13: policy sre-disabled: the account has no connected PagerDuty service called "SRE primary"; did you mean "SRE  primary"?',
    ],
  )
  const twice = cloudflare({
    pagerduty: [
      { id: '1', name: 'SRE primary' },
      { id: '2', name: 'SRE primary' },
    ],
  })
  t.match(messages(await planManifest(features(), deps(twice), everything)), [
    'valid-features.yaml:47:13: policy sre-disabled: 2 connected PagerDuty services are called "SRE primary"',
  ])
})

t.test('the token is advice: what its verification says is a note', async (t) => {
  const fake = cloudflare()
  const withToken = (status: 'active' | 'expired', expiresOn: number | null): PlanningDeps => ({
    ...deps(fake),
    token: {
      async verifyToken(accountOf) {
        if (accountOf === null)
          throw new ApiFailure('auth', 'not a user token', { operation: 'verify token' })
        return { id: 'x', status, expiresOn }
      },
    },
  })
  const said = async (given: PlanningDeps) => {
    const planned = await planManifest(features(), given, everything)
    t.strictSame(messages(planned), [])
    return notes(planned).filter((note) => note.includes('token'))
  }
  t.strictSame(await said(withToken('expired', null)), ['Cloudflare says that the API token is expired'])
  t.strictSame(await said(withToken('active', 86_400_000)), [
    'the API token expires at 1970-01-02T00:00:00.000Z',
  ])
  t.strictSame(await said(withToken('active', -1000)), ['the API token expired at 1969-12-31T23:59:59.000Z'])
  t.strictSame(await said(withToken('active', 14 * 86_400_000)), [])
})

t.test('a target that is not there is refused with the nearest name', async (t) => {
  const planned = planManifest(features(), deps(cloudflare()), { ...everything, targets: ['sre-htpp'] })
  await t.rejects(
    planned,
    new UserError('--target sre-htpp: nothing in the manifest has this name; did you mean "sre-http"?'),
  )
  await t.rejects(
    planDestroy(features(), deps(cloudflare()), ['sre-htpp']),
    new UserError('--target sre-htpp: nothing in the manifest has this name'),
  )
})

t.test('destroy needs no secret, and reports what the manifest owns and does not declare', async (t) => {
  const fake = cloudflare()
  const conf = new Secret('gs://b/x')
  fake.addJob({ kind: 'zone', id: zones[1]?.id ?? '' }, { name: 'sre-left-over', destinationConf: conf })
  fake.addJob({ kind: 'zone', id: zones[0]?.id ?? '' }, { name: 'somebody-elses', destinationConf: conf })
  fake.addPolicy(accountId, { name: 'sre-disabled' })
  const planned = await planDestroy(features(), deps(fake, {}), [])
  t.match(planned.ok && planned.value.plan.notes, [/^job sre-left-over in zone .* is left over/])
  t.strictSame(
    planned.ok &&
      planned.value.plan.changes.map(({ change, kind, ...rest }) => [
        change,
        kind,
        'actual' in rest && rest.actual.resource.name,
      ]),
    [['delete', 'policy', 'sre-disabled']],
  )
})

t.test('PagerDuty services are only listed where a policy has any', async (t) => {
  const fake = cloudflare()
  fake.addPolicy(accountId, { name: 'other', mechanisms: { email: [], webhooks: [], pagerduty: ['pd1'] } })
  const state = await readActual(wanting([]), { ...deps(fake), parallel: 2 })
  t.equal(state.pagerduty.size, 0)
  t.match(state.resources, [{ kind: 'policy', resource: { pagerduty: ['pd1'] } }])
  t.notOk(fake.calls.includes(`list pagerduty ${accountId}`))
})

t.test('a list that cannot be read fails the whole reading', async (t) => {
  const fake = cloudflare()
  fake.intercept(({ operation, scope }) => {
    if (operation === 'list jobs' && scope.startsWith('zone')) {
      throw new ApiFailure('forbidden', 'no', { operation })
    }
  })
  await t.rejects(
    readActual({ scopes: [account, zone], notificationAccounts: [], resources: [] }, deps(fake)),
    ApiFailure,
  )
})

t.test('work in parallel keeps the order and the limit, and ends with the first failure', async (t) => {
  let running = 0
  let most = 0
  const done: number[] = []
  const work = async (item: number) => {
    running += 1
    most = Math.max(most, running)
    for (let turn = 0; turn < 10 - item; turn += 1) await Promise.resolve()
    running -= 1
    if (item === 5) throw new Error('five')
    done.push(item)
    return item * 2
  }
  t.strictSame(await inParallel([1, 2, 3, 4], 2, work), [2, 4, 6, 8])
  t.equal(most, 2)
  done.length = 0
  await t.rejects(inParallel([5, 1, 2, 3, 4, 6, 7, 8], 1, work), { message: 'five' })
  t.strictSame(done, [])
  t.strictSame(await inParallel([], 4, work), [])
})

t.test(
  "a token of an account is looked at in the account, also where the manifest's jobs are the account's",
  async (t) => {
    const text = `version: 1\naccount: { id: ${accountId} }\njobs:\n  - { name: a, scope: account, dataset: audit_logs_v2, destination: { gcs: { bucket: b } }, ownership: { token: "\${env:HTTP_TOKEN}" } }\n`
    for (const [status, expiresOn, said] of [
      ['disabled', null, 'Cloudflare says that the API token is disabled'],
      ['expired', null, 'Cloudflare says that the API token is expired'],
      ['active', 86_400_000, 'the API token expires at 1970-01-02T00:00:00.000Z'],
      ['active', 15 * 86_400_000, null],
    ] as const) {
      const fake = cloudflare()
      const asked: (string | null)[] = []
      const verifyToken: FakeCloudflare['token']['verifyToken'] = async (id) => {
        asked.push(id)
        if (id === null) throw new ApiFailure('auth', 'no token of a user', { operation: 'verify' })
        return { id: 'of the account', status, expiresOn }
      }
      const planned = await planManifest(
        manifestOf(text),
        { ...deps(fake), token: { verifyToken } },
        everything,
      )
      t.same(asked, [null, accountId])
      t.same(
        notes(planned).filter((note) => note.includes('API token')),
        said === null ? [] : [said],
        `${status} ${expiresOn}`,
      )
    }
  },
)
