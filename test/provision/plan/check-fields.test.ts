import t from 'tap'
import { ApiFailure, type ApiFailureKind } from '../../../src/errors.ts'
import type { Change } from '../../../src/provision/plan/change.ts'
import { checkFields, unlistedFindings } from '../../../src/provision/plan/check-fields.ts'
import type { FieldList, FieldLists } from '../../../src/provision/plan/field-lists.ts'
import type { Findings } from '../../../src/provision/plan/findings.ts'
import { actualJob } from '../../../src/provision/resource/live-resource.ts'
import { outputForm } from '../../../src/provision/resource/output-form.ts'
import type { JobResource } from '../../../src/provision/resource/resource.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { aJob, zone } from '../../support/provision-values.ts'

/* What is said of the names of fields in jobs that are new or changed. */

const listed = (...value: readonly string[]): FieldList => ({ ok: true, value })
const failed = (kind: ApiFailureKind): FieldList & { readonly ok: false } => ({
  ok: false,
  failure: new ApiFailure(kind, `cannot: ${kind}`, { operation: 'list fields' }),
})

/** Lists that always say the same, and the count of the questions. */
function lists(common: FieldList, own: FieldList = common): FieldLists & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    common: async (scope) => {
      asked.push(`common ${scope.name}`)
      return common
    },
    own: async (scope, dataset) => {
      asked.push(`own ${scope.name} ${dataset}`)
      return own
    },
  }
}

const wanting = (fields: readonly string[] | 'all' | null, more: Partial<JobResource> = {}) =>
  aJob({ scope: zone, name: 'sre-http', dataset: 'http_requests', output: outputForm(fields, {}), ...more })

function create(job: ReturnType<typeof aJob>): Change {
  return { change: 'create', kind: 'job', fields: [], desired: job }
}

function update(
  job: ReturnType<typeof aJob>,
  fields: readonly string[],
  change: 'update' | 'replace' = 'update',
): Change {
  const { destinationConf, dataset, name } = job.resource
  const outputOptions = { field_names: fields }
  const actual = actualJob(zone, { ...emptyJob, id: '1', name, dataset, destinationConf, outputOptions })
  return { change, kind: 'job', fields: [], desired: job, actual }
}

const said = ({ problems, notes }: Findings) => [
  ...problems.map(({ level, message, outside }) => `${level}${outside ? ' outside' : ''}: ${message}`),
  ...notes,
]
const checked = async (changes: readonly Change[], known: FieldLists) =>
  said(await checkFields(changes, known, 2))

t.test('a field that is not in the list is an error, with the name that may be meant', async (t) => {
  const known = listed('RayID', 'ClientIP')
  t.same(await checked([create(wanting(['RayID', 'ClientIP']))], lists(known)), [])
  t.same(await checked([create(wanting(['RayID', 'ClientIp', 'Nothing']))], lists(known)), [
    'error: job sre-http: http_requests has no field "ClientIp"; did you mean "ClientIP"?',
    'error: job sre-http: http_requests has no field "Nothing"',
  ])
})

t.test('a field that the live job names already is a warning', async (t) => {
  const change = update(wanting(['RayID', 'Old', 'New']), ['RayID', 'Old'])
  t.same(await checked([change], lists(listed('RayID'))), [
    'warning: job sre-http: http_requests no longer has the field "Old", which the live job still names; Cloudflare leaves it out',
    'error: job sre-http: http_requests has no field "New"',
  ])
})

t.test('the own list of a zone is asked for only where the common one lacks a field', async (t) => {
  const whole = lists(listed('RayID'))
  await checked([create(wanting(['RayID']))], whole)
  t.same(whole.asked, ['common quay.example'])
  const own = lists(listed('RayID'), listed('RayID', 'Extra'))
  t.same(await checked([create(wanting(['RayID', 'Extra']))], own), [])
  t.same(own.asked, ['common quay.example', 'own quay.example http_requests'])
  const lost = lists(failed('timeout'), listed('RayID'))
  t.same(await checked([create(wanting(['RayID']))], lost), [], 'the own list may be had all the same')
})

t.test('the keys of a filter are names of fields too', async (t) => {
  const filter = { where: { key: 'ClientIq', operator: 'eq', value: 'x' } }
  const known = lists(listed('RayID', 'ClientIP'))
  t.same(await checked([create(wanting(null, { filter }))], known), [
    'error: job sre-http: http_requests has no field "ClientIq"; did you mean "ClientIP"?',
  ])
})

t.test('nothing is asked about a job without names, one that goes, and what is no job', async (t) => {
  const known = lists(listed('RayID'))
  const { destinationConf } = aJob().resource
  const outputOptions = { field_names: ['Old'] }
  const actual = actualJob(zone, { ...emptyJob, id: '1', destinationConf, outputOptions })
  const gone: Change = { change: 'delete', kind: 'job', fields: [], actual }
  t.same(await checked([gone, create(wanting(null)), create(wanting('all'))], known), [])
  t.same(known.asked, [])
})

t.test(
  'a refusal is an error; a list that cannot be had or is empty is a note for all its jobs',
  async (t) => {
    const [a, b] = [wanting(['X'], { name: 'sre-a' }), wanting(['X'], { name: 'sre-b' })]
    for (const kind of ['invalid_request', 'not_found', 'conflict'] as const)
      t.same(await checked([create(a)], lists(failed(kind))), [
        `error: job sre-a: cannot list the fields of "http_requests" in zone quay.example: cannot: ${kind}`,
      ])
    t.same(await checked([create(a), create(b)], lists(failed('forbidden'))), [
      'names of fields were not checked for sre-a (manifest.yaml:1), sre-b (manifest.yaml:1): cannot: forbidden',
    ])
    t.same(await checked([create(a)], lists(listed())), [
      'names of fields were not checked for sre-a (manifest.yaml:1): Cloudflare lists none for http_requests',
    ])
  },
)

t.test(
  'all fields where nobody knows them: an error of a job that is made, a note of one that is there',
  async (t) => {
    const job = wanting('all')
    const { failure } = failed('timeout')
    const { failure: refusal } = failed('not_found')
    const of = (changes: readonly Change[], failure: ApiFailure | null) =>
      said(unlistedFindings([{ job, failure }], changes))
    for (const made of [create(job), update(job, [], 'replace')]) {
      t.same(of([made], failure), [
        'error outside: job sre-http: output.fields is "all", but cannot: timeout; name the fields, or try again',
      ])
      t.same(of([made], null), [
        'error outside: job sre-http: output.fields is "all", but Cloudflare lists no fields for http_requests; name the fields, or try again',
      ])
      t.same(of([made], refusal), [
        'error: job sre-http: cannot list the fields of "http_requests" in zone quay.example: cannot: not_found',
      ])
    }
    for (const changes of [[], [update(job, [])], [create(wanting(['RayID'], { name: 'sre-other' }))]]) {
      t.same(of(changes, failure), [
        'output.fields of sre-http (manifest.yaml:1) is "all", which is not compared: cannot: timeout',
      ])
    }
    const two = [job, wanting('all', { name: 'sre-b' })].map((job) => ({ job, failure: null }))
    t.same(said(unlistedFindings(two, [])), [
      'output.fields of sre-http (manifest.yaml:1), sre-b (manifest.yaml:1) is "all", which is not compared: Cloudflare lists no fields for http_requests',
    ])
  },
)
