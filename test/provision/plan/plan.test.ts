import fc from 'fast-check'
import t from 'tap'
import { buildDestination } from '../../../src/domain/destination/destination.ts'
import type { JobRecord } from '../../../src/domain/job/job.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { createJobBody, updateJobBody } from '../../../src/provision/apply/job-body.ts'
import type { Change, Plan } from '../../../src/provision/plan/change.ts'
import { changeAddress } from '../../../src/provision/plan/change.ts'
import { checkAdoptions } from '../../../src/provision/plan/check-adoptions.ts'
import { checkNewNames } from '../../../src/provision/plan/check-new-names.ts'
import { makeDestroyPlan, makePlan } from '../../../src/provision/plan/plan.ts'
import { type PlanOptions, planEverything } from '../../../src/provision/plan/plan-options.ts'
import { actualJob, actualPolicy, actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import { outputForm } from '../../../src/provision/resource/output-form.ts'
import type {
  Actual,
  ActualState,
  Desired,
  DesiredJob,
  DesiredState,
  JobResource,
  PolicyResource,
  UnreadableObject,
} from '../../../src/provision/resource/resource.ts'
import { webhookRecord } from '../../../src/provision/resource/webhook-record.ts'
import { anyDestination } from '../../support/destinations.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { holds } from '../../support/property.ts'
import {
  account,
  accountId,
  aJob,
  aPolicy,
  aWebhook,
  pruning,
  removing,
  wanting,
  zone,
} from '../../support/provision-values.ts'

let nextId = 1

/** The live job that a wanted one becomes, as Cloudflare would give it back, but for `change`. */
function live({ resource }: DesiredJob, change: Partial<JobRecord> = {}): Actual {
  const body = createJobBody(resource)
  return actualJob(resource.scope, {
    ...emptyJob,
    id: String(nextId++),
    name: resource.name,
    dataset: resource.dataset,
    kind: resource.jobKind,
    enabled: resource.enabled,
    destinationConf: resource.destinationConf,
    filter: body.filter ?? null,
    filterAttackTraffic: body.filterAttackTraffic ?? null,
    outputOptions: body.outputOptions ?? null,
    maxUploadBytes: body.maxUploadBytes ?? null,
    maxUploadRecords: body.maxUploadRecords ?? null,
    maxUploadIntervalSeconds: body.maxUploadIntervalSeconds ?? null,
    transformerId: body.transformerId ?? null,
    ...change,
  })
}

function state(...resources: readonly Actual[]): ActualState {
  return { resources, unreadable: [], pagerduty: new Map() }
}

function planFor(
  desired: readonly Desired[],
  actual: readonly Actual[],
  options: Partial<PlanOptions> = {},
  more: Partial<DesiredState> = {},
): Plan {
  return makePlan(wanting(desired, more), state(...actual), { ...planEverything, ...options })
}

/** `update job sre-x: path` per field. */
function fieldsOf(plan: Plan): readonly string[] {
  return plan.changes.flatMap((change) => change.fields.map(({ path }) => `${change.change} ${path}`))
}

const names = (plan: Plan) =>
  plan.changes.map((change) => `${change.change} ${change.kind} ${changeAddress(change).name}`)

t.test('what the API fills in, leaves out, reorders or rewrites is no change', async (t) => {
  const job = aJob()
  const filtered = aJob({
    filter: {
      where: {
        and: [
          { key: 'a', operator: 'eq', value: 1 },
          { key: 'b', operator: 'in', value: ['x', 'y'] },
        ],
      },
    },
  })
  const conf = (text: string) => new Secret(text)
  const cases: readonly (readonly [string, DesiredJob, Partial<JobRecord>])[] = [
    ['nothing at all', job, {}],
    ['frequency, long replaced (#5451, #3188)', job, { frequency: 'high' }],
    ['logpull_options left over (#5578)', job, { logpullOptions: 'fields=RayID&timestamps=rfc3339' }],
    [
      'error and completion times (TF shows them in each diff)',
      job,
      { lastError: 1, lastComplete: 2, errorMessage: conf('x') },
    ],
    ['an empty filter text', job, { filter: '' }],
    ['an empty filter object', job, { filter: '{}' }],
    ['a false flag for an absent one', job, { filterAttackTraffic: false }],
    ['kind instant-logs of an old job', job, { kind: 'instant-logs' }],
    [
      'zero for a limit that is not set',
      job,
      { maxUploadBytes: 0, maxUploadRecords: 0, maxUploadIntervalSeconds: 0 },
    ],
    ['the internal defaults spelt out', job, { maxUploadRecords: 100_000, maxUploadIntervalSeconds: 30 }],
    [
      'output options spelt out, with nulls and empty texts (PR 5782, 6337, 6402)',
      job,
      {
        outputOptions: {
          field_names: ['ScriptName', 'Outcome'],
          timestamp_format: 'rfc3339',
          output_type: 'ndjson',
          sample_rate: 1,
          'CVE-2021-44228': false,
          batch_prefix: '',
          batch_suffix: null,
          record_prefix: '{',
          record_suffix: '}\n',
          field_delimiter: ',',
          record_template: '',
          merge_subrequests: false,
        },
      },
    ],
    [
      'an option nobody here knows',
      job,
      {
        outputOptions: {
          field_names: ['Outcome', 'ScriptName'],
          timestamp_format: 'rfc3339',
          new_option: { a: 1 },
        },
      },
    ],
    [
      'sample rate 0, which is not a rate',
      job,
      {
        outputOptions: {
          field_names: ['Outcome', 'ScriptName'],
          timestamp_format: 'rfc3339',
          sample_rate: 0,
        },
      },
    ],
    [
      'the filter written in another way (#4725)',
      filtered,
      {
        filter:
          '{ "where": {"and": [{"operator":"eq","value":1,"key":"a"}, {"value":["x","y"],"key":"b","operator":"in"}]} }',
      },
    ],
    [
      'parameters of the destination in another order and encoding',
      job,
      {
        destinationConf: conf(
          's3://quay-logs/workers/{DATE}?secret-access-key=%63anary-s3&access-key-id=AKID&region=us-east-1',
        ),
      },
    ],
    [
      'a secret the API masks',
      job,
      {
        destinationConf: conf(
          's3://quay-logs/workers/{DATE}?region=us-east-1&access-key-id=AKID&secret-access-key=*****',
        ),
      },
    ],
    [
      'a secret the API leaves out',
      aJob({ destinationConf: conf('bq://projects/p/datasets/d/tables/t?credentials=base64%3Ae30%3D') }),
      { destinationConf: conf('bq://projects/p/datasets/d/tables/t') },
    ],
    [
      'limits of a destination that has its own',
      aJob({
        destinationConf: conf('datadog://http-intake.logs.datadoghq.eu/api/v2/logs?header_DD-API-KEY=k'),
      }),
      { maxUploadBytes: 5_000_000, maxUploadRecords: 1000 },
    ],
    [
      'fields when none are asked for',
      aJob({ output: outputForm(null, {}) }),
      { outputOptions: { field_names: ['a', 'b'] } },
    ],
    [
      'fields when "all" was not looked up',
      aJob({ output: outputForm('all', {}) }),
      { outputOptions: { field_names: ['a', 'b'] } },
    ],
  ]
  for (const [title, wanted, change] of cases) {
    t.strictSame(fieldsOf(planFor([wanted], [live(wanted, change)])), [], title)
  }
})

t.test('a job that has only logpull_options keeps its fields when an option is set', async (t) => {
  const wanted = aJob({ output: outputForm(null, { timestamp_format: 'rfc3339' }) })
  const logpullOptions = 'fields=RayID,ClientIP&timestamps=unix&sample=0.5&CVE-2021-44228=true'
  const there = live(wanted, { outputOptions: null, logpullOptions })
  const [change] = planFor([wanted], [there]).changes
  t.strictSame(
    change?.fields.map(({ path, from, to }) => [path, from, to]),
    [
      ['output.timestamp_format', 'unix', 'rfc3339'],
      ['output.sample_rate', 0.5, 1],
      ['output.cve_2021_44228', true, false],
    ],
  )
  t.strictSame(there.kind === 'job' && updateJobBody(wanted.resource, there, change?.fields ?? []), {
    outputOptions: { field_names: ['RayID', 'ClientIP'], timestamp_format: 'rfc3339' },
  })
})

t.test('a real difference is exactly one field', async (t) => {
  const csv = aJob({ output: outputForm(['b', 'a'], { output_type: 'csv' }) })
  const cases: readonly (readonly [string, DesiredJob, Partial<JobRecord>])[] = [
    ['enabled', aJob(), { enabled: false }],
    ['enabled', aJob({ enabled: false }), { enabled: true }],
    ['filter', aJob(), { filter: '{"where":{"key":"a","operator":"eq","value":1}}' }],
    ['filter', aJob({ filter: { where: { key: 'a', operator: 'eq', value: 1 } } }), { filter: null }],
    ['filter', aJob(), { filter: 'not json' }],
    ['output.fields', aJob(), { outputOptions: { field_names: ['Outcome'], timestamp_format: 'rfc3339' } }],
    ['output.fields', csv, { outputOptions: { field_names: ['a', 'b'], output_type: 'csv' } }],
    ['output.timestamp_format', aJob(), { outputOptions: { field_names: ['Outcome', 'ScriptName'] } }],
    [
      'output.cve_2021_44228',
      aJob({ output: outputForm(null, { 'CVE-2021-44228': true }) }),
      { outputOptions: { 'CVE-2021-44228': false } },
    ],
    ['output.sample_rate', aJob({ output: outputForm(null, {}) }), { outputOptions: { sample_rate: 0.01 } }],
    ['upload.max_bytes', aJob(), { maxUploadBytes: 5_000_000 }],
    [
      'upload.max_interval',
      aJob({ upload: { bytes: 0, records: 0, intervalSeconds: 60 } }),
      { maxUploadIntervalSeconds: null },
    ],
    ['filter_attack_traffic', aJob({ filterAttackTraffic: true }), { filterAttackTraffic: null }],
    ['transformer_id', aJob({ transformerId: 7 }), { transformerId: 8 }],
  ]
  for (const [path, wanted, change] of cases) {
    t.strictSame(fieldsOf(planFor([wanted], [live(wanted, change)])), [`update ${path}`], path)
  }
})

t.test('an option newer than this program can be wanted, and others are kept (#2173, #641)', async (t) => {
  const wanted = aJob({ output: outputForm(null, {}, { brand_new: { level: 2 } }) })
  const there = live(wanted, { outputOptions: { brand_new: { level: 1 }, other_new: true } })
  const [change] = planFor([wanted], [there]).changes
  t.strictSame(change?.fields, [{ path: 'output.extra.brand_new', from: { level: 1 }, to: { level: 2 } }])
  t.strictSame(there.kind === 'job' && updateJobBody(wanted.resource, there, change?.fields ?? []), {
    outputOptions: { brand_new: { level: 2 }, other_new: true },
  })
  t.strictSame(createJobBody(wanted.resource).outputOptions, { brand_new: { level: 2 } })
})

t.test('an update sends only what differs, output options as a whole', async (t) => {
  const wanted = aJob({ output: outputForm(['B'], { timestamp_format: 'rfc3339', sample_rate: 0.5 }) })
  const there = live(wanted, {
    outputOptions: { field_names: ['A'], timestamp_format: 'unix', batch_prefix: 'x' },
  })
  const [change] = planFor([wanted], [there]).changes
  t.strictSame(there.kind === 'job' && updateJobBody(wanted.resource, there, change?.fields ?? []), {
    outputOptions: { field_names: ['B'], timestamp_format: 'rfc3339', sample_rate: 0.5 },
  })
  const off = live(aJob(), { enabled: false, filter: '{"where":{"key":"a","operator":"eq","value":1}}' })
  const [switched] = planFor([aJob()], [off]).changes
  t.strictSame(off.kind === 'job' && updateJobBody(aJob().resource, off, switched?.fields ?? []), {
    enabled: true,
    filter: '',
  })
})

t.test('a destination differs field by field, and never shows a secret', async (t) => {
  const diff = (from: string, to: string) => {
    const wanted = aJob({ destinationConf: new Secret(to) })
    const [change] = planFor([wanted], [live(wanted, { destinationConf: new Secret(from) })]).changes
    return change?.fields
  }
  const s3 = 's3://quay-logs/a?region=us-east-1&access-key-id=AKID&secret-access-key=canary-1'
  t.strictSame(diff(s3, s3.replace('us-east-1', 'us-west-2').replace('/a?', '/b?')), [
    { path: 'destination.path', from: 'a', to: 'b' },
    { path: 'destination.region', from: 'us-east-1', to: 'us-west-2' },
  ])
  t.strictSame(diff(s3, s3.replace('canary-1', 'canary-2')), [
    { path: 'destination.secret_access_key', from: '(secret)', to: '(secret changed)' },
  ])
  t.strictSame(diff(s3, 's3://quay-logs/a?region=us-east-1'), [
    { path: 'destination.access_key_id', from: '(secret)', to: null },
    { path: 'destination.secret_access_key', from: '(secret)', to: null },
  ])
  t.strictSame(diff(s3, 'gs://quay-logs/a'), [
    {
      path: 'destination',
      from: 's3://quay-logs/a?region=us-east-1&access-key-id=***&secret-access-key=***',
      to: 'gs://quay-logs/a',
    },
  ])
  const http = 'https://logs.example.com/canary-path?header_A=canary-1&header_B=canary-2'
  t.strictSame(diff(http, 'https://logs.example.com/canary-other?header_A=canary-3&p=canary-4'), [
    { path: 'destination.url', from: '(secret)', to: '(secret changed)' },
    { path: 'destination.headers.A', from: '(secret)', to: '(secret changed)' },
    { path: 'destination.headers', from: '(secret)', to: '(some removed)' },
    { path: 'destination.params.p', from: null, to: '(secret)' },
  ])
  t.strictSame(diff('new://h/canary-1', 'new://h/canary-2'), [
    { path: 'destination', from: '(secret)', to: '(secret changed)' },
  ])
})

t.test('what cannot be changed is replaced', async (t) => {
  const edge = aJob({ scope: zone, dataset: 'http_requests', jobKind: 'edge' })
  const plan = planFor([edge], [live(edge, { kind: '' })])
  t.strictSame(
    plan.changes.map(({ change, fields }) => [change, fields]),
    [['replace', [{ path: 'kind', from: null, to: 'edge' }]]],
  )
  t.match(planFor([aJob()], [live(aJob(), { dataset: 'audit_logs' })]).changes, [
    { change: 'replace', fields: [{ path: 'dataset', from: 'audit_logs', to: 'workers_trace_events' }] },
  ])
})

t.test('absence deletes nothing: an owned object that is not declared is left over', async (t) => {
  const actual = [
    live(aJob()),
    live(aJob({ name: 'sre-old', scope: zone }), { id: '71' }),
    live(aJob({ name: 'sre-prod-http' }), { id: '72' }),
    live(aJob({ name: 'theirs' }), { id: '73' }),
    live(aJob({ name: 'sreold' })),
  ]
  const plan = (more: Partial<DesiredState>) =>
    makePlan(wanting([aJob()], more), state(...actual), planEverything)
  const absent = plan({})
  t.strictSame(absent.changes, [])
  t.equal(absent.unchanged, 1)
  t.strictSame(absent.notes, [
    'job sre-old in zone quay.example (id 71) is left over: nothing declares it; to delete it, list its name under "removed"',
    'job sre-prod-http in account Quay (id 72) is left over: nothing declares it; to delete it, list its name under "removed"',
  ])

  const pruned = plan(pruning)
  t.strictSame(names(pruned), ['delete job sre-old'])
  t.match(pruned.notes, [
    /^job sre-prod-http .* "prune" spares it, as sre-prod- may be the prefix of another/,
  ])
  const declaring = makePlan(
    wanting([aJob(), aJob({ name: 'sre-prod-dns' })], pruning),
    state(...actual),
    planEverything,
  )
  t.strictSame(
    names(declaring),
    ['create job sre-prod-dns', 'delete job sre-prod-http', 'delete job sre-old'],
    'a prefix that the manifest itself uses is its own',
  )
  const [own] = pruning.owners
  const nested = { owners: [own, { accountId, prefix: 'sre-prod-', prune: false }] }
  t.strictSame(names(plan(nested)), ['delete job sre-old'], 'the owner with the longer prefix does not prune')

  const named = plan(removing('sre-prod-http', 'theirs', 'sre-odl'))
  t.strictSame(names(named), ['delete job sre-prod-http', 'delete job theirs'], "whoever's it is")
  t.strictSame(named.notes, [
    ...absent.notes.slice(0, 1),
    'removed: nothing live in the scopes of this manifest is called sre-odl',
  ])
  t.strictSame(plan({ owners: [] }).changes, [])
  t.strictSame(plan({ owners: [] }).notes, [], 'without an owner nothing is left over')
})

t.test('taking over never replaces: the live object stays as it is, and the plan says why', async (t) => {
  const there = live(aJob({ name: 'legacy', dataset: 'audit_logs' }), { id: '7' })
  for (const adopt of [true, false]) {
    const desired = wanting([aJob({ name: 'legacy' }, { adopt })])
    const plan = makePlan(desired, state(there), planEverything)
    t.strictSame(plan.changes, [])
    t.equal(plan.unchanged, 0)
    t.match(checkAdoptions(desired, state(there), { targets: [] }), [
      {
        level: 'error',
        message:
          /^job legacy: the live job with id 7 has dataset audit_logs, which cannot be changed, and adopting never replaces/,
      },
    ])
    t.strictSame(checkAdoptions(desired, state(there), { targets: ['other'] }), [])
  }
})

t.test('a job that is taken over without an output is said to lose what is live', async (t) => {
  const taken = (fields: Partial<JobResource>, adopt = true) => {
    const wanted = aJob({ name: 'legacy', ...fields }, { adopt })
    const outputOptions = { field_names: ['Outcome'], timestamp_format: 'rfc3339', sample_rate: 0.5 }
    return planFor([wanted], [live(wanted, { outputOptions })]).notes
  }
  t.strictSame(taken({ output: outputForm(null, {}) }), [
    'job legacy in account Quay is taken over without "output", so what is live becomes the default: output.timestamp_format, output.sample_rate; write it in the manifest to keep it',
  ])
  t.strictSame(taken({ output: outputForm(null, { sample_rate: 0.1 }) }), [], 'it has one')
  t.strictSame(taken({ name: 'sre-own', output: outputForm(null, {}) }, false), [], 'its own')
})

t.test('an object is taken over by its id: a nameless one is named, another one renamed', async (t) => {
  const wanted = aJob({ name: 'sre-http' }, { adopt: true, adoptId: '123' })
  const nameless = live(wanted, { id: '123', name: null })
  const plan = planFor([wanted], [nameless, live(aJob({ name: 'sre-http', scope: zone }), { id: '124' })])
  t.match(plan.changes, [
    { change: 'adopt', actual: { id: '123' }, fields: [{ path: 'name', from: null, to: 'sre-http' }] },
  ])
  t.equal(plan.changes.length, 1)
  const [change] = plan.changes
  t.strictSame(nameless.kind === 'job' && updateJobBody(wanted.resource, nameless, change?.fields ?? []), {
    name: 'sre-http',
  })
  const own = planFor([wanted], [live(wanted, { id: '123', name: 'sre-old' })])
  t.match(own.changes, [{ change: 'update', fields: [{ path: 'name', from: 'sre-old', to: 'sre-http' }] }])
  t.equal(own.changes.length, 1, 'a rename leaves nothing over')
  t.strictSame(planFor([wanted], [live(wanted, { id: '123' })]).changes, [], 'it stays in the manifest')

  const lost = checkAdoptions(wanting([wanted]), state(), { targets: [] })
  t.match(lost, [{ level: 'error', message: /^job sre-http: no job with id 123 in account Quay/ }])
  t.strictSame(
    checkAdoptions(wanting([wanted]), state(live(wanted, { id: '9' })), { targets: [] }),
    [],
    'one of the name is there all the same',
  )
  const other = live(wanted, { id: '123', name: 'sre-old', dataset: 'audit_logs' })
  t.strictSame(planFor([wanted], [other]).changes, [], 'it is not replaced either')

  const hook = aWebhook('sre-hook', { adopt: true, adoptId: 'w1' })
  const url = hook.resource.url
  const there = { id: 'w1', name: 'old', url, type: 'generic', createdAt: null }
  const renamed = planFor(
    [hook],
    [actualWebhook(account, { ...there, lastSuccess: null, lastFailure: null })],
  )
  t.match(renamed.changes, [{ change: 'adopt', fields: [{ path: 'name', from: 'old', to: 'sre-hook' }] }])
})

t.test('an object of the same name without the prefix is adopted, and only where it differs', async (t) => {
  const legacy = aJob({ name: 'legacy' })
  t.strictSame(names(planFor([legacy], [live(legacy)])), [])
  t.strictSame(names(planFor([legacy], [live(legacy, { enabled: false })])), ['adopt job legacy'])
})

t.test(
  'of two live objects of one name the fitting one is kept, the other goes if it is owned',
  async (t) => {
    const right = live(aJob())
    const wrong = live(aJob(), { dataset: 'audit_logs' })
    const plan = planFor([aJob()], [wrong, right])
    const taken = planFor([aJob({}, { adopt: true })], [wrong, right])
    t.strictSame(taken.changes, [], 'unless it is taken over')
    t.match(taken.notes, [/exists twice; the one with id/])
    t.match(plan.changes, [{ change: 'delete', actual: { id: wrong.id } }])
    t.equal(plan.changes.length, 1)
    const older = live(aJob(), { id: '9' })
    const newer = live(aJob(), { id: '10' })
    t.match(planFor([aJob()], [newer, older]).changes, [{ change: 'delete', actual: { id: '10' } }])
    const legacy = aJob({ name: 'legacy' })
    const twins = planFor([legacy], [live(legacy, { id: '1' }), live(legacy, { id: '2' })])
    t.strictSame(twins.changes, [])
    t.strictSame(twins.notes, [
      'job legacy in account Quay exists twice; the one with id 2 is ignored: rename or delete it',
    ])
  },
)

t.test('a job that is off and failing is said to be so before it is switched on', async (t) => {
  const plan = planFor([aJob()], [live(aJob(), { enabled: false, lastError: 1 })])
  t.strictSame(plan.notes, [
    'job sre-worker-logs is disabled and its last upload failed: Cloudflare may have disabled it',
  ])
})

t.test('webhooks: rewritten addresses are no change, new ones are, secrets by their record', async (t) => {
  const hook = aWebhook()
  const at = (url: string, type = 'generic') =>
    actualWebhook(account, {
      id: 'w1',
      name: 'sre-exporter',
      url: new Secret(url),
      type,
      createdAt: null,
      lastSuccess: null,
      lastFailure: null,
    })
  const url = 'https://exporter.example.com/webhooks/cloudflare'
  const unknown = planFor([hook], [at(url)])
  t.strictSame(unknown.changes, [])
  t.match(unknown.notes, [/--rotate sre-exporter sends it again/])
  t.match(planFor([hook], [at('https://old.example.com/x')]).changes, [
    {
      change: 'update',
      fields: [{ path: 'url', from: 'https://old.example.com/***', to: 'https://exporter.example.com/***' }],
    },
  ])
  t.match(planFor([hook], [at(`${url}-old`)]).changes[0]?.fields, [
    { path: 'url', from: '(secret)', to: '(secret changed)' },
  ])
  t.strictSame(fieldsOf(planFor([hook], [at(url)], { rotate: ['sre-exporter'] })), ['update secret'])

  const key = 'webhook account:0123456789abcdef0123456789abcdef sre-exporter'
  const remember = (sent: { url?: string; secret?: string | null }) => {
    const secret =
      sent.secret === undefined ? hook.secret : sent.secret === null ? null : new Secret(sent.secret)
    const what = { url: new Secret(sent.url ?? url), secret }
    return { webhookRecords: new Map([[key, webhookRecord(what, 'k')]]) }
  }
  const same = planFor([hook], [at(url)], remember({}))
  t.strictSame([same.changes, same.notes], [[], []])
  t.strictSame(fieldsOf(planFor([hook], [at(url)], remember({ secret: 'other' }))), ['update secret'])
  t.strictSame(fieldsOf(planFor([hook], [at(url)], remember({ secret: null }))), ['update secret'])

  const slack = 'https://hooks.slack.com/services/T0/B0/canary'
  const chat = aWebhook('sre-exporter', {
    secret: null,
    resource: { ...hook.resource, url: new Secret(slack) },
  })
  const rewritten = at('https://hooks.slack.com/services/T0/B0', 'slack')
  t.strictSame(planFor([chat], [rewritten]).changes, [], 'Slack (#2266)')
  t.match(planFor([chat], [rewritten]).notes, [/only the start of its address .* --rotate sre-exporter/])
  for (const other of ['T0/B', 'T0/B9', 'T9/B0']) {
    t.strictSame(
      fieldsOf(planFor([chat], [at(`https://hooks.slack.com/services/${other}`, 'slack')])),
      ['update url'],
      `another channel shows without any record: ${other}`,
    )
  }
  t.strictSame(planFor([chat], [rewritten], remember({ url: slack, secret: null })).changes, [])
  t.strictSame(
    fieldsOf(planFor([chat], [rewritten], remember({ url: `${slack}-old`, secret: null }))),
    ['update url'],
    'a new Slack address takes effect (#7358)',
  )
  t.strictSame(
    fieldsOf(planFor([chat], [at('https://discord.com/api/webhooks/', 'discord')])),
    ['update url'],
    'another service is another address',
  )
})

t.test('policies compare mechanisms by name, as sets', async (t) => {
  const at = (change: Partial<PolicyResource> & { filters?: Record<string, unknown> } = {}) =>
    actualPolicy(
      account,
      {
        id: 'p1',
        name: 'sre-logpush-disabled',
        description: 'written by hand',
        enabled: true,
        alertType: 'failing_logpush_job_disabled_alert',
        mechanisms: { email: ['sre@example.com'], webhooks: ['w1'], pagerduty: [], ...change },
        filters: change.filters ?? null,
        alertInterval: '30m',
        createdAt: null,
      },
      {
        webhooks: new Map([
          ['w1', 'sre-exporter'],
          ['w2', 'chat'],
        ]),
        pagerduty: new Map([['pd1', 'SRE primary']]),
      },
    )
  t.strictSame(planFor([aPolicy()], [at()]).changes, [], 'an empty list of PagerDuty services (#7342)')
  t.strictSame(
    planFor([aPolicy({ webhooks: ['chat', 'sre-exporter'] })], [at({ webhooks: ['w1', 'w2'] })]).changes,
    [],
  )
  t.strictSame(planFor([aPolicy({ pagerduty: ['SRE primary'] })], [at({ pagerduty: ['pd1'] })]).changes, [])
  t.strictSame(planFor([aPolicy()], [at({ webhooks: ['w1', 'gone'] })]).changes[0]?.fields, [
    { path: 'webhooks', from: ['gone', 'sre-exporter'], to: ['sre-exporter'] },
  ])
  t.strictSame(planFor([aPolicy({ description: 'new', enabled: false })], [at()]).changes[0]?.fields, [
    { path: 'enabled', from: true, to: false },
    { path: 'description', from: 'written by hand', to: 'new' },
  ])
  t.strictSame(
    planFor([aPolicy()], [at({ filters: { zones: ['z'] } })]).changes,
    [],
    'filters of a live policy (#1568)',
  )
})

t.test('changes come in the order in which they can be done', async (t) => {
  const gone = [live(aJob({ name: 'sre-a-old' })), live(aJob({ scope: zone, name: 'sre-b-old' }))]
  const policy = actualPolicy(
    account,
    {
      ...{ id: 'p', description: '', enabled: true, filters: null, alertInterval: null, createdAt: null },
      name: 'sre-p-old',
      alertType: 'x',
      mechanisms: { email: [], webhooks: [], pagerduty: [] },
    },
    { webhooks: new Map(), pagerduty: new Map() },
  )
  const plan = planFor(
    [
      aPolicy(),
      aJob({ scope: zone, name: 'sre-z' }),
      aJob({ name: 'sre-y' }),
      aJob({ name: 'sre-x' }),
      aWebhook(),
    ],
    [...gone, policy],
    {},
    removing('sre-a-old', 'sre-b-old', 'sre-p-old'),
  )
  t.strictSame(names(plan), [
    'create webhook sre-exporter',
    'create job sre-x',
    'create job sre-y',
    'create job sre-z',
    'create policy sre-logpush-disabled',
    'delete policy sre-p-old',
    'delete job sre-a-old',
    'delete job sre-b-old',
  ])
  t.strictSame(
    names(
      makePlan(wanting([aWebhook(), aJob()], removing('sre-a-old')), state(...gone), {
        ...planEverything,
        targets: ['sre-a-old'],
      }),
    ),
    ['delete job sre-a-old'],
  )
})

t.test('destroy deletes what is declared and owned, adopted things and left-overs stay', async (t) => {
  const plan = makeDestroyPlan(
    wanting([aJob({ name: 'legacy' }), aJob()], { resources: [] }),
    state(live(aJob({ name: 'legacy' })), live(aJob()), live(aJob({ name: 'sre-other' }))),
    [],
  )
  t.strictSame(names(plan), ['delete job sre-worker-logs'])
  t.match(plan.notes, [/^job sre-other .* is left over/])
  const templated = makeDestroyPlan(
    wanting([], { declared: [{ accountId, name: `sre-${'$'}{zone}-http` }] }),
    state(live(aJob({ name: 'sre-quay.example-http' })), live(aJob({ name: 'sre--http' }))),
    [],
  )
  t.strictSame(names(templated), ['delete job sre-quay.example-http'])
})

t.test('destroy deletes each object once, those of a pruning manifest and removed ones too', async (t) => {
  const there = [live(aJob()), live(aJob({ name: 'sre-old' })), live(aJob({ name: 'theirs' }))]
  const pruned = makeDestroyPlan(wanting([aJob()], pruning), state(...there), [])
  t.strictSame(names(pruned), ['delete job sre-old', 'delete job sre-worker-logs'])
  const removed = makeDestroyPlan(
    wanting([aJob()], removing('sre-worker-logs', 'theirs')),
    state(...there),
    [],
  )
  t.strictSame(names(removed), ['delete job sre-worker-logs', 'delete job theirs'])
})

/* Properties over random worlds. */

t.test(
  'a policy that writes ids of webhooks and services otherwise than their lists is no change',
  async (t) => {
    const wanted = aPolicy({ webhooks: ['sre-exporter'], pagerduty: ['SRE primary'] })
    const { scope, alertType, enabled, name, email } = wanted.resource
    const description = wanted.resource.description ?? ''
    const hook = '1dbdd679-dc55-4259-b0d1-928b787d0dab'
    const service = '2EBDD679DC554259B0D1928B787D0DAC'
    const mechanisms = { email, webhooks: [hook.replaceAll('-', '')], pagerduty: [service.toLowerCase()] }
    if (scope.kind !== 'account') throw new Error('policies belong to accounts')
    const there = actualPolicy(
      scope,
      {
        id: 'p',
        name,
        description,
        enabled,
        alertType,
        mechanisms,
        filters: null,
        alertInterval: null,
        createdAt: null,
      },
      { webhooks: new Map([[hook, 'sre-exporter']]), pagerduty: new Map([[service, 'SRE primary']]) },
    )
    t.same(planFor([wanted], [there]).changes, [])
  },
)

t.test('an object that cannot be read is neither changed, nor deleted, nor created again', async (t) => {
  const wanted = [aJob({ name: 'sre-odd' }), aJob({ name: 'sre-new' })]
  const odd = (edit: Partial<UnreadableObject>): UnreadableObject => ({
    kind: 'job',
    scope: wanted[0]?.resource.scope ?? zone,
    id: '7',
    name: 'sre-odd',
    field: 'enabled',
    leftOut: true,
    ...edit,
  })
  const planWith = (unreadable: UnreadableObject, ...actual: readonly Actual[]) =>
    makePlan(wanting(wanted), { ...state(...actual), unreadable: [unreadable] }, planEverything)

  const known = planWith(odd({}))
  t.same(names(known), ['create job sre-new'])
  t.match(known.notes, [
    /^job sre-odd in .* is left alone: Cloudflare's answer cannot be read at enabled of id 7$/,
  ])

  const nameless = planWith(odd({ name: null, field: 'name', leftOut: false }))
  t.same(names(nameless), [], 'it may be either of them')
  t.match(nameless.notes, [
    /^job sre-new in .* is not created: it may be the one with id 7, of which name cannot be read$/,
    /^job sre-odd in .* is not created/,
  ])

  const others = [odd({ kind: 'policy' }), odd({ scope: { kind: 'account', id: 'other', name: 'Other' } })]
  for (const other of others)
    t.same(names(planWith(other)), ['create job sre-new', 'create job sre-odd'], 'of another kind or place')

  const foreign = planWith(odd({ name: 'theirs' }))
  t.same(foreign.notes, [], "another team's is nobody's business here")
  const leftOver = planWith(odd({ name: 'sre-gone' }))
  t.match(leftOver.notes, [/^job sre-gone in .* is left alone/])

  const twin = planWith(odd({}), ...wanted.map((one) => live(one, { enabled: !one.resource.enabled })))
  t.same(names(twin), ['update job sre-new', 'update job sre-odd'], 'one that can be read is looked after')

  const destroyed = makeDestroyPlan(wanting(wanted), { ...state(), unreadable: [odd({})] }, [])
  t.same(destroyed.changes, [])
  t.match(destroyed.notes, [/^job sre-odd in .* is left alone/])
})

const jobName = fc.constantFrom('sre-a', 'sre-b', 'sre-c', 'other-d', 'other-e')
const anyOutput = fc
  .record({
    fields: fc.option(fc.uniqueArray(fc.constantFrom('A', 'B', 'C'), { minLength: 1 })),
    output_type: fc.constantFrom('ndjson', 'csv'),
    timestamp_format: fc.constantFrom('unixnano', 'rfc3339'),
    sample_rate: fc.constantFrom(1, 0.5),
    batch_prefix: fc.constantFrom('', '['),
    'CVE-2021-44228': fc.boolean(),
  })
  .map(({ fields, ...options }) => outputForm(fields, options))
const limit = (...values: readonly number[]) => fc.constantFrom(0, ...values)
const anyJob: fc.Arbitrary<DesiredJob> = fc
  .record<Omit<JobResource, 'kind'>>({
    scope: fc.constantFrom(account, zone),
    name: jobName,
    dataset: fc.constantFrom('http_requests', 'dns_logs'),
    jobKind: fc.constantFrom('', 'edge'),
    enabled: fc.boolean(),
    destinationConf: anyDestination().map(buildDestination),
    output: anyOutput,
    filter: fc.constantFrom(null, { where: { key: 'A', operator: 'eq', value: 'x' } }),
    filterAttackTraffic: fc.boolean(),
    upload: fc.record({ bytes: limit(5_000_000), records: limit(1000), intervalSeconds: limit(60) }),
    transformerId: fc.constantFrom(null, 3),
  })
  .map((fields) => aJob(fields))
const anyJobs = fc.uniqueArray(anyJob, {
  maxLength: 6,
  selector: ({ resource }) => `${resource.scope.id} ${resource.name}`,
})

/** What a live job is after an update with our body, as a partial PUT at Cloudflare does it. */
function applied(change: Change): Actual | null {
  if (change.kind !== 'job' || change.change === 'delete') return null
  if (change.change === 'create' || change.change === 'replace') return live(change.desired)
  const body = updateJobBody(change.desired.resource, change.actual, change.fields)
  const before = change.actual.live
  return actualJob(change.actual.resource.scope, {
    ...before,
    enabled: body.enabled ?? before.enabled,
    destinationConf: body.destinationConf ?? before.destinationConf,
    filter: body.filter === undefined ? before.filter : body.filter || null,
    filterAttackTraffic: body.filterAttackTraffic ?? before.filterAttackTraffic,
    outputOptions: body.outputOptions ?? before.outputOptions,
    maxUploadBytes: body.maxUploadBytes ?? before.maxUploadBytes,
    maxUploadRecords: body.maxUploadRecords ?? before.maxUploadRecords,
    maxUploadIntervalSeconds: body.maxUploadIntervalSeconds ?? before.maxUploadIntervalSeconds,
    transformerId: body.transformerId ?? before.transformerId,
  })
}

t.test('a plan that was carried out leaves nothing to plan', async (t) => {
  holds(
    t,
    fc.property(anyJobs, anyJobs, (wanted, there) => {
      const before = there.map((job) => live(job))
      const plan = planFor(wanted, before)
      const touched = new Set(
        plan.changes.flatMap((change) => ('actual' in change ? [change.actual.id] : [])),
      )
      const after = [
        ...before.filter(({ id }) => !touched.has(id)),
        ...plan.changes.map(applied).filter((one) => one !== null),
      ]
      return planFor(wanted, after).changes.length === 0
    }),
    400,
  )
})

t.test('the order of what comes in changes nothing', async (t) => {
  const shuffled = anyJobs.chain((jobs) =>
    fc.tuple(fc.constant(jobs), fc.shuffledSubarray(jobs, { minLength: jobs.length })),
  )
  const text = (plan: Plan) =>
    JSON.stringify(
      plan.changes.map((change) => [
        change.change,
        change.fields,
        changeAddress(change).name,
        'actual' in change && change.actual.id,
      ]),
    )
  holds(
    t,
    fc.property(shuffled, shuffled, ([wanted, wantedToo], [there, thereToo]) => {
      const lives = new Map(there.map((job) => [job, live(job)]))
      const pick = (jobs: readonly DesiredJob[]) =>
        jobs.map((job) => lives.get(job)).filter((one) => one !== undefined)
      return text(planFor(wanted, pick(there))) === text(planFor(wantedToo, pick(thereToo)))
    }),
    400,
  )
})

t.test('every live object is either wanted, deleted, or not ours', async (t) => {
  holds(
    t,
    fc.property(anyJobs, anyJobs, (wanted, there) => {
      const before = there.map((job) => live(job))
      const { changes, unchanged } = planFor(wanted, before, {}, pruning)
      const deleted = changes.filter(({ change }) => change === 'delete')
      const isOwn = (one: Actual) => one.resource.name.startsWith('sre-')
      const twinOf = (one: Actual) =>
        wanted.find(
          ({ resource }) =>
            resource.name === one.resource.name && resource.scope.id === one.resource.scope.id,
        )
      const ours = before.filter((one) => isOwn(one) && twinOf(one) === undefined)
      const barred = before.filter((one) => {
        const twin = twinOf(one)?.resource
        if (twin === undefined || isOwn(one) || one.resource.kind !== 'job') return false
        return twin.dataset !== one.resource.dataset || twin.jobKind !== one.resource.jobKind
      })
      const edited = changes.filter(({ change }) => change !== 'delete' && change !== 'create')
      const kept = before.filter((one) => twinOf(one) !== undefined)
      return deleted.length === ours.length && unchanged + edited.length + barred.length === kept.length
    }),
    400,
  )
})

t.test(
  'a name that Cloudflare refuses is an error where it would be new, and kept where it is live',
  async (t) => {
    const odd = aJob({ name: 'sre-HTTP logs' })
    t.match(checkNewNames(planFor([odd], []).changes), [
      {
        message:
          'job sre-HTTP logs: the name is expected to have letters, digits, dots and dashes only, found "sre-HTTP logs"',
      },
    ])
    const disabled = live(aJob({ name: 'sre-HTTP logs', enabled: false }))
    t.strictSame(checkNewNames(planFor([odd], [disabled]).changes), [])
  },
)
