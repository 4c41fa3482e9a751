import t from 'tap'
import { Secret } from '../../../src/domain/secret.ts'
import { makePlan } from '../../../src/provision/plan/plan.ts'
import { planJson } from '../../../src/provision/plan/plan-json.ts'
import { planEverything } from '../../../src/provision/plan/plan-options.ts'
import {
  manifestChecksum,
  readSavedPlan,
  savePlan,
  whyOutdated,
} from '../../../src/provision/plan/saved-plan.ts'
import { sealSecrets } from '../../../src/provision/plan/sealed-secrets.ts'
import { objectLines } from '../../../src/provision/report/render-object.ts'
import { actualJob, actualWebhook } from '../../../src/provision/resource/live-resource.ts'
import { outputForm } from '../../../src/provision/resource/output-form.ts'
import type { Actual, Desired, DesiredState } from '../../../src/provision/resource/resource.ts'
import { noColors } from '../../support/colors.ts'
import { emptyJob } from '../../support/fake-jobs.ts'
import { account, aJob, aPolicy, aWebhook, removing, wanting } from '../../support/provision-values.ts'

const fields = Array.from({ length: 40 }, (_, index) => `Field${index}`)
const wanted = (name: string) => aJob({ name, output: outputForm(fields, { timestamp_format: 'rfc3339' }) })

function live(name: string, id: string, more: Parameters<typeof actualJob>[1] | object = {}): Actual {
  const { dataset, destinationConf } = aJob().resource
  const outputOptions = { field_names: fields, timestamp_format: 'rfc3339' }
  return actualJob(account, {
    ...emptyJob,
    id,
    name,
    dataset,
    enabled: true,
    destinationConf,
    outputOptions,
    ...more,
  })
}

function planned(desired: readonly Desired[], actual: readonly Actual[], more: Partial<DesiredState> = {}) {
  const state = wanting(desired, more)
  const found = { resources: actual, unreadable: [], pagerduty: new Map() }
  const plan = makePlan(state, found, planEverything)
  const lines = (...names: readonly string[]) =>
    objectLines({ changes: plan.changes, desired: state, actual: found }, names, noColors)
  const json = () => planJson({ plan, objections: [], problems: [] })
  return { plan, lines, json }
}

t.test('an object that is named is shown in full: what changes, and all that stays', async (t) => {
  const { lines } = planned([wanted('sre-a'), wanted('sre-b')], [live('sre-a', '1', { enabled: false })])
  const shown = lines('sre-a')
  t.equal(shown[0], '~ update job sre-a in account Quay id 1')
  t.ok(shown.includes('    enabled: false → true'))
  t.ok(shown.includes(`    output.fields: ${fields.join(', ')}`), 'no list is cut')
  t.ok(shown.includes('    dataset: workers_trace_events'))
  t.notMatch(shown.join('\n'), /sre-b|canary/)
  t.equal(lines('sre-b')[0], '+ create job sre-b in account Quay')
})

t.test('an object without a change is shown as well, and one that goes with what is lost', async (t) => {
  const at = Date.UTC(2026, 10, 24)
  const { lines, json } = planned(
    [wanted('sre-a')],
    [live('sre-a', '1'), live('sre-old', '2', { lastComplete: at }), live('sre-left', '3')],
    removing('sre-old'),
  )
  t.equal(lines('sre-a')[0], '= unchanged job sre-a in account Quay id 1')
  const gone = lines('sre-old')
  t.equal(gone[0], '- delete job sre-old in account Quay id 2')
  t.ok(gone.includes('    last delivery: 2026-11-24T00:00:00.000Z'))
  t.equal(gone.filter((line) => line.includes('dataset:')).length, 1)
  t.match(json(), {
    changes: [
      {
        change: 'delete',
        name: 'sre-old',
        lost: { dataset: 'workers_trace_events', enabled: 'true', last_delivery: '2026-11-24T00:00:00.000Z' },
      },
    ],
    left_over: [{ kind: 'job', name: 'sre-left', id: '3', scope: { kind: 'account', name: 'Quay' } }],
  })
  t.notMatch(JSON.stringify(json()), /canary/)
})

t.test('that a job which goes delivers once more does not make a saved plan outdated', async (t) => {
  const texts = [{ file: 'm.yaml', text: '' }]
  const at = (lastComplete: number) =>
    planned([], [live('sre-old', '2', { lastComplete })], removing('sre-old')).json()
  const manifest = { paths: [], checksum: manifestChecksum(texts) }
  const secrets = sealSecrets([], 'salt')
  const saved = readSavedPlan('p', savePlan({ manifest, targets: [], rotate: [], secrets }, at(1)))
  t.equal(whyOutdated(saved, { texts, changes: [], plan: at(60_000) }), null)
})

t.test('each kind is shown with its fields, those of an update last and with both sides', async (t) => {
  const policy = aPolicy({ name: 'sre-tell', webhooks: ['sre-a'] })
  const hook = aWebhook('sre-a')
  const made = planned([hook, policy], [])
  t.same(made.lines('sre-a'), [
    '+ create webhook sre-a in account Quay',
    '    url: https://exporter.example.com/***',
    '    secret: (secret)',
    '',
  ])
  t.same(made.lines('sre-tell'), [
    '+ create policy sre-tell in account Quay',
    '    alert: failing_logpush_job_disabled_alert',
    '    enabled: true',
    '    email: sre@example.com',
    '    webhooks: sre-a',
    '',
  ])
  t.same(made.lines(), [])
  const live: Actual = actualWebhook(account, {
    id: 'w1',
    name: 'sre-a',
    url: new Secret('https://old.example.com/canary'),
    type: 'generic',
    createdAt: null,
    lastSuccess: null,
    lastFailure: null,
  })
  t.same(planned([hook], [live]).lines('sre-a'), [
    '~ update webhook sre-a in account Quay id w1',
    '    secret: (secret)',
    '    url: https://old.example.com/*** → https://exporter.example.com/***',
    '',
  ])
  t.same(planned([], [live], removing('sre-a')).lines('sre-a').slice(0, 2), [
    '- delete webhook sre-a in account Quay id w1',
    '    url: https://old.example.com/***',
  ])
})
