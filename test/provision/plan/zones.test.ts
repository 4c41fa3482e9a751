import t from 'tap'
import { readManifest } from '../../../src/provision/manifest/manifest.ts'
import { compareManifest } from '../../../src/provision/plan/drift.ts'
import { type Planned, type PlanningDeps, planManifest } from '../../../src/provision/plan/planning.ts'
import { type Checked, problemText } from '../../../src/provision/resource/problem.ts'
import { readYaml } from '../../../src/settings/yaml-text.ts'
import { aCaller } from '../../support/callers.ts'
import { createFakeCloudflare, type FakeCloudflare } from '../../support/fake-cloudflare.ts'
import { manifestOf, referencesTo } from '../../support/manifest-files.ts'

/* One declaration for many zones. */

const quay = { id: 'a'.repeat(32), name: 'Quay' }
const lab = { id: 'b'.repeat(32), name: 'Quay lab' }
const zoneOf = (name: string, account: typeof quay, index: number) => ({
  kind: 'zone' as const,
  id: String(index).padStart(32, '0'),
  name,
  account,
})
const zones = [
  zoneOf('quay.io', quay, 1),
  zoneOf('cdn.quay.example', quay, 2),
  zoneOf('api.quay.example', quay, 3),
  zoneOf('lab.quay.example', quay, 4),
  zoneOf('other.example', quay, 5),
  zoneOf('cdn.lab.example', lab, 6),
]

function cloudflare(seen: readonly (typeof zones)[number][] = zones): FakeCloudflare {
  return createFakeCloudflare({
    accounts: [quay, lab],
    zones: [...seen],
    datasets: { http_requests: ['RayID', 'ClientIP'], audit_logs_v2: ['ActionType'] },
    pagerduty: [],
  })
}

function deps(fake: FakeCloudflare, texts: Readonly<Record<string, string>> = {}): PlanningDeps {
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

const online = { targets: [], rotate: [], offline: false, webhookRecords: new Map() }
const all = (result: Checked<Planned>) =>
  (result.ok ? result.value.problems : result.problems).map(problemText)
const wanted = (result: Checked<Planned>) =>
  result.ok
    ? result.value.desired.resources.flatMap((one) =>
        one.kind === 'job'
          ? [`${one.resource.scope.name} ${one.resource.name} ${one.resource.destinationConf.reveal()}`]
          : [],
      )
    : []

const job = (place: string, more = '') => `
  - name: sre-http
    ${place}
    dataset: http_requests
    destination: { s3: { bucket: quay-logs, path: "http/\${zone}/{DATE}", region: us-east-1 } }
    output: { fields: [RayID, ClientIP] }${more}
`
const manifest = (place: string, account = quay.id) => `version: 1
account: { id: ${account} }
owner: sre
jobs:${job(place)}`

const named = (names: readonly string[]) =>
  names.map((name) => `${name} sre-http s3://quay-logs/http/${name}/{DATE}?region=us-east-1`)

t.test('zones: a list, include and exclude, or all; one job for each zone', async (t) => {
  for (const [place, names] of [
    ['zones: [quay.io, cdn.quay.example]', ['quay.io', 'cdn.quay.example']],
    ['zones: ["*.quay.example"]', ['cdn.quay.example', 'api.quay.example', 'lab.quay.example']],
    [
      'zones: { include: ["*.quay.example", quay.io], exclude: [lab.quay.example] }',
      ['quay.io', 'cdn.quay.example', 'api.quay.example'],
    ],
    ['zones: { exclude: ["*.quay.example"] }', ['quay.io', 'other.example']],
    [`zones: [${'5'.padStart(32, '0')}]`, ['other.example']],
    ['zones: all', ['quay.io', 'cdn.quay.example', 'api.quay.example', 'lab.quay.example', 'other.example']],
  ] as const) {
    const fake = cloudflare()
    const planned = await planManifest(manifestOf(manifest(place)), deps(fake), online)
    t.strictSame(wanted(planned), named(names), place)
    t.strictSame(all(planned), [], place)
    const count = (what: string) => fake.calls.filter((call) => call.startsWith(what)).length
    t.equal(count('list zones'), 1, 'the account is listed once')
    t.equal(count('list jobs'), names.length, 'each zone once')
    t.equal(count('list fields'), 1, 'the zones share the fields')
  }
})

t.test('several files, each with its account, are one run', async (t) => {
  const fake = cloudflare()
  const both = manifestOf(manifest('zones: ["cdn.*"]'), manifest('zones: all', lab.id))
  const planned = await planManifest(both, deps(fake), online)
  t.strictSame(wanted(planned), named(['cdn.quay.example', 'cdn.lab.example']))
})

t.test(
  'variables: names, paths and parameters say where the job is, and references stay references',
  async (t) => {
    const fake = cloudflare()
    const text = `version: 1
account: { name: Quay }
owner: sre
defaults:
  dataset: http_requests
  destination:
    http: { url: "https://logs.example.com/\${zone_id}/\${dataset}", headers: { Authorization: "\${env:TOKEN}" }, params: { account: "\${account}", id: "\${account_id}" } }
jobs:
  - { name: "sre-\${dataset}-\${zone}", zones: [quay.io, cdn.quay.example] }
  - { name: "sre-\${account}", scope: account, dataset: audit_logs_v2, destination: { s3: { bucket: audit, path: "\${account}", region: us-east-1 } } }
`
    const planned = await planManifest(manifestOf(text), deps(fake, { TOKEN: `a\${zone}b` }), online)
    const conf = (zone: string, dataset: string) =>
      `https://logs.example.com/${zone}/${dataset}?header_Authorization=a%24%7Bzone%7Db&account=Quay&id=${quay.id}`
    t.strictSame(all(planned), [])
    t.strictSame(wanted(planned), [
      `quay.io sre-http_requests-quay.io ${conf(zones[0]?.id ?? '', 'http_requests')}`,
      `cdn.quay.example sre-http_requests-cdn.quay.example ${conf(zones[1]?.id ?? '', 'http_requests')}`,
      'Quay sre-Quay s3://audit/Quay?region=us-east-1',
    ])
  },
)

t.test('a name of an account or zone given by id is looked up where a variable needs it', async (t) => {
  const text = `version: 1
account: { id: ${quay.id} }
jobs:
  - name: "\${account}-\${zone}"
    zone: ${zones[0]?.id}
    dataset: http_requests
    destination: { s3: { bucket: quay-logs, path: x, region: us-east-1 } }
`
  const planned = await planManifest(manifestOf(text), deps(cloudflare()), online)
  t.strictSame(wanted(planned), ['quay.io Quay-quay.io s3://quay-logs/x?region=us-east-1'])
  const unseen = await planManifest(
    manifestOf(text.replaceAll(quay.id, 'c'.repeat(32))),
    deps(cloudflare()),
    online,
  )
  t.match(all(unseen), [/does not see the account "c+", so \$\{account\} has no value; use account_id/])
})

t.test('a zone that is named must be there; a glob may wait for its zones', async (t) => {
  const problems = async (place: string, seen = zones) =>
    all(await planManifest(manifestOf(manifest(place)), deps(cloudflare(seen)), online))
  t.strictSame(await problems('zones: [quay.oi, "*.nowhere", quay.io]'), [
    '0.yaml:6:13: the API token sees no zone called "quay.oi"; did you mean "quay.io"?',
    '0.yaml:6:22: warning: no zone that the API token sees matches "*.nowhere"',
  ])
  t.strictSame(await problems('zones: { exclude: [lab.quay.exampel] }'), [
    '0.yaml:6:24: warning: excludes nothing: the API token sees no zone called "lab.quay.exampel"; did you mean "lab.quay.example"?',
  ])
  t.match(await problems('zones: { include: ["*.quay.example"], exclude: ["*"] }'), [
    /none of the 5 zones that the API token sees in this account is selected/,
  ])
  t.match(await problems('zones: all', []), [/the API token sees no zone in this account/])
})

t.test('the same job twice in a zone is an error that names both', async (t) => {
  const text = `${manifest('zones: ["cdn.*"]')}${job('zone: cdn.quay.example')}`
  const planned = await planManifest(manifestOf(text), deps(cloudflare()), online)
  t.strictSame(all(planned), [
    '0.yaml:11:11: there is already a job called "sre-http" in zone cdn.quay.example, at 0.yaml:5',
  ])
})

t.test('what the shape of zones and variables may be is checked without Cloudflare', (t) => {
  const problems = (text: string) => {
    const read = readManifest([{ file: 'm.yaml', text }], readYaml)
    return (read.ok ? read.warnings : read.problems).map(problemText)
  }
  t.strictSame(problems(manifest('zones: all')), [])
  t.match(problems(manifest('zones: []')), [/jobs\[0\]\.zones: expected at least one zone, found none/])
  t.match(problems(manifest('zones: {}')), [/expected include or exclude, found neither/])
  t.match(problems(manifest('zones: everything')), [/expected all, a list of zones, or \{ include/])
  t.match(problems(manifest('zones: { inclde: [a] }')), [/unknown key "inclde"; did you mean "include"\?/])
  t.match(problems(`${manifest('zones: all')}    zone: quay.io\n`), [/found zone and zones/])
  t.match(
    problems(manifest('scope: account')),
    [
      /\$\{zone\} has no value in a job of the account; use zone or zones/,
      /http_requests is a dataset of the zone, not of the account/,
    ].reverse(),
  )
  t.match(problems(manifest('zones: all').replace('sre-http', `sre-\${zon}`)), [
    /found "\$\{zon\}"; did you mean "zone"\?/,
  ])
  t.match(problems(manifest('zones: all').replace(`id: ${quay.id}`, `name: "\${zone}"`)), [
    /\$\{zone\} is only replaced in the names and destinations of jobs/,
  ])
  t.end()
})

t.test('a zone that appears later is a change in the plan and drift', async (t) => {
  const fake = cloudflare(zones.slice(0, 3))
  const text = manifestOf(manifest('zones: ["*.quay.example"]'))
  const first = await compareManifest(text, deps(fake))
  t.strictSame(first.ok && [first.value.objects.length, first.value.coverage[0]?.uncovered.length], [2, 1])
  const later = cloudflare(zones)
  const drift = await compareManifest(text, deps(later))
  t.strictSame(drift.ok && drift.value.objects.map(({ name, change }) => `${name} ${change}`), [
    'sre-http create',
    'sre-http create',
    'sre-http create',
  ])
})

t.test('zones without a job of a dataset are noted, unless they are excluded', async (t) => {
  const notes = async (...texts: readonly string[]) => {
    const planned = await planManifest(manifestOf(...texts), deps(cloudflare()), online)
    return planned.ok ? planned.value.plan.notes : all(planned)
  }
  const named = manifest('zones: all').replace(`id: ${quay.id}`, 'name: Quay')
  const having = (place: string) => named.replace('zones: all', place)
  t.strictSame(await notes(having('zones: { include: ["*.quay.example"], exclude: [other.example] }')), [
    '1 zone has no http_requests job in this manifest, in account Quay: quay.io; select or exclude them under zones',
  ])
  t.strictSame(await notes(`${having('zones: ["cdn.*"]')}${job('zone: other.example')}`), [
    '3 zones have no http_requests job in this manifest, in account Quay: quay.io, api.quay.example, lab.quay.example; select or exclude them under zones',
  ])
  t.strictSame(await notes(manifest('zones: all'), manifest('zones: all', lab.id)), [])
  t.strictSame(await notes(manifest('zone: quay.io')), [], 'only where zones are declared together')
})
